"""Declarations of acts: what one may not say, and that each is an act of its contract with what it declares."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import NAMES, sources
from chainbill_contracts.declared_acts import acts, acts_of

from chainbill.vm import compile_contract, describe
from chainbill.vm.linker import GENERAL

PLAIN = {"on": "bill", "help_en": "a", "help_zh": "甲", "asks_en": "b:", "asks_zh": "乙："}
GOOD: dict[str, Any] = {
    "en": "shut a door", "zh": "关门", "command": "house shut DOOR", "signs": "M", "who_en": "who lives there",
    "who_zh": "住户", "told_zh": "关门。", "plain": PLAIN,
}  # fmt: skip


def test_a_plain_act_says_what_it_is_about() -> None:
    act = acts_of("house", {"shut": GOOD})["house.shut"]
    assert act.plain is not None
    assert (act.plain.argument, act.plain.reason, act.plain.answers) == ("bill", "", None)


WRONG = {
    "no Chinese": {name: GOOD[name] for name in GOOD if name != "zh"},
    "nobody who may": {name: GOOD[name] for name in GOOD if name != "who_en"},
    "nothing told in Chinese": {name: GOOD[name] for name in GOOD if name != "told_zh"},
    "another signer": GOOD | {"signs": "MM"},
    "something else": GOOD | {"colour": "red"},
    "about nothing known": GOOD | {"plain": PLAIN | {"on": "door"}},
    "another reason": GOOD | {"plain": PLAIN | {"reason": "should"}},
    "no preview": GOOD | {"plain": {name: PLAIN[name] for name in PLAIN if name != "asks_zh"}},
    "a command that takes nothing": GOOD | {"command": "house shut"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_declaration_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^house\.shut"):
        acts_of("house", {"shut": WRONG[wrong]})


def test_every_act_is_declared_and_takes_what_its_declaration_gives() -> None:
    code = sources()
    general = compile_contract(GENERAL, code[GENERAL])
    called = {}
    for name in NAMES:
        told = describe(compile_contract(name, code[name]), general)
        for one in told["functions"]:
            if one["kind"] == "call":
                called[f"{name}.{one['name']}"] = {given["name"] for given in one["parameters"]}
    assert called.keys() == acts().keys()
    for place, act in acts().items():
        if act.plain is not None:
            given = {act.plain.argument} | ({"reason"} if act.plain.reason else set())
            assert given == called[place], place
