"""A gas pays for a bounded number of steps, whatever a contract does with it: counted for the worst case of all it can.

Security 2 and 11: gas was priced by bytes, the work went by nodes and was done before it was paid. `make soak` measures
the same cases by the clock (tests/soak/prices.py).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from types import FunctionType

import pytest
from chainbill_contracts import sources
from gas_prices import CONTEXT, SIGNATURE_GAS, VIEW, program_of
from vm.step_counter import Steps
from vm.vm_room import Room
from worst_cases import CASES, CONTRACT, Case

from chainbill.errors import Refused
from chainbill.rule import rules_of
from chainbill.state.overlay import Overlay
from chainbill.vm import Machine, Meter, compile_contract, guards, prelude
from chainbill.vm.gas import NODE_GAS, STATEMENT_GAS
from chainbill.vm.grammar import ARITHMETIC, BUILTINS, COMPARISONS, DECORATORS, NATIVES, STATEMENTS, TABLE_METHODS
from chainbill.vm.rules import STANDARD_RUN, RunBounds

pytestmark = pytest.mark.untraced

STEPS = 24
"""Steps that one gas may take at most; the machine's usual work takes about seven."""
TRIED = 20_000
NO_LIMIT = 1 << 60


def language() -> set[str]:
    """Everything a contract can make the machine do, from the language's own tables and its emitted code."""
    found = {f"builtin {name}" for name in BUILTINS} | {f"native {name}" for name in NATIVES}
    found |= {f"statement {name}" for name in (*STATEMENTS, *STATEMENT_GAS)}
    found |= {f"node {kind.__name__}" for kind in NODE_GAS}
    found |= {f"op {sign}" for sign in (*ARITHMETIC.values(), *COMPARISONS.values())}
    found |= {f"host {name}" for name in (*TABLE_METHODS, "invoke")}
    ours = [name for name, guard in guards.GUARDS.items() if isinstance(guard, FunctionType)]
    found |= {f"guard {name}" for name in ours}
    for name, source in sources().items():
        found |= {f"host {one}" for one in re.findall(r"\bm\.(\w+)\(", compile_contract(name, source).guarded)}
    return found


def test_everything_that_the_language_has_is_a_worst_case_of_something() -> None:
    """A new native, statement, operator, guard or table access without an entry fails here."""
    listed = {what for case in CASES for what in case.of}
    assert language() - listed == set()
    assert {what for what in listed - language() if not what.startswith("once ")} == set(), "listed, and not there"
    known = {*DECORATORS, *NATIVES, *STATEMENTS, "own_table", "read_table", "ctx", "invoke"}
    assert set(prelude.__all__) == known, "a name of the prelude that nothing here prices"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_does_what_it_is_the_worst_of(case: Case) -> None:
    guarded = program_of(case).contracts[CONTRACT].guarded
    for what in case.of:
        kind, _, name = what.partition(" ")
        if kind == "native":
            assert f"n_{name}(" in guarded
        elif kind == "guard":
            assert re.search(rf"\b{name}\(", guarded)
        elif kind == "host":
            assert f"m.{name}(" in guarded or (name == "invoke" and "invoke(m, I_" in guarded)
        elif kind == "op":
            assert f" {name} " in case.source


def test_the_case_of_a_forgotten_entry_fails() -> None:
    listed = {what for case in CASES if "native digest" not in case.of for what in case.of}
    assert "native digest" in language() - listed


def steps_a_gas(case: Case) -> float:
    """Steps and gas of the turns alone, or of the whole transaction where there are none."""
    marked = replace(case, before=f"{case.before}\nmarked = is_date(0)\n" if case.turn else case.before)
    program = program_of(marked)
    meter = Meter(1 << 40, NO_LIMIT, NO_LIMIT, NO_LIMIT)
    machine = Machine(program, Overlay(VIEW), CONTEXT, meter, b"")
    machine.rows.begin()  # type: ignore[attr-defined]
    space = program.entries[CONTRACT, "go"].run.__globals__
    right = space["n_is_date"]
    with Steps() as steps:

        def begin(text: object) -> object:
            space["n_is_date"] = right
            machine.gas = TRIED
            steps.start()
            return False

        if case.turn:
            space["n_is_date"] = begin
        else:
            steps.start()
            meter.gas_limit = 4_000_000
        with suppress(Refused):
            machine.call(CONTRACT, "go", case.args)
    if case.turn:
        assert space["n_is_date"] is right, "the turns were never reached"
        return steps.count / TRIED
    return steps.count / (meter.used + SIGNATURE_GAS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_gas_takes_few_steps(case: Case) -> None:
    steps = steps_a_gas(case)
    assert steps <= STEPS, f"{case.name}: {steps:.1f} steps a gas"


def test_an_operation_that_is_too_cheap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count can fail: a mutant that takes nothing for the parts of what it hashes."""
    case = next(case for case in CASES if case.name == "digest of many maps")
    monkeypatch.setattr(
        Machine, "taken_for_hash", lambda self, value: Machine._taken(self, value, 0, 1 << 40)
    )  # one gas for 2**40 bytes
    assert steps_a_gas(case) > STEPS


def test_the_rule_book_can_be_proposed_in_sets_and_whole_after_a_vote() -> None:
    """Fitted prices must not stop a change of rules: one contract takes a quarter of a transaction's gas at most, all
    of them together no more than the validators can vote for (0025)."""
    prices = STANDARD_RUN.prices
    gas = {
        name: prices.gas_source_character * len(source) + prices.gas_guarded_byte * compile_contract(name, source).size
        for name, source in sources().items()
    }
    assert max(gas.values()) < STANDARD_RUN.bounds.gas_transaction // 4, gas
    most = next(one.most for one in rules_of(RunBounds) if one.name == "gas_transaction")
    assert sum(gas.values()) < most // 4


@pytest.mark.parametrize(
    "statement",
    [
        'found = rows.get("long")',
        'found = rows.has("long")',
        'rows.put("long", {})',
        'rows.delete("long")',
        "found = rows.scan([], 1)",
    ],
)
def test_a_row_of_one_long_text_is_paid_by_its_length(statement: str) -> None:
    """Security 11: a text has one part, so what counts parts alone lets 60,000 characters go at the price of one."""
    room = Room(f'rows = own_table("row")\n\n@call\ndef fill(text):\n    rows.put("long", {{"text": text}})\n\n'
                f"@call\ndef go():\n    {statement}\n")  # fmt: skip
    used = []
    for length in (1, 60_000):
        room.run({"text": "x" * length}, function="fill")
        room.run()
        used.append(room.meter.used)
    assert used[1] - used[0] >= 60_000 // STANDARD_RUN.prices.bytes_a_gas


@pytest.mark.parametrize("expression", ['"y" in text', "text in long", 'text == long + ""', 'text < long + "y"'])
def test_long_texts_are_searched_and_compared_by_their_length(expression: str) -> None:
    """Python does it in one step, so that no count of steps tells what it takes."""
    room = Room(f"@call\ndef go(text, long):\n    return {expression}\n")
    used = []
    for length in (1, 60_000):
        room.run({"text": "x" * length, "long": "x" * 60_000})
        used.append(room.meter.used)
    taken = 60_000 // STANDARD_RUN.prices.bytes_a_gas  # as an argument
    assert used[1] - used[0] >= taken + 59_000 // STANDARD_RUN.prices.characters_a_gas
