"""The search finds each broken protocol, within the bounds that are listed for it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from search.broken import BROKEN, Broken, name
from search.search import Report, breadth_first, led
from search.space import Space
from search.words import cheap_signatures

MOST = 400_000
SLOW = ("older lock wins on restart",)


def searched(broken: Broken, *, intact: bool = False) -> Report:
    """What the search says of a broken protocol; of the intact one where that is asked."""
    with nullcontext() if intact else broken.mutant(), cheap_signatures():
        space = Space(broken.bounds)
        return led(space, seed=1, most=MOST) if broken.deep else breadth_first(space, MOST)


@pytest.mark.parametrize(
    "broken", [pytest.param(one, marks=[pytest.mark.slow] if name(one) in SLOW else [], id=name(one)) for one in BROKEN]
)
def test_the_search_finds_a_broken_protocol(broken: Broken) -> None:
    report = searched(broken)
    assert report.found is not None, "it lives"
    print(f"{name(broken)}: {report.found.broken[0]}, {report.states} states, {len(report.found.moves)} moves")
    assert report.found.broken[0] == broken.broken


@pytest.mark.parametrize("broken", [one for one in BROKEN if one.bounds.older or one.bounds.former], ids=name)
def test_older_files_and_former_validators_are_what_shows_it(broken: Broken) -> None:
    with broken.mutant(), cheap_signatures():
        report = breadth_first(Space(replace(broken.bounds, older=False, former=False)))
    assert report.exhausted
    assert report.found is None


@pytest.mark.parametrize("mutant", ["no lock", "lock not persisted"])
@pytest.mark.slow
def test_without_a_lock_two_decide_differently(mutant: str) -> None:
    """That the rules about locks are kept is more than is promised; this is what they are for."""
    [broken] = [one for one in BROKEN if name(one) == mutant]
    with broken.mutant(), cheap_signatures():
        report = breadth_first(Space(broken.bounds), only="agreement")
    assert report.found is not None
    print(f"{mutant}: {report.states} states, {len(report.found.moves)} moves")


def test_broken_protocols_have_names_of_their_own() -> None:
    assert len({name(one) for one in BROKEN}) == len(BROKEN)
