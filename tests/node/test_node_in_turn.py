"""Items that wait by key: whose turn it is, and that nothing stays of what has gone."""

from __future__ import annotations

from chainbill_node.foundation.fair_queue import InTurn


def filled(words: str) -> InTurn[str, str]:
    line: InTurn[str, str] = InTurn()
    for word in words.split():
        line.put(word[0], word)
    return line


def taken(line: InTurn[str, str]) -> list[str]:
    return [line.take(next(iter(line))) for _ in range(len(line))]


def test_keys_take_turns_and_each_keeps_its_order() -> None:
    assert taken(filled("a1 a2 a3 b1 b2 c1")) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_meanwhile_waits_for_one_of_each() -> None:
    line = filled("a1 a2 b1 b2")
    assert line.take("a") == "a1"
    line.put("c", "c1")
    assert taken(line) == ["b1", "a2", "c1", "b2"]


def test_what_leaves_takes_no_turn_and_leaves_nothing() -> None:
    line = filled("a1 a2 b1")
    assert line.remove("a", "a1")
    assert not line.remove("a", "a1")
    assert not line.remove("z", "z1")
    assert (len(line), line.keys, line.of("a"), line.first("a")) == (2, 2, 1, "a2")
    assert line.remove("a", "a2")
    assert (list(line), line.of("a")) == (["b"], 0)
    assert taken(line) == ["b1"]
    assert (line._of, len(line)) == ({}, 0)


def test_a_turn_may_be_used_without_an_item_being_taken() -> None:
    line = filled("a1 b1")
    line.pass_on("a")
    line.pass_on("z")
    assert taken(line) == ["b1", "a1"]
