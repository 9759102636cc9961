"""How far the own clock is off, by the others' proposals: who must say so, what is forgotten, what a pause hides."""

from __future__ import annotations

import pytest
from chainbill_node.intake.clock_offset import DEAF_MS, PAUSE_MS, OwnClock, clock_off

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.validators import Validator, ValidatorSet

HOUR_MS = 3_600_000
NOW_MS = 1_800_000_000_000
KEYS = sorted([PrivateKey.from_seed(bytes([number] * 32)).public for number in range(1, 8)])


def validators_of(count: int) -> ValidatorSet:
    fields = [["ed25519", key, "", f"P{key.hex()[:4]}", ""] for key in KEYS[:count]]
    return ValidatorSet(tuple([Validator.from_fields(one) for one in fields]))


def heard(count: int, offs_ms: list[int | None], *, steady_ms: int = 1_000) -> tuple[OwnClock, ValidatorSet]:
    """The own clock shows NOW_MS; it is so far ahead of that of each other one, None for one not heard."""
    validators = validators_of(count)
    clock = OwnClock()
    for key, off_ms in zip(KEYS[1:count], offs_ms, strict=True):
        if off_ms is not None:
            clock.hear(key, NOW_MS - off_ms, steady_ms, validators)
    return clock, validators


@pytest.mark.parametrize(
    ("count", "offs_ms", "found"),
    [
        (1, [], 0),
        (2, [None], None),
        (2, [HOUR_MS], HOUR_MS),
        (3, [HOUR_MS, None], None),
        (3, [HOUR_MS, 3], 3),
        (3, [-HOUR_MS, 3], 0),
        (4, [HOUR_MS, None, None], None),
        (4, [HOUR_MS, HOUR_MS + 5, None], HOUR_MS),
        (4, [HOUR_MS, HOUR_MS + 5, -9], HOUR_MS),
        (4, [-HOUR_MS, -HOUR_MS - 5, 9], -HOUR_MS),
        (4, [-HOUR_MS, 0, 9], 0),
        (4, [-HOUR_MS, HOUR_MS, 9], 9),
        (7, [HOUR_MS] * 3 + [5] * 3, 5),
        (7, [HOUR_MS] * 4 + [None] * 2, HOUR_MS),
    ],
)
def test_most_others_must_say_so(count: int, offs_ms: list[int | None], found: int | None) -> None:
    clock, validators = heard(count, offs_ms)
    assert clock.off_ms(validators, KEYS[0], NOW_MS, 1_000) == found


def test_it_stays_known_when_the_own_clock_jumps() -> None:
    clock, validators = heard(4, [0, 0, None])
    assert clock.off_ms(validators, KEYS[0], NOW_MS + 60_000, 61_000) == 0
    assert clock.off_ms(validators, KEYS[0], NOW_MS + 60_000 - HOUR_MS, 61_000) == -HOUR_MS


def test_what_came_in_over_a_pause_says_nothing() -> None:
    clock, validators = heard(4, [0, 0, 0])
    woken_ms = 1_000 + PAUSE_MS + 1
    clock.hear(KEYS[1], NOW_MS, woken_ms, validators)
    clock.look(woken_ms + 1)
    assert clock.off_ms(validators, KEYS[0], NOW_MS, woken_ms) is None
    for at_ms in range(woken_ms, woken_ms + DEAF_MS + 2, 1_000):
        clock.look(at_ms)
        for key in KEYS[1:3]:
            clock.hear(key, NOW_MS, at_ms, validators)
        assert (clock.off_ms(validators, KEYS[0], NOW_MS, at_ms) is None) == (at_ms < woken_ms + DEAF_MS)


def test_who_is_no_validator_any_more_says_nothing() -> None:
    clock, _ = heard(4, [HOUR_MS, HOUR_MS, HOUR_MS])
    fewer = validators_of(2)
    clock.hear(KEYS[1], NOW_MS, 1_000, fewer)
    assert clock.off_ms(fewer, KEYS[0], NOW_MS, 1_000) == 0
    assert clock.off_ms(validators_of(4), KEYS[0], NOW_MS, 1_000) is None, "the others were forgotten"


def test_the_warning_says_which_way() -> None:
    assert "3600 s ahead of" in clock_off(HOUR_MS).what[0]
    assert "快 3600 秒" in clock_off(HOUR_MS).what[1]
    assert "3600 s behind those" in clock_off(-HOUR_MS).what[0]
    assert "慢 3600 秒" in clock_off(-HOUR_MS).what[1]
