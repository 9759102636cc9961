"""A caught error carries a traceback, and that the frames."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_fault, assert_rejected, go


@pytest.mark.parametrize(
    "statement",
    [
        "try:\n    pass\nexcept KeyError as e:\n    pass",
        "try:\n    pass\nfinally:\n    pass",
        "raise KeyError",
        "assert False",
    ],
)
def test_errors_can_be_neither_caught_nor_raised(statement: str) -> None:
    assert_rejected(go(statement), "not_in_the_language", line=3)


def test_a_fault_ends_the_run_and_cannot_be_seen_by_the_contract() -> None:
    assert_fault(go("x = [1]", "return x[5]"), "index_out_of_range", line=4)
