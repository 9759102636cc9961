"""What the reference says of the commands, and what texts say to type, against the program itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from chainbill_cli.main import program
from chainbill_cli.texts import texts_of

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
SIGNING = ("tx sign", "tx send")
"""Commands that a text names after one that it has written in full."""


def commands() -> Iterator[tuple[str, str]]:
    """Each noun of the program with each of its verbs."""
    context = click.Context(program)
    for noun in program.list_commands(context):
        group = program.get_command(context, noun)
        if isinstance(group, click.Group):
            yield from ((noun, verb) for verb in group.list_commands(context))


@pytest.mark.parametrize("name", ["cli.md", "cli.zh.md"])
def test_the_reference_lists_every_command(name: str) -> None:
    """reading A1: `bill receipts` was in no list of commands. Those of acts and of reads stand with these."""
    rows = dict(ROW.findall((REFERENCE / name).read_text(encoding="utf-8")))
    acts = (REFERENCE / "acts" / "README.md").read_text(encoding="utf-8")
    of_acts = {(noun, verb) for noun, verb in re.findall(r"^\|.*?\| `chainbill ([a-z]+) ([a-z-]+)", acts, re.MULTILINE)}
    known = set(commands())
    assert len(known) > 80
    assert len(of_acts) > 40
    reads = (REFERENCE / name.replace("cli", "rest")).read_text(encoding="utf-8")
    of_acts |= set(re.findall(r"`chainbill ([a-z]+) ([a-z-]+)", reads))
    missing = {(noun, verb) for noun, verb in known if not re.search(rf"[`|]{verb}\b", rows.get(noun, ""))}
    assert missing <= of_acts, f"a command of no act and no declared read stands under its noun in {name}"
    assert of_acts <= known


def test_a_remedy_names_a_command_as_it_is_typed() -> None:
    """reading A1: some remedies said `party key add …` where the program is called `chainbill party key add …`."""
    known = {f"{noun} {verb}" for noun, verb in commands()}
    named = [
        (said, found)
        for pair in texts_of("error").values()
        for said in pair
        for found in re.finditer(r"(?<![\w-])(?=([a-z]+ [a-z-]+))", said)
        if found[1] in known.difference(SIGNING)
    ]
    assert len(named) > 20
    assert [said for said, found in named if not said[: found.start()].endswith("chainbill ")] == []
