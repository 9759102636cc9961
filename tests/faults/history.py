"""A checker of client histories: what clients were told, against the chains that all nodes hold. A pure function.

A history is a list of events in the order in which they happened on one clock. What must hold:

1. agreement: of any two nodes' chains one begins with the other, block for block, root for root;
2. once: no transaction id stands twice in a chain, none that nobody handed in;
3. kept: every acknowledged transaction stands in the longest chain where the acknowledgement said, and every node's
   chain that reaches that height has it there;
4. real time: what was acknowledged before another was handed in stands before it;
5. reads: a read is true as of a height: it shows the last write that stands at or below that height; one node's
   answers never go back in height for a client that waits for each; and after a node's acknowledgement at a height it
   answers for no lower one.

`find_faults` gives the findings, none for a good one. Writes are linearizable (Herlihy and Wing, TOPLAS 12(3), 1990),
reads are as of the height they name: a node that lags may answer for an old one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Submitted:
    """A client hands a transaction to a node. `writes`: the register it sets and the value, if it succeeds."""

    at: float
    client: str
    node: str
    id: str
    writes: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The node's final word: it stands at this height, at this place; `ok` False: committed without effect."""

    at: float
    client: str
    node: str
    id: str
    height: int
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer, or none that is final: the transaction may or may not be in."""

    at: float
    client: str
    node: str
    id: str


@dataclass(frozen=True, slots=True)
class Read:
    """A register was asked for at `began` and answered at `at`, true as of `height`."""

    began: float
    at: float
    client: str
    node: str
    register: str
    value: str
    height: int


Event = Submitted | Acknowledged | Lost | Read


@dataclass(frozen=True, slots=True)
class BlockSeen:
    """A block as a node tells it: `root` is the state root after it ("" where the node could not tell any more)."""

    id: str
    root: str
    transactions: tuple[str, ...]
    refused: frozenset[str] = frozenset()


Chain = Sequence[BlockSeen]
"""Blocks of heights 1, 2, …"""


def find_faults(events: Iterable[Event], chains: Mapping[str, Chain], start: Mapping[str, str]) -> list[str]:
    """Everything that breaks a rule, in words. `start`: the registers' values before the first write."""
    listed = list(events)
    longest = max(chains.values(), key=len, default=())
    faults = _disagreements(chains)
    places: dict[str, tuple[int, int]] = {}
    for height, block in enumerate(longest, 1):
        for index, identity in enumerate(block.transactions):
            if identity in places:
                faults.append(f"{identity[:12]} stands at heights {places[identity][0]} and {height}")
            else:
                places[identity] = (height, index)
    faults += _acknowledgements(listed, places, chains, longest)
    faults += _real_time(listed, places)
    faults += _reads(listed, places, longest, start)
    return faults


def _disagreements(chains: Mapping[str, Chain]) -> list[str]:
    faults = []
    longest_name = max(chains, key=lambda name: len(chains[name]), default="")
    for name, chain in chains.items():
        for height, (one, other) in enumerate(zip(chain, chains[longest_name], strict=False), 1):
            if (one.id, one.transactions) != (other.id, other.transactions):
                faults.append(f"fork at height {height}: {name} and {longest_name} hold different blocks")
                break
            if one.root and other.root and one.root != other.root:
                faults.append(f"{name} and {longest_name} have different states after height {height}")
                break
    return faults


def _acknowledgements(
    events: list[Event], places: Mapping[str, tuple[int, int]], chains: Mapping[str, Chain], longest: Chain
) -> list[str]:
    faults = []
    submitted = {event.id for event in events if isinstance(event, Submitted)}
    faults += [f"{identity[:12]} was never handed in" for identity in places if identity not in submitted]
    for event in events:
        if not isinstance(event, Acknowledged):
            continue
        place = places.get(event.id)
        if place is None:
            faults.append(f"{event.id[:12]} was acknowledged at height {event.height} and is lost")
            continue
        if place[0] != event.height:
            faults.append(f"{event.id[:12]} was acknowledged at height {event.height} and stands at {place[0]}")
        if event.ok == (event.id in longest[place[0] - 1].refused):
            faults.append(f"{event.id[:12]} was acknowledged as {'done' if event.ok else 'refused'} and was not")
        for name, chain in chains.items():
            if len(chain) >= place[0] and event.id not in chain[place[0] - 1].transactions:
                faults.append(f"{name} lacks {event.id[:12]} of height {place[0]}")
    return faults


def _real_time(events: list[Event], places: Mapping[str, tuple[int, int]]) -> list[str]:
    """A sweep in time: nothing handed in may stand before the highest place acknowledged until then.

    What is handed in again counts from the first time.
    """
    faults = []
    known: set[str] = set()
    highest: tuple[tuple[int, int], str] = ((0, -1), "")
    for event in sorted(events, key=lambda one: (one.at, isinstance(one, Acknowledged))):
        place = places.get(event.id) if isinstance(event, Submitted | Acknowledged) else None
        if place is None:
            continue
        if isinstance(event, Acknowledged):
            highest = max(highest, (place, event.id))
            continue
        if event.id not in known and place < highest[0]:
            faults.append(
                f"{event.id[:12]} was handed in after {highest[1][:12]} was acknowledged, and stands before it"
            )
        known.add(event.id)
    return faults


def _reads(
    events: list[Event], places: Mapping[str, tuple[int, int]], longest: Chain, start: Mapping[str, str]
) -> list[str]:
    faults = []
    writes: dict[str, list[tuple[int, int, str]]] = {}
    seen: set[str] = set()
    for event in events:
        if isinstance(event, Submitted) and event.writes and event.id in places and event.id not in seen:
            seen.add(event.id)
            height, index = places[event.id]
            if event.id not in longest[height - 1].refused:
                writes.setdefault(event.writes[0], []).append((height, index, event.writes[1]))
    for history in writes.values():
        history.sort()
    floors: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for event in sorted(events, key=lambda one: one.at):
        if isinstance(event, Submitted | Lost):
            continue
        known = floors.setdefault((event.client, event.node), [(float("-inf"), 0)])
        if isinstance(event, Read):
            floor = known[bisect_right([at for at, _ in known], event.began) - 1][1]
            if event.height < floor:
                faults.append(f"{event.node} answered {event.client} for height {event.height} after height {floor}")
            told = [value for height, _, value in writes.get(event.register, []) if height <= event.height]
            true = told[-1] if told else start.get(event.register, "")
            if event.value != true:
                faults.append(
                    f"{event.node} said {event.register} = {event.value!r} as of height {event.height}, it was {true!r}"
                )
        known.append((event.at, max(known[-1][1], event.height)))
    return faults
