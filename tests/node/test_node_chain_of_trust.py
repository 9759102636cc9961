"""From the genesis to a certified header by the changes of the validator set: what hangs together, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from chainbill_node.sync.manifest import Link, certified_sets
from ledger.ledger_kit import NETWORK, header, key

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Header
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import VoteType, sign_vote

NAMES = "ABC"
SETS = {name: ValidatorSet.of([Validator(key(n).public, name, "", "")]) for n, name in enumerate(NAMES)}
CHANGES = {3: "AB", 5: "BA", 8: "AB", 9: "BC"}
"""By height the set that decides it and the next one: there and back, so that links fit where they do not belong."""
GENESIS: Any = SimpleNamespace(validators=SETS["A"], hash=NETWORK)


def acting(height: int) -> str:
    """The name of the set of a height."""
    return next((name[1] for at, name in reversed(CHANGES.items()) if at < height), "A")


def signed(made: Header, name: str, network: bytes = NETWORK) -> Certificate:
    value: dict[str, Any] = {"type": VoteType.PRECOMMIT, "height": made.height, "round": 0, "block_id": made.id}
    return Certificate.from_votes([sign_vote(key(NAMES.index(name)), network, **value)])


def header_of(height: int, **fields: Any) -> Header:
    hashes = {"validators_hash": SETS[acting(height)].hash(), "next_validators_hash": SETS[acting(height + 1)].hash()}
    return header(height=height, **{**hashes, **fields})


def link(height: int, **fields: Any) -> Link:
    made = header_of(height, **fields)
    return Link(made, signed(made, acting(height)), SETS[acting(height + 1)])


LINKS = [link(height) for height in CHANGES]


def sets_of(height: int, links: Sequence[Link], **fields: Any) -> dict[int, ValidatorSet] | None:
    """None where it is refused."""
    anchor = header_of(height, **fields)
    try:
        return certified_sets(anchor, signed(anchor, acting(height)), links, GENESIS)
    except ChainbillError:
        return None


def hangs_together(height: int, links: Sequence[Link]) -> bool:
    """In order, none beyond the header, each made by the set before it, and the last ones those that the header names.

    Where a set came back, what lies between may be left out: blocks of there would not be certified.
    """
    heights = [one.header.height for one in links]
    way = "A" + "".join(CHANGES[at][1] for at in heights)
    before = "A" + "".join(CHANGES[at][1] for at in heights if at < height)
    return (
        heights == sorted(set(heights))
        and all(at <= height for at in heights)
        and all(CHANGES[at][0] == name for at, name in zip(heights, way, strict=False))
        and (before[-1], way[-1]) == (acting(height), acting(height + 1))
    )


@pytest.mark.parametrize("height", range(1, 12))
def test_only_changes_that_hang_together_lead_to_a_header(height: int) -> None:
    true = [one for one in LINKS if one.header.height <= height]
    known = sets_of(height, true)
    assert known is not None
    assert [known[max(at for at in known if at <= one)] for one in range(1, height + 2)] == [
        SETS[acting(one)] for one in range(1, height + 2)
    ]
    for count in range(5):
        for lie in itertools.product(LINKS, repeat=count):
            assert (sets_of(height, lie) is not None) is hangs_together(height, lie), lie


def lies_about(place: int) -> Iterator[Link]:
    """One link, in good form, of which one part is not what it should be."""
    true, other = LINKS[place], LINKS[(place + 1) % len(LINKS)]
    height = true.header.height
    yield Link(true.header, other.certificate, true.validators)
    yield Link(true.header, signed(true.header, next(one for one in NAMES if one != acting(height))), true.validators)
    yield Link(true.header, true.certificate, next(one for one in SETS.values() if one != true.validators))
    yield Link(replace(true.header, app_hash=bytes([1]) * 32), true.certificate, true.validators)
    foreign = replace(true.header, network=bytes(32))
    yield Link(foreign, signed(foreign, acting(height)), true.validators)
    yield link(height, next_validators_hash=bytes(32))
    yield link(height, validators_hash=bytes(32))


@pytest.mark.parametrize("place", range(len(LINKS)))
def test_a_change_of_which_one_part_is_another_is_refused(place: int) -> None:
    for lie in lies_about(place):
        links = [*LINKS[:place], lie, *LINKS[place + 1 :]]
        for height in (lie.header.height, 11):
            assert sets_of(height, [one for one in links if one.header.height <= height]) is None


def test_a_header_that_its_set_did_not_certify_as_it_stands_is_refused() -> None:
    assert sets_of(11, LINKS) is not None
    for wrong in ({"network": bytes(32)}, {"validators_hash": bytes(32)}, {"next_validators_hash": bytes(32)}):
        assert sets_of(11, LINKS, **wrong) is None
    anchor = header_of(11)
    for certificate in (signed(anchor, "A"), signed(header_of(10), "C"), signed(anchor, "C", bytes(32))):
        with pytest.raises(ChainbillError):
            certified_sets(anchor, certificate, LINKS, GENESIS)
