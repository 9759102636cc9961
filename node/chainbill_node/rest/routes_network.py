"""The network: its rules and members, contracts, calendar and governance."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from chainbill.dates import date_of
from chainbill.vm import compile_contract, describe
from chainbill.vm.grammar import GENERAL
from chainbill_node.rest.declared import declared_list
from chainbill_node.rest.heights import rfc3339
from chainbill_node.rest.lists import Entry, from_table, list_body
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Listed, Opened, Shared
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_operations import versions

router = router_of("network", "/v1")


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
        "bids": (view.row("governance", "parameter", "bids") or {}).get("value", genesis.bids),
        "protocol": {"active": view.row("core", "protocol", "active"), "next": view.row("core", "protocol", "next")},
        **dict(view.row("core", "rules", "active") or {}),
        "validators": len(validators),
        "quorum": validators.quorum,
        "versions": versions(),
        "lowest_height": rest.node.status().lowest_height,
    })  # fmt: skip


@router.get("/validators", summary="The validators that decide the next height")
def validators(rest: Shared, view: Opened) -> Response:
    """Give who decides the height after the one that is read, in the order of their keys.

    `hash` is next_validators_hash of the header read, and validators_hash of the one that follows.
    """
    decides = view.height + 1
    found = rest.node.validators(decides)
    data = [
        {"alg": one.alg, "key": one.key.hex(), "name": one.name, "party": one.party, "address": one.address}
        for one in found.validators
    ]  # fmt: skip
    return view.answer({
        "data": data, "count": len(data), "sum": {}, "next": None, "decides": decides, "quorum": found.quorum,
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


declared_list(router, "proposals")
