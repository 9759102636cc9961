"""Ticks: day work gets a block under an engine that makes none by itself, and nobody can use them for more."""

from __future__ import annotations

from typing import Any

import pytest
from ledger.tiny_network import DAY_MS, START_MS, TinyNetwork, genesis

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.dates import date_of
from chainbill.errors import ChainbillError, Malformed, Refused
from chainbill.ledger import block as block_form
from chainbill.ledger import core_rows, header_check
from chainbill.ledger.block import Block, decode_block
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.execution import Execution
from chainbill.ledger.tick import Tick, decode_tick, is_tick
from chainbill.ledger.tick_check import check_tick, due_date
from chainbill.ledger.transaction import decode_transaction

DUE = "2026-03-02"
DUE_MS = START_MS + 5 * DAY_MS


def other_engine(**changes: Any) -> TinyNetwork:
    """A network of another engine with a plan for DUE."""
    network = TinyNetwork(genesis(engine="cometbft", **changes))
    network.ok("S1", "diary", "plan", date=DUE, name="a", act="log")
    return network


def tick(network: TinyNetwork, date: str = DUE) -> bytes:
    return Tick(network.genesis.hash, date).encode()


def test_the_wire_form_reads_back_and_is_no_transaction() -> None:
    one = Tick(bytes(range(32)), DUE)
    assert decode_tick(one.encode()) == one
    assert one.encode().hex() == "9402a47469636bc420" + bytes(range(32)).hex() + "aa" + DUE.encode().hex()
    assert is_tick(one.encode())
    with pytest.raises(Malformed):
        decode_transaction(one.encode())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([1, "tick", bytes(32), DUE], "format_version"), ([2, "tock", bytes(32), DUE], "shape_wrong"),
        ([2, "tick", bytes(31), DUE], "shape_wrong"), ([2, "tick", bytes(32), "2026-02-30"], "shape_wrong"),
        ([2, "tick", bytes(32), 5], "shape_wrong"), ([2, "tick", bytes(32)], "shape_wrong"),
        ([2, "tick", bytes(32), DUE, 1], "shape_wrong"),
    ],
)  # fmt: skip
def test_what_is_no_tick(fields: list[Any], reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        decode_tick(encode(fields))


def test_a_tick_makes_a_block_for_work_that_is_due() -> None:
    network = other_engine()
    block = decode_block(network.block(tick(network), time_ms=DUE_MS).encoded)
    assert date_of(DUE_MS, network.genesis.zone_offset_minutes) == DUE
    applied = network.decide(block)
    assert [receipt.kind for receipt in applied.receipts] == ["day_item", "tick"]
    last = applied.receipts[-1]
    assert (last.id, last.ok, last.gas) == (tagged_hash("tick", tick(network)), True, 0)
    assert (applied.used_ids, block.header.tx_count, applied.receipts_count) == ((), 1, 2)
    with pytest.raises(Refused, match="tick_not_due"):
        network.apply(network.block(tick(network)))


def test_a_tick_stands_behind_the_transactions_whose_receipts_come_in_order() -> None:
    network = other_engine()
    network.time_ms = DUE_MS
    wire = network.wire("ANCHOR", ("bill", "issue", {"debtor": "ANCHOR", "face": 5}))
    applied = network.decide(network.block(wire, tick(network), time_ms=DUE_MS))
    assert [receipt.kind for receipt in applied.receipts] == ["day_item", "transaction", "tick"]
    assert applied.used_ids == (decode_transaction(wire).id,)


def refusals() -> list[tuple[str, Any]]:
    return [
        ("tick_not_due", lambda net: net.block(tick(net, "2026-03-01"), time_ms=DUE_MS)),
        ("tick_not_due", lambda net: net.block(tick(net, "2026-03-03"), time_ms=DUE_MS)),
        ("tick_not_due", lambda net: net.block(tick(net), time_ms=DUE_MS - DAY_MS)),
        ("tick_not_here", lambda net: net.block(tick(net), tick(net), time_ms=DUE_MS)),
        ("tick_not_here", lambda net: net.block(tick(net), b"\x92\xc0\xc0", time_ms=DUE_MS)),
        ("network_wrong", lambda net: net.block(Tick(bytes(32), DUE).encode(), time_ms=DUE_MS)),
        ("shape_wrong", lambda net: net.block(tick(net, "never"), time_ms=DUE_MS)),
    ]


@pytest.mark.parametrize(("reason", "make"), refusals())
def test_a_block_with_a_tick_that_does_not_belong_there_is_refused_whole(reason: str, make: Any) -> None:
    network = other_engine()
    block: Block = make(network)
    with pytest.raises(ChainbillError) as caught:
        network.apply(block)
    assert caught.value.reason == reason


def test_the_built_in_consensus_needs_none_and_takes_none() -> None:
    network = TinyNetwork()
    network.ok("S1", "diary", "plan", date=DUE, name="a", act="log")
    with pytest.raises(Refused, match="tick_not_here"):
        network.apply(network.block(tick(network), time_ms=DUE_MS))
    assert network.prepare([], time_ms=DUE_MS, tick=tick(network)).block.transactions == ()


def test_a_proposer_puts_in_a_tick_that_is_due_and_leaves_out_another() -> None:
    network = other_engine()
    prepared = network.prepare([], time_ms=DUE_MS, tick=tick(network))
    assert prepared.block.transactions == (tick(network),)
    assert network.apply(prepared.block).app_hash == prepared.applied.app_hash
    assert network.prepare([], time_ms=DUE_MS, tick=tick(network, "2026-03-01")).block.transactions == ()
    assert network.prepare([], tick=tick(network)).block.transactions == ()


def test_a_block_that_is_made_has_the_ids_of_its_transactions_and_of_its_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    network = other_engine()
    network.time_ms = DUE_MS
    wires = [network.wire("S1", ("diary", "note", {"name": name, "value": 1})) for name in "bc"]
    hashed: list[bytes] = []

    def recorded(wire: bytes) -> bytes:
        hashed.append(wire)
        return wire_id_of(wire)

    monkeypatch.setattr(header_check, "wire_id_of", recorded)
    monkeypatch.setattr(block_form, "wire_id_of", recorded)
    block = network.prepare(wires, time_ms=DUE_MS, tick=tick(network)).block
    assert block.wire_ids == tuple(map(wire_id_of, [*wires, tick(network)]))
    block.check_roots()
    assert hashed == [tick(network)]  # those of transactions are known since they came


def test_a_migration_under_way_is_work_of_today() -> None:
    network = TinyNetwork(genesis(engine="cometbft"))
    run = Execution(network.view, network.env, time_ms=DUE_MS, proposer=bytes(32))
    assert due_date(run.overlay, run.loaded, run.today) is None
    run.overlay.put(core_rows.migration_key("diary"), {"cursor": 1, "version": 2})
    check_tick(tick(network), network.genesis, run.overlay, run.loaded, run.today)
    with pytest.raises(Refused, match="tick_not_due"):
        check_tick(tick(network, "2026-03-01"), network.genesis, run.overlay, run.loaded, run.today)
