"""An id is given once: whoever finds two transactions that make objects of one id puts nothing in another's place."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ledger.real_network import BANKS, S1, RealNetwork

from chainbill.ledger.transaction import decode_transaction
from chainbill.vm import natives

TRIES = 20_000


def short_id(prefix: str, seed: bytes, number: int) -> str:
    """An id of 12 bits: what 2^40 tries find among ids of 80, some hundred find here."""
    return prefix + hashlib.sha256(seed + number.to_bytes(4, "big")).hexdigest()[:3]


def quote(network: RealNetwork, request: str, rate: int) -> bytes:
    terms = {
        "request": request, "rate": rate, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "",
        "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {},
    }  # fmt: skip
    return network.wire(BANKS[1], ("finance", "quote", terms))


def colliding(network: RealNetwork, request: str, good: bytes) -> bytes:
    """A worse quote under the id of a good one: the bank tries nonces until the ids are the same."""
    wanted = short_id("Q", decode_transaction(good).id, 1)
    for _ in range(TRIES):
        bad = quote(network, request, 900_000)
        if short_id("Q", decode_transaction(bad).id, 1) == wanted:
            return bad
    raise AssertionError("no collision was found")


def test_a_bank_cannot_put_a_worse_quote_under_the_id_of_a_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """attack: the holder agrees to a quote of 3 %; before that is decided, the bank puts 90 % under its id."""
    network = RealNetwork()
    _, token = network.accepted_bill(100_000_000)
    monkeypatch.setattr(natives, "object_id", short_id)
    asked = network.ok(S1, "finance", "request", token=token, banks=[BANKS[1]], amount=100_000_000)
    good = quote(network, asked["request"], 30_000)
    bad = colliding(network, asked["request"], good)
    [first] = network.decide(network.block(good)).receipts
    agreed: dict[str, Any] = {"quote": first.results[0]["quote"]}
    agree = network.wire(S1, ("finance", "agree", agreed))
    second, third = network.decide(network.block(bad, agree)).receipts
    assert (second.status, second.reason) == ("refused", "core_row_fixed")
    assert third.ok
    assert third.results[0]["net"] == first.results[0]["net"]
