"""Quorum arithmetic against a naive twin that counts sets instead of dividing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainbill.ledger.validators import Validator, ValidatorSet


def members(count: int) -> ValidatorSet:
    return ValidatorSet.of(Validator(bytes([number]) * 32, f"n{number}", "", "") for number in range(count))


def naive_faulty(count: int) -> int:
    """The largest f with n > 3f."""
    faulty = 0
    while count > 3 * (faulty + 1):
        faulty += 1
    return faulty


def naive_quorum(count: int) -> int:
    """The smallest q such that any two sets of q share more than f members, and never fewer than two thirds."""
    quorum = 0
    while not (3 * quorum > 2 * count and 2 * quorum - count > naive_faulty(count)):
        quorum += 1
    return quorum


@given(st.integers(1, 100))
def test_quorum_is_the_naive_one(count: int) -> None:
    validators = members(count)
    assert validators.quorum == naive_quorum(count)
    assert validators.max_faulty == naive_faulty(count)


@given(st.integers(1, 100))
def test_honest_validators_alone_reach_it(count: int) -> None:
    validators = members(count)
    assert count - validators.max_faulty >= validators.quorum


def test_small_networks_need_everyone() -> None:
    assert [members(count).quorum for count in (1, 2, 3, 4, 7, 10)] == [1, 2, 3, 3, 5, 7]


@given(st.integers(1, 30), st.integers(1, 1000), st.integers(0, 100))
def test_proposers_take_turns(count: int, height: int, round_: int) -> None:
    validators = members(count)
    turns = {validators.proposer(height, round_ + later).key for later in range(count)}
    assert turns == set(validators.keys)
    assert validators.proposer(height, round_) == validators.proposer(height + 1, round_ - 1 + count)
