"""Blocks, and what a verifier needs of them: headers, certificates, wire ids, receipts.

Everything that a root in a header stands for can be computed from these answers by every reader: wire ids and hashes
of receipts tell nothing of what is behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Annotated, Any

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from chainbill.crypto.merkle import leaf_hash
from chainbill.dates import date_of
from chainbill.ledger.block import Block, Header
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.receipt import Kind, Receipt, decode_receipt
from chainbill.ledger.transaction import decode_transaction
from chainbill_node.rest.cursors import Cursor
from chainbill_node.rest.heights import rfc3339
from chainbill_node.rest.own_acts import sees_own_act
from chainbill_node.rest.ports import holders
from chainbill_node.rest.problems import not_found, parameter_problem
from chainbill_node.rest.reading import Listed, ListView, Opened, Shared
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.told import told
from chainbill_node.rest.view import View
from chainbill_node.rest.wire_form import Form, base64_text, wire_answer
from chainbill_node.storage.ledger_reader import Pruned

router = router_of("blocks", "/v1/blocks")

BlockName = Annotated[str, Path(description="A height, a block id in hex, or head.")]


@router.get("", summary="Blocks, the newest first")
def blocks(rest: Shared, page: Listed) -> Response:
    """List block headers from the height read downwards."""
    view, listing = page.view, page.listing
    lowest = max(1, rest.node.status().lowest_height)
    first = view.height if listing.cursor is None else min(view.height, int(listing.cursor.after) - 1)
    last = max(lowest, first - listing.limit + 1)
    data: list[dict[str, Any]] = []
    for height in range(first, last - 1, -1):
        header = view.reader.header(height)  # not the block: reading one means hashing all that is in it
        if header is not None:
            data.append(header_shape(view, header) | {"transactions": header.tx_count})
    count = max(0, view.height - lowest + 1) if listing.cursor is None else listing.cursor.count
    return view.answer(_page(page, data, count, str(last) if last > lowest else ""))


@router.get("/{name}", summary="One block")
def block(request: Request, view: Opened, name: BlockName, form: Form = "json") -> Response:
    """Give header, certificate, transaction ids and wire ids of a block; with form=wire the header's bytes."""
    found = _block(view, name)
    if form == "wire":
        return wire_answer(request, view, found.header.encode(), height=found.height, id=found.id.hex())
    certificate = view.reader.certificate(found.height)
    return view.answer({
        **header_shape(view, found.header),
        "transactions": [decode_transaction(wire).id.hex() for wire in found.signed],
        "wire_ids": [one.hex() for one in found.wire_ids],
        "evidence": [one.hex() for one in found.evidence],
        "certificate": None if certificate is None else certificate_shape(*certificate),
    })  # fmt: skip


@router.get("/{name}/certificate", summary="The certificate of a block")
def block_certificate(request: Request, view: Opened, name: BlockName, form: Form = "json") -> Response:
    """Give the certificate that the next block carries; of the newest block the one that this node committed it with.

    `agreed` says which: what the next header commits to is the same on every node, the other may be another as good.
    """
    found = _block(view, name)
    certificate = view.reader.certificate(found.height)
    if certificate is None:
        raise not_found("certificate", name, view.height)
    if form == "wire":
        content = certificate[0].encode()
        return wire_answer(request, view, content, height=found.height, block_id=found.id.hex())
    return view.answer(certificate_shape(*certificate))


@router.get("/{name}/history", summary="Proof that a block is among those before a later header")
def block_history(view: Opened, name: BlockName) -> Response:
    """Prove a block under the header that is read (`at`): its id in the log of all ids before that header.

    `inclusion` is the proof of item `index` of `size`; `consistency` that the log which the block itself names, of
    `index` ids, begins that one. Blocks that are not held any more are proved too.
    """
    height, under = _height_of(view, name), view.height
    later = view.reader.header(under)
    if height is None or later is None or not 1 <= height <= view.node.status().height:
        raise not_found("block", name, view.height)
    if height >= under:
        raise parameter_problem("at", "parameter_range", low=height + 1, high="…")
    inclusion, consistency = view.reader.history_proof(height, under - 1)
    header = view.reader.header(height)
    return view.answer({
        "height": height, "id": None if header is None else header.id, "under": under, "index": height - 1,
        "size": under - 1, "history_root": later.history_root, "inclusion": inclusion, "consistency": consistency,
    })  # fmt: skip


@router.get("/{name}/transactions", summary="The transactions of a block")
def block_transactions(view: Opened, name: BlockName) -> Response:
    """List a block's transactions with their outcome; those the reader may not see keep id and wire id only."""
    found = _block(view, name)
    receipts = (view.reader.receipts(found.height) or [])[-len(found.transactions) or None :]
    data: list[dict[str, Any]] = []
    for index, (wire, raw) in enumerate(zip(found.signed, receipts, strict=False)):
        transaction = decode_transaction(wire)
        shape: dict[str, Any] = {"id": transaction.id.hex(), "wire_id": transaction.wire_id.hex(), "index": index}
        if view.viewer.is_or_reads_for(transaction.party):
            receipt = decode_receipt(raw)
            shape |= {
                "party": transaction.party,
                "calls": [f"{call.contract}.{call.function}" for call in transaction.calls],
                "memo": transaction.memo,
                "status": receipt.status,
                "reason": receipt.reason,
            }
        else:
            shape["hidden"] = True
        data.append(shape)
    return view.answer({"data": data, "count": len(data), "sum": {}, "next": None, "height": found.height})


@router.get("/{name}/receipts", summary="The receipts of a block, those of the ledger's own acts too")
def block_receipts(page: Listed, name: BlockName) -> Response:
    """List what became of each transaction and of each act of the ledger's own; 0 names what the genesis made.

    Every entry has the hash that stands under receipts_root of the next header; what is in a receipt shows to those who
    may see it. To whoever does not see everything that of a transaction is told as far as it may read (`partial`),
    without the bytes that were hashed: whether there are any would tell that something is left out.
    """
    view = page.view
    height, wires = (0, ()) if name == "0" else _height_and_wires(view, name)
    receipts = view.reader.receipts(height)
    if receipts is None:
        raise _gone(view, height) or not_found("block", name, view.height)
    opening = len(receipts) - len(wires)
    start = 0 if page.listing.cursor is None else int(page.listing.cursor.after) + 1
    end = min(len(receipts), start + page.listing.limit)

    def shown(index: int, receipt: Receipt) -> Receipt | None:
        if receipt.kind != Kind.TRANSACTION:
            return receipt if sees_own_act(view, receipt) else None
        sent = decode_transaction(wires[index - opening])
        return told(view, receipt, sent.calls) if view.viewer.is_or_reads_for(sent.party) else None

    data = [_receipt_entry(receipts, index, shown) for index in range(start, end)]
    root = view.reader.receipts_root_at(height)
    return view.answer({
        **_page(page, data, len(receipts), str(end - 1) if end < len(receipts) else ""),
        "height": height, "own": opening, "receipts_root": root,
    })  # fmt: skip


def _height_and_wires(view: View, name: str) -> tuple[int, Sequence[bytes]]:
    found = _block(view, name)
    return found.height, found.transactions


def _receipt_entry(
    receipts: Sequence[bytes], index: int, shown: Callable[[int, Receipt], Receipt | None]
) -> dict[str, Any]:
    raw = receipts[index]
    whole = decode_receipt(raw)
    entry: dict[str, Any] = {"index": index, "kind": whole.kind, "id": whole.id, "leaf": leaf_hash(raw)}
    receipt = shown(index, whole)
    if receipt is None:
        return entry | {"hidden": True}
    shape = {
        "status": receipt.status, "reason": receipt.reason, "details": receipt.details, "results": receipt.results,
        "events": [{"contract": event[0], "topic": event[1], "fields": event[2]} for event in receipt.events],
        "gas": receipt.gas,
    }  # fmt: skip
    checked = {"salt": whole.salt, "receipt": base64_text(raw)} if receipt is whole else {"partial": True}
    return entry | shape | checked


def _page(page: ListView, data: list[dict[str, Any]], count: int, last: str) -> dict[str, Any]:
    """Give the members of a list of numbered things; `last` is the last number shown, "" where the list ends."""
    cursor = Cursor(page.view.height, page.listing.query, last, count, {}, complete=True, shown=0)
    return {"data": data, "count": count, "sum": {}, "next": page.listing.sealed(cursor) if last else None}


def _height_of(view: View, name: str) -> int | None:
    if name == "head":
        return view.height
    if name.isascii() and name.isdigit() and len(name) <= 15:
        return int(name)
    return view.reader.block_height(_hex(name)) if len(name) == 64 else None


def _block(view: View, name: str) -> Block:
    height = _height_of(view, name)
    found = view.reader.block(height) if height is not None and 0 < height <= view.height else None
    if found is None:
        raise (_gone(view, height) if height else None) or not_found("block", name, view.height)
    return found


def _gone(view: View, height: int) -> Pruned | None:
    """Give who still has a height that was here once, None where it is not below what is held."""
    lowest = view.node.status().lowest_height
    return Pruned(height, lowest, view.height, holders(view.node.peers(), height)) if height < lowest else None


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def header_shape(view: View, header: Header) -> dict[str, Any]:
    """Show every field of a header under its name, its id, and its time for people."""
    proposer = view.node.validators(header.height).get(header.proposer)
    return {
        **{field.name: getattr(header, field.name) for field in fields(header)},
        "id": header.id,
        "time": rfc3339(header.time_ms),
        "date": date_of(header.time_ms, view.node.genesis.zone_offset_minutes),
        "proposer_name": proposer.name if proposer else None,
    }


def certificate_shape(certificate: Certificate, agreed: bool) -> dict[str, Any]:
    """Show every field of a certificate under its name, its hash, and whether the next block carries it."""
    shown = {field.name: getattr(certificate, field.name) for field in fields(certificate)}
    return shown | {
        "signatures": [{"key": key, "signature": signature} for key, signature in certificate.signatures],
        "hash": certificate.hash,
        "agreed": agreed,
    }
