"""The pure part of the benchmarks: percentiles, thirds, tables, goals, whose turn it is."""

from __future__ import annotations

from typing import Any

import comparing
import pytest
from ceiling import Ceiling
from figures import is_flat, latency_ms, number, percentile, picked, ratio, spread, table, thirds, word_for
from goals import GOALS, Goal, at, over
from pair import compared, order
from rates import typical
from running import Rate


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (1, 1), (50, 5), (90, 9), (91, 10), (99, 10), (100, 10)])
def test_percentiles_are_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile([10, 3, 1, 2, 4, 5, 6, 7, 9, 8], percent) == expected


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_latencies_are_told_in_ms() -> None:
    assert latency_ms([0.001, 0.002, 0.1]) == {"p50_ms": 2.0, "p99_ms": 100.0, "max_ms": 100.0}


def test_systems_are_compared_by_the_medians_of_their_rounds() -> None:
    rounds = [
        {"system": "one", "batched": {"committed_per_s": many}, "single": {"committed_per_s": few, "p50_ms": few / 10}}
        for many, few in ((300.0, 10.0), (100.0, 30.0), (200.0, 90.0))
    ]
    assert comparing.typical(rounds) == {
        "system": "one", "batched": {"committed_per_s": 200.0}, "single": {"committed_per_s": 30.0, "p50_ms": 3.0},
    }  # fmt: skip


def test_a_ratio_of_nothing_is_zero() -> None:
    assert (ratio(1, 3), ratio(1, 0)) == (0.333, 0.0)
    assert spread([3, 1, 2]) == (2, 1, 3)


def test_thirds_are_medians_and_the_middle_takes_what_is_over() -> None:
    assert thirds([1, 9, 1, 5, 3, 4, 7, 7]) == (5, 3.5, 7)
    with pytest.raises(ValueError, match="three"):
        thirds([1, 2])


@pytest.mark.parametrize(("last", "slack", "flat"), [(110, 0, True), (111, 0, False), (111, 1, True), (50, 0, True)])
def test_flat_is_a_tenth_above_the_middle_at_most(last: float, slack: float, flat: bool) -> None:
    assert is_flat([500, 100, last], 0.1, slack) is flat


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.0, "0"), (7, "7"), (1234567, "1,234,567"), (1234.5, "1,234"), (99.95, "100.0"), (12.34, "12.3"),
     (1.234, "1.23"), (0.01234, "0.0123"), (0.00012, "0.00012"), ("text", "text"), (None, "None"), (True, "True")],
)  # fmt: skip
def test_figures_have_three_digits(value: Any, shown: str) -> None:
    assert number(value) == shown


def test_a_table_is_markdown_and_lines_up() -> None:
    text = table(("what", "figure"), [("one", 1.5), ("another", 12345)])
    assert text.splitlines() == [
        "| what    | figure |",
        "| ------- | -----: |",
        "| one     |   1.50 |",
        "| another | 12,345 |",
    ]


def test_a_path_that_is_not_there_gives_none() -> None:
    assert picked({"a": {"b": 3}}, "a.b") == 3
    assert picked({"a": {"b": 3}}, "a.c") is None
    assert picked({"a": 1}, "a.b") is None


def test_networks_are_named_by_their_size() -> None:
    assert [word_for(count) for count in (1, 4, 7, 5)] == [
        "one_validator", "four_validators", "seven_validators", "5_validators",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at_most", "value", "verdict"),
    [(False, 0.7, "aim"), (False, 0.69, "floor"), (False, 0.39, "missed"),
     (True, 0.3, "aim"), (True, 0.5, "missed"), (True, 0.4, "floor"), (False, None, "not measured")],
)  # fmt: skip
def test_verdicts(at_most: bool, value: float | None, verdict: str) -> None:
    floor, aim = (0.4, 0.35) if at_most else (0.4, 0.7)
    assert Goal("", "", floor, aim, at("x"), at_most=at_most).verdict({} if value is None else {"x": value}) == verdict


def test_a_goal_may_be_a_ratio_of_two_figures() -> None:
    assert over("a", "b")({"a": 3, "b": 2}) == 1.5
    assert over("a", "b")({"a": 3}) is None
    assert over("a", 2)({"a": 3}) == 1.5


def test_every_goal_asks_more_of_the_aim_than_of_the_floor_and_has_both_languages() -> None:
    for goal in GOALS:
        assert (goal.aim < goal.floor) == goal.at_most, goal.en
        assert goal.en
        assert goal.zh


def test_commits_take_turns_and_none_is_always_first() -> None:
    assert order(3) == ["base", "head", "head", "base", "base", "head"]


def test_a_comparison_is_sure_only_when_every_round_says_the_same() -> None:
    base = [{"tx/s": 100.0, "cpu µs/tx": 50.0, "p50_ms": 9.0}] * 3
    head = [
        {"tx/s": 150.0, "cpu µs/tx": 40.0, "p50_ms": 10.8},
        {"tx/s": 130.0, "cpu µs/tx": 45.0, "p50_ms": 7.2},
        {"tx/s": 140.0, "cpu µs/tx": 42.5, "p50_ms": 9.0},
    ]
    rows = {row[0]: row[3:] for row in compared(base, head)}
    assert rows["tx/s"] == ("1.40", "1.30 … 1.50", "better")
    assert rows["cpu µs/tx"] == ("0.85", "0.80 … 0.90", "better")
    assert rows["p50_ms"][2] == "±"
    assert compared(head, base)[0][5] == "worse"
    assert compared(base[:2], head[:2])[0][5] == "±"


def test_each_rate_is_divided_by_the_ceilings_around_it() -> None:
    rounds = [
        (Rate(100, 0.010, 0.001, 5, 1.0), Ceiling(200, 0.004), Ceiling(300, 0.002)),
        (Rate(300, 0.004, 0.001, 5, 1.0), Ceiling(600, 0.002), Ceiling(600, 0.002)),
        (Rate(60, 0.020, 0.001, 5, 1.0), Ceiling(100, 0.008), Ceiling(100, 0.008)),
    ]
    found = typical(rounds, validators=2)
    assert found["ratio_to_ceiling"] == 0.5  # of 0.4, 0.5 and 0.6
    assert (found["committed_per_s"], found["ceiling_per_s"]) == (100, 250)
    assert found["cpu_ratio"] == 0.8  # 2 × (3, 2, 8) ms over 10, 4, 20 ms
    assert [one["ceiling_per_s"] for one in found["rounds"]] == [250, 600, 100]
