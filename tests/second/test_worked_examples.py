"""What the pages of the reference work out byte by byte, by the code that was written from them."""

from __future__ import annotations

from second import codec, fingerprint, hashing, identifiers, keys, log_tree, rows, state_tree, statement
from second.text import plain_identifier
from second.unicode_14 import code_points, ranges
from second.vectors import Vectors, unhex

NETWORK = bytes(range(100, 132))


def test_encoding() -> None:
    assert codec.encode({"b": 1, "a": None}).hex() == "82a161c0a16201"
    assert codec.encode([-33, 255, "é"]).hex() == "93d0dfccffa2c3a9"
    offered = {"until": "2027-03-31", "amount": 100_000_000, "to": ["甲"], "hash": unhex("00ff"), "price": None}
    data = codec.encode(["token", "offer", offered])
    assert len(data) == 67
    assert data.hex().startswith("93a5746f6b656ea56f6666657285a6616d6f756e74ce05f5e100a468617368c40200ffa57072696365c0")
    assert len(code_points()) == 144_556
    assert len(ranges()) == 703
    assert plain_identifier("ƛ") == "ƛ"  # U+019B, whose capital came later


def test_statements_and_log_trees() -> None:
    hashed = statement.statement_hash(NETWORK, "party", "application", {})
    assert hashed.hex() == "ec5fc265cf0bf5bf9af7a15b70791afcece18791afc7df744dd3a379503be103"
    assert log_tree.root([b"\0"]).hex() == "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"


def test_state_and_proofs() -> None:
    assert keys.row_key("core", "range", ["B1", 255]).hex() == "636f72650072616e676500024231000100000000000000ff"
    hashed = state_tree.key_hash(keys.row_key("bench", "row", [1117]))
    assert hashed.hex() == "6a71e60a410361ffb3c55b8e6567d62edd0d0c0b05de6482b018dea999b35b84"
    assert int.from_bytes(hashed[:3], "big") >> 6 == 108_999
    row = rows.row_hash("bench", "row", 1)
    assert row.hex() == "fd9d625a178db4cecf680e7fb3d1556a8ce52fe444a17d40a36408860c11d7ed"
    leaf = hashing.tagged("state-leaf", hashed, row)
    assert leaf.hex() == "3122ff8d48bfe0696c43bb4aa003ac27da28fb92a0348248e2e9e226a02b7173"
    root = state_tree.Tree({hashed: row}).root()
    assert root.hex() == "27c8855446d37075762faf28b37cc3bf9f013198ac5b2c7bb4444286f4f305a3"
    split = Vectors("state_tree.json")["split"][2]
    shown = next(p for p in split["proofs"] if unhex(p["key"]) == keys.row_key("bench", "row", [3868]))
    assert split["root"] == "2785d793a7433c0a5afdc2cd4f1af04b82983cf3885a89ccda4ea191fc77276a"
    assert len(codec.encode([unhex(shown["bucket"]), [unhex(s) for s in shown["siblings"]]])) == 1_869


def test_transaction() -> None:
    shown = next(e for e in Vectors("transaction.json")["accepted"] if e["name"] == "no arguments")
    assert (len(unhex(shown["body"])), len(unhex(shown["wire"]))) == (149, 221)
    assert shown["id"] == "37549107cd8f0bcdc135a0964364abd432996cba295f5a79bb3e7f6b5b20149a"


def test_block_and_certificate() -> None:
    block_1 = Vectors("block.json")["blocks"][0]
    assert block_1["block_id"] == "7459156557dd4aee51d73e213e42d51cff225f063fac154f2f9a40f77970cdf9"
    quorum = Vectors("certificate.json")["certificates"][0]
    assert quorum["hash"] == "939ab2ac329dffe9fc039fa1f3beb9ea1a8e30bbbe915f4a7179ae4fb028c2d3"


def test_receipt() -> None:
    found = Vectors("receipt.json")
    place = next(n for n, e in enumerate(found["accepted"]) if e["fields"][1] == "transaction")
    assert len(unhex(found["accepted"][place]["bytes"])) == 119
    assert found["leaves"][place] == "2ab25df43a9886a20c5995eda5157e30d265168310ce006aafc073097612bd81"


def test_fingerprint() -> None:
    invoice = "91990000Q4ENBNH95T", "RE 77", "", "2027-03-01"
    assert identifiers.is_uscc(invoice[0])
    digits = fingerprint.fingerprint(bytes(32), *invoice)
    assert digits == "1128f769daf6f51483f662b963f2370affe12c0691facd0c3ad7377b538869ba"
