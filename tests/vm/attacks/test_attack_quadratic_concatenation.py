"""A text or list that grows a little in every turn of a loop, and is copied each time."""

from __future__ import annotations

from time import process_time

from vm.vm_room import assert_fault, assert_metered, go


def test_growing_texts_and_copied_lists_are_paid_by_size() -> None:
    assert_metered(
        go('x = "a"', 'for i in range(100000000):\n    x = x + "aaaaaaaaaaaaaaaa"', "return 1"),
        reason="out_of_memory_allowance",
    )
    assert_metered(go("x = []", "for i in range(100000000):\n    x = x + [i]", "return 1"), allocation_limit=2**40)


def test_the_price_covers_the_time() -> None:
    start = process_time()
    assert_metered(
        go('x = "a"', 'for i in range(100000000):\n    x += "aaaaaaaaaaaaaaaa"', "return 1"),
        reason="out_of_memory_allowance",
    )
    assert process_time() - start < 5


def test_text_and_list_lengths_are_bounded() -> None:
    assert_fault(go('x = "aaaaaaaaaaaaaaaa"', "for i in range(20):\n    x += x", "return 1"), "text_too_long", line=5)
    assert_fault(go("x = [1]", "for i in range(20):\n    x = x + x", "return 1"), "list_too_long", line=5)
