"""Writes: preview and question, sign, hand in, wait for the commit, answer.

The transaction id goes to stderr before the transaction leaves this machine. An answer that does not come in time is
"pending" with the id (exit 6), never an error that hides it: a transaction's id can be used only once, so sending it
again to another node does no harm.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, TypeVar

import click

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.ledger.transaction import Call, decode_body, decode_transaction
from chainbill_cli import preview as previews
from chainbill_cli.client import deadline_in, left_until
from chainbill_cli.failure import Exit, Failure, exit_for_status, fail, usage
from chainbill_cli.handing_in import ended_truly, pending
from chainbill_cli.kit import option, stack
from chainbill_cli.moments import moment_said
from chainbill_cli.node_answers import Answer, problem_failure
from chainbill_cli.outcome_look import confirm, refused_elsewhere, results_of
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session, current_session
from chainbill_cli.signing import checkers_of, keep, public_key, sign, sign_for_checker
from chainbill_cli.texts import text
from chainbill_cli.validity import until_text, valid_for_ms
from chainbill_cli.word_choice import WordChoice

Function = TypeVar("Function", bound=Callable[..., Any])

BUSY_PAUSE_S = 0.2
STANDSTILL_S = 2.0
"""How long a node is asked why a transaction is still pending."""
MAX_WAIT_S = 60.0
"""How long a node lets one request wait."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The options of a write. for_checker, offline: files; checkers: public keys that may be the second to sign."""

    wait: str = "committed"
    dry_run: bool = False
    offline: str = ""
    memo: str = ""
    for_checker: str = ""
    checkers: Sequence[str] = ()
    valid_for: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a write; `results` has one entry a call.

    status: committed, accepted, simulated, signed (in a file) or to_be_checked (in a file, a signature is missing).
    """

    transaction: str
    status: str
    height: int | None = None
    results: Sequence[Any] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def result(self) -> Mapping[str, Any]:
        """The result of the first call, {} when there is none (yet)."""
        first = self.results[0] if self.results else {}
        return first if isinstance(first, Mapping) else {"result": first}


def writes(function: Function) -> Function:
    """Give a command the options of a write; it is called with `session` and `writing`."""

    @wraps(function)
    def wrapped(*arguments: Any, ledger_time: str, **others: Any) -> Any:
        writing = Writing(**{name: others.pop(name) for name in Writing.__slots__})
        if writing.for_checker and (writing.offline or writing.checkers or writing.dry_run):
            raise usage("error.for_checker_alone")
        if writing.checkers and (not writing.offline or writing.dry_run):
            raise usage("error.checker_offline")
        session = current_session()
        session.offline = bool(writing.offline)
        if ledger_time:
            session.take_ledger_time(ledger_time)
        with ended_truly(session.handed_in):
            return function(session, writing, *arguments, **others)

    options = stack(
        [
            option("--wait", type=click.Choice(["committed", "accepted"]), default="committed", help="option.wait"),
            option("--dry-run", is_flag=True, help="option.dry_run"),
            option("--offline", metavar="FILE", default="", help="option.offline"),
            option("--ledger-time", metavar="TIME", default="", help="option.ledger_time"),
            option("--for-checker", metavar="FILE", default="", help="option.for_checker"),
            option("--checker", "checkers", metavar="KEY", multiple=True, help="option.checker"),
            option("--valid-for", metavar="TIME", default="", help="option.valid_for"),
            option("--memo", default="", help="option.memo"),
        ]
    )
    return options(wrapped)  # type: ignore[return-value]


def call(contract: str, function: str, /, **arguments: Any) -> Call:
    """One call of a contract with its arguments by name."""
    return Call(contract, function, arguments)


BY_NAME = option(
    "--by-name", "by_name", type=WordChoice(["seller", "buyer"], "column."), multiple=True, help="invoice.opt_by_name"
)
"""The sides of an invoice of which the signer says that the name on it is the registered party's."""


def on_record(writing: Writing, by_name: Sequence[str]) -> Writing:
    """The write with a memo that says whom the signer knows by name alone, where there is such a side."""
    said = f"invoice parties by name: {', '.join(sorted(set(by_name)))}" if by_name else ""
    return replace(writing, memo="; ".join(one for one in (writing.memo, said) if one))


def write(
    session: Session,
    writing: Writing,
    calls: Sequence[Call],
    preview: Preview | None = None,
    *,
    before: Callable[[], None] | None = None,
    asked: bool = False,
) -> Outcome:
    """Carry out calls as one transaction of the acting party.

    preview: what its command shows of them; all that is signed and not in it is added, and without one all is shown.
    before: what must have happened on this machine before the transaction leaves it; not for a dry run. asked: it goes
    on with what a person was asked about.
    """
    encode([*(one.args for one in calls), writing.memo])  # nobody is asked about what the ledger cannot hold
    into_file = bool(writing.offline or writing.for_checker)
    valid_ms = valid_for_ms(session, writing.valid_for, file=into_file)
    if previews.asks(session) and not writing.dry_run and not asked:
        from chainbill_cli import cautions
        from chainbill_cli.foreseen import refuse_foreseen
        from chainbill_cli.node_told import tell
        from chainbill_cli.signed_shown import complete, whole

        refuse_foreseen(session, calls)
        told = complete(session, preview or whole(session, calls), calls, writing.memo)
        if not writing.for_checker and not writing.checkers:
            cautions.tell(session, told, cautions.of_policy(session, calls))
        if into_file:
            told.line("preview.hand_in_until", moment_said(until_text(session.now_ms() + valid_ms)))
        tell(session, told, calls)
        told.ask(session)
    try:
        checkers = [public_key(session, one) for one in writing.checkers]
        if writing.for_checker:
            checkers = checkers_of(session, calls)
        if checkers:
            wire = sign_for_checker(session, calls, writing.memo, checkers, valid_ms=valid_ms)
        else:
            wire = sign(session, calls, writing.memo, valid_ms=valid_ms)
    except Failure as failure:
        if failure.exit_code is not Exit.REFUSED:
            _rather(session, calls)
        raise
    if before is not None and not writing.dry_run:
        before()
    if checkers:
        return _keep(writing.for_checker or writing.offline, wire, "to_be_checked")
    return hand_in(session, writing, wire)


def _rather(session: Session, calls: Sequence[Call]) -> None:
    """Before it is said which key is not here: the wrong party needs none, so what the ledger would say comes first."""
    from chainbill_cli.foreseen import refuse_foreseen

    if not session.offline:
        refuse_foreseen(session, calls)


def hand_in(session: Session, writing: Writing, wire: bytes) -> Outcome:
    """Send a signed transaction, try it, or keep it in a file, as the options say."""
    identifier = decode_transaction(wire).id.hex()
    if writing.offline:
        return _keep(writing.offline, wire, "signed")
    if writing.dry_run:
        return _simulate(session, wire, identifier)
    print(text("note.transaction", id=identifier), file=sys.stderr, flush=True)
    try:
        outcome = send(session, wire, identifier, wait=writing.wait)
    except Failure as failure:
        failure.problem.setdefault("transaction", identifier)
        raise
    session.handed_in.end(outcome.height)
    return outcome


def _keep(path: str, wire: bytes, status: str) -> Outcome:
    """Keep a transaction in a file, signed by all who must or not yet; its id is that of the body in any case."""
    keep(path, wire)
    body = decode(wire)[0]
    until = until_text(decode_body(body).valid_until_ms)
    return Outcome(tagged_hash("tx-body", body).hex(), status, extra={"file": path, "valid_until": until})


def _simulate(session: Session, wire: bytes, identifier: str) -> Outcome:
    answer = session.client.post_transaction(wire, path="/v1/transactions/simulate")
    if answer.status >= 400:
        raise problem_failure(answer)
    body = answer.body
    status = str(body.get("status", "ok"))
    if status not in {"ok", "committed", "simulated"}:
        reason = str(body.get("reason") or "refused")
        raise Failure(
            exit_for_status(422, reason),
            {"title": text("error.dry_run_refused"), "detail": reason, "code": reason, **body},
        )
    return Outcome(identifier, "simulated", results=results_of(body), extra={"gas": body.get("gas")})


def send(session: Session, wire: bytes, identifier: str, *, wait: str = "committed") -> Outcome:
    """Send a signed transaction until a node says what became of it, or the time is over (then: pending)."""
    deadline = deadline_in(session.settings.timeout_s)
    session.handed_in.begin(identifier)
    maybe_there, cause = False, ""
    while True:
        try:
            answer = _post(session, wire, wait, left_until(deadline))
        except Failure as failure:
            maybe_there = maybe_there or bool(failure.problem.get("maybe_sent"))
            if not maybe_there or not _unheard(failure):
                session.handed_in.never_left()
                raise
            cause = str(failure.problem["detail"])
        else:
            maybe_there = maybe_there or answer.sent_before
            answer = refused_elsewhere(session, wire, answer, **_waiting(wait, left_until(deadline)))
            if answer.status in {200, 201}:
                outcome = committed(answer.body, identifier, own_retry=maybe_there)
                confirm(session, identifier, answer, outcome.results, deadline)
                return outcome
            if answer.status == 202:
                maybe_there, cause = True, ""
                if wait == "accepted":
                    return Outcome(identifier, "accepted")
            elif _knows_nothing(answer):
                maybe_there, cause = True, str(problem_failure(answer))
            elif not _come_back(answer) or (left_until(deadline) <= 0 and not maybe_there):
                raise problem_failure(answer)
        if left_until(deadline) <= 0:
            raise pending(identifier, standstill(session) or cause)
        time.sleep(min(BUSY_PAUSE_S, left_until(deadline)))


def _unheard(failure: Failure) -> bool:
    """Whether nobody was heard, or not understood: the transaction may have arrived all the same."""
    return failure.exit_code is Exit.UNREACHABLE or bool(failure.problem.get("maybe_sent"))


def _knows_nothing(answer: Answer) -> bool:
    """Whether something between here and the ledger failed, so that the transaction may be there or not."""
    return answer.status >= 500 and answer.status != 503


def standstill(session: Session) -> str:
    """Why the network stands still and for whom, as a node says it; "" while it moves or nobody says it at once."""
    try:
        told = session.client.ask_ready(timeout_s=STANDSTILL_S)
    except Failure:
        return ""
    return "" if told.get("ready") else str(told.get("reason") or "")


def _come_back(answer: Answer) -> bool:
    """Whether the node takes no more at the moment, in all or of this party, and will later."""
    return answer.status == 503 or (answer.status == 429 and answer.body.get("code") == "mempool_party_share")


def _post(session: Session, wire: bytes, wait: str, left_s: float) -> Answer:
    return session.client.post_transaction(wire, **_waiting(wait, left_s))


def _waiting(wait: str, left_s: float) -> dict[str, str]:
    """The parameters that have a node wait for the block, where that is wanted."""
    return {} if wait == "accepted" else {"wait": "committed", "timeout": f"{min(MAX_WAIT_S, max(0.1, left_s)):.1f}"}


def committed(body: Mapping[str, Any], identifier: str, *, own_retry: bool = False) -> Outcome:
    """The outcome of a transaction that is in a block; a failure if it did not pass there.

    own_retry: this command itself had sent it before, so that "repeated" would say nothing.
    """
    receipt = body.get("receipt")
    state = receipt.get("status", "ok") if isinstance(receipt, Mapping) else body.get("status", "committed")
    if state not in {"ok", "committed"}:
        reason = str(body.get("reason") or (receipt or {}).get("reason") or state)
        raise _refused_in_block(body, reason)
    height = body.get("height")
    extra = {"repeated": True} if body.get("repeated") and not own_retry else {}
    return Outcome(identifier, "committed", height if isinstance(height, int) else None, results_of(body), extra)


def _refused_in_block(body: Mapping[str, Any], reason: str) -> Failure:
    """A transaction that is in a block without effect, in the node's words for it where it has any."""
    height = body.get("height", 0)
    failure = fail(exit_for_status(422, reason), "error.transaction_failed", code=reason, height=height, reason=reason)
    said = {name: body[name] for name in ("detail", "hint", "details", "outcome") if body.get(name)}
    title = text("error.refused_in_block", height=height) if "detail" in said else text("error.refused")
    failure.problem.update(said, title=title)
    return failure
