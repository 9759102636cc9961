"""10**10**8: a few characters that ask for more memory than there is."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_fault, assert_rejected, contract, go

from chainbill.vm import ContractRejected, compile_contract


@pytest.mark.parametrize(
    "expression",
    ["10**10**8", "2 ** 3", "1 << 100000", "1 >> 1", "5 / 2", "~1", "5 & 3", "5 | 3", "5 ^ 3", "pow(10, 100)"],
)
def test_powers_shifts_and_bits_are_not_in_the_language(expression: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", contract(go(f"return {expression}")))
    assert caught.value.reason in ("not_in_the_language", "name_unknown")


@pytest.mark.parametrize(
    "number", ["1e400", "1.5", ".5", "1j", "0x10", "0b1", "0o7", "1_", "1__0", "007", "9" * 78, "9" * 5_00, "1if"]
)
def test_numbers_are_whole_decimal_and_small(number: str) -> None:
    assert_rejected(go(f"x = {number}"), "number_not_allowed", line=3)


def test_squaring_stops_at_256_bits() -> None:
    assert_fault(go("x = 2", "for i in range(100):\n    x = x * x", "return x"), "number_too_large", line=5)
    assert (
        answer(
            go("x = 2", "for i in range(7):\n    x = x * x", "return x // 18446744073709551616 // 9223372036854775808")
        )
        == 2
    )


@pytest.mark.parametrize("change", ["x + x", "x * 2", "0 - x - x", "x - (0 - x)", "2 * x"])
def test_every_operation_checks_its_result(change: str) -> None:
    half = 2**255
    assert_fault(go(f"x = {half}", f"x = {change}", "x = abs(x) + abs(x)", "return 1"), "number_too_large")


def test_numbers_beyond_64_bits_cannot_be_stored_emitted_or_answered() -> None:
    table = 'rows = own_table("row")\n'
    assert_fault(go("return 18446744073709551616"), "number_not_storable")
    assert_fault(go("return [0 - 9223372036854775809]"), "number_not_storable")
    assert_fault(table + go('rows.put("a", {"n": 18446744073709551616})'), "number_not_storable")
    assert_fault(go('emit("a", {"n": 18446744073709551616})'), "number_not_storable")
    assert answer(go("return 18446744073709551615")) == 2**64 - 1
