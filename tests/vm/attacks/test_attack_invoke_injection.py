"""Names given to invoke, emit and require end up in generated code and in receipts."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_refused, assert_rejected, build, contract, go

from chainbill.vm import Context, ContractRejected, Machine, Meter, compile_contract
from chainbill.vm.testing import MemoryRows


@pytest.mark.parametrize("name", ["f, m)", "f\\n", "__init__", "f'", "", "a b", "f;x", "1f", "f.g", "é"])
def test_invoke_takes_only_names(name: str) -> None:
    assert_rejected(go(f'return invoke("token", "{name}")'), "invoke_unknown", line=3)
    assert_rejected(go(f'return invoke("{name}", "f")'), "invoke_unknown", line=3)


@pytest.mark.parametrize(
    "call",
    [
        'invoke(ctx.party, "f")',
        'invoke("a", f)',
        "invoke()",
        'invoke("a")',
        'invoke("a", "b", x=1)',
        'invoke(*["a", "b"])',
    ],
)
def test_invoke_takes_only_literals(call: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", contract(go(f"return {call}")))
    assert caught.value.reason in ("literal_needed", "not_in_the_language")


def test_reasons_and_topics_are_literal() -> None:
    assert_rejected(go("require(True, ctx.party)"), "literal_needed", line=3)
    assert_rejected(go("emit(ctx.party, {})"), "literal_needed", line=3)
    assert_rejected(go('require(True, "a" + "b")'), "literal_needed", line=3)
    assert_rejected(go('require(True, "")'), "literal_needed", line=3)
    assert_refused('NO = "nope"\n' + go("require(False, NO)"), "nope")


def test_two_contracts_with_underscores_are_not_mixed_up() -> None:
    program = build(
        a="@view\ndef b_c():\n    return 1",
        a_b="@view\ndef c():\n    return 2",
        trial=go('return [invoke("a", "b_c"), invoke("a_b", "c")]'),
    )
    assert Machine(program, MemoryRows(), Context(), Meter(), b"").call("trial", "go", {}) == [1, 2]


def test_texts_in_the_source_stay_texts() -> None:
    nasty = "'); import os #"
    assert answer(go(f'return "{nasty}"')) == nasty
    assert answer(go('return "a\\\\n\'\\n"')) == "a\\n'\n"
