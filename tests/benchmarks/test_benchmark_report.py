"""The tables of a run in both languages, the documents that hold them, and the stage timers."""

from __future__ import annotations

import re
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import report
import stages

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import performance  # noqa: E402

LINE = {
    "committed_per_s": 1000.0, "ceiling_per_s": 2000.0, "ratio_to_ceiling": 0.5, "cpu_ratio": 0.6, "load_per_s": 500.0,
    "p50_ms": 5.0, "p99_ms": 20.0, "max_ms": 30.0, "cpu_s_per_tx": 0.002,
}  # fmt: skip
STAGES = {
    "stages_us_per_tx": {"verify": 300.0, "write": 200.0}, "unaccounted_us_per_tx": 1.0, "os_us_per_tx": 501.0,
    "committed_per_s": 900.0,
}  # fmt: skip
POINT = {
    "transactions": 400, "start_s": 1.0, "rss_mib": 150, "cost_us": 300.0, "disk_mib": 9.0, "disk_bytes_per_token": 900,
    "reads": {"one token": {"p50_ms": 1.0}},
}  # fmt: skip
NETWORK = {"batched": LINE, "single": LINE}
FOUND: dict[str, Any] = {
    "machine": {"processor": "P", "cores": 2, "commit": "abc", "versions": {"plyvel": "1"}},
    "quick": True,
    "one_validator": NETWORK,
    "four_validators": {
        **NETWORK, "ten_calls": {"calls_per_s": 5000.0},
        "at_500_per_s": {"p50_ms": 9.0, "p99_ms": 50.0, "max_ms": 60.0},
        "memory_disk": {"rss_mib": 160.0, "rss_growth_bytes_per_tx": 100.0, "disk_bytes_per_tx": 3000.0},
    },
    "stages": {"one_validator": STAGES, "four_validators": STAGES},
    "queries": {
        "alone": {"one token": {"p50_ms": 1.0, "p99_ms": 2.0}},
        "commits_per_s": {"no_readers": 900.0, "readers_on_a_validator": 880.0, "readers_on_the_observer": 890.0},
        "while_committing": {"readers_on_a_validator": {"p50_ms": 3.0, "p99_ms": 9.0}},
    },
    "sync": {"blocks_per_s": 20.0, "transactions_per_s": 900.0},
    "compare": {
        "chainbill": NETWORK, "postgres": {**NETWORK, "system": "PostgreSQL 15"}, "anvil": {"not_here": "no npm"},
    },
    "startup": [{"tokens": 10**4, **POINT}, {"tokens": 10**6, **POINT}],
    "growth": {"cost_ratio_1e6_to_1e4": 1.05},
    "disk_use": {"all": {"points": [{"transactions": 100, "mib": 1.0, "bytes_per_tx": 3000}]}},
    "sustained": {"minutes": 30, "load_per_s": 700.0, "thirds": [["p50_ms", "5.0", "5.0", "5.1", "flat"]]},
}  # fmt: skip


def test_every_table_is_there_in_both_languages_with_the_same_figures() -> None:
    english, chinese = report.shown(FOUND), report.shown(FOUND, zh=True)
    assert set(english) == set(chinese) == set(report.TABLES)
    for name, text in english.items():
        rows = [line.split("|") for line in text.splitlines()]
        assert len({len(row) for row in rows}) == 1, name
        assert len(rows) > 2, name
        assert len(rows) == len(chinese[name].splitlines()), name


def test_a_table_without_figures_is_left_out() -> None:
    assert set(report.shown({})) == {"goals"}
    assert "not measured" in report.shown({})["goals"]


def test_a_goal_stands_beside_what_was_measured() -> None:
    goals = report.shown(FOUND)["goals"]
    assert re.search(r"one transaction a request, ÷ ceiling *\| *≥ 0.200 \| *≥ 0.400 \| *0.500 \| *aim met", goals)
    assert re.search(r"start-up with 10⁶ tokens *\| *≤ 10 s \| *≤ 3 s \| *1.00 s \| *aim met", goals)
    assert re.search(r"100 a request *\|.*1.00 × \| *aim met", goals)


@pytest.mark.parametrize("name", ["performance.md", "performance.zh.md"])
def test_the_document_has_a_place_for_every_table_and_filling_it_again_changes_nothing(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert {match[2] for match in performance.MARKED.finditer(text)} == set(report.TABLES)
    make = performance.chinese if "zh" in name else performance.english
    assert make(make(text)) == make(text)


def test_the_figures_of_a_run_get_into_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "performance.json"
    monkeypatch.setattr(performance, "DATA", data)
    text = "before\n<!-- table: machine -->\nold\n<!-- end -->\nafter"
    assert "No figures yet." in performance.english(text)
    data.write_text('{"machine": {"processor": "Zen"}}')
    assert "| processor   | Zen |" in performance.english(text).replace("    Zen", "Zen")
    assert "Zen" in performance.chinese(text)


def test_stages_that_take_as_long_stand_in_order_of_their_names() -> None:
    """Whatever order a set of names has in this process: else the documents differ from one run to the next."""
    names = [f"stage {number:02}" for number in range(20)]
    known = STAGES | {"stages_us_per_tx": {"zz": 1.0} | dict.fromkeys(reversed(names), 0.0)}
    shown = report.stages({"stages": {"four_validators": known}}, False)
    assert re.findall(r"stage \d\d|zz", shown) == ["zz", *names]


@pytest.mark.parametrize("stage", stages.TARGETS)
def test_every_stage_finds_something_to_time(stage: str) -> None:
    assert any(stages.find(name) is not None for name in stages.TARGETS[stage])


def test_a_name_that_is_not_there_is_no_error() -> None:
    assert stages.find("chainbill.codec:nothing_of_this_name") is None
    assert stages.find("chainbill.nothing:encode") is None


def test_an_inner_stage_is_taken_out_of_the_outer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(stages, "thread_time", lambda: clock[0])
    accounts: list[stages.Spent] = []

    def spend(seconds: float) -> None:
        clock[0] += seconds

    def work() -> None:
        spend(1.0)
        stages.timed(spend, "inner")(10.0)
        spend(2.0)

    def run() -> None:
        accounts.append(stages.here())
        spend(100.0)
        stages.timed(work, "outer")()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    stages._threads.remove(accounts[0])
    assert dict(accounts[0].seconds) == {"threads": 100.0, "outer": 3.0, "inner": 10.0}
    assert accounts[0].stack == ["threads"]


def test_a_turn_of_the_loop_belongs_to_whom_it_calls() -> None:
    from chainbill_node.intake.admission import Admission

    admission = object.__new__(Admission)
    assert stages.stage_of(admission.hurry) == stages.ADMIT
    assert stages.stage_of(partial(admission.hurry)) == stages.ADMIT
    assert stages.stage_of(print) == stages.LOOP
