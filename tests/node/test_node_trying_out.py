"""Trying out on a running node: checked as when it is handed in, by turns, and beside everything else (security 19)."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from pathlib import Path

import httpx
import pytest
from chainbill_node.foundation.unavailable import TooManyTries
from chainbill_node.home.keys import load_private_key
from chainbill_node.intake import limits
from test_node_rest_guard import HOST, Served, serve
from test_node_service import Running
from writes import account_at

from chainbill.codec import decode, encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Call, Transaction, decode_transaction, encode_body, sign_transaction


def signed(served: Served, network: bytes = b"", key: PrivateKey | None = None) -> bytes:
    """A transaction of the anchor, for another network or by another key where these are given."""
    anchor = served.network.parties["anchor"]
    signer = key or load_private_key(anchor.key)
    body = encode_body(
        network=network or served.network.genesis.hash, party=anchor.party, nonce=secrets.token_bytes(16),
        valid_until_ms=time.time_ns() // 1_000_000 + 600_000, keys=[signer.public],
        calls=[Call(*account_at(served.network.parties["bank2"].party))],
    )  # fmt: skip
    return sign_transaction(body, [signer])


def forged(wire: bytes) -> bytes:
    body, [[index, signature]] = decode(wire)
    return encode([body, [[index, bytes([signature[0] ^ 1]) + signature[1:]]]])


async def both(served: Served, wire: bytes) -> tuple[tuple[int, str], tuple[int, str]]:
    """Status and code of trying out and of handing in."""
    kind = {"Content-Type": "application/msgpack"}
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=20) as client:
        tried = await client.post("/v1/transactions/simulate", content=wire, headers=kind)
        handed = await client.post("/v1/transactions?wait=committed", content=wire, headers=kind)
    return ((tried.status_code, tried.json().get("code", "")), (handed.status_code, handed.json().get("code", "")))


def test_what_would_not_be_admitted_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """security 19: on an open network forged signatures were taken, and up to 4,000,000 gas run for anybody."""

    async def act(served: Served) -> None:
        signing = Running(served.node, served.network)
        ran: list[bytes] = []
        simulate = served.node.ledger.simulate

        def counted(transaction: Transaction, now_ms: int) -> Receipt:
            ran.append(transaction.id)
            return simulate(transaction, now_ms)

        monkeypatch.setattr(served.node.ledger, "simulate", counted)
        good = signing.sign("bank2")

        foreign, stranger = signed(served, network=bytes(32)), signed(served, key=PrivateKey.generate())
        supplier = load_private_key(served.network.parties["supplier1"].key)
        for wire in (forged(good), foreign, stranger, signed(served, key=supplier), good[:-1], b"?", b"\x91" * 50):
            tried, handed = await both(served, wire)
            assert tried == handed
            assert tried[0] in (400, 422)
        assert ran == []
        tried, handed = await both(served, good)
        assert (tried, handed) == ((200, ""), (201, ""))
        assert ran == [decode_transaction(good).id]
        tried, handed = await both(served, good)  # its id is used up: handing it in again says so too
        assert (tried, handed) == ((422, "transaction_replayed"), (200, ""))
        assert len(ran) == 1

    serve(tmp_path, act)


def test_trials_take_turns_in_a_thread_of_their_own_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(served: Served) -> None:
        signing = Running(served.node, served.network)
        gate, threads = threading.Event(), set()
        simulate = served.node.ledger.simulate

        def slow(transaction: Transaction, now_ms: int) -> Receipt:
            threads.add(threading.current_thread().name)
            gate.wait(20)
            return simulate(transaction, now_ms)

        monkeypatch.setattr(served.node.ledger, "simulate", slow)
        trying = served.node.trying_out
        flood = [asyncio.create_task(trying.run(signing.sign("bank2"), "127.0.0.2")) for _ in range(3)]
        await asyncio.sleep(0.3)
        more = [asyncio.create_task(trying.run(signing.sign("bank2"), f"127.0.0.{n}")) for n in range(3, 30)]
        await served.honest()
        assert (await both_handed(served, signing.sign("bank1"))) == 201  # blocks are made meanwhile
        gate.set()
        outcomes = await asyncio.gather(*flood, *more, return_exceptions=True)
        told = [one for one in outcomes if isinstance(one, TooManyTries)]
        assert told
        assert all(one.of_one for one in told)
        assert sum(isinstance(one, Receipt) for one in outcomes) >= limits.TRY_WAITING_OF_ONE
        assert all(name.startswith("try-out") for name in threads)
        assert float(served.node.metrics.turned_away.labels("simulate", "too_many_tries")._value.get()) == len(told)
        assert (await trying.run(signing.sign("bank1"), HOST)).ok

    serve(tmp_path, act)


async def both_handed(served: Served, wire: bytes) -> int:
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=20) as client:
        kind = {"Content-Type": "application/msgpack"}
        return (await client.post("/v1/transactions?wait=committed", content=wire, headers=kind)).status_code


def test_strangers_do_not_take_a_partys_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not proved that he is a party waits among strangers, by address: its turns are its own."""

    async def act(served: Served) -> None:
        signing = Running(served.node, served.network)
        forgery = forged(signing.sign("bank2"))
        stopped, checked = threading.Event(), served.node.ledger.checked

        def slow(wire: bytes, now_ms: int) -> Transaction:
            if wire == forgery:
                stopped.wait(0.05)
            return checked(wire, now_ms)

        monkeypatch.setattr(served.node.ledger, "checked", slow)

        async def one(address: str) -> str:
            try:
                await served.node.trying_out.run(forgery, address)
            except (ChainbillError, TooManyTries) as error:
                return type(error).__name__
            return ""

        flood = [asyncio.create_task(one("127.0.0.9")) for _ in range(40)]
        await asyncio.sleep(0)
        assert (await served.node.trying_out.run(signing.sign("bank2"), HOST)).ok
        told = await asyncio.gather(*flood)
        assert told.count("TooManyTries") >= 35
        assert "" not in told

    serve(tmp_path, act)
