"""Transactions: handing in signed ones, trying them out, and asking what became of them.

Handing in passes no read gate: a transaction's own signatures authorise it. Its answer tells what its party may read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from chainbill.ledger.envelope import read_envelope
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill_node.intake.outcomes import Answer, Submission, Told, unheard
from chainbill_node.network.door import address_of
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.bodies import batch_in, read_body, transaction_in
from chainbill_node.rest.heights import rfc3339
from chainbill_node.rest.problems import (
    Problem,
    not_found,
    plain_json,
    problem_of,
    receipt_refusal,
    render,
)
from chainbill_node.rest.reading import Checked, Opened, Rest, Shared
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.scope import AWAITS_COMMIT, HANDED_IN
from chainbill_node.rest.texts import Texts, language_of
from chainbill_node.rest.told import told
from chainbill_node.rest.view import View
from chainbill_node.rest.wire_form import Form, wire_answer
from chainbill_node.storage.ledger_reader import TransactionRecord

router = router_of("transactions", "/v1/transactions")

Wait = Annotated[
    Literal["accepted", "committed"],
    Query(description="accepted: answer at once (202). committed: wait for the block, up to timeout."),
]
Timeout = Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the commit.")]
ACCEPTED: Literal["accepted"] = "accepted"
WAIT_S = 10.0


class Handed(NamedTuple):
    """What is answered to a request that hands in: status, JSON, and the header fields that are its own."""

    status: int
    content: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def response(self) -> Response:
        """Give it to the framework."""
        headers = {name.decode(): value.decode() for name, value in self.headers}
        return Response(self.content, self.status, headers, "application/json")


@router.post("", status_code=201, summary="Hand in a signed transaction")
async def submit(
    request: Request, rest: Shared, _: Checked, wait: Wait = ACCEPTED, timeout: Timeout = WAIT_S
) -> Response:
    """Answer 201 committed, 202 pending (see Location), 200 when it had been committed before, 422 when refused."""
    return (await hand_in(request, rest, wait, timeout)).response()


async def hand_in(request: Request, rest: Rest, wait: str, timeout_s: float) -> Handed:
    """Hand in the transaction of a request. Raises what `problem_of` translates."""
    wire = transaction_in(request.headers.get("content-type", ""), await read_body(request))
    [submission] = await _submit(request, rest, [wire], wait, timeout_s)
    if isinstance(submission, Exception):
        try:
            raise submission
        finally:
            del submission  # else it holds this frame, which holds it
    status, body = submission_answer(await _told_sender(rest, submission, wire))
    headers: tuple[tuple[bytes, bytes], ...] = ((b"location", f"/v1/transactions/{submission.id.hex()}".encode()),)
    if submission.height is not None:
        headers += ((b"chainbill-height", b"%d" % submission.height),)
    return Handed(status, plain_json(body), headers)


async def _submit(request: Request, rest: Rest, wires: list[bytes], wait: str, timeout_s: float) -> list[Answer]:
    wait_ms = min(int(timeout_s * 1000), rest.options.max_wait_ms) if wait == "committed" else 0
    if wait_ms:
        request.scope[AWAITS_COMMIT] = True
    address = address_of(request.client.host) if request.client else ""
    told: Told = request.scope.get(HANDED_IN, unheard)
    return await rest.node.submit(wires, wait_ms, address, told)


async def _told_sender(rest: Rest, submission: Submission, wire: bytes) -> Submission:
    """Give what came of a transaction as far as its party may read it."""
    if rest.gate.open or submission.receipt is None:
        return submission
    return await run_in_threadpool(_as_sender, rest, submission, wire)


def _as_sender(rest: Rest, submission: Submission, wire: bytes) -> Submission:
    assert submission.receipt is not None
    sent = decode_transaction(wire)
    view = View(rest.node, rest.node.reader(None), rest.gate.sender(sent.party))
    return replace(submission, receipt=told(view, submission.receipt, sent.calls))


def submission_answer(submission: Submission) -> tuple[int, dict[str, Any]]:
    """Give status and body for what came of a submission; Problem 422 for a refused one."""
    identifier = submission.id.hex()
    if submission.status == "pending" or submission.receipt is None:
        return 202, {"id": identifier, "status": "pending"}
    place = {"height": submission.height, "index": submission.index}
    repeated = {"repeated": True} if submission.repeated else {}
    if not submission.receipt.ok:
        raise receipt_refusal(submission.receipt, transaction=identifier, **place, **repeated)
    body = {"id": identifier, "status": "committed", **place, **receipt_shape(submission.receipt), **repeated}
    return 200 if submission.repeated else 201, body


def receipt_shape(receipt: Receipt) -> dict[str, Any]:
    """Show what a transaction gave: ``result`` is that of its only call, or the list of all (``results``)."""
    results = list(receipt.results)
    return {
        "result": results[0] if len(results) == 1 else results,
        "results": results,
        "events": [{"contract": event[0], "topic": event[1], "fields": event[2]} for event in receipt.events],
        "gas": receipt.gas,
    }


@router.post("/batch", summary="Hand in several transactions at once")
async def submit_batch(
    request: Request, rest: Shared, _: Checked, wait: Wait = ACCEPTED, timeout: Timeout = WAIT_S
) -> Response:
    """Take a msgpack array of signed transactions; answer each in its place, a problem where it was not taken."""
    return (await hand_in_batch(request, rest, wait, timeout)).response()


async def hand_in_batch(request: Request, rest: Rest, wait: str, timeout_s: float) -> Handed:
    """Hand in the transactions of a request. Raises what `problem_of` translates."""
    wires = batch_in(request.headers.get("content-type", ""), await read_body(request), rest.options.max_batch)
    answers = await _submit(request, rest, wires, wait, timeout_s)
    told_of = [
        answer if isinstance(answer, Exception) else await _told_sender(rest, answer, wire)
        for answer, wire in zip(answers, wires, strict=True)
    ]
    data = [_in_batch(request, answer) for answer in told_of]
    refused = sum(["code" in item for item in data])
    return Handed(200, plain_json({"data": data, "count": len(data), "refused": refused}))


def _in_batch(request: Request, answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Exception):  # not raised: it would hold this frame, which holds it
        problem = problem_of(answer)
        if problem is None:
            raise answer
    else:
        try:
            return submission_answer(answer)[1]
        except Problem as error:
            problem = error
    texts: Texts = request.app.state.texts
    language = language_of(request.headers.get("accept-language", ""))
    request_id = str(request.scope.get("chainbill_request_id", ""))
    return render(problem, texts, language, request.url.path, request_id)


@router.post("/simulate", summary="Try a transaction out without sending it")
async def simulate(request: Request, rest: Shared, _: Checked) -> Response:
    """Check a transaction as when it is handed in, run it on the newest state and keep nothing.

    On a closed network only the party's own.
    """
    body = await read_body(request)
    wire = transaction_in(request.headers.get("content-type", ""), body)
    viewer = await run_in_threadpool(rest.gate.admit, request, body)
    if not viewer.everything:
        party = read_envelope(wire).party
        if viewer.party != party:
            raise Problem(403, "not_permitted", fields={"party": viewer.party, "problem": party})
    found = await rest.node.simulate(wire, address_of(request.client.host) if request.client else "")
    receipt = await run_in_threadpool(_tried, rest, viewer, found, wire)
    answer: dict[str, Any] = {"id": receipt.id.hex(), "status": "ok" if receipt.ok else "refused"}
    if not receipt.ok:
        texts: Texts = request.app.state.texts
        language = language_of(request.headers.get("accept-language", ""))
        document = render(receipt_refusal(receipt), texts, language, request.url.path, "")
        answer |= {name: document[name] for name in ("code", "title", "detail", "hint", "details", "outcome")}
        answer["reason"] = receipt.reason
    return Response(plain_json(answer | receipt_shape(receipt)), 200, None, "application/json")


def _tried(rest: Rest, viewer: Viewer, receipt: Receipt, wire: bytes) -> Receipt:
    if viewer.everything:
        return receipt
    view = View(rest.node, rest.node.reader(None), viewer)
    return told(view, receipt, decode_transaction(wire).calls, tried=True)


@router.get("/{identifier}", summary="What became of a transaction")
def transaction(request: Request, rest: Shared, view: Opened, identifier: str, form: Form = "json") -> Response:
    """Show a transaction: committed (also when it was refused in its block, with the reason) or still pending.

    With form=wire the bytes that were handed in, signatures included, once they are in a block.
    """
    try:
        tx_id = bytes.fromhex(identifier) if len(identifier) == 64 else b""
    except ValueError:
        tx_id = b""
    record = view.reader.transaction(tx_id) if tx_id else None
    if record is not None and record.height <= view.height:
        found = decode_transaction(record.wire)
        if view.viewer.is_or_reads_for(found.party):
            if form == "wire":
                place = {"height": record.height, "index": record.index}
                return wire_answer(request, view, record.wire, id=identifier, wire_id=found.wire_id.hex(), **place)
            texts: Texts = request.app.state.texts
            receipt = told(view, record.receipt, found.calls)
            return view.answer(_record_shape(replace(record, receipt=receipt), found, texts, request))
    elif record is None and form == "json" and tx_id and tx_id in rest.node.mempool_ids():
        return view.answer({"id": identifier, "status": "pending"})
    raise not_found("transaction", identifier, view.height)


def _record_shape(record: TransactionRecord, found: Transaction, texts: Texts, request: Request) -> dict[str, Any]:
    receipt = record.receipt
    shape: dict[str, Any] = {
        "id": found.id.hex(),
        "wire_id": found.wire_id.hex(),
        "status": "committed" if receipt.ok else "refused",
        "height": record.height,
        "index": record.index,
        "party": found.party,
        "valid_until": rfc3339(found.valid_until_ms),
        "memo": found.memo,
        "calls": [
            {"contract": call.contract, "function": call.function, "args": call.args} for call in found.calls
        ],
        "signers": [key.hex() for key in found.signers],
        **receipt_shape(receipt),
    }  # fmt: skip
    if not receipt.ok:
        language = language_of(request.headers.get("accept-language", ""))
        document = render(receipt_refusal(receipt), texts, language, request.url.path, "")
        shape |= {name: document[name] for name in ("code", "detail", "hint", "details", "outcome")}
        shape["reason"] = receipt.reason
    return shape
