"""Sorting that costs far more than its length."""

from __future__ import annotations

from vm.vm_room import answer, assert_fault, assert_metered, assert_rejected, go


def test_sorting_is_paid_by_length_and_by_text() -> None:
    grow = ["x = [3, 1, 2]", "for i in range(11):\n    x += x"]
    assert_metered(go(*grow, "for i in range(100000):\n    y = sorted(x)"))
    long = [
        't = "aaaaaaaaaaaaaaaa"',
        "for i in range(12):\n    t += t",
        "x = []",
        'for i in range(500):\n    x += [t + "b"]',
    ]
    assert_metered(go(*long, "for i in range(100000):\n    y = sorted(x)"), allocation_limit=2**40)


def test_only_like_values_are_sorted() -> None:
    assert_fault(go('return sorted([1, "a"])'), "wrong_type", line=3)
    assert_fault(go("return sorted([True, 1])"), "wrong_type", line=3)
    assert_fault(go("return sorted([None, None])"), "wrong_type", line=3)
    assert_fault(go('return sorted([{"a": 1}, {"a": 2}])'), "wrong_type", line=3)
    assert_fault(go('return sorted([[1, "a"], [1, 2]])'), "wrong_type", line=3)
    assert_fault(go("return sorted([[[1]], [[2]]])"), "wrong_type", line=3)
    assert_fault(go("return sorted([(1, 2), [1, 3]])"), "wrong_type", line=3)
    assert answer(go('return sorted([[2, "a"], [1, "z"], [1]])')) == [[1], [1, "z"], [2, "a"]]


def test_no_key_function_and_no_reverse() -> None:
    assert_rejected(go("return sorted([1], key=go)"), "arguments_wrong", line=3)
    assert_rejected(go("return sorted([1], reverse=True)"), "arguments_wrong", line=3)
