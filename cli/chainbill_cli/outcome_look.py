"""After a transaction was handed in: does a second node say the same of what became of it?

A node may answer that it is in a block, and keep it back, or that it was refused, and pass it on: then whoever believes
it does it again, or believes itself safe. The same bytes happen once, whoever hands them in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainbill.shown import shown
from chainbill_cli.client import left_until
from chainbill_cli.handing_in import pending
from chainbill_cli.node_answers import Answer
from chainbill_cli.second_look import LONGEST_VALUE, differing
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill_cli.session import Session

PAUSE_S = 0.1
LEAST_S = 2.0
"""Another node has at least so long to come to the block."""
REFUSED = 422


def confirm(session: Session, identifier: str, first: Answer, results: Sequence[Any], deadline: float) -> None:
    """Wait until another node, where one answers, says that the transaction is in a block with these results.

    A failure, pending (exit 6), where no other one knows it in time, or one knows another outcome.
    """
    path = f"/v1/transactions/{identifier}"
    deadline = max(deadline, time.monotonic() + LEAST_S)
    while others := differing(session.client.elsewhere(path, first.node), lambda one: _same(one, results)):
        contrary = next((one for one in others if one.status < 300 and one.body.get("status") != "pending"), None)
        if contrary is not None:
            raise pending(identifier, _told_otherwise(first, contrary))
        if left_until(deadline) <= 0:
            raise pending(identifier, text("error.one_node_says", node=first.node))
        time.sleep(min(PAUSE_S, left_until(deadline)))


def refused_elsewhere(session: Session, wire: bytes, first: Answer, **parameters: object) -> Answer:
    """The answer to go by where a node refused: another node's that took the same bytes, else the first one's."""
    if first.status != REFUSED:
        return first
    other = session.client.post_elsewhere(wire, first.node, **parameters)
    if other is None or other.status not in {200, 201}:
        return first
    session.out.note(text("note.refused_alone", node=first.node, other=other.node))
    return other


def _same(other: Answer, results: Sequence[Any]) -> bool:
    return other.status < 300 and other.body.get("status") == "committed" and results_of(other.body) == results


def _told_otherwise(first: Answer, second: Answer) -> str:
    said, otherwise = (
        shown(json.dumps(_outcome(one.body), ensure_ascii=False))[:LONGEST_VALUE] for one in (first, second)
    )
    return text("error.outcomes_differ", one=first.node, said=said, other=second.node, otherwise=otherwise)


def _outcome(body: Mapping[str, Any]) -> Any:
    """What differs: the results where it is in a block, else what became of it."""
    return results_of(body) if body.get("status") == "committed" else body.get("code") or body.get("status")


def results_of(body: Mapping[str, Any]) -> Sequence[Any]:
    """Results, one a call, of a node's answer."""
    found = body.get("results", body.get("result"))
    if found is None:
        return ()
    return found if isinstance(found, list) else [found]
