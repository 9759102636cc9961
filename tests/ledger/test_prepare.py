"""The proposer's run: what it takes, what it leaves out, and that its result is what everybody else computes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from ledger.ledger_kit import key, set_block_rules
from ledger.tiny_network import PARTIES, TinyNetwork, bill_of

from chainbill.errors import Malformed, Refused
from chainbill.ledger import transition
from chainbill.ledger.admission import admit, clock_offset_ms, simulate
from chainbill.ledger.execution import Execution
from chainbill.ledger.transaction import decode_transaction
from chainbill.state.overlay import Overlay

ISSUE = ("bill", "issue", {"debtor": "ANCHOR", "face": 1000})


@pytest.fixture
def network() -> TinyNetwork:
    return TinyNetwork()


def test_the_proposers_result_is_what_the_others_compute(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    candidates = [
        network.wire("S1", ("token", "transfer", {"token": token, "recipient": "S2", "amount": 100})),
        network.wire("S1", ("token", "transfer", {"token": token, "recipient": "S2", "amount": 100})),
        network.wire("S1", ("token", "mint", {"token": token, "amount": 1})),
        network.wire("ANCHOR", ISSUE),
    ]
    prepared = network.prepare(candidates)
    assert [receipt.reason for _, receipt in prepared.left_out] == ["token_already_used", "core_conservation"]
    assert prepared.block.transactions == (candidates[0], candidates[3])
    checked = network.apply(prepared.block)
    for field in fields(checked):
        assert getattr(checked, field.name) == getattr(prepared.applied, field.name), field.name
    network.decide(prepared.block, prepared.applied)


def test_what_is_left_out_may_come_again(network: TinyNetwork) -> None:
    early = network.wire("S1", ("diary", "note", {"name": "a", "value": 1}), keys=[key(77)])
    prepared = network.prepare([early])
    assert prepared.block.transactions == ()
    assert network.prepare([early]).left_out[0][1].reason == "key_not_registered"


def test_a_failed_candidate_may_be_kept_with_its_receipt(network: TinyNetwork) -> None:
    failing = network.wire("S1", ("bill", "accept", {"bill": "B404"}))
    foreign = network.wire("S1", ISSUE, network=bytes(32))
    prepared = network.prepare([failing, foreign, network.wire("S1", ISSUE)], keep_failed=lambda *_: True)
    assert len(prepared.block.transactions) == 2
    assert [receipt.reason for _, receipt in prepared.left_out] == ["network_wrong"]
    assert [receipt.status for receipt in prepared.applied.receipts] == ["refused", "ok"]
    assert network.decide(prepared.block).app_hash == prepared.applied.app_hash


def test_repeated_used_expired_and_foreign_candidates_are_left_out(network: TinyNetwork) -> None:
    used = network.wire("S1", ISSUE)
    network.decide(network.block(used))
    fresh = network.wire("S1", ISSUE)
    expired = network.wire("S1", ISSUE, valid_until_ms=network.time_ms)
    foreign = network.wire("S1", ISSUE, network=bytes(32))
    prepared = network.prepare([used, fresh, fresh, expired, foreign])
    assert prepared.block.transactions == (fresh,)
    reasons = [receipt.reason for _, receipt in prepared.left_out]
    assert reasons == ["transaction_replayed", "transaction_replayed", "transaction_expired", "network_wrong"]


def test_a_block_is_bounded_in_bytes_count_and_gas(network: TinyNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    wires = [network.wire("S1", ISSUE) for _ in range(20)]
    room = transition.BLOCK_OVERHEAD_BYTES + 5 * (len(wires[0]) + transition.FRAME_BYTES)
    assert len(network.prepare(wires, max_bytes=room).block.transactions) == 5
    assert len(network.prepare(wires, max_bytes=room).block.encoded) <= room
    assert len(network.prepare(wires, max_transactions=7).block.transactions) == 7
    full = network.block(*wires)
    set_block_rules(monkeypatch, gas_block=8_000)
    assert 1 < len(network.prepare(wires).block.transactions) < 20
    with pytest.raises(Refused, match="block_gas"):
        network.apply(full)


def test_candidates_that_fail_use_up_the_gas_of_the_run_too(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [network.wire("S1", ("bill", "accept", {"bill": "B404"})) for _ in range(20)]
    set_block_rules(monkeypatch, gas_block=8_000)
    prepared = network.prepare([*failing, network.wire("S1", ISSUE)])
    assert prepared.block.transactions == ()
    assert 1 < len(prepared.left_out) < 20


def test_nothing_that_was_given_is_changed(network: TinyNetwork) -> None:
    rows, root = dict(network.view.rows), network.tree.root
    wires = [network.wire("S1", ISSUE)]
    network.prepare(wires)
    network.apply(network.block(*wires))
    assert (network.view.rows, network.tree.root) == (rows, root)


# --- admission ------------------------------------------------------------
def test_admission_asks_everything_but_the_contracts(network: TinyNetwork) -> None:
    def refusal(wire: bytes) -> str:
        try:
            admit(Overlay(network.view), decode_transaction(wire), network.env, network.time_ms)
        except (Malformed, Refused) as error:
            return error.reason
        return ""

    good = network.wire("S1", ("bill", "accept", {"bill": "B404"}))
    assert refusal(good) == ""
    assert refusal(good[:-1] + bytes([good[-1] ^ 1])) == "signature_invalid"
    assert refusal(network.wire("S1", ISSUE, keys=[PARTIES["S2"]])) == "key_of_other_party"
    assert refusal(network.wire("S1", ISSUE, network=bytes(32))) == "network_wrong"
    assert refusal(network.wire("S1", ISSUE, valid_until_ms=network.time_ms - 1)) == "transaction_expired"
    network.decide(network.block(good))
    assert refusal(good) == "transaction_replayed"


def test_admission_trusts_the_callers_cache_of_signatures(network: TinyNetwork) -> None:
    good = network.wire("S1", ISSUE)
    forged = decode_transaction(good[:-1] + bytes([good[-1] ^ 1]))
    admit(Overlay(network.view), forged, replace(network.env, verified={forged.wire_id: forged}), network.time_ms)


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(network: TinyNetwork) -> None:
    wire = decode_transaction(network.wire("S1", ISSUE))
    root = network.tree.root
    shown = simulate(network.view, wire, network.env, network.time_ms + 1_000)
    assert shown.ok
    assert network.tree.root == root
    done = network.decide(network.block(wire.wire)).receipts[-1]
    assert done == shown


def test_a_dry_run_needs_no_signature_if_told_who_would_sign(network: TinyNetwork) -> None:
    unsigned = decode_transaction(network.wire("S1", ("diary", "context", {}), keys=[key(77)]))
    assert simulate(network.view, unsigned, network.env, network.time_ms + 1).reason == "key_not_registered"
    shown = simulate(network.view, unsigned, network.env, network.time_ms + 1, signers=[])
    assert shown.results[0]["signers"] == []


def test_the_clock_offset_is_read_from_the_state(network: TinyNetwork) -> None:
    assert clock_offset_ms(network.view) == 0
    network.ok("S1", "governance", "set_clock", offset_ms=5_000)
    assert clock_offset_ms(network.view) == 5_000


@pytest.mark.parametrize("then", [None, "kept", "left out"])
def test_a_party_that_floods_with_gas_leaves_room_for_who_stands_behind_it(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch, then: str | None
) -> None:
    """Security 2: a block took candidates in order until its gas was used, so who came later never had a turn. Also
    where all that it sends fails in the end, and is not even in the block."""
    set_block_rules(monkeypatch, gas_block=100_000)
    calls = [("diary", "spin", {"turns": 1_000}), *([("diary", "fail", {"key": "x"})] if then else ())]
    flood = [network.wire("S1", *calls) for _ in range(40)]
    other = network.wire("ANCHOR", ISSUE)

    def run(*candidates: bytes) -> tuple[Any, int, int]:
        """What was prepared, the gas of the flood that was tried, and how many of it."""
        prepared = network.prepare(candidates, keep_failed=lambda *_: then == "kept")
        tried = [*prepared.applied.receipts, *(receipt for _, receipt in prepared.left_out)]
        spun = [receipt.gas for receipt in tried if receipt.gas > 2_000]
        assert (len(prepared.left_out) > 0) is (then == "left out")
        return prepared, sum(spun), len(spun)

    _, gas, count = run(*flood)
    assert gas >= 100_000
    assert count < len(flood)
    prepared, gas, _ = run(*flood, other)
    assert prepared.block.transactions[-1] == other
    assert 50_000 <= gas < 60_000  # the others of it are not run, and wait


def test_a_proposer_may_stop_before_the_rules_do(network: TinyNetwork) -> None:
    """Security 2: what a block may use is a rule; what this machine runs in time is its proposer's to know."""
    wires = [network.wire("S1", ISSUE) for _ in range(20)]
    each = network.prepare(wires[:1]).applied.receipts[-1].gas
    prepared = network.prepare(wires, max_gas=3 * each)
    assert len(prepared.block.transactions) == 3
    assert len(network.prepare(wires, max_gas=1).block.transactions) == 1, "one at least"
    network.decide(prepared.block, prepared.applied)


def test_where_nothing_else_would_be_in_the_block_what_failed_goes_in_and_is_not_run_again(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security 2: a block of failures alone was run twice by its proposer and by everybody who rehearsed it."""
    failing = [network.wire("S1", ("bill", "accept", {"bill": "B404"})) for _ in range(3)]
    foreign = network.wire("S1", ISSUE, network=bytes(32))
    good = network.wire("ANCHOR", ISSUE)
    ran: list[object] = []
    run = Execution.run_calls
    monkeypatch.setattr(Execution, "run_calls", lambda self, *args: ran.append(args) or run(self, *args))
    alone = network.prepare([*failing, failing[0], foreign], rather_failed_than_none=True)
    assert len(ran) == 4
    assert alone.block.transactions == tuple(failing)
    assert [receipt.status for receipt in alone.applied.receipts] == ["refused"] * 3
    assert [receipt.reason for _, receipt in alone.left_out] == ["network_wrong"]
    beside = network.prepare([*failing, good], rather_failed_than_none=True)
    assert beside.block.transactions == (good,)
    assert len(beside.left_out) == 3
    small = network.prepare(failing, rather_failed_than_none=True, max_transactions=2)
    assert small.block.transactions == tuple(failing[:2])
    assert network.decide(alone.block).app_hash == alone.applied.app_hash
