"""A command that a text or a remedy names stands there as it is typed: with `chainbill` in front."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import chainbill_contracts
import chainbill_node.rest.texts
import click
from chainbill_cli.main import program
from chainbill_cli.texts import AREAS, texts_of

TABLES = (
    Path(chainbill_contracts.__file__).parent / "reasons.toml",
    Path(chainbill_node.rest.texts.__file__).parent / "messages.toml",
)
IN_FRONT = re.compile(r"chainbill(?:\{home\})? (?:(?:--as|--home|-o) \S+ )*$")
NO_COMMAND = {"bill void"}
"""Words of English beside each other that a command has, too."""


def commands_of(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield " ".join(path)
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from commands_of(found, (*path, name))


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def test_a_command_is_named_as_it_is_typed() -> None:
    """`product show`, `governance list`: two of five remedies left the name of the program out."""
    known = sorted((one for one in commands_of(program) if " " in one and one not in NO_COMMAND), key=len, reverse=True)
    assert len(known) > 140
    named = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, known))})(?![\w.:/-])")
    said = [one for area in AREAS if area != "act" for pair in texts_of(area).values() for one in pair]
    said += [one for path in TABLES for one in leaves(tomllib.loads(path.read_text(encoding="utf-8")))]
    bare = [
        text[max(0, one.start() - 30) : one.end() + 10] for text in said for one in named.finditer(text)
        if not IN_FRONT.search(text[: one.start()])
    ]  # fmt: skip
    assert sum(len(named.findall(text)) for text in said) > 300
    assert not bare
