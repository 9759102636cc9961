"""What all contracts share stands once and means one thing."""

from __future__ import annotations

import ast
from collections import Counter

import pytest
from chainbill_contracts import NAMES, source, sources
from contracts.world import ANCHOR, S2, World, accepted_bill, ask, change, issue, order

from chainbill.errors import Refused
from chainbill.vm.compiler import compile_contract
from chainbill.vm.testing import Harness

GENERAL = compile_contract("general", source("general")).contract


def test_a_guard_or_limit_of_the_general_part_stands_nowhere_else() -> None:
    """house 4: copies of one guard under one name, with two meanings."""
    shared = {*GENERAL.functions, *GENERAL.constants}
    for name in NAMES:
        if name != "general":
            contract = compile_contract(name, source(name)).contract
            assert not shared & {*contract.functions, *contract.constants}, name


def test_no_guard_or_limit_stands_in_two_contracts() -> None:
    bodies: Counter[str] = Counter()
    for name in NAMES:
        for node in ast.parse(source(name)).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("require_"):
                bodies[node.name] += 1
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.BinOp):
                bodies[ast.unparse(node.targets[0])] += 1
    assert [name for name, count in bodies.items() if count > 1] == []


def test_everything_in_the_general_part_is_used() -> None:
    imported = {name for other in NAMES for name in compile_contract(other, source(other)).contract.imports}
    called = {name for fact in compile_contract("general", source("general")).facts.values() for name in fact.calls}
    assert set(GENERAL.functions) <= imported | called


def test_every_function_of_the_contracts_says_what_it_does() -> None:
    silent = [
        (name, function.name)
        for name in NAMES
        for function in compile_contract(name, source(name)).contract.functions.values()
        if not function.docstring
    ]
    assert silent == []


def test_a_party_that_is_no_bank_is_told_so_whatever_state_it_is_in(world: World) -> None:
    """What a party is comes before the state it is in, in every act that asks for a bank."""
    _, token = accepted_bill(world)
    order(world, S2, "suspended")
    with pytest.raises(Refused, match="not_a_bank"):
        ask(world, token, S2, amount=1)


def test_a_suspended_party_hears_of_its_state_before_its_policy(world: World) -> None:
    policy = {"rules": [{"action": "any", "currency": "CNY", "above": 1}]}
    change(world, ANCHOR, "set_policy", policy=policy)
    bill = issue(world)
    order(world, ANCHOR, "suspended")
    with pytest.raises(Refused, match="party_not_active"):
        world.call(ANCHOR, "bill", "confirm", bill=bill)


def test_plain_python_runs_the_general_part_that_it_was_given() -> None:
    """Also where another one is installed."""
    changed = {**sources(), "general": source("general").replace("LONGEST_TEXT = 200", "LONGEST_TEXT = 2")}
    guard = Harness(changed).function("token", "require_text")
    with pytest.raises(Refused, match="text_too_long"):
        guard("abc")
    Harness(sources()).function("token", "require_text")("abc")
