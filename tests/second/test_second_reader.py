"""Every golden vector, read by a program that was written from the documents alone."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from second import (
    amounts,
    certificate,
    codec,
    core_checks,
    ed25519,
    evidence,
    fingerprint,
    genesis,
    hashing,
    header_block,
    identifiers,
    invoice_number,
    keys,
    log_tree,
    program,
    protocol,
    receipts,
    rows,
    rules,
    standing,
    state_proof,
    state_tree,
    statement,
    stored_calls,
    text,
    tick,
    transaction,
    unicode_14,
    validators,
    vote,
)
from second.chain import Chain, follow_chain, replay
from second.own_acts import OwnActs, local_date
from second.refused import RefusedError
from second.stable import stable_digests
from second.vectors import FOLDER, READERS, Vectors, reads, unhex, value_of

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(act: Callable[[], object]) -> str:
    """The reason for which something is refused."""
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.reason


def refuses(entry: dict[str, Any], reason: str, act: Callable[[], object]) -> None:
    """An entry is refused for the reason that it names."""
    assert refusal(act) == reason, entry.get("name", entry)


@reads("codec.json")
def test_codec(v: Vectors) -> None:
    for entry in v.each("values", "value", "bytes"):
        value, data = value_of(entry["value"]), unhex(entry["bytes"])
        assert codec.encode(value) == data
        assert codec.decode(data) == value
    for entry in v.each("refused", "bytes", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: codec.decode(unhex(e["bytes"])))
    for entry in v.each("unencodable", "value", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: codec.encode(value_of(e["value"])))
    for entry in v.each("bounded", "bytes", "max_bytes", "max_items", "max_depth", "reason"):
        data, bounds = unhex(entry["bytes"]), {name: entry[name] for name in entry if name.startswith("max_")}
        if entry["reason"]:
            refuses(entry, entry["reason"], lambda d=data, b=bounds: codec.decode(d, **b))
        else:
            assert codec.encode(codec.decode(data, **bounds)) == data


@reads("text.json")
def test_text(v: Vectors) -> None:
    assert tuple((first, last) for first, last in v["allowed"]) == unicode_14.ranges()
    points, derived = unicode_14.code_points(), unicode_14.derived()
    assert points == sorted(set(points))
    if unicodedata.unidata_version == "14.0.0":
        assert derived == points
    else:
        assert set(derived) > set(points)
    for entry in v.each("valid", "utf8"):
        said = unhex(entry["utf8"]).decode()
        text.check(said)
        assert codec.decode(codec.encode(said)) == said
    for entry in v.each("refused", "utf8", "reason"):
        said = unhex(entry["utf8"]).decode()
        refuses(entry, entry["reason"], lambda s=said: text.check(s))
        refuses(entry, entry["reason"], lambda s=said: codec.encode({s: None}))
    assert v["stable"] == stable_digests()


@reads("program.json")
def test_program(v: Vectors) -> None:
    for entry in v.each("programs", "sources", "hashed", "key", "row", "encoded", "linked_order"):
        sources = entry["sources"]
        assert {name: codec.encode(source).hex() for name, source in sources.items()} == entry["hashed"]
        assert program.KEY.hex() == entry["key"]
        assert program.row(sources) == entry["row"]
        assert codec.encode(entry["row"]).hex() == entry["encoded"]
        assert program.linked_order(sources) == entry["linked_order"]
    for entry in v.each("sets", "case", "contracts", "removed", "problem"):
        # all other problems are those of a compiler, which this reader does not have
        missing = program.not_there(v["running"], entry["contracts"], entry["removed"])
        found = entry["problem"] or {"problem": None}
        assert (found["problem"] == "contract_not_there") == (missing is not None), entry["case"]
        assert missing is None or found == {"problem": "contract_not_there", "contract": missing, "line": 0}


@reads("core_texts.json")
def test_core_texts(v: Vectors) -> None:
    for entry in v.each("object_ids", "prefix", "seed", "id"):
        assert identifiers.object_id(entry["prefix"], unhex(entry["seed"])) == entry["id"]
    for entry in v.each("uscc", "text", "valid"):
        assert identifiers.is_uscc(entry["text"]) is entry["valid"]
    for entry in v.each("lei", "text", "valid"):
        assert identifiers.is_lei(entry["text"]) is entry["valid"]
    for entry in v.each("normalised", "text", "is"):
        assert text.plain_identifier(entry["text"]) == entry["is"]
    digits = rules.standard_currencies()
    for entry in v.each("amounts", "text", "currency", "minor", "in_words"):
        # how an amount is written in words is for people, and no document of the formats says it
        assert amounts.minor_units(entry["text"], digits[entry["currency"]]) == entry["minor"]
    for entry in v.each("interest", "amount", "rate", "days", "basis", "is"):
        assert amounts.interest(entry["amount"], entry["rate"], entry["days"], entry["basis"]) == entry["is"]
    for entry in v.each("days_30_360", "first", "last", "days"):
        assert amounts.days_30_360(entry["first"], entry["last"]) == entry["days"]


@reads("crypto_hashing.json")
def test_crypto_hashing(v: Vectors) -> None:
    for entry in v.each("hashes", "domain", "parts", "hash"):
        parts = [unhex(part) for part in entry["parts"]]
        assert hashing.tagged(entry["domain"], *parts).hex() == entry["hash"]


@reads("crypto_merkle.json")
def test_crypto_merkle(v: Vectors) -> None:
    items = [unhex(item) for item in v["items"]]
    leaves = [log_tree.leaf_hash(item) for item in items]
    for entry in v.each("trees", "size", "root", "proofs"):
        size, root = entry["size"], unhex(entry["root"])
        assert log_tree.root(items[:size]) == root
        frontier = log_tree.Frontier()
        for item in items[:size]:
            frontier.append(item)
        assert frontier.root() == root
        assert len(entry["proofs"]) == size
        for index, hashes in enumerate(entry["proofs"]):
            proof = [unhex(p) for p in hashes]
            assert log_tree.inclusion_proof(leaves[:size], index) == proof
            assert log_tree.includes(root, items[index], index, size, proof)
    for entry in v.each("consistency", "first", "second", "proof"):
        first, second, proof = entry["first"], entry["second"], [unhex(p) for p in entry["proof"]]
        assert log_tree.consistency_proof(leaves[:second], first) == proof
        roots = log_tree.root(items[:first]), log_tree.root(items[:second])
        assert log_tree.consistent(first, second, *roots, proof)
    included = ("root", "item", "index", "size", "proof")
    consistent = ("first", "second", "first_root", "second_root")
    for entry in v.each("refused", *included, *consistent):
        proof = [unhex(p) for p in entry["proof"]]
        if "item" in entry:
            place = entry["index"], entry["size"]
            assert not log_tree.includes(unhex(entry["root"]), unhex(entry["item"]), *place, proof), entry["why"]
        else:
            roots = unhex(entry["first_root"]), unhex(entry["second_root"])
            assert not log_tree.consistent(entry["first"], entry["second"], *roots, proof), entry["why"]


@reads("crypto_signing.json")
def test_crypto_signing(v: Vectors) -> None:
    for entry in v.each("signatures", "seed", "public", "domain", "message", "digest", "signature"):
        seed, digest = unhex(entry["seed"]), unhex(entry["digest"])
        assert ed25519.public_of(seed).hex() == entry["public"]
        assert hashing.tagged(entry["domain"], unhex(entry["message"])) == digest
        assert ed25519.sign(seed, digest).hex() == entry["signature"]
        assert ed25519.verifies(unhex(entry["public"]), digest, unhex(entry["signature"]))
    for entry in v.each("edges", "public", "digest", "signature", "valid"):
        held = ed25519.verifies(unhex(entry["public"]), unhex(entry["digest"]), unhex(entry["signature"]))
        assert held is entry["valid"], entry["name"]


@reads("statement.json")
def test_statement(v: Vectors) -> None:
    seed, public, alg = unhex(v["key"]["seed"]), unhex(v["key"]["public"]), v["key"]["alg"]
    assert ed25519.public_of(seed) == public
    for entry in v.each("accepted", "network", "contract", "purpose", "statement", "bytes", "hash", "signature"):
        said = unhex(entry["network"]), entry["contract"], entry["purpose"], entry["statement"]
        assert statement.content(*said).hex() == entry["bytes"]
        assert codec.decode(unhex(entry["bytes"])) == [1, *said]
        hashed = statement.statement_hash(*said)
        assert hashed.hex() == entry["hash"]
        assert statement.signed_by(alg, public, hashed, unhex(entry["signature"]))
    pair = ("network", "contract", "purpose", "statement", "hash")
    for entry in v.each("not_verified", "alg", "signature", *pair):
        hashed = statement.statement_hash(unhex(entry["network"]), *(entry[name] for name in pair[1:4]))
        assert hashed.hex() == entry["hash"]
        assert not statement.signed_by(entry["alg"], public, hashed, unhex(entry["signature"])), entry["name"]
    for entry in v.each("examples", "application", "arguments", *pair):
        stated = entry["application"]["statement"] if "application" in entry else entry["statement"]
        hashed = statement.statement_hash(unhex(entry["network"]), entry["contract"], entry["purpose"], stated)
        assert hashed.hex() == entry["hash"]
        if "application" in entry:
            signed = [(s["key"], s["signature"]) for s in entry["application"]["signatures"]]
            assert [key for key, _ in signed] == [key["key"] for key in stated["keys"]]
        else:
            assert stated == {"party": stated["party"], **entry["arguments"]["key"]}
            signed = [(stated["key"], entry["arguments"]["proof"])]
        assert all(statement.signed_by("ed25519", unhex(k), hashed, unhex(s)) for k, s in signed)
    for entry in v.each("refused", "contract", "purpose", "reason"):
        said = entry["contract"], entry["purpose"]
        refuses(entry, entry["reason"], lambda s=said: statement.content(bytes(32), *s, {}))


@reads("transaction.json")
def test_transaction(v: Vectors) -> None:
    for entry in v.each("keys", "seed", "public"):
        assert ed25519.public_of(unhex(entry["seed"])).hex() == entry["public"]
    said = ("network", "party", "valid_until_ms", "nonce", "threshold", "keys", "calls", "memo")
    for entry in v.each("accepted", *said, "signers", "body", "wire", "id", "wire_id", "signatures_verify"):
        found = transaction.read(unhex(entry["wire"]))
        assert not tick.is_tick(unhex(entry["wire"]))
        assert found.body.hex() == entry["body"]
        assert (found.network.hex(), found.nonce.hex()) == (entry["network"], entry["nonce"])
        assert (found.party, found.valid_until_ms) == (entry["party"], entry["valid_until_ms"])
        assert (found.threshold, found.memo) == (entry["threshold"], entry["memo"])
        assert [[alg, key.hex()] for alg, key in found.keys] == entry["keys"]
        assert [list(call) for call in found.calls] == entry["calls"]
        assert [key.hex() for key in found.signers] == entry["signers"]
        assert (found.id.hex(), found.wire_id.hex()) == (entry["id"], entry["wire_id"])
        listed: list[list[object]] = [[alg, key] for alg, key in found.keys]
        calls: list[object] = [list(call) for call in found.calls]
        named = found.network, found.party, found.valid_until_ms, found.nonce
        assert transaction.body_of(*named, found.threshold, listed, calls, found.memo) == found.body
        assert entry["signatures_verify"] is True
        transaction.check_signatures(found)
    for entry in v.each("refused", "wire", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: transaction.read(unhex(e["wire"])))
    for entry in v.each("not_verified", "wire", "reason"):
        found = transaction.read(unhex(entry["wire"]))
        refuses(entry, entry["reason"], lambda f=found: transaction.check_signatures(f))


@reads("certificate.json")
def test_certificate(v: Vectors) -> None:
    network = unhex(v["network"])
    decided_by = validators.ValidatorSet(
        [validators.Validator("ed25519", unhex(e["public"]), "", "", "") for e in v.each("keys", "seed", "public")]
    )
    assert [ed25519.public_of(unhex(entry["seed"])) for entry in v["keys"]] == decided_by.keys
    signed = ("height", "round", "block_id", "signed_bytes", "signature")
    first = decided_by.keys[0]
    for entry in v.each("votes", "type", *signed):
        word = [entry["type"], entry["height"], entry["round"], unhex(entry["block_id"])]
        voted = vote.read_vote([*word, first, unhex(entry["signature"])])
        assert voted.signed(network).hex() == entry["signed_bytes"]
        assert voted.verifies(network)
        assert not voted.verifies(bytes(32))
    for entry in v.each("proposals", "valid_round", *signed):
        word = [entry["height"], entry["round"], unhex(entry["block_id"]), entry["valid_round"]]
        proposed = vote.read_proposal([*word, first, unhex(entry["signature"])])
        assert proposed.signed(network).hex() == entry["signed_bytes"]
        assert proposed.verifies(network)
        assert not proposed.verifies(bytes(32))
    for entry in v.each("certificates", "bytes", "hash", "refused"):
        data = unhex(entry["bytes"])
        assert hashing.tagged("certificate", data).hex() == entry["hash"]
        if entry["refused"]:
            refuses(entry, entry["refused"], lambda d=data: certificate.check(certificate.read(d), network, decided_by))
        else:
            assert certificate.read(data).hash.hex() == entry["hash"]
            certificate.check(certificate.read(data), network, decided_by)
    for entry in v.each("refused_certificates", "bytes", "refused"):
        refuses(entry, entry["refused"], lambda e=entry: certificate.read(unhex(e["bytes"])))
    for entry in v.each("evidence", "kind", "validator", "height", "round_or_what", "type", "bytes", "id"):
        piece = evidence.read(unhex(entry["bytes"]))
        assert (piece.kind, piece.key.hex(), piece.height) == (entry["kind"], entry["validator"], entry["height"])
        assert (piece.round_or_what, piece.type) == (entry["round_or_what"], entry["type"])
        assert piece.id.hex() == entry["id"]
        words = piece.words
        engine = words.engine if isinstance(words, evidence.Report) else v["engine"]
        evidence.check(piece, network, engine, decided_by)
    for entry in v.each("refused_evidence", "bytes", "refused"):
        data = unhex(entry["bytes"])
        refuses(
            entry, entry["refused"], lambda d=data: evidence.check(evidence.read(d), network, v["engine"], decided_by)
        )


@reads("block.json")
def test_block(v: Vectors) -> None:
    fields = v["validators"]["fields"]
    found = validators.ValidatorSet([validators.read_validator([a, unhex(k), *rest]) for a, k, *rest in fields])
    assert set(v["validators"]) == {"fields", "hash", "quorum", "max_faulty", "proposers_of_height_5"}
    assert found.hash.hex() == v["validators"]["hash"]
    assert validators.read_set(found.bytes).keys == found.keys
    assert (found.quorum, found.max_faulty) == (v["validators"]["quorum"], v["validators"]["max_faulty"])
    turns = [found.proposer(5, r).hex() for r in range(len(found.keys))]
    assert turns == v["validators"]["proposers_of_height_5"]
    file = genesis.Genesis(v["genesis"]["file"])
    assert file.hash.hex() == v["genesis"]["hash"]
    assert file.validators.hash == found.hash
    parent = certificate.read(unhex(v["parent_certificate"]["bytes"]))
    assert parent.hash.hex() == v["parent_certificate"]["hash"]
    earlier = [unhex(block_id) for block_id in v["earlier_block_ids"]]
    for entry in v.each("blocks", "header", "header_bytes", "block_id", "wire_ids", "block_bytes"):
        block = header_block.read_block(unhex(entry["block_bytes"]))
        header = block.header
        written = {k: value.hex() if isinstance(value, bytes) else value for k, value in header._asdict().items()}
        assert written == entry["header"]
        assert header.bytes.hex() == entry["header_bytes"]
        assert header_block.header_of(header.bytes) == header
        assert header.id.hex() == entry["block_id"]
        assert [wire_id.hex() for wire_id in block.wire_ids] == entry["wire_ids"]
        assert header_block.block_bytes(block).hex() == entry["block_bytes"]
        assert header.history_root == log_tree.root(earlier[: header.height - 1])
        assert header.validators_hash == found.hash
        if block.certificate is not None:
            assert block.certificate == parent.bytes
            assert (parent.height, parent.block_id) == (header.height - 1, header.parent)
            certificate.check(parent, header.network, found)
    said = v["ticks"]
    assert set(said) == {"network", "date", "bytes", "wire_id", "receipt_id", "refused"}
    assert tick.is_tick(unhex(said["bytes"]))
    found_tick = tick.read(unhex(said["bytes"]))
    assert (found_tick.network.hex(), found_tick.date) == (said["network"], said["date"])
    assert (found_tick.wire_id.hex(), found_tick.receipt_id.hex()) == (said["wire_id"], said["receipt_id"])
    for entry in said["refused"]:
        refuses(entry, entry["refused"], lambda e=entry: tick.read(unhex(e["bytes"])))
    for entry in v.each("refused_blocks", "bytes", "refused"):
        refuses(entry, entry["refused"], lambda e=entry: header_block.read_block(unhex(e["bytes"])))


@reads("receipt.json")
def test_receipt(v: Vectors) -> None:
    for entry in v.each("salts", "nonce", "id", "salt"):
        assert receipts.salt_of(unhex(entry["nonce"]), unhex(entry["id"])).hex() == entry["salt"]
    found = [receipts.read(unhex(entry["bytes"])) for entry in v.each("accepted", "fields", "bytes")]
    for entry, receipt in zip(v["accepted"], found, strict=True):
        assert receipt.bytes.hex() == entry["bytes"]
        head = [2, receipt.kind, receipt.id.hex(), receipt.salt.hex(), receipt.status, receipt.reason]
        events = [list(event) for event in receipt.events]
        assert [*head, receipt.details, receipt.results, events, receipt.gas] == entry["fields"]
        assert receipt.kind not in receipts.PUBLIC or receipt.salt == bytes(32)
        assert receipt.kind != "genesis" or receipt.salt == receipts.salt_of(receipt.id, receipt.id)
    assert [receipt.leaf.hex() for receipt in found] == v["leaves"]
    assert log_tree.root([receipt.bytes for receipt in found]).hex() == v["receipts_root"]
    for entry in v.each("refused", "bytes", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: receipts.read(unhex(e["bytes"])))


@reads("standing.json")
def test_standing(v: Vectors) -> None:
    assert sorted(standing.always_open()) == v["always_open"]
    for entry in v.each("open_with", "act", "argument", "value"):
        contract, function = entry["act"].split(".")
        assert standing.is_open((contract, function, {entry["argument"]: entry["value"]}))
        assert not standing.is_open((contract, function, {}))
    says = ("status", "administered_on", "halted_on")
    for entry in v.each("cases", *says, "contract", "function", "arguments", "reason"):
        row = [entry[name] for name in says]
        call = entry["contract"], entry["function"], entry["arguments"]
        if "reason" in entry:
            refuses(entry, entry["reason"], lambda r=row, c=call: standing.check(*r, [c]))
        else:
            standing.check(*row, [call])


@reads("fingerprint.json")
def test_fingerprint(v: Vectors) -> None:
    for entry in v.each("numbers", "number", "plain"):
        assert invoice_number.plain_invoice_number(entry["number"]) == entry["plain"]
    said = ("creditor", "number", "code", "issued_on")
    key = unhex(v["key"])
    for entry in v.each("fingerprints", *said, "content", "fingerprint"):
        named = [entry[name] for name in said]
        assert fingerprint.content(*named).hex() == entry["content"]
        assert fingerprint.fingerprint(key, *named) == entry["fingerprint"]
    for entry in v.each("refused", "key", *said, "reason"):
        named = [unhex(entry["key"]), *(entry[name] for name in said)]
        refuses(entry, entry["reason"], lambda n=named: fingerprint.fingerprint(*n))


@reads("state_keys.json")
def test_state_keys(v: Vectors) -> None:
    for entry in v.each("keys", "contract", "table", "parts", "key"):
        name = entry["contract"], entry["table"], entry["parts"]
        assert keys.row_key(*name).hex() == entry["key"]
        assert keys.read_key(unhex(entry["key"])) == name
    assert [entry["key"] for entry in v["keys"]] == sorted(entry["key"] for entry in v["keys"])
    for entry in v.each("refused", "contract", "table", "parts", "reason"):
        name = entry["contract"], entry["table"], entry["parts"]
        refuses(entry, entry["reason"], lambda n=name: keys.row_key(*n))
    for entry in v.each("refused_bytes", "key", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: keys.read_key(unhex(e["key"])))
    for entry in v.each("prefixes", "contract", "table", "leading", "prefix"):
        assert keys.prefix(entry["contract"], entry["table"], entry["leading"]).hex() == entry["prefix"]
    for entry in v.each("history", "parts", "last_height", "key"):
        row = keys.row_key("token", "token", entry["parts"])
        assert keys.history_key(row, entry["last_height"]).hex() == entry["key"]


@reads("state_rows.json")
def test_state_rows(v: Vectors) -> None:
    closed = {(e["contract"], e["table"]): e["fields"] for e in v.each("closed_fields", "contract", "table", "fields")}
    assert closed == rows.CLOSED
    salted = ("nonce", "salt", "closed_hash")
    for entry in v.each("rows", "contract", "table", "parts", "value", "stored", "row_hash", *salted):
        table, data = (entry["contract"], entry["table"]), unhex(entry["stored"])
        stored = rows.read_stored(data)
        assert rows.stored_bytes(stored) == data
        assert stored.value == entry["value"]
        nonce = unhex(entry.get("nonce", ""))
        assert rows.stored_row_hash(*table, entry["parts"], data, nonce).hex() == entry["row_hash"]
        assert (table in closed) == (set(salted) <= set(entry))
        if table in closed:
            assert stored.salt == rows.salt_of(nonce, keys.row_key(*table, entry["parts"])) == unhex(entry["salt"])
            half = rows.closed_hash(*table, entry["value"], stored.salt)
            assert half.hex() == entry["closed_hash"]
            shown = rows.halves(*table, entry["value"])[0]
            assert rows.open_hash(shown, half).hex() == entry["row_hash"]


@reads("state_tree.json")
def test_state_tree(v: Vectors) -> None:
    for member in ("states", "split"):
        hashes: dict[bytes, bytes] = {}
        for state in v.each(member, "writes", "root", "proofs"):
            for write in state["writes"]:
                key = unhex(write["key"])
                hashes.pop(key, None)
                if write["value"] is not None:
                    hashes[key] = rows.row_hash("bench", "row", write["value"])
            tree = state_tree.Tree({state_tree.key_hash(key): hashed for key, hashed in hashes.items()})
            assert tree.root().hex() == state["root"]
            for shown in state["proofs"]:
                key, row = unhex(shown["key"]), unhex(shown["row_hash"])
                assert hashes.get(key) == row
                proof = [unhex(shown["bucket"]), [unhex(s) for s in shown["siblings"]]]
                assert tree.proof(state_tree.key_hash(key)) == tuple(proof)
                assert state_proof.holds(tree.root(), key, row, codec.decode(codec.encode(proof)))
                assert not state_proof.holds(tree.root(), key, None if row else bytes(32), proof)
    for entry in v.each("refused", "reason", "root", "key", "row_hash", "bucket", "siblings"):
        proof = [unhex(entry["bucket"]), [unhex(s) for s in entry["siblings"]]]
        claim = unhex(entry["root"]), unhex(entry["key"]), unhex(entry["row_hash"]), proof
        if entry["reason"] is None:
            assert not state_proof.holds(*claim), entry["why"]
        else:
            refuses(entry, entry["reason"], lambda c=claim: state_proof.holds(*c))


@reads("core_checks.json")
def test_core_checks(v: Vectors) -> None:
    for entry in v.each("cases", "height", "before", "writes", "derives", "reason"):
        before, writes, derives = (
            {(contract, table, tuple(parts)): row for contract, table, parts, row in entry.get(member, [])}
            for member in ("before", "writes", "derives")
        )
        unit = entry["height"], v["today"], before, writes
        if "reason" in entry:
            refuses(entry, entry["reason"], lambda u=unit: core_checks.derive(*u))
        else:
            assert core_checks.derive(*unit) == derives, entry["name"]


@reads("stored_calls.json")
def test_stored_calls(v: Vectors) -> None:
    for entry in v.each("cases", "row", "signers", "reason"):
        asked = entry["row"], v["keys"], v["party"], v["signed_by"]
        if "reason" in entry:
            refuses(entry, entry["reason"], lambda a=asked: stored_calls.signers(*a))
        else:
            assert stored_calls.signers(*asked) == entry["signers"], entry["name"]


@reads("protocol.json")
def test_protocol(v: Vectors) -> None:
    # what the programs answer and charge is for a machine that runs contracts; here it is what the digest is over
    assert protocol.digest(v["version"], v["tables"], v["programs"]) == v["digest"]
    bounds = rules.table()
    assert [[name, *bound[:3]] for name, bound in bounds.items()] == v["tables"]["rules"]
    assert rules.standard_currencies() == v["tables"]["currencies"]


@reads("rules.json")
def test_rules(v: Vectors) -> None:
    bounds = rules.table()
    named = ("standard", "least", "most", "unit")
    assert {e["name"]: tuple(e[n] for n in named) for e in v.each("rules", *named)} == bounds
    standard: rules.Rules = {
        "rules": {name: bound.standard for name, bound in bounds.items()},
        "currencies": rules.standard_currencies(),
        "python": ["3.11"],
    }
    rules.check_members(standard)
    assert rules.row_bytes(standard).hex() == v["row"]
    for entry in v.each("applies", "change", "row"):
        assert rules.row_bytes(rules.changed(standard, entry["change"])).hex() == entry["row"], entry["name"]
    for entry in v.each("refused", "change", "reason"):
        refuses(entry, entry["reason"], lambda e=entry: rules.changed(standard, e["change"]))
    for entry in v.each("refused_in_a_genesis", "member", "value", "reason"):
        members = standard | {entry["member"]: entry["value"]}
        refuses(entry, entry["reason"], lambda m=members: rules.check_members(m))
    withdrawn = v["withdrawn"]
    without = rules.changed(standard, {"changes": {}, "currencies": {"CNY": None}, "python": []})
    assert rules.row_bytes(without).hex() == withdrawn["row"]
    assert rules.row_bytes(rules.changed(without, withdrawn["applies"]["change"])).hex() == withdrawn["applies"]["row"]
    refused = withdrawn["refused"]
    refuses(refused, refused["reason"], lambda: rules.changed(without, refused["change"]))
    for entry in withdrawn["refused_rows"]:
        row = codec.decode(unhex(entry["row"]))
        refuses(entry, entry["reason"], lambda r=row: rules.check_members(r))


@reads("rules_chain.json")
def test_rules_chain(v: Vectors) -> None:
    file = genesis.Genesis(v["genesis"])
    members: rules.Rules = {name: file.file[name] for name in ("rules", "currencies", "python")}
    changes = {entry["height"]: entry for entry in v.each("changes", "height", "changes", "currencies", "python")}
    parent = file.hash, b""
    for entry in v.each(
        "blocks", "height", "block", "receipts", "receipts_root_after", "app_hash_after", "events", "gas"
    ):
        height = entry["height"]
        block = header_block.read_block(unhex(entry["block"]))
        assert (block.header.height, block.header.network, block.header.parent) == (height, file.hash, parent[0])
        assert height == 1 or (block.header.receipts_root, block.header.app_hash) == parent[1]
        found = [receipts.read(unhex(data)) for data in entry["receipts"]]
        assert log_tree.root([receipt.bytes for receipt in found]).hex() == entry["receipts_root_after"]
        assert [list(event) for receipt in found for event in receipt.events] == entry["events"]
        assert [receipt.gas for receipt in found] == entry["gas"]
        own = [receipt for receipt in found if receipt.kind == "rules"]
        assert [receipt.id for receipt in own] == [receipts.rules_id(height, n) for n in range(height in changes)]
        for receipt in own:
            members = _changed_by(members, changes[height], receipt)
        parent = block.header.id, (unhex(entry["receipts_root_after"]), unhex(entry["app_hash_after"]))
    entries = v["blocks"]
    replay(Chain(file, entries, b""), [(unhex(entry["app_hash_after"]), None) for entry in entries])
    assert isinstance(members["rules"], dict)
    assert isinstance(members["currencies"], dict)
    for name, value in v["rules_at_the_end"].items():
        at_the_end = (
            members["python"] if name == "python" else members["rules"].get(name, members["currencies"].get(name))
        )
        assert at_the_end == value


def _changed_by(members: rules.Rules, entry: dict[str, Any], receipt: receipts.Receipt) -> rules.Rules:
    """The rules after a change whose height has come, which its receipt must say."""
    change = {name: entry[name] for name in ("changes", "currencies", "python")}
    assert receipt.salt == bytes(32)
    if receipt.status == "ok":
        assert receipt.events == [("core", "rules_changed", change)]
        return rules.changed(members, change)
    refuses(entry, receipt.reason, lambda: rules.changed(members, change))
    assert receipt.events == [("core", "rules_change_failed", {**change, "reason": receipt.reason})]
    return members


@reads("own_acts.json")
def test_own_acts(v: Vectors) -> None:
    file = genesis.Genesis(v["genesis"])
    acts, parent, kinds = OwnActs(file), (file.hash, b""), []
    for entry in v.each("blocks", "height", "block", "receipts", "seed_after"):
        block = header_block.read_block(unhex(entry["block"]))
        assert (block.header.height, block.header.parent) == (entry["height"], parent[0])
        assert block.header.height == 1 or block.header.receipts_root == parent[1]
        found = [receipts.read(unhex(data)) for data in entry["receipts"]]
        assert receipts.in_order(found)
        kinds += acts.follow(block, found, local_date(file, block.header.time_ms))
        assert acts.seed == unhex(entry["seed_after"])
        for piece in map(evidence.read, block.evidence):
            evidence.check(piece, file.hash, "chainbill", file.validators)
        parent = block.header.id, log_tree.root([receipt.bytes for receipt in found])
    assert {"activation", "migration", "evidence", "day_item"} <= set(kinds)


@reads("chain.json")
def test_chain(v: Vectors) -> None:
    file = genesis.Genesis(v["genesis"])
    assert file.hash.hex() == v["genesis_hash"]
    said = ("height", "block_id", "block", "receipts", "receipts_count_after", "receipts_root_after")
    entries = list(v.each("blocks", *said, "app_hash_after", "next_validators_hash_after", "changed_rows"))
    follow_chain(file, entries, unhex(v["newest_certificate"]))


def test_every_file_has_a_reader() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(READERS)
    assert set(READERS.values()) <= set(globals())
