"""What a verifier needs, through the real interface over LevelDB: signed originals, wire ids, receipts, certificates.

formats S5: the signed original of a transaction could not be fetched, wire ids of others were hidden, and receipts of
the ledger's own acts were nowhere.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_contracts import sources
from chainbill_node.rest.own_acts import NAMED, TELLS_OF
from chainbill_node.storage.chain import pruning
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.leveldb import LevelStore
from ledger import tiny_contracts
from node_chain import LocalChain
from rest.conftest import TestClient
from rest.test_rest_errors import check
from served_chain import TinyChain, client_of, get_as, reopened
from writes import account_at

from chainbill.codec import decode
from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.dates import date_of
from chainbill.ledger.block import Header
from chainbill.ledger.certificate import decode_certificate
from chainbill.ledger.core_rows import CORE
from chainbill.ledger.receipt import Kind, decode_receipt
from chainbill.ledger.transaction import decode_transaction
from chainbill.limits import DAY_MS, HOUR_MS
from chainbill.state.keys import row_key
from chainbill.vm import compile_contract, describe

MSGPACK = "application/msgpack"


def header_at(client: TestClient, height: int) -> Header:
    answer = client.get(f"/v1/blocks/{height}?form=wire")
    assert (answer.status_code, answer.headers["content-type"]) == (200, MSGPACK)
    header = Header.from_fields(decode(answer.content, max_bytes=10_000))
    shown = client.get(f"/v1/blocks/{height}").json()
    assert shown["id"] == header.id.hex()
    assert shown["receipts_root"] == header.receipts_root.hex()
    return header


def receipts_of(client: TestClient, height: int, limit: int = 2) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All entries of a height, page after page, and the last page."""
    path, entries = f"/v1/blocks/{height}/receipts?limit={limit}", []
    page = client.get(path).json()
    entries += page["data"]
    while page["next"]:
        page = client.get(f"{path}&after={page['next']}").json()
        entries += page["data"]
    assert [entry["index"] for entry in entries] == list(range(page["count"]))
    return entries, page


def root_of(leaves: list[bytes]) -> bytes:
    """The log tree's root from leaf hashes, written from docs/reference/hashing-and-signing.md alone."""
    from hashlib import sha256

    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return sha256(b"\x01" + root_of(leaves[:cut]) + root_of(leaves[cut:])).digest()


@pytest.fixture
def eventful(tmp_path: Path) -> Iterator[TinyChain]:
    """A chain with day items that go well and fail, an activation, migration steps, and transactions of both kinds."""
    chain = TinyChain(tmp_path / "db")
    tomorrow = date_of(chain.time_ms + DAY_MS, chain.genesis.zone_offset_minutes)
    for name, value in (("a", 1), ("b", 2), ("c", 3)):
        chain.call("S1", "diary", "note", {"name": name, "value": value})
    for name, act in (("one", "log"), ("two", "fail"), ("three", "log")):
        chain.call("S1", "diary", "plan", {"date": tomorrow, "name": name, "act": act})
    deploy = {"name": "diary", "source": tiny_contracts.DIARY_2, "active_from": chain.ledger.info().height + 3}
    chain.call("S1", "governance", "deploy", deploy)
    good = chain.sign("S1", ("diary", "note", {"name": "d", "value": 4}))
    chain.commit(good, chain.sign("S2", ("diary", "fail", {"key": "x"})))
    chain.time_ms += DAY_MS
    chain.commit(chain.sign("ANCHOR", ("bill", "issue", {"debtor": "ANCHOR", "face": 5})))
    chain.commit()
    chain.commit()
    yield chain
    chain.store.close()


def test_every_root_is_recomputed_from_the_answers(eventful: TinyChain, tmp_path: Path) -> None:
    kinds: list[str] = []
    for again in (False, True):
        if again:
            reopened(eventful, tmp_path / "db")
        with client_of(eventful) as client:
            head = eventful.ledger.info().height
            for height in range(head):
                following = header_at(client, height + 1)
                entries, page = receipts_of(client, height)
                leaves = [bytes.fromhex(entry["leaf"]) for entry in entries]
                assert root_of(leaves) == following.receipts_root
                assert page["receipts_root"] == following.receipts_root.hex()
                for entry, leaf in zip(entries, leaves, strict=True):
                    raw = base64.b64decode(entry["receipt"])
                    receipt = decode_receipt(raw)
                    assert merkle.leaf_hash(raw) == leaf
                    assert (receipt.kind, receipt.id.hex()) == (entry["kind"], entry["id"])
                    assert receipt.status == entry["status"]
                kinds += [entry["kind"] for entry in entries]
                if height:
                    check_transactions(client, height, entries[page["own"] :])
    assert set(kinds) == set(Kind) - {Kind.EVIDENCE, Kind.PROTOCOL, Kind.RULES, Kind.TICK}
    assert kinds.count("day_item") == 2 * 3
    assert kinds.count("migration") == 2 * 4


def check_transactions(client: TestClient, height: int, receipts: list[dict[str, Any]]) -> None:
    """Wire ids of a block make its tx_root, and its own receipts come in the order of its transactions."""
    header, shown = header_at(client, height), client.get(f"/v1/blocks/{height}").json()
    wire_ids = [bytes.fromhex(one) for one in shown["wire_ids"]]
    assert merkle.root(wire_ids) == header.tx_root
    listed = client.get(f"/v1/blocks/{height}/transactions").json()["data"]
    assert [one["wire_id"] for one in listed] == shown["wire_ids"]
    assert [one["id"] for one in listed] == shown["transactions"] == [one["id"] for one in receipts]
    for index, identifier in enumerate(shown["transactions"]):
        wire = client.get(f"/v1/transactions/{identifier}?form=wire")
        assert tagged_hash("tx-wire", wire.content).hex() == shown["wire_ids"][index]


def test_what_the_day_did_is_named_by_kind_and_id(eventful: TinyChain) -> None:
    with client_of(eventful) as client:
        found = {}
        for height in range(eventful.ledger.info().height + 1):
            for entry in receipts_of(client, height, limit=1000)[0]:
                found.setdefault(entry["kind"], []).append((height, entry))
        [(height, activated)] = found["activation"]
        key = row_key("governance", "contract_set", [height, activated["events"][0]["fields"]["set"]])
        assert activated["id"] == tagged_hash("activation", height.to_bytes(8, "big"), key).hex()
        assert activated["events"][0]["topic"] == "contracts_activated"
        [failed] = [entry for _, entry in found["day_item"] if entry["status"] != "ok"]
        assert failed["reason"] == "planned_to_fail"
        assert failed["events"][0]["topic"] == "day_item_failed"
        names = [name for name, _ in eventful.genesis.contracts]
        made = [tagged_hash("genesis-init", eventful.genesis.hash, name.encode()).hex() for name in names]
        assert [entry["id"] for _, entry in found["genesis"]] == [one for one in made if one in str(found["genesis"])]


def test_a_signed_original_comes_back_as_it_was_handed_in(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    chain = LocalChain(tmp_path / "net", store, public_reads=False)
    wanted = chain.sign("anchor", account_at(chain.party("bank2")))
    refused = chain.sign("anchor", account_at("nobody"))
    chain.commit(wanted, refused)
    with client_of(chain) as client:
        for index, sent in enumerate((wanted, refused)):
            path = f"/v1/transactions/{sent.id.hex()}?form=wire"
            for who in ("anchor", "regulator"):
                answer = get_as(client, chain, who, path)
                assert (answer.content, answer.headers["content-type"]) == (sent.wire, MSGPACK)
                assert answer.headers["vary"] == "Accept"
                found = decode_transaction(answer.content)
                assert (found.id, found.wire_id) == (sent.id, sent.wire_id)
            shown = get_as(client, chain, "anchor", path, Accept="application/json").json()
            assert base64.b64decode(shown["wire"]) == sent.wire
            assert shown["wire_id"] == sent.wire_id.hex()
            assert (shown["id"], shown["height"], shown["index"]) == (sent.id.hex(), 1, index)
            both = get_as(client, chain, "anchor", path, Accept=f"application/json, {MSGPACK}")
            assert both.content == sent.wire
            for who in ("supplier1", "auditor", "bank2"):
                check(get_as(client, chain, who, path), 404, "not_found")
            check(client.get(path), 401, "signature_required")
            ids = get_as(client, chain, "supplier1", "/v1/blocks/1").json()
            assert ids["wire_ids"] == [wanted.wire_id.hex(), refused.wire_id.hex()]
    store.close()


def test_who_sees_what_of_the_receipts_of_a_block(tmp_path: Path) -> None:
    """An offer lapses by itself: giver and regulator see the receipt, others its hash; the root adds up for all."""
    store = LevelStore(tmp_path / "db", create=True)
    chain = LocalChain(tmp_path / "net", store, public_reads=False)
    chain.trade()
    chain.time_ms += 20 * DAY_MS
    chain.commit()
    lapsed = chain.ledger.info().height
    chain.commit()
    seen: dict[str, list[Any]] = {}
    with client_of(chain) as client:
        for who in ("supplier1", "supplier2", "anchor", "bank2", "regulator", "auditor"):
            page = get_as(client, chain, who, f"/v1/blocks/{lapsed}/receipts").json()
            entries = page["data"]
            assert [entry["kind"] for entry in entries] == ["day_item"]
            header = get_as(client, chain, who, f"/v1/blocks/{lapsed + 1}").json()
            assert root_of([bytes.fromhex(entry["leaf"]) for entry in entries]).hex() == header["receipts_root"]
            seen[who] = ["receipt" in entry and "hidden" not in entry for entry in entries]
            for entry in entries:
                assert ("hidden" in entry) == ("events" not in entry) == ("salt" not in entry)
            genesis = get_as(client, chain, who, "/v1/blocks/0/receipts").json()
            leaves = [bytes.fromhex(entry["leaf"]) for entry in genesis["data"]]
            first = get_as(client, chain, who, "/v1/blocks/1").json()
            assert root_of(leaves).hex() == first["receipts_root"]
            assert {entry["kind"] for entry in genesis["data"]} == {"genesis"}
    visible = {who for who, marks in seen.items() if all(marks)}
    assert visible == {"supplier1", "regulator"}
    store.close()


def test_a_pruned_node_says_who_has_the_receipts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "PROPOSERS_KEPT", 5)
    chain = TinyChain(tmp_path / "db")
    for number in range(40):
        chain.time_ms += HOUR_MS
        chain.call("S1", "diary", "note", {"name": f"n{number}", "value": number})
    third = chain.ledger.load_block(3)
    assert third is not None
    pruner = Pruner(chain.store, 1)
    while pruner.step():
        pass
    chain.ledger.forget_readers()
    lowest = chain.ledger.lowest_height
    assert lowest > 5
    with client_of(chain) as client:
        for end in ("", "/receipts", "/transactions", "/certificate"):
            body = check(client.get(f"/v1/blocks/3{end}"), 410, "height_pruned")
            assert [one["name"] for one in body["held_by"]] == ["archive"]  # type: ignore[attr-defined]
            check(client.get(f"/v1/blocks/999{end}"), 404, "not_found")
            assert client.get(f"/v1/blocks/{lowest}{end}").status_code == 200
        proof = client.get("/v1/blocks/3/history").json()
        path, root = [bytes.fromhex(one) for one in proof["inclusion"]], bytes.fromhex(proof["history_root"])
        assert header_at(client, proof["under"]).history_root == root
        assert merkle.verify_inclusion(root, third[0].id, 2, proof["size"], path), "its block is gone, its proof is not"
        check(client.get("/v1/blocks/head/history"), 400, "bad_parameter")
        check(client.get("/v1/blocks/0/history"), 404, "not_found")
        check(client.get("/v1/blocks/999/history"), 404, "not_found")
        assert receipts_of(client, 0)[0], "what the genesis made stays"
        check(client.get("/v1/blocks/0"), 404, "not_found")
        check(client.get("/v1/blocks/0/certificate"), 404, "not_found")
    chain.store.close()


def test_a_certificate_and_the_set_that_it_is_of(eventful: TinyChain) -> None:
    with client_of(eventful) as client:
        for height in range(1, eventful.ledger.info().height + 1):
            header = header_at(client, height)
            raw = client.get(f"/v1/blocks/{height}/certificate?form=wire").content
            certificate = decode_certificate(raw)
            assert (certificate.height, certificate.block_id) == (height, header.id)
            shown = client.get(f"/v1/blocks/{height}/certificate").json()
            assert shown["block_id"] == header.id.hex()
            signers = [bytes.fromhex(one["key"]) for one in shown["signatures"]]
            assert signers == [key for key, _ in certificate.signatures]
            assert client.get(f"/v1/blocks/{height}").json()["certificate"] == {
                name: value for name, value in shown.items() if name != "as_of"
            }
            named = client.get(f"/v1/validators?at={height - 1}").json()
            assert (named["decides"], named["hash"]) == (height, header.validators_hash.hex())
            assert client.get(f"/v1/validators?at={height}").json()["hash"] == header.next_validators_hash.hex()


def test_every_event_is_in_the_table_of_who_sees_it() -> None:
    """A topic that is missing there shows to whom it names only: say what it tells of, in rest/own_acts.py."""
    described = {name: describe(compile_contract(name, source)) for name, source in sources().items()}
    functions = [(name, one) for name, facts in described.items() for one in facts["functions"]]
    emitted = {(name, topic) for name, one in functions for topic in one["topics"]}
    assert emitted == {place for place in TELLS_OF if place[0] != CORE}


def test_every_event_that_day_work_can_emit_tells_of_something() -> None:
    """Else its receipt shows to regulators only."""
    described = {name: describe(compile_contract(name, source)) for name, source in sources().items()}
    functions = {(name, one["name"]): one for name, facts in described.items() for one in facts["functions"]}
    reached, waiting = set(), [key for key, one in functions.items() if one["kind"] == "each_day"]
    assert len(waiting) >= 5
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [tuple(target.split(".")) for target in functions[name]["invokes"]]
    topics = {(name, topic) for name, function in reached for topic in functions[name, function]["topics"]}
    assert not {place for place in topics if TELLS_OF[place] == NAMED}
