"""The network: its rules and members, blocks, contracts, calendar and governance."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from chainbill.dates import date_of
from chainbill.ledger.block import Block, Header
from chainbill.ledger.transaction import decode_transaction
from chainbill.vm import compile_contract, describe
from chainbill.vm.grammar import GENERAL
from chainbill_node.rest.heights import rfc3339
from chainbill_node.rest.lists import Cursor, Entry, from_table, list_body, matches, write_cursor
from chainbill_node.rest.ports import Pruned, holders
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Listed, Opened, Shared
from chainbill_node.rest.routes_operations import versions
from chainbill_node.rest.view import View

router = APIRouter(prefix="/v1", tags=["network"])


@router.get("/network", summary="What network this is and how it works")
def network(rest: Shared, view: Opened) -> Response:
    """Give name, genesis hash (`network`), clock, whether reads are open, how bids are made, versions, date."""
    genesis, validators = rest.node.genesis, rest.node.validators(view.height + 1)
    offset = (view.row("governance", "clock", "offset") or {}).get("offset_ms", 0)
    now_ms = rest.options.now_ms() + offset
    header = view.reader.header(view.height)
    newest_ms = max(header.time_ms if header else genesis.time_ms, now_ms)
    return view.answer({
        "chain_id": genesis.chain_id,
        "network": genesis.hash.hex(),
        "genesis_time": rfc3339(genesis.time_ms),
        "clock": genesis.clock,
        "clock_offset_ms": offset,
        "zone_offset_minutes": genesis.zone_offset_minutes,
        "date": date_of(newest_ms, genesis.zone_offset_minutes),
        "public_reads": genesis.public_reads,
        "bids": genesis.bids,
        "python": genesis.python,
        "validators": len(validators),
        "quorum": validators.quorum,
        "versions": versions(),
        "lowest_height": rest.node.status().lowest_height,
    })  # fmt: skip


@router.get("/validators", summary="The validators that decide the next height")
def validators(rest: Shared, view: Opened) -> Response:
    """Give key, name, party and address of each validator; the first of `data` is not the proposer."""
    found = rest.node.validators(view.height + 1)
    data = [
        {"key": one.key.hex(), "name": one.name, "party": one.party, "address": one.address}
        for one in found.validators
    ]  # fmt: skip
    return view.answer({
        "data": data, "count": len(data), "sum": {}, "next": None, "quorum": found.quorum,
        "max_faulty": found.max_faulty, "hash": found.hash().hex(),
    })  # fmt: skip


@router.get("/peers", summary="The other nodes that this node knows")
def peers(rest: Shared, view: Opened) -> Response:
    """Give the other nodes and whether they are connected."""
    data = [
        {
            "id": peer.node_id, "name": peer.name, "address": peer.address, "connected": peer.connected,
            "height": peer.height, "lowest_height": peer.lowest_height,
            "since": rfc3339(peer.since_ms) if peer.since_ms else None,
        }
        for peer in rest.node.peers()
    ]  # fmt: skip
    return view.answer({"data": data, "count": len(data), "sum": {}, "next": None})


@router.get("/mempool", summary="Transactions waiting for a block")
def mempool(
    rest: Shared, view: Opened, limit: Annotated[int, Query(ge=1, le=1000, description="Ids shown.")] = 100
) -> Response:
    """Give the ids of waiting transactions, oldest first, and how many there are."""
    ids = rest.node.mempool_ids()
    status = rest.node.status()
    data = [{"id": one.hex()} for one in ids[:limit]]
    return view.answer({
        "data": data, "count": len(ids), "sum": {}, "next": None, "bytes": status.mempool_bytes,
    })  # fmt: skip


@router.get("/blocks", summary="Blocks, the newest first")
def blocks(rest: Shared, page: Listed) -> Response:
    """List block headers from the height read downwards."""
    view, listing = page.view, page.listing
    lowest = max(1, rest.node.status().lowest_height)
    first = view.height if listing.cursor is None else min(view.height, listing.cursor.height_after() - 1)
    last = max(lowest, first - listing.limit + 1)
    data: list[dict[str, Any]] = []
    for height in range(first, last - 1, -1):
        found = view.reader.block(height)
        if found is not None:
            data.append(_header_shape(view, found.header) | {"transactions": len(found.transactions)})
    count = max(0, view.height - lowest + 1)
    totals = Cursor(view.height, listing.query, str(last), count, {}, complete=True)
    following = write_cursor(totals) if last > lowest else None
    return view.answer({"data": data, "count": count, "sum": {}, "next": following})


BlockName = Annotated[str, Path(description="A height, a block id in hex, or head.")]


@router.get("/blocks/{name}", summary="One block")
def block(view: Opened, name: BlockName) -> Response:
    """Give header, certificate and transaction ids of a block by height, id or `head`."""
    found = _block(view, name)
    certificate = view.reader.certificate(found.header.height)
    return view.answer({
        **_header_shape(view, found.header),
        "transactions": [decode_transaction(wire).id.hex() for wire in found.transactions],
        "evidence": [one.hex() for one in found.evidence],
        "certificate": None if certificate is None else {
            "height": certificate.height, "round": certificate.round, "block_id": certificate.block_id,
            "signatures": [{"key": key, "signature": signature} for key, signature in certificate.signatures],
        },
    })  # fmt: skip


@router.get("/blocks/{name}/transactions", summary="The transactions of a block")
def block_transactions(view: Opened, name: BlockName) -> Response:
    """List a block's transactions with their outcome; those the reader may not see keep their id only."""
    found = _block(view, name)
    receipts = view.reader.receipts(found.header.height)[-len(found.transactions) or None :]
    data: list[dict[str, Any]] = []
    for index, wire in enumerate(found.transactions):
        transaction = decode_transaction(wire)
        shape: dict[str, Any] = {"id": transaction.id.hex(), "index": index}
        if view.viewer.is_or_reads_for(transaction.party):
            shape |= {
                "party": transaction.party,
                "calls": [f"{call.contract}.{call.function}" for call in transaction.calls],
                "memo": transaction.memo,
                "status": receipts[index].status if index < len(receipts) else None,
                "reason": receipts[index].reason if index < len(receipts) else None,
            }
        else:
            shape["hidden"] = True
        data.append(shape)
    return view.answer({"data": data, "count": len(data), "sum": {}, "next": None, "height": found.header.height})


def _block(view: View, name: str) -> Block:
    height: int | None = None
    if name == "head":
        height = view.height
    elif name.isascii() and name.isdigit() and len(name) <= 15:
        height = int(name)
    elif len(name) == 64:
        height = view.reader.block_height(_hex(name))
    found = view.reader.block(height) if height is not None and 0 < height <= view.height else None
    lowest = 0 if found is not None else view.node.status().lowest_height
    if height is not None and 0 < height < lowest:
        raise Pruned(height, lowest, view.height, holders(view.node.peers(), height))
    if found is None:
        raise not_found("block", name, view.height)
    return found


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _header_shape(view: View, header: Header) -> dict[str, Any]:
    proposer = view.node.validators(header.height).get(header.proposer)
    return {
        "height": header.height,
        "id": header.id.hex(),
        "time": rfc3339(header.time_ms),
        "date": date_of(header.time_ms, view.node.genesis.zone_offset_minutes),
        "proposer": header.proposer.hex(),
        "proposer_name": proposer.name if proposer else None,
        "chain_id": header.chain_id,
        "parent": header.parent.hex(),
        "tx_root": header.tx_root.hex(),
        "evidence_root": header.evidence_root.hex(),
        "app_hash": header.app_hash.hex(),
        "receipts_root": header.receipts_root.hex(),
        "validators_hash": header.validators_hash.hex(),
        "next_validators_hash": header.next_validators_hash.hex(),
    }


@router.get("/contracts", summary="The deployed contracts")
def contracts(page: Listed) -> Response:
    """List the contracts with the hash of the source that runs."""
    view = page.view

    def show(name: str) -> Entry | None:
        row = view.row("governance", "contract", name)
        return Entry(lambda: {"name": name} | {key: row[key] for key in row if key != "source"}) if row else None

    return view.answer(list_body(page.listing, view.height, from_table(view.reader, "governance", "contract"), show))


@router.get("/contracts/{name}", summary="One contract: functions, arguments, reasons, source")
def contract(view: Opened, name: str) -> Response:
    """Give what a contract offers, read from the very source that runs."""
    row = view.row("governance", "contract", name)
    if row is None:
        raise not_found("contract", name, view.height)
    general = view.row("governance", "contract", GENERAL) or {"source": ""}
    description = _describe(name, str(row["source"]), str(general["source"]))
    return view.answer({"name": name, **row, "description": description})


@lru_cache(maxsize=64)
def _describe(name: str, source: str, general: str) -> Any:
    return describe(compile_contract(name, source), compile_contract(GENERAL, general) if general else None)


@router.get("/calendar/{year}", summary="Holidays and working weekends of a year")
def calendar(view: Opened, year: Annotated[int, Path(ge=1970, le=9999)]) -> Response:
    """Give the calendar of a year; one that is not published goes by weekends alone."""
    row = view.row("calendar", "year", year)
    body = {"year": year, "holidays": [], "workdays": [], "published": row is not None}
    return view.answer(body | dict(row or {}))


@router.get("/governance/proposals", summary="Proposals and their votes")
def proposals(
    page: Listed,
    status: Annotated[str | None, Query(description="Only those with this status.")] = None,
    kind: Annotated[str | None, Query(description="Only those of this kind.")] = None,
) -> Response:
    """List the proposals that validators vote on."""
    view = page.view

    def show(name: str) -> Entry | None:
        row = view.row("governance", "proposal", name)
        return Entry(partial(dict, row)) if row and matches({"status": status, "kind": kind}, row) else None

    return view.answer(list_body(page.listing, view.height, from_table(view.reader, "governance", "proposal"), show))
