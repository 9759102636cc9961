"""The reference names every address of the interface with its parameters, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rest.conftest import TestClient

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def as_written(path: str) -> re.Pattern[str]:
    """The address with any word in its braces."""
    return re.compile(r"\{[^}]*\}".join(map(re.escape, re.split(r"\{[^}]*\}", path))) + r"(?![\w/])")


@pytest.mark.parametrize("name", ["rest.md", "rest.zh.md"])
def test_every_address_and_parameter_is_in_the_reference(client: TestClient, name: str) -> None:
    text = (REFERENCE / name).read_text(encoding="utf-8")
    text += re.sub(r"\[(/[^\]`]*)\]", r"\1", text)  # `/v1/contracts[/{name}]` is two addresses
    paths = client.get("/openapi.json").json()["paths"]
    assert len(paths) > 50
    assert [path for path in paths if not as_written(path).search(text)] == [], f"each stands in a table of {name}"
    parameters = {
        one["name"]
        for methods in paths.values()
        for told in methods.values()
        for one in told.get("parameters", ())
        if one["in"] == "query"
    }
    assert [one for one in sorted(parameters) if not re.search(rf"[`{{?&=\s]{re.escape(one)}[`}}=\s,、|]", text)] == []
