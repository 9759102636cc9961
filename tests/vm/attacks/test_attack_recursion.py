"""Functions that call themselves, each other, or each other by way of another contract."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, build, go

from chainbill.vm import ContractRejected


def test_a_function_cannot_call_itself() -> None:
    error = assert_rejected("def go(n):\n    return go(n)", "recursion", line=2)
    assert "go -> go" in error.fields["en"]


def test_functions_cannot_call_each_other_in_a_circle() -> None:
    body = "def a():\n    return b()\n\n\ndef b():\n    return c()\n\n\ndef c():\n    if False:\n        return a()"
    assert_rejected(body, "recursion")


def test_contracts_cannot_invoke_each_other_in_a_circle() -> None:
    one = '@internal("two")\ndef f():\n    return invoke("two", "g")'
    two = '@internal("one")\ndef g():\n    return 1\n\n\n@call\ndef go():\n    return invoke("one", "f")'
    with pytest.raises(ContractRejected) as caught:
        build(one=one, two=two)
    assert caught.value.reason == "contract_cycle"
    assert "one -> two -> one" in caught.value.fields["en"] or "two -> one -> two" in caught.value.fields["en"]


def test_a_contract_cannot_invoke_itself() -> None:
    assert_rejected('@internal("trial")\ndef f():\n    return invoke("trial", "f")', "invoke_not_allowed", line=3)


def test_calls_go_only_so_deep_within_and_over_contracts() -> None:
    chain = "\n\n\n".join([*[f"def f{n}():\n    return f{n + 1}()" for n in range(50)], "def f50():\n    return 1"])
    assert_rejected(chain, "calls_too_deep")
    contracts = {"c0": "@view\ndef f():\n    return 1"}
    for n in range(1, 50):
        contracts[f"c{n}"] = f'@view\ndef f():\n    return invoke("c{n - 1}", "f")'
    with pytest.raises(ContractRejected) as caught:
        build(**contracts)
    assert caught.value.reason == "calls_too_deep"


def test_a_function_cannot_be_passed_on_and_called_later() -> None:
    assert_rejected(go("f = go", "return f()"), "not_a_value", line=3)
    assert_rejected(go("return [len][0]([])"), "not_in_the_language", line=3)
    assert_rejected(go('f = {"a": 1}', "return f()"), "not_a_function", line=4)
