"""Blocks on a state: what stands, what fails, what is refused, and that everybody gets the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger.ledger_kit import key
from ledger.tiny_network import PARTIES, START_MS, TinyNetwork, bill_of, genesis

from chainbill.codec import encode
from chainbill.crypto import merkle
from chainbill.errors import ChainbillError, InternalFault, Malformed, Refused
from chainbill.ledger.core_rows import range_key
from chainbill.ledger.receipt import decode_receipt
from chainbill.ledger.transaction import assemble, decode_transaction, sign_transaction

ISSUE = ("bill", "issue", {"debtor": "ANCHOR", "face": 1000})


@pytest.fixture
def network() -> TinyNetwork:
    return TinyNetwork()


# --- what stands ------------------------------------------------------------
def test_a_bill_is_issued_accepted_paid_on_and_settled(network: TinyNetwork) -> None:
    bill, token = bill_of(network)
    paid = network.ok("S1", "token", "transfer", token=token, recipient="S2", amount=300)
    network.ok("S2", "token", "settle", token=paid["token"])
    assert network.row("core", "range", [bill, 0]) == [300, paid["token"]]
    assert network.row("core", "range", [bill, 300]) == [1000, paid["remainder"]]
    assert network.row("core", "holding", ["S1", "CNY", "holder"]) == [1, 700]
    assert network.row("core", "holding", ["S2", "CNY", "holder"]) is None
    assert network.row("core", "holding", ["ANCHOR", "CNY", "debtor"]) == [1, 700]


def test_calls_of_a_transaction_run_in_order_and_see_each_other(network: TinyNetwork) -> None:
    receipt = network.run("ANCHOR", ISSUE, ISSUE, memo="two at once")
    assert receipt.ok
    assert len({result["bill"] for result in receipt.results}) == 2


def test_one_failing_call_undoes_all(network: TinyNetwork) -> None:
    before = network.rows_but_receipts()
    receipt = network.run("ANCHOR", ISSUE, ("bill", "accept", {"bill": "B404"}))
    assert (receipt.status, receipt.reason, receipt.details) == ("refused", "bill_unknown", {"bill": "B404"})
    assert (receipt.results, receipt.events) == ([], [])
    assert network.rows_but_receipts() == before


def test_receipts_are_the_leaves_of_the_next_headers_root(network: TinyNetwork) -> None:
    bill_of(network)
    applied = network.applied
    assert applied.receipts_root == merkle.root([receipt.encode() for receipt in applied.receipts])
    assert tuple(decode_receipt(data) for data in applied.receipt_bytes) == applied.receipts
    assert network.block().header.receipts_root == applied.receipts_root


def test_events_name_contract_topic_and_fields(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    receipt = network.run("S1", ("token", "transfer", {"token": token, "recipient": "S2", "amount": 1}))
    (event,) = receipt.events
    assert event[:2] == ["token", "transferred"]
    assert event[2]["amount"] == 1


def test_an_empty_block_changes_nothing(network: TinyNetwork) -> None:
    applied = network.decide(network.block())
    assert not applied.changed_state
    assert applied.receipts == ()
    assert applied.app_hash == network.tree.root


# --- how a transaction fails in a block ------------------------------------------------------------
def test_a_fault_of_a_contract_reverts_and_says_where(network: TinyNetwork) -> None:
    receipt = network.run("S1", ("diary", "fail", {"key": "x"}))
    assert (receipt.status, receipt.reason) == ("fault", "key_missing")
    assert receipt.details["function"] == "fail"


def test_running_out_of_gas_reverts(network: TinyNetwork) -> None:
    receipt = network.run("S1", ("diary", "note", {"name": "a", "value": 1}), ("diary", "spin", {"turns": 9_000}))
    assert receipt.ok
    many = [("diary", "spin", {"turns": 30_000})] * 100
    receipt = network.run("S1", ("diary", "note", {"name": "b", "value": 1}), *many[1:])
    assert receipt.status == "out_of_gas"
    assert network.row("diary", "fact", "b") is None


@pytest.mark.parametrize(
    "call",
    [
        ("token", "gone", {}),
        ("gone", "transfer", {}),
        ("token", "made", {"bill": "B", "lo": 0, "hi": 1, "parent": "", "holder": "S1"}),
        ("token", "open_root", {"bill": "B", "face": 1}),
        ("token", "on_day", {"date": "2026-01-01", "item": [], "row": {}}),
        ("party", "begin", {"members": []}),
        ("token", "settle", {}),
        ("token", "settle", {"token": "T", "more": 1}),
    ],
)
def test_only_calls_with_their_arguments_can_be_called(network: TinyNetwork, call: tuple[str, str, dict]) -> None:
    assert network.run("S1", call).status == "fault"


@pytest.mark.parametrize("forgery", ["mint", "copy", "lose"])
def test_a_contract_that_makes_or_loses_cents_is_stopped(network: TinyNetwork, forgery: str) -> None:
    bill, token = bill_of(network)
    rest = network.ok("S1", "token", "transfer", token=token, recipient="S2", amount=400)
    args = {"token": rest["token"], **({"amount": 1} if forgery == "mint" else {})}
    before = network.rows_but_receipts()
    receipt = network.run("S2", ("token", forgery, args))
    assert (receipt.status, receipt.reason) == ("refused", "core_conservation")
    assert network.rows_but_receipts() == before
    assert network.view.get(range_key(bill, 400)) is not None


def test_a_bill_whose_face_grows_is_stopped(network: TinyNetwork) -> None:
    bill, _ = bill_of(network)
    assert network.run("ANCHOR", ("bill", "grow", {"bill": bill, "face": 1001})).reason == "core_row_fixed"


# --- who may send ------------------------------------------------------------
def test_a_key_must_be_registered_active_and_the_partys_own(network: TinyNetwork) -> None:
    assert network.run("S1", ISSUE, keys=[key(77)]).reason == "key_not_registered"
    assert network.run("S1", ISSUE, keys=[PARTIES["S2"]]).reason == "key_of_other_party"
    assert network.run("S1", ISSUE, keys=[PARTIES["S1"], PARTIES["S2"]]).reason == "key_of_other_party"
    network.ok("S1", "party", "retire", key=PARTIES["S1"].public.hex())
    assert network.run("S1", ISSUE).reason == "key_not_active"


@pytest.mark.parametrize(
    ("status", "acts"),
    [("pending", False), ("closed", False), ("suspended", False), ("insolvent", False), ("", False), ("leaving", True)],
)
def test_a_party_that_is_not_active_begins_nothing(network: TinyNetwork, status: str, acts: bool) -> None:
    network.ok("S2", "party", "set_status", party="S1", status=status)
    receipt = network.run("S1", ISSUE)
    assert receipt.ok is acts
    assert acts or receipt.reason == "party_not_active"


def test_contracts_see_who_signed_and_where_they_are(network: TinyNetwork) -> None:
    network.decide(network.block())
    seen = network.ok("S1", "diary", "context")
    assert seen["party"] == "S1"
    signer = {"key": PARTIES["S1"].public.hex(), "capabilities": ["maker"], "operator": "", "unit": ""}
    assert seen["signers"] == [signer]
    assert (seen["height"], seen["time_ms"], seen["today"]) == (2, START_MS + 2_000, "2026-02-25")
    assert (seen["gap_ms"], seen["clock"], seen["chain_id"]) == (1_000, "adjustable", "test-chain")
    assert seen["proposer"] == network.blocks[-1].header.proposer.hex()
    assert seen["recent"] == [network.blocks[0].header.proposer.hex()]
    assert seen["transaction"] == network.applied.receipts[-1].id.hex()


def test_the_gap_leaves_out_what_the_clock_was_moved(network: TinyNetwork) -> None:
    network.ok("S1", "governance", "set_clock", offset_ms=90_000_000)
    moved = network.block(network.wire("S1", ("diary", "context", {}), valid_until_ms=network.time_ms + 90_001_000))
    moved = network.block(*moved.transactions, time_ms=network.time_ms + 90_001_000)
    assert network.decide(moved).receipts[-1].results[0]["gap_ms"] == 1_000
    assert network.ok("S1", "diary", "context")["gap_ms"] == 1_000


# --- replay and window ------------------------------------------------------------
@pytest.mark.parametrize(
    ("ahead_ms", "reason"), [(-1, "expired"), (0, ""), (86_399_999, ""), (86_400_000, "too_early")]
)
def test_a_transaction_counts_within_its_window(network: TinyNetwork, ahead_ms: int, reason: str) -> None:
    at = network.time_ms + 1_000
    block = network.block(network.wire("S1", ISSUE, valid_until_ms=at + ahead_ms), time_ms=at)
    if not reason:
        assert network.decide(block).receipts[-1].ok
        return
    with pytest.raises(Refused, match=f"transaction_{reason}"):
        network.apply(block)


def test_an_id_is_used_once_also_when_it_failed(network: TinyNetwork) -> None:
    failing = network.wire("S1", ("bill", "accept", {"bill": "B404"}))
    network.decide(network.block(failing))
    with pytest.raises(Refused, match="transaction_replayed"):
        network.apply(network.block(failing))


def test_the_same_body_signed_by_another_listed_key_is_the_same_transaction(network: TinyNetwork) -> None:
    second = key(9)
    one = network.wire("S1", ISSUE, listed=(second,))
    body = decode_transaction(one).body_bytes
    other = sign_transaction(body, [second])
    with pytest.raises(Refused, match="block_duplicate_transaction"):
        network.apply(network.block(one, other))
    network.decide(network.block(one))
    with pytest.raises(Refused, match="transaction_replayed"):
        network.apply(network.block(other))


def changed_on_the_way(wire: bytes) -> dict[str, bytes]:
    """What a proposer can make of another's transaction that two keys sign of three that may, without any of these."""
    transaction = decode_transaction(wire)
    body, pairs = transaction.body_bytes, list(transaction.signatures)
    stranger = key(77)
    signature = stranger.sign("tx-sign", body)
    return {
        "added": encode([body, [*map(list, pairs), [2, signature]]]),
        "added by key, as in format 1": encode([body, [*map(list, pairs), [stranger.public, signature]]]),
        "stripped": encode([body, [list(pairs[0])]]),
        "all stripped": encode([body, []]),
        "replaced": assemble(body, [pairs[0], (pairs[1][0], signature)]),
        "of the third key": assemble(body, [pairs[0], (({0, 1, 2} - {pairs[0][0], pairs[1][0]}).pop(), signature)]),
        "doubled": encode([body, [list(pairs[0]), list(pairs[0])]]),
        "exchanged": assemble(body, [(pairs[0][0], pairs[1][1]), (pairs[1][0], pairs[0][1])]),
        "in another order": encode([body, [list(pair) for pair in reversed(pairs)]]),
    }


def test_a_proposer_cannot_spend_anothers_id() -> None:
    """formats S1: the block with changed signatures is refused whole, and the author's own bytes still commit."""
    maker, checker = PARTIES["S1"], key(9)
    members = [{"id": "S1", "keys": [maker.public.hex(), checker.public.hex()]}]
    network = TinyNetwork(genesis(init={"party": {"members": members}}))
    wire = network.wire("S1", ISSUE, keys=[maker, checker], listed=(key(10),))
    for name, changed in changed_on_the_way(wire).items():
        with pytest.raises(Malformed, match=r"^(transaction_signatures|signature_invalid)"):
            network.apply(network.block(changed))
        assert changed != wire, name
    assert network.decide(network.block(wire)).receipts[-1].ok


def test_a_block_with_a_bad_signature_or_of_another_network_is_refused(network: TinyNetwork) -> None:
    good = network.wire("S1", ISSUE)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    with pytest.raises(Malformed, match="signature_invalid"):
        network.apply(network.block(bad))
    with pytest.raises(Malformed, match="network_wrong"):
        network.apply(network.block(network.wire("S1", ISSUE, network=bytes(32))))
    with pytest.raises(Malformed):
        network.apply(network.block(good[:-1]))


def test_signatures_in_the_callers_cache_are_not_verified_again(network: TinyNetwork) -> None:
    good = network.wire("S1", ISSUE)
    forged = decode_transaction(good[:-1] + bytes([good[-1] ^ 1]))
    network.env = replace(network.env, verified={forged.wire_id: forged})
    assert network.apply(network.block(forged.wire)).receipts[-1].ok


# --- headers ------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"network": bytes(32)}, "network_wrong"),
        ({"protocol": 2}, "block_protocol"),
        ({"height": 2}, "block_height"),
        ({"parent": bytes(32)}, "block_parent"),
        ({"time_ms": START_MS}, "block_time"),
        ({"proposer": bytes(32)}, "block_proposer"),
        ({"app_hash": bytes(32)}, "block_app_hash"),
        ({"receipts_root": bytes(32)}, "block_receipts_root"),
        ({"receipts_count": 9}, "block_counts"),
        ({"tx_count": 1}, "block_counts"),
        ({"evidence_count": 1}, "block_counts"),
        ({"history_root": bytes(32)}, "block_history_root"),
        ({"parent_certificate": bytes([1]) * 32}, "block_parent_certificate"),
        ({"validators_hash": bytes(32)}, "block_validators_hash"),
        ({"next_validators_hash": bytes(32)}, "block_validators_hash"),
        ({"tx_root": bytes(32)}, "block_tx_root"),
        ({"evidence_root": bytes(32)}, "block_evidence_root"),
    ],
)
def test_a_header_fits_onto_its_parent(network: TinyNetwork, change: dict[str, object], reason: str) -> None:
    with pytest.raises(ChainbillError, match=f"^{reason}"):
        network.apply(network.block(**change))


def test_the_first_block_follows_the_genesis_hash(network: TinyNetwork) -> None:
    assert network.block().header.parent == network.genesis.hash
    with pytest.raises(Refused, match="network_wrong"):
        TinyNetwork(genesis(parameters={"other": 1})).apply(network.block())


# --- our own mistakes ------------------------------------------------------------
@pytest.mark.parametrize("error", [MemoryError, RecursionError, ZeroDivisionError])
def test_a_mistake_of_our_own_fails_the_check_and_is_left_out_of_proposals(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(*_: object) -> None:
        raise error

    candidates = [network.wire("ANCHOR", ISSUE), network.wire("S1", ("diary", "note", {"name": "a", "value": 1}))]
    block = network.block(*candidates)
    monkeypatch.setattr("chainbill.ledger.token_rules._check_new_bill", broken)
    with pytest.raises(InternalFault, match="internal"):
        network.apply(block)
    prepared = network.prepare(candidates)
    assert prepared.block.transactions == (candidates[1],)
    assert [(failed.wire, receipt.reason) for failed, receipt in prepared.left_out] == [(candidates[0], "internal")]


# --- receipts in the state ------------------------------------------------------------
def test_the_state_root_covers_the_receipts_of_a_block(network: TinyNetwork) -> None:
    """formats: under any engine app_hash says what became of the transactions, failed ones too."""
    assert network.row("core", "receipts", "last") == {
        "height": 0, "count": network.env.receipts_count, "root": network.env.receipts_root,
    }  # fmt: skip
    for call in (ISSUE, ("bill", "accept", {"bill": "B404"})):
        before = network.tree.root
        network.run("ANCHOR", call)
        applied = network.applied
        row = {"height": applied.height, "count": len(applied.receipts), "root": merkle.root(applied.receipt_bytes)}
        assert network.row("core", "receipts", "last") == row
        assert (network.env.receipts_count, network.env.receipts_root) == (row["count"], row["root"])
        assert network.tree.root != before


def test_an_empty_block_changes_no_state(network: TinyNetwork) -> None:
    network.run("ANCHOR", ISSUE)
    before = network.tree.root
    applied = network.decide(network.block())
    assert not applied.changed_state
    assert network.tree.root == before
    assert network.row("core", "receipts", "last")["height"] == applied.height - 1
