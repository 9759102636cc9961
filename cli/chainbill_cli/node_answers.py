"""What a node answered, and the failures that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainbill_cli.answer_bodies import Unusable
from chainbill_cli.failure import Exit, Failure, exit_for_status, fail
from chainbill_cli.texts import text

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Answer:
    """A node's answer: HTTP status, decoded JSON body, headers, and the node that gave it.

    sent_before: the same bytes had gone to another node of this call, whose answer was lost.
    """

    status: int
    body: Any
    headers: Mapping[str, str]
    node: str
    sent_before: bool = False


class Contrary(Unusable):
    """An answer that is contrary to what is known here: it cannot be used, and yet is what that node says."""

    def __init__(self, why: str, answer: Answer) -> None:
        super().__init__(why)
        self.answer = answer


def same_times(body: Mapping[str, Any]) -> dict[str, object]:
    """The parameters that read at any node what an answer was read at."""
    as_of = body["as_of"]
    if as_of.get("basis") == "value":
        return {"at": as_of["valued_on"], "known_at": as_of["known_at"]["height"]}
    return {"at": as_of["height"]}


def other_network(node: str, found: str, expected: str) -> Failure:
    """That a node is of another network than the home; both named by the genesis hash in hex."""
    return fail(Exit.USAGE, "error.other_network", node=node, found=found, expected=expected)


def tells_little(body: object) -> bool:
    """Whether an answer at /ready is that of a closed network to somebody who did not sign: yes or no."""
    return isinstance(body, dict) and "ready" in body and "height" not in body


def unreachable(tried: list[str], hint: str, *, maybe_sent: bool) -> Failure:
    """Nobody answered. hint: a text key; `maybe_sent`: a request may have arrived although its answer did not."""
    failure = fail(Exit.UNREACHABLE, "error.unreachable", tried=text("root.semicolon").join(tried), hint=text(hint))
    failure.problem["maybe_sent"] = maybe_sent
    return failure


def bad_answer(told: list[str], *, maybe_sent: bool = False) -> Failure:
    """No node gave an answer that can be used. told: for each its address, and what is wrong with what it gave."""
    failure = fail(Exit.FAILED, "error.no_good_answer", code="bad_answer", tried=text("root.semicolon").join(told))
    failure.problem["maybe_sent"] = maybe_sent
    return failure


def problem_failure(answer: Answer) -> Failure:
    """The failure for a node's problem object, which is handed on as it is."""
    return Failure(exit_for_status(answer.status, str(answer.body.get("code") or "")), answer.body)
