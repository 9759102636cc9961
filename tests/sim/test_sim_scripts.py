"""The text scripts: they do what stands in them, what cannot be read has a name, the documents know every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sim.script_commands import COMMANDS
from sim.script_words import ScriptError, Words, lines
from sim.scripts import play, scripts

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCRIPTS = scripts()
UP = "nodes 4\nstart\nrun 50ms\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_does_what_stands_in_it(name: str) -> None:
    played = play(SCRIPTS[name]).text
    assert played == SCRIPTS[name], "read the difference; then: python -m tests.sim --write"


def test_every_command_is_in_a_script() -> None:
    commands = [line.text for text in SCRIPTS.values() for line in lines(text) if line.is_command]
    assert {text.removeprefix("quietly ").split(maxsplit=1)[0] for text in commands} == COMMANDS.keys()


@pytest.mark.parametrize("page", ["consensus-scripts.md", "consensus-scripts.zh.md"])
def test_every_command_is_explained(page: str) -> None:
    explained = re.findall(r"^\| `([^`]+)` \| \S", (DOCS / page).read_text(encoding="utf-8"), re.M)
    assert [one.replace(r"\|", "|") for one in explained] == [one.usage for one in COMMANDS.values()]


@pytest.mark.parametrize(
    ("script", "reason", "line"),
    [
        ("start", "no_nodes_yet", 1),
        ("# a comment\n\nnodes 4\njump n1", "unknown_command", 4),
        ("nodes", "word_missing", 1),
        ("nodes four", "word_not_understood", 1),
        ("nodes 4 outside n4", "unknown_node", 1),
        ("nodes 4\n  output is passed over\ncrash n7", "unknown_node", 3),
        (UP + "run 5", "word_not_understood", 4),
        (UP + "run 5s n1", "word_not_understood", 4),
        (UP + "cut n0 |", "word_missing", 4),
        (UP + "drop prevote 1-0", "word_not_understood", 4),
        (UP + "drop prevote 1/x", "word_not_understood", 4),
        (UP + "drop prevote 1/0 2/0", "word_not_understood", 4),
        (UP + "drop prevote n0->n9", "unknown_node", 4),
        (UP + "pass prevote", "not_dropped", 4),
        (UP + "restart n1", "not_down", 4),
        (UP + "lose n1 data", "not_down", 4),
        (UP + "crash n1\nput-back n1", "no_copy", 5),
        (UP + "crash n1 sometime", "word_not_understood", 4),
        (UP + "hold\ndeliver prevote", "nothing_to_deliver", 5),
        (UP + "say n1 prevote nil 1/0 to n0", "not_faulty", 4),
        ("nodes 4 faulty n1\ncrash n1", "faulty", 2),
        ("nodes 4 faulty n1\nsay n1 prevote A 1/0 to n0", "unknown_block", 2),
        ("broken nothing at all", "unknown_mutant", 1),
        (UP + "expect n1 at 1", "expectation", 4),
        (UP + "expect n1 in 1/0", "expectation", 4),
        (UP + "expect n1 locked A 0", "expectation", 4),
        (UP + "expect n1 commit 1 A", "expectation", 4),
        (UP + "client one\nsettle within 1ms\nrun 1s", "goes_on_after_a_broken_promise", 6),
    ],
)
def test_what_cannot_be_read_or_done_has_a_name(script: str, reason: str, line: int) -> None:
    with pytest.raises(ScriptError) as caught:
        play(script)
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_messages_are_chosen_by_kind_place_and_way() -> None:
    some = Words("prevote vote */1.. n0,n1->* *->n2 once", ["n0", "n1", "n2"]).messages()
    assert some.kinds == {"prevote", "vote"}
    assert [some.place.covers(*place) for place in ((1, 0), (1, 1), (7, 9))] == [False, True, True]
    assert some.ways == (
        (frozenset(["n0", "n1"]), frozenset(["n0", "n1", "n2"])), (frozenset(["n0", "n1", "n2"]), frozenset(["n2"])),
    )  # fmt: skip


def test_a_broken_promise_ends_a_script() -> None:
    played = play(UP + "client one\nsettle within 1ms\n")
    assert played.checker == "liveness"
    told = "a promise is broken: [liveness] after 1 ms of quiet: n0 at 0, n1 at 0, n2 at 0, n3 at 0\n"
    assert played.text.endswith(f"  {told}")


def test_under_a_broken_protocol_nothing_is_expected() -> None:
    text = UP + "expect n1 at 7\nclient one\nsettle within 1ms\nrun 1s\n"
    assert play(text, as_it_stands=False).checker == "liveness"
