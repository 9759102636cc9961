"""The search that is led: the same number is the same search, it gets farther than chance, and its corpus holds."""

from __future__ import annotations

import itertools
import random

import pytest
from sim import led, search
from sim import plan as plans
from sim.findings import command
from sim.mutants import MUTANTS
from sim.plan import Plan
from sim.runs import judged
from sim.search import Search, cover, read_corpus
from sim.seen import Feature, Seen, watching
from sim.variation import CHANGES, vary

CHUNK = 20


def situations(plans_played: list[Plan]) -> Seen:
    seen = Seen()
    with watching(seen):
        for plan in plans_played:
            verdict = judged(plan)
            assert not verdict.checker, f"{verdict.text}\n{command(plan)}"
    return seen


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, len(read_corpus()), CHUNK))
def test_the_plans_that_a_search_has_kept_hold(first: int) -> None:
    seen = situations(read_corpus()[first : first + CHUNK])
    assert seen.farthest >= 2


def test_the_corpus_is_of_different_sound_plans() -> None:
    corpus = read_corpus()
    assert len(set(corpus)) == len(corpus) >= 50
    assert all(plan.sound for plan in corpus)


def test_a_search_repeats_exactly() -> None:
    found = [[one.plan for one in itertools.islice(Search(3).go(), 12)] for _ in range(2)]
    assert found[0] == found[1]
    assert len(set(found[0])) == 12
    assert found[0] != [one.plan for one in itertools.islice(Search(4).go(), 12)]


def test_every_change_gives_sound_plans_that_differ() -> None:
    chance = random.Random(1)
    drawn = [led.draw(number) for number in range(40)]
    changed: dict[str, int] = dict.fromkeys((change.__name__ for change in CHANGES), 0)
    for change in CHANGES:
        for plan in drawn:
            after = change(plan, drawn[7], chance)
            changed[change.__name__] += after != plan
            assert plans.decode(plans.encode(after)) == after
    assert all(changed.values()), changed
    varied = [vary(plan, drawn[3], chance) for plan in drawn for _ in range(5)]
    assert all(plan.sound for plan in varied)
    assert sum(plan not in drawn for plan in varied) > len(varied) // 2


def test_a_cover_shows_all_that_was_seen_with_few() -> None:
    one, two, three = (led.draw(number) for number in range(3))
    features: list[Feature] = [("a",), ("b",), ("c",)]
    found = [(one, {features[0]}), (two, {features[1], features[2]}), (three, {features[0], features[1], features[2]})]
    assert cover(found) == [three]
    assert cover(found[:2]) == [two, one]
    assert cover([]) == []


def test_a_search_tells_what_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    with MUTANTS["quorum minus one"]():
        first = next(Search(1).go())
    assert first.verdict.checker in ("lock", "certificate")
    assert first.new == len(first.seen) > 0
    monkeypatch.setattr(search, "FRESH", 1.0)
    assert all(one.plan.sound for one in itertools.islice(Search(1).go(), 3))
