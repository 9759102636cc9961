"""What a node's log says in words of the program stands in the reference in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = ROOT / "node" / "chainbill_node" / "network"
WORD = re.compile(r'"((?:too_|handshake_|frame_|no_descr|no_hello)\w+|no_hello)"')
EVENTS = {"no_connection_accepted"}


@pytest.mark.parametrize("page", ["node-operation.md", "node-operation.zh.md"])
def test_every_why_of_the_network_is_told_in_the_reference(page: str) -> None:
    told = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    found = {word for path in NETWORK.glob("*.py") for word in WORD.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 12
    assert {word for word in found - EVENTS if f"`{word}`" not in told} == set()
