"""Processor time of reading, by who pays for it: whose transactions are read before those of who took much."""

from __future__ import annotations

from chainbill_node.mempool import Read, Reading, Source, WaitingLine
from chainbill_node.mempool.reading import LIGHT_S, LIGHT_SHARE, MAX_READ_SOURCES

HERE, THERE = Source("here", "P"), Source("there", "P")


def test_a_party_that_took_much_is_not_light_wherever_it_hands_in_until_that_is_forgiven() -> None:
    """Handed in at four nodes and passed on by three, a flood was four sources at each."""
    reading = Reading()
    assert reading.light(HERE, 0.0)
    reading.charge([Read(HERE, LIGHT_S / 2, good=True), Read(THERE, LIGHT_S, good=True)], 0.0)
    assert not reading.light(HERE, 0.0)
    assert not reading.light(THERE, 0.0)
    assert reading.light(Source("here", "Q"), 0.0), "others at its address do not pay for it"
    forgiven_s = LIGHT_S / 2 / LIGHT_SHARE
    assert not reading.light(HERE, forgiven_s - 0.001)
    assert reading.light(HERE, forgiven_s + 0.001)


def test_bad_signatures_are_paid_for_by_the_address_and_never_by_the_party_that_they_name() -> None:
    reading = Reading()
    reading.charge([Read(Source("stranger", "P"), 2 * LIGHT_S, good=False)], 0.0)
    assert reading.light(HERE, 0.0)
    assert not reading.light(Source("stranger", "P"), 0.0)
    assert not reading.light(Source("stranger", "whatever else it names"), 0.0)


def test_what_is_sent_evenly_and_costs_little_is_light_for_ever() -> None:
    reading = Reading()
    for number in range(1_000):
        reading.charge([Read(HERE, LIGHT_SHARE / 100, good=True)], number / 100)
        assert reading.light(HERE, number / 100)


def test_no_more_are_remembered_than_is_set_and_those_read_last_are() -> None:
    reading = Reading()
    for number in range(MAX_READ_SOURCES + 10):
        reading.charge([Read(Source("a", f"p{number}"), LIGHT_S, good=True)], 0.0)
    assert len(reading._of) == MAX_READ_SOURCES
    assert reading.light(Source("a", "p0"), 0.0)
    assert not reading.light(Source("a", f"p{MAX_READ_SOURCES + 9}"), 0.0)


def test_what_goes_to_another_line_keeps_its_order_and_stands_behind_what_is_there() -> None:
    light: WaitingLine[int] = WaitingLine()
    heavy: WaitingLine[int] = WaitingLine()
    quiet = Source("here", "Q")
    heavy.put(HERE, 0, 10)
    for number in (1, 2, 3):
        light.put(HERE, number, 10)
    light.put(quiet, 4, 10)
    light.put(THERE, 5, 10)
    light.hand_over(lambda source: source == quiet, heavy)
    assert (len(light), light.has(quiet), light.has(HERE), light.has(THERE)) == (1, True, False, False)
    assert (len(heavy), heavy.has(quiet), heavy.has(HERE), heavy.has(THERE)) == (5, False, True, True)
    assert light.take(10, 1_000) == [4]
    assert heavy.take(10, 1_000) == [0, 1, 2, 3, 5]
    light.put(HERE, 6, 10)
    assert light.take(10, 10) == [6], "bytes are counted on both sides"
