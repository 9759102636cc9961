"""Values of one kind that pass for another."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_fault, assert_rejected, go

from chainbill.vm import ContractFault


@pytest.mark.parametrize(
    "expression",
    [
        "True + 1",
        "1 + True",
        "True * 2",
        "a - b",
        "-True",
        "True // 1",
        "1 % True",
        "a + b",
        "True < 2",
        "1 < True",
        "abs(True)",
        "min(True, 2)",
        "max([True, 2])",
        "True == 1",
        "1 == True",
        "0 == False",
        "a == 1",
        "1 != a",
        "None == 0",
        '"1" == 1',
        "1 in [True]",
        "True in [1]",
        "[1] == [True]",
        '{"a": 1} == {"a": True}',
        "(1,) == [1]",
        "[1] < [2]",
        '"a" < 1',
        'b"a" == "a"',
        "None < 1",
        "[1] + (2,)",
        '"a" + b"a"',
        "1 + None",
        "[] - []",
        '"a" - "a"',
        "sorted(5)",
        "min(5)",
        "-[1]",
        "max([])",
        "not_there + 1",
        "1 in 5",
        "1 in {}",
        "[1] in (2, 3)",
    ],
)
def test_kinds_do_not_mix(expression: str) -> None:
    body = go("a = True", "b = False", "if a == b:\n    not_there = 1", f"return {expression}")
    with pytest.raises(ContractFault) as caught:
        answer(body)
    assert caught.value.reason in ("wrong_type", "key_not_text", "empty", "name_not_set")
    assert caught.value.fields["line"] == 3 + 7


@pytest.mark.parametrize("number", ["1", "18446744073709551616"])
def test_loops_go_through_sequences_only(number: str) -> None:
    for sequence in (number, "None", "True", '{"a": 1}', 'b"ab"'):
        assert_fault(go(f"for x in {sequence}:\n    pass"), "wrong_type", line=3)
    for ends in ("True", '"a"', "None, 1", "0, 5, True", "[1]"):
        assert_fault(go(f"for x in range({ends}):\n    pass"), "wrong_type", line=3)
    assert_fault(go("for x in range(0, 5, 0):\n    pass"), "bad_argument", line=3)


def test_taking_apart_needs_a_list_of_that_length() -> None:
    assert_fault(go('a, b = "ab"'), "wrong_type", line=3)
    assert_fault(go('a, b = {"x": 1, "y": 2}'), "wrong_type", line=3)
    assert_fault(go("a, b = [1, 2, 3]"), "wrong_length", line=3)
    assert_fault(go("for a, b in [[1]]:\n    pass"), "wrong_length", line=3)
    assert_fault(go("() == 1\n"[:0] + "a = ()", "b, c = a"), "wrong_length", line=4)


def test_map_keys_are_text() -> None:
    assert_fault(go("x = 1", "y = {x: 1}"), "key_not_text", line=4)
    assert_fault(go("x = {}", "x[0] = 1"), "key_not_text", line=4)
    assert_fault(go("x = {}", "y = True", "x[y] = 1"), "key_not_text", line=5)
    assert_rejected(go("x = {1: 2}"), "literal_misused", line=3)
    assert_fault(go('x = {"a": 1}', "return x[0]"), "key_missing", line=4)


def test_natives_check_what_they_are_given() -> None:
    for call in (
        'add_days(5, "a")',
        'add_days("2026-01-01", True)',
        'add_days("2026-02-30", 1)',
        'weekday("x")',
        "days_between(1, 2)",
        'new_id("t")',
        'new_id("TT")',
        "new_id(1)",
        'date_of("x")',
        "date_of(999999999999999999)",
        "valid_lei(5)",
        "normalise_identifier(None)",
        "currency_digits(1)",
        "set_problem(1, [])",
        'set_problem({"a": 1}, [])',
        "set_problem({}, 1)",
        "set_problem({}, [1])",
        'signed_by("ed25519", "", "bid", 1, "")',
        'statement_hash("bid", 1)',
        'statement_hash(1, "bid")',
        'add_months("9999-12-31", 1)',
        'add_days("2026-01-01", 99999999999)',
    ):
        assert_fault(go(f"return {call}"), "bad_argument", line=3)
    assert_fault(go("return len(5)"), "wrong_type", line=3)
    assert answer(go('return [is_date(5), is_date("2026-02-30"), kind_of(())]')) == [False, False, "list"]
    for use in (
        'signed_by(1, 2, "bid", 3, 4)', 'signed_by("ed25519", "zz", "bid", 1, "")',
        'signed_by([], "", "bid", {}, None)',
    ):  # fmt: skip
        assert answer(go(f"return {use}"), name="finance") is False
