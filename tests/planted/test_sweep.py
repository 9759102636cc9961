"""The sweep of faults by rule: what it knows of the tests, and what it passes over."""

from __future__ import annotations

import pytest
from planted.planting import faults
from planted.sweep import Sweep, with_new

pytestmark = pytest.mark.untraced


def test_what_some_files_reach_now_stands_in_the_place_of_what_they_reached() -> None:
    kept = {"took": {"a::1": 1.0, "b::1": 2.0, "c::1": 3.0}, "lines": {"f": {"7": [0, 1, 2], "8": [1]}}}
    new = {"took": {"b::2": 4.0, "b::3": 5.0}, "lines": {"f": {"8": [0, 1], "9": [1]}}}
    both = with_new(kept, new, {"b"})
    assert both["took"] == {"a::1": 1.0, "c::1": 3.0, "b::2": 4.0, "b::3": 5.0}
    names = list(both["took"])
    reached = {line: [names[one] for one in tests] for line, tests in both["lines"]["f"].items()}
    assert reached == {"7": ["a::1", "c::1"], "8": ["b::2", "b::3"], "9": ["b::3"]}


def test_what_is_known_to_change_nothing_is_not_run() -> None:
    harmless = [one for one in faults() if one.why]
    sweep = Sweep(harmless, (), 0, 0)
    assert {sweep.outcome(one, {})["what"] for one in harmless} == {"equivalent"}
