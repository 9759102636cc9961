"""Where the machine accepts a call, plain Python gives the same result, writes and events: tried on random programs.

A failure prints its seed; this replays it:

    CHAINBILL_SEED=n CHAINBILL_PROGRAMS=1 pytest tests/vm/test_vm_differential.py
"""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from vm.random_programs import GENERAL_HELPERS, IMPORTED, RandomProgram, random_program

from chainbill.errors import InternalFault
from chainbill.vm import (
    Context,
    ContractFault,
    ContractRefused,
    Machine,
    Meter,
    OutOfGas,
    compile_contract,
    guards,
    link,
    native_calls,
    natives,
)
from chainbill.vm.context import CONTEXT_FIELDS
from chainbill.vm.grammar import (
    ARITHMETIC,
    BUILTINS,
    COMPARISONS,
    DECORATORS,
    NATIVES,
    NODES,
    STATEMENTS,
    TABLE_METHODS,
)
from chainbill.vm.keys import stored_key
from chainbill.vm.testing import Harness, MemoryRows

pytestmark = pytest.mark.untraced

PROGRAMS = int(os.environ.get("CHAINBILL_PROGRAMS", "700"))
FIRST_SEED = int(os.environ.get("CHAINBILL_SEED", "20260101"))
WANTED = 100
CONTEXT = Context(
    party="91350211M000100Y43",
    height=12,
    time_ms=1_767_225_600_000,
    today="2026-01-01",
    gap_ms=2_000,
    transaction="ab" * 32,
    signers=({"key": "cd" * 32, "capabilities": ["maker"]},),
    chain_id="trial",
    network="a7" * 32,
    zone_offset_minutes=480,
    proposer="ef" * 32,
    recent_proposers=("ef" * 32, "01" * 32),
    clock="adjustable",
)


@dataclass
class Tally:
    """What was seen in programs that ran to success."""

    programs: int = 0
    succeeded: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    nodes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


def compare(seed: int, tally: Tally) -> None:
    """Run one program both ways, run by run, and assert that they agree wherever the machine accepts."""
    program = random_program(seed)
    linked = link({name: compile_contract(name, source) for name, source in program.sources.items()})
    bench = Harness(program.sources, CONTEXT)
    rows = MemoryRows()
    tally.programs += 1
    faults = 0
    for number, (contract, function, kind, arguments) in enumerate(program.runs):
        where = f"seed {seed}, run {number} ({function})"
        machine = Machine(linked, rows, CONTEXT, Meter(), b"seed%d" % number)
        before = dict(rows.rows)
        bench.id_seed, bench._counter = machine.id_seed, 0
        bench.events.clear()
        end, answer = outcome(lambda m=machine, run=(contract, function, arguments, kind): m.run(*run))
        tally.runs[end] += 1
        if end == "accepted":
            assert same(bench.run(contract, function, arguments, kind=kind), answer), where
            assert same(bench.events, machine.events), where
        elif end == "refused":
            rows.rows = before
            ends = outcome(lambda run=(contract, function, arguments), how=kind: bench.run(*run, kind=how))
            assert ends == ("refused", answer), where
        else:
            rows.rows = before
            faults += 1
            tally.faults[answer[0]] += 1
            assert answer[1]["line"] > 3, where
        assert same(bench.rows.rows, rows.rows), where
    if not faults:
        tally.succeeded += 1
        count_nodes(program, tally.nodes)


def outcome(work: Callable[[], Any]) -> tuple[str, Any]:
    """Return how a run ends: accepted and its answer, or refused or fault and the reason with its fields."""
    try:
        return "accepted", work()
    except ContractRefused as refusal:
        return "refused", (refusal.reason, refusal.fields)
    except (ContractFault, OutOfGas) as error:
        return "fault", (error.reason, error.fields)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down (True is not 1)."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def count_nodes(program: RandomProgram, nodes: Counter[str]) -> None:
    """Count every kind of node, operator, function, method and field."""
    for source in program.sources.values():
        for node in ast.walk(ast.parse(source)):
            nodes[type(node).__name__] += 1
            if isinstance(node, ast.Name):
                nodes[f"name {node.id}"] += 1
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                nodes[f"{'field' if node.value.id == 'ctx' else 'method'} {node.attr}"] += 1


def wanted() -> list[str]:
    """Return everything the language allows, by the allow-list."""
    names = (*BUILTINS, *STATEMENTS, *NATIVES, *DECORATORS, "invoke", "own_table", "read_table")
    operators = (*ARITHMETIC, *COMPARISONS, ast.And, ast.Or, ast.Not, ast.USub, ast.Slice)
    return [
        *(kind.__name__ for kind in (*NODES, *operators)),
        *(f"name {name}" for name in names),
        *(f"name {name}" for name in (*IMPORTED, *GENERAL_HELPERS)),
        *(f"method {name}" for name in TABLE_METHODS),
        *(f"field {name}" for name in CONTEXT_FIELDS if name != "signers"),
    ]


def test_random_programs_run_alike_in_the_machine_and_in_plain_python() -> None:
    tally = compare_many(FIRST_SEED, PROGRAMS)
    print(f"seeds {FIRST_SEED} and up; {tally.succeeded} of {tally.programs} ran to success; {dict(tally.runs)}")
    print(dict(tally.faults))
    if PROGRAMS < 500:
        return
    assert tally.succeeded >= tally.programs / 2
    rare = {name: tally.nodes[name] for name in wanted() if tally.nodes[name] < WANTED}
    assert not rare, f"seen fewer than {WANTED} times: {rare}"


MUTANTS: dict[str, tuple[str, Any]] = {
    "a row is handed out without a copy": (
        "get",
        lambda self, table, key: self.rows.get(stored_key("party", table.name, key)),
    ),
    "a row is stored without a copy": (
        "put",
        lambda self, table, key, value: self.rows.put(stored_key(table.contract, table.name, key), value),
    ),
    "+= makes a new list": ("extend", guards.add),
    "a slice ends one too late": ("cut", lambda m, value, low, high: value[low : None if high is None else high + 1]),
    "the largest is the smallest": ("extreme", lambda m, name, values: min(values)),
    "sorting goes down": ("ordered", lambda m, values: sorted(values, reverse=True)),
    "texts are compared by length": ("before", lambda m, operator, left, right: len(left) < len(right)),
    "a part is found at the start only": ("holds", lambda m, item, container: item in list(container)[:1]),
    "lists that begin alike are equal": (
        "same",
        lambda m, left, right: left[:1] == right[:1] if isinstance(left, list) else left == right,
    ),
    "ids begin anew": ("n_new_id", lambda m, prefix: natives.object_id(prefix, m.id_seed, 1)),
    "statements bind no network": (
        "n_statement_hash",
        lambda m, purpose, value: natives.statement_hash(natives.Reader("00" * 32, m.contract), purpose, value),
    ),
    "deletes are forgotten": ("delete", lambda self, table, key: None),
    "events carry no fields": ("emit", lambda self, topic, fields: self.events.append((self.contract, topic, {}))),
}


@pytest.mark.parametrize("mutant", list(MUTANTS))
def test_a_machine_that_is_wrong_in_one_place_is_found(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, wrong = MUTANTS[mutant]
    if hasattr(Machine, name):
        monkeypatch.setattr(Machine, name, wrong)
    else:
        monkeypatch.setitem(guards.GUARDS if name in guards.GUARDS else native_calls.NATIVE_CALLS, name, wrong)
    with pytest.raises((AssertionError, InternalFault, ContractFault)):
        compare_many(FIRST_SEED, 600)


def compare_many(first: int, count: int) -> Tally:
    """Compare the programs of `count` seeds; a failure prints its seed and program."""
    tally = Tally()
    for seed in range(first, first + count):
        try:
            compare(seed, tally)
        except BaseException:
            print(f"CHAINBILL_SEED={seed}")
            for name, source in random_program(seed).sources.items():
                print(f"--- {name}\n{source}")
            raise
    return tally
