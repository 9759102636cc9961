"""Lists that hold the same list many times: small in memory, without end when copied, compared or hashed."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_fault, assert_metered, go

BOMB = ["x = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "for i in range(14):\n    x = [x, x, x, x, x, x, x, x, x, x]"]


@pytest.mark.parametrize(
    "use",
    [
        "return x",
        'rows.put("a", x)',
        'emit("a", {"x": x})',
        "d = digest(x)",
        "other = echo(x)\nreturn digest(other)",
        'return signed_by("ed25519", "", "application", x, "")',
    ],
)
def test_copies_are_bounded_in_size(use: str) -> None:
    body = 'rows = own_table("row")\n\n\ndef echo(x):\n    return x\n\n\n' + go(*BOMB, use)
    assert_fault(body, "value_too_large")


def test_details_are_bounded_in_size() -> None:
    assert_fault(go(*BOMB, 'require(False, "no", {"x": x})'), "bad_details")


def test_comparing_is_paid_for() -> None:
    two = [line.replace("x", "y") for line in BOMB]
    assert_metered(go(*BOMB, *two, "return x == y"))
    assert_metered(go(*BOMB, *two, "return x in [y]"))


def test_a_list_that_holds_itself_has_no_end_but_a_depth() -> None:
    assert_fault(go("x = [1]", "x[0] = x", "return x"), "value_too_deep")
    assert_fault(go('x = {"a": 1}', 'x["a"] = x', "return digest(x)"), "value_too_deep")
    assert_fault(go("x = [1]", "x[0] = x", "y = [1]", "y[0] = y", "return x == y"), "value_too_deep")
    assert_fault(go("x = [1]", "x[0] = x", "return sorted([x, x])"), "wrong_type")
