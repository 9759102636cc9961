"""Whose wish for a later round is followed, and when (consensus.company)."""

from __future__ import annotations

import pytest
from chainbill_node.consensus.company import Company
from chainbill_node.consensus.events import RoundWanted
from consensus.consensus_kit import NOW_MS, Height, validators

OTHERS = frozenset("bcdefg")


@pytest.mark.parametrize(("count", "needed"), [(2, 0), (3, 1), (4, 1), (5, 2), (6, 3), (7, 3)])
def test_so_many_beside_the_one_that_asks_must_be_in_this_round_or_further(count: int, needed: int) -> None:
    company, given = Company(), validators(7) if count == 7 else validators(count)
    assert needed + 1 >= given.max_faulty + 1 + (given.max_faulty - 1), "f + 1 honest ones, this one too"
    for number, peer in enumerate("bcdefg"[:needed]):
        assert company.since_ms(given, 5, 2, OTHERS) is None
        company.hear(peer, 5, 2 + number, NOW_MS + number)
    assert company.since_ms(given, 5, 2, OTHERS) == (NOW_MS + needed - 1 if needed else 0)


def test_who_asks_who_is_elsewhere_and_who_has_left_are_no_company() -> None:
    company = Company()
    for peer, height, round_ in (("b", 5, 1), ("c", 4, 9), ("d", 6, 9), ("e", 5, 3)):
        company.hear(peer, height, round_, NOW_MS)
    assert company.since_ms(validators(), 5, 2, OTHERS - {"e"}) is None
    assert company.since_ms(validators(), 5, 2, OTHERS) == NOW_MS
    company.hear("e", 5, 3, NOW_MS + 900)
    assert company.since_ms(validators(), 5, 2, OTHERS) == NOW_MS, "it stays since when it was there"
    company.hear("e", 5, 4, NOW_MS + 900)
    assert company.since_ms(validators(), 5, 2, OTHERS) == NOW_MS + 900
    company.forget("e")
    assert company.since_ms(validators(), 5, 2, OTHERS) is None


def test_the_timeouts_of_a_round_count_from_when_others_are_there() -> None:
    height = Height().start()
    height.feed(RoundWanted(9, NOW_MS + 9_000, None))
    height.feed(RoundWanted(9, NOW_MS + 9_000, NOW_MS + 7_001))
    assert height.state.round == 0
    height.feed(RoundWanted(9, NOW_MS + 9_001, NOW_MS + 7_001))
    assert height.state.round == 2
