"""What comes in a call is looked at before anything is computed from it."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from chainbill_contracts import sources
from contracts.world import BANK1, World

from chainbill.errors import Refused

HEAVY = [{}] * 900
ACTS: dict[str, dict[str, Any]] = {
    "settlement.settle": {
        "bill": "B0", "amount": 1, "reference": "A", "value_date": "2026-01-05", "partial": False,
    },
    "settlement.pay_result": {"bill": "B0", "token": "T0", "status": "paid", "reference": "A"},
    "finance.disburse": {
        "quote": "Q0", "reference": "A", "value_date": "2026-01-05", "amount": 0, "registration": "",
    },
}  # fmt: skip
FORM = {"text_expected", "date_not_valid", "amount_not_positive", "partial_not_said", "reference_not_valid"}


@pytest.mark.parametrize(
    ("act", "argument"), [(act, argument) for act, arguments in ACTS.items() for argument in arguments]
)
def test_the_form_of_every_argument_is_refused_before_a_digest_of_it(world: World, act: str, argument: str) -> None:
    """security 2: three acts hashed whatever came, lists of thousands of empty maps too, before any check."""
    contract, function = act.split(".")
    with pytest.raises(Refused) as caught:
        world.call(BANK1, contract, function, **{**ACTS[act], argument: HEAVY})
    assert caught.value.reason in FORM


def _calls(node: ast.AST, name: str) -> list[ast.Call]:
    found = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return [one for one in found if isinstance(one.func, ast.Name) and one.func.id == name]


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _unchecked(function: ast.FunctionDef) -> set[str]:
    """Parameters of an act that go into `digest` in a statement before any guard names them."""
    checked: set[str] = set()
    found: set[str] = set()
    parameters = {one.arg for one in function.args.args}
    for statement in function.body:
        for hashed in _calls(statement, "digest"):
            found |= _names(hashed) & parameters - checked
        for call in [one for one in ast.walk(statement) if isinstance(one, ast.Call)]:
            if isinstance(call.func, ast.Name) and call.func.id.startswith("require"):
                checked |= _names(call)
    return found


def test_no_act_hashes_an_argument_that_no_guard_has_named() -> None:
    """security 2: for every act of every contract, those to come too."""
    unchecked = {}
    for name, source in sources().items():
        for function in ast.parse(source).body:
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(mark, ast.Name) and mark.id == "call" for mark in function.decorator_list
            ):
                unchecked[f"{name}.{function.name}"] = _unchecked(function)
    assert unchecked
    assert {act: names for act, names in unchecked.items() if names} == {}
