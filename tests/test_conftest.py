"""What `conftest.py` sees to, for all tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st


def test_a_property_that_fails_says_for_which_values() -> None:
    """Whatever other plugins are here."""

    @given(number=st.integers(7, 9))
    def wrong(number: int) -> None:
        assert number < 7

    with pytest.raises(AssertionError) as failed:
        wrong()
    assert "number=7" in "".join(failed.value.__notes__)
