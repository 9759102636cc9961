"""The checker of client histories finds what is wrong in made-up histories, and nothing in good ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from history import Acknowledged, BlockSeen, Chain, Event, Lost, Read, Submitted, find_faults
from hypothesis import given
from hypothesis import strategies as st

START = {"x": "0"}


def block(number: int, *transactions: str, refused: Sequence[str] = ()) -> BlockSeen:
    return BlockSeen(f"b{number}", f"r{number}", transactions, frozenset(refused))


GOOD: tuple[Event, ...] = (
    Submitted(1, "c1", "n1", "a", ("x", "1")),
    Submitted(1.5, "c2", "n2", "lost", ("x", "9")),
    Acknowledged(2, "c1", "n1", "a", 1),
    Read(2.1, 2.2, "c1", "n1", "x", "1", 1),
    Lost(2.5, "c2", "n2", "lost"),
    Submitted(3, "c1", "n2", "b", ("x", "2")),
    Acknowledged(4, "c1", "n2", "b", 3),
    Submitted(4.5, "c1", "n2", "no", ("x", "7")),
    Acknowledged(5, "c1", "n2", "no", 3, ok=False),
    Read(4.1, 4.2, "c1", "n1", "x", "1", 2),  # another node, which lags: true as of its height
    Read(5.1, 5.2, "c2", "n2", "x", "2", 3),
)
CHAIN: tuple[BlockSeen, ...] = (block(1, "a"), block(2), block(3, "b", "no", refused=["no"]))
CHAINS: dict[str, Chain] = {"n1": CHAIN[:2], "n2": CHAIN}


def test_a_good_history_passes() -> None:
    assert find_faults(GOOD, CHAINS, START) == []
    assert find_faults([], {}, {}) == []


def test_an_open_transaction_may_be_in_or_not() -> None:
    late = (*CHAIN, block(4, "lost"))
    assert find_faults(GOOD, {"n1": late, "n2": late}, START) == []


def test_what_is_handed_in_again_counts_from_the_first_time() -> None:
    again = Submitted(4.2, "c1", "n1", "a", ("x", "1"))  # its client had lost the answer
    assert find_faults((*GOOD, again), CHAINS, START) == []


def changed(number: int, **fields: object) -> tuple[Event, ...]:
    return (*GOOD[:number], replace(GOOD[number], **fields), *GOOD[number + 1 :])


MADE_UP: list[tuple[str, Sequence[Event], dict[str, Chain]]] = [
    ("is lost", GOOD, {"n1": CHAIN[:2], "n2": CHAIN[:2]}),
    ("is lost", GOOD, {"n1": (block(1), *CHAIN[1:])}),
    ("stands at heights 1 and 4", GOOD, {"n1": (*CHAIN, block(4, "a"))}),
    ("stands at heights 2 and 2", GOOD, {"n1": (CHAIN[0], block(2, "lost", "lost"), CHAIN[2])}),
    ("fork at height 2", GOOD, {"n1": (CHAIN[0], block(9)), "n2": CHAIN}),
    ("fork at height 1", GOOD, {"n1": (replace(CHAIN[0], transactions=()),), "n2": CHAIN}),
    ("different states after height 2", GOOD, {"n1": (CHAIN[0], replace(CHAIN[1], root="r9")), "n2": CHAIN}),
    ("was never handed in", GOOD, {"n1": (CHAIN[0], block(2, "stranger"), CHAIN[2])}),
    ("acknowledged at height 2 and stands at 1", changed(2, height=2), CHAINS),
    ("acknowledged as done and was not", changed(8, ok=True), CHAINS),
    ("acknowledged as refused and was not", changed(6, ok=False), CHAINS),
    ("stands before it", changed(5, at=5.05), {"n": (block(1, "a"), block(2), block(3, "b", "no", refused=["no"]))}),
    ("stands before it", GOOD, {"n": (block(1, "b"), block(2), block(3, "a", "no", refused=["no"]))}),
    ("said x = '9' as of height 1, it was '1'", changed(3, value="9"), CHAINS),
    ("said x = '0' as of height 1, it was '1'", changed(3, value="0"), CHAINS),
    ("said x = '7' as of height 3, it was '2'", changed(10, value="7"), CHAINS),
    ("for height 0 after height 1", changed(3, value="0", height=0), CHAINS),
    ("for height 2 after height 3", (*GOOD, Read(6, 7, "c1", "n2", "x", "1", 2)), CHAINS),
]


@pytest.mark.parametrize(("finding", "events", "chains"), MADE_UP, ids=[f"{n}-{m[0]}" for n, m in enumerate(MADE_UP)])
def test_a_bad_history_is_found(finding: str, events: Sequence[Event], chains: dict[str, Chain]) -> None:
    found = find_faults(events, chains, START)
    assert any(finding in one for one in found), found


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), unique=True, min_size=2), st.data())
def test_a_serial_history_passes_and_two_blocks_swapped_fail(order: list[str], data: st.DataObject) -> None:
    """One client after another: the chain in the order of the acknowledgements is the only one that passes."""
    events: list[Event] = []
    for number, identity in enumerate(order):
        events.append(Submitted(10 * number, "c", "n", identity, ("x", identity)))
        events.append(Acknowledged(10 * number + 5, "c", "n", identity, number + 1))
        events.append(Read(10 * number + 6, 10 * number + 7, "c", "n", "x", identity, number + 1))
    chain = [block(number, identity) for number, identity in enumerate(order, 1)]
    assert find_faults(events, {"n": chain}, START) == []
    one, other = data.draw(st.lists(st.sampled_from(range(len(chain))), unique=True, min_size=2, max_size=2))
    chain[one], chain[other] = chain[other], chain[one]
    assert find_faults(events, {"n": chain}, START)
