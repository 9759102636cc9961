"""Before a person signs: does a second node say the same of the rows that were read for it, and of the clock?

What is signed names a row by its id; what stands in it is the word of the node that was asked. So it is read at
another node too, where the home or `--node` names one, and where none agrees nothing is signed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from chainbill.shown import shown
from chainbill_cli import digits
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.node_answers import NOT_FOUND, Answer
from chainbill_cli.relied_on import NETWORK, difference
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill_cli.session import Session

WITHIN_S, PAUSE_S = 2.0, 0.2
"""A node that is some blocks behind the first has so long to come to what it said."""
LONGEST_VALUE = 80


def look_again(session: Session) -> None:
    """Read the clock, every row that was read in this run, and the entries of lists on which the act rests, at the
    other nodes, until one says the same of it.

    A failure, `nodes_disagree`, where all that answer say otherwise. Does nothing without a node, and where no other
    one is known or answers.
    """
    if session.offline:
        return
    client = session.client
    _ = session.network  # read in any case: by it what is signed is dated, and may be handed in for so long
    until_s = time.monotonic() + min(WITHIN_S, client.timeout_s)
    for path, told in client.rows_read.items():
        for first in told:
            _agree(path, first, partial(client.elsewhere, path, first.node), until_s)
    for one in client.listed:
        _agree(one.path, Answer(200, one.entry, {}, one.node), partial(client.listed_elsewhere, one), until_s)


def _agree(path: str, first: Answer, elsewhere: Callable[[], Iterable[Answer]], until_s: float) -> None:
    """Ask elsewhere until one says the same, or nobody says anything."""
    while others := differing(elsewhere(), lambda one: _difference(path, first, one) is None):
        if time.monotonic() >= until_s:
            raise disagreement(path, first, others[0], _difference(path, first, others[0]))
        time.sleep(PAUSE_S)


def differing(others: Iterable[Answer], same: Callable[[Answer], bool]) -> list[Answer] | None:
    """What others say, asked one after the other; None as soon as one says the same."""
    found = []
    for other in others:
        if same(other):
            return None
        found.append(other)
    return found


def _difference(path: str, first: Answer, second: Answer) -> str | None:
    """The first member that is not the same; "status" where one has it and the other says that there is none."""
    if first.status != second.status:
        return "status"
    return None if first.status == NOT_FOUND else difference(path, first.body, second.body)


def same_digits(session: Session, first: Answer, told: Mapping[str, int]) -> bool:
    """Whether another node gives currencies the digits that the first one told, or there is no other one to ask.

    A failure, `nodes_disagree`, where one gives others: nothing that was kept here holds the first one to its word.
    """
    client = session.client
    same = len(client.nodes) == 1
    for other in client.elsewhere(NETWORK, first.node):
        said = digits.said(other.body)
        if any(said.get(code, places) != places for code, places in told.items()):
            raise disagreement(NETWORK, first, other, "currencies")
        same = same or told.items() <= said.items()
    return same


def same_clock(session: Session, first: Answer) -> bool:
    """Whether another node says that the ledger's clock is ahead by as much, or there is no other one to ask.

    A failure, `nodes_disagree`, where all that answer say otherwise: what is signed by such a clock is good for longer.
    """
    client, name = session.client, "clock_offset_ms"
    until_s = time.monotonic() + min(WITHIN_S, client.timeout_s)

    def same(one: Answer) -> bool:
        return bool(one.body.get(name) == first.body.get(name))

    while others := differing(client.elsewhere(NETWORK, first.node), same):
        if time.monotonic() >= until_s:
            raise disagreement(NETWORK, first, others[0], name)
        time.sleep(PAUSE_S)
    return others is None or len(client.nodes) == 1


def disagreement(path: str, first: Answer, second: Answer, member: str | None) -> Failure:
    """That two nodes do not say the same of a thing; member: of which they say other values."""
    said = [_value(answer, member) for answer in (first, second)]
    return fail(
        Exit.FAILED, "error.nodes_disagree", code="nodes_disagree", hint=text("error.nodes_disagree_hint"), path=path,
        member=member or "-", one=first.node, said=said[0], other=second.node, otherwise=said[1],
    )  # fmt: skip


def _value(answer: Answer, member: str | None) -> str:
    if answer.status >= 300:
        return str(answer.status)
    value = answer.body.get(member or "", "-") if isinstance(answer.body, Mapping) else answer.body
    return shown(json.dumps(value, ensure_ascii=False))[:LONGEST_VALUE]
