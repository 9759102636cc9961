"""What a command needs and was not given is said at once, not one thing after the other."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from chainbill_cli.main import program, run
from chainbill_cli.texts import in_language, label


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, with the words that name it."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


def called(parameter: click.Parameter) -> str:
    """An option by its longest name, an argument as the usage line writes it, or what it is if that lists words."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    if parameter.metavar is None and isinstance(parameter.type, click.Choice):
        return label(parameter.name or "")
    return in_language(parameter.metavar or (parameter.name or "").upper())


NEEDY = {
    " ".join(path): needed for path, command in commands(program)
    if len(needed := [one for one in command.params if one.required]) > 1
}  # fmt: skip


@pytest.mark.parametrize("command", NEEDY)
def test_all_that_is_missing_is_named_at_once(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`token pledge` asked for --to, then for --secured, then for --due, then for --contract."""
    assert run(["--lang", "en", *command.split()]) == 2
    told = capsys.readouterr().err
    assert not [called(one) for one in NEEDY[command] if called(one) not in told]


def test_what_was_given_is_not_asked_for_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "zh", "token", "pledge", "T1", "--due", "+30d"]) == 2
    assert "缺少：--to、--secured、--contract" in capsys.readouterr().err


def test_many_commands_need_more_than_one_thing() -> None:
    assert len(NEEDY) > 20
