"""A decorator is an expression that runs when the file is loaded."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, contract

from chainbill.vm import ContractRejected, compile_contract


@pytest.mark.parametrize(
    "decorator",
    [
        "@emit",
        "@len",
        "@go",
        "@call()",
        "@internal",
        '@internal("a", go())',
        "@[call][0]",
        "@call if True else view",
        "@ctx.party",
        "@each_day",
    ],
)
def test_only_the_six_decorators_stand_on_a_function(decorator: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", contract(f"{decorator}\ndef go():\n    pass"))
    assert caught.value.reason in ("decorator_not_allowed", "literal_needed")


def test_two_decorators_are_refused() -> None:
    assert_rejected("@call\n@view\ndef go():\n    pass", "decorator_not_allowed", line=1)


@pytest.mark.parametrize(
    "top",
    [
        "emit",
        'emit("a", {})',
        "go()",
        "if True:\n    X = 1",
        "for x in []:\n    pass",
        '"text"',
        "X[0] = 1",
        "a, b = 1, 2",
    ],
)
def test_nothing_runs_when_a_contract_is_loaded(top: str) -> None:
    assert_rejected(f"def go():\n    pass\n{top}", "statement_not_at_top", line=3)


@pytest.mark.parametrize("value", ["len([1])", "ctx.party", "go", "[go()]", '{"a": new_id("T")}', "-(len([1]))"])
def test_constants_are_literals(value: str) -> None:
    assert_rejected(f"X = {value}", "constant_not_literal", line=1)
