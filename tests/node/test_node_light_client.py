"""A light client over the real interface, step by step as docs/reference/light-client.md numbers them.

It takes bytes from the answers alone, and a wrong answer fails at the step that the document says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ledger import tiny_contracts
from rest.conftest import TestClient
from served_chain import TinyChain, client_of

from chainbill.codec import decode, encode
from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.signing import verify
from chainbill.errors import Malformed
from chainbill.limits import DAY_MS

NAMES = (
    "format", "network", "height", "time_ms", "protocol", "proposer", "parent", "parent_certificate", "tx_count",
    "tx_root", "evidence_count", "evidence_root", "app_hash", "receipts_count", "receipts_root", "history_root",
    "validators_hash", "next_validators_hash",
)  # fmt: skip
TRUSTING_MS = 7 * DAY_MS
DRIFT_MS = 10_000


class StepFailed(Exception):  # noqa: N818  the step is its name
    """A step that did not hold."""


def need(condition: bool, step: str) -> None:
    if not condition:
        raise StepFailed(step)


@dataclass
class Trusted:
    """A header that is believed, and who decides the next height."""

    id: bytes
    fields: Mapping[str, Any]
    validators: list[list[Any]]


@dataclass
class LightClient:
    """What the document says, and no more."""

    http: TestClient
    network: bytes
    clock_ms: Callable[[], int]
    tamper: dict[str, Callable[[Any], Any]] = field(default_factory=dict)

    def get(self, what: str, path: str) -> Any:
        """An answer: canonical bytes, or JSON; changed where a test says so."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        found = answer.json() if answer.headers["content-type"] == "application/json" else answer.content
        return self.tamper[what](found) if what in self.tamper else found

    def header(self, height: int, step: str = "N") -> tuple[bytes, dict[str, Any]]:
        """N1 and N2: (block id, fields)."""
        raw = self.get("header", f"/v1/blocks/{height}?form=wire")
        try:
            values = decode(raw, max_bytes=2000)
        except Malformed:
            raise StepFailed(f"{step}1") from None
        need(isinstance(values, list) and len(values) == len(NAMES) and values[0] == 2, f"{step}1")
        fields = dict(zip(NAMES, values, strict=True))
        need(fields["network"] == self.network, f"{step}2")
        return tagged_hash("header", raw), fields

    def validators(self, height: int) -> list[list[Any]]:
        """Who decides a height, as a node says."""
        listed = self.get("validators", f"/v1/validators?at={height - 1}")["data"]
        return [[one["alg"], bytes.fromhex(one["key"]), one["name"], one["party"], one["address"]] for one in listed]

    def check_set(self, fields: Mapping[str, Any], expected: bytes) -> list[list[Any]]:
        """N6 and N7."""
        found = self.validators(fields["height"])
        need(tagged_hash("validators", encode(found)) == fields["validators_hash"] == expected, "N6")
        keys = [one[1] for one in found]
        need(1 <= len(keys) <= 100 and keys == sorted(set(keys)) and fields["proposer"] in keys, "N7")
        return found

    def check_certificate(self, block_id: bytes, fields: Mapping[str, Any], found: list[list[Any]]) -> set[bytes]:
        """N8: the signers."""
        raw = self.get("certificate", f"/v1/blocks/{fields['height']}/certificate?form=wire")
        format_, engine, height, round_, named, signatures = decode(raw, max_bytes=20_000)
        need((format_, engine, height, named) == (2, "chainbill", fields["height"], block_id), "N8")
        keys = [key for key, _ in signatures]
        known = {one[1] for one in found}
        need(keys == sorted(set(keys)) and set(keys) <= known and len(keys) >= 2 * len(known) // 3 + 1, "N8")
        message = encode([2, 2, self.network, height, round_, block_id])
        need(all(verify(key, "vote", message, signature) for key, signature in signatures), "N8")
        return set(keys)

    def next(self, trusted: Trusted, past: merkle.Frontier) -> tuple[Trusted, merkle.Frontier]:
        """N: the header after a trusted one, and the log with the id of that one."""
        block_id, fields = self.header(trusted.fields["height"] + 1)
        need(fields["height"] == trusted.fields["height"] + 1 and fields["parent"] == trusted.id, "N3")
        need(trusted.fields["time_ms"] < fields["time_ms"] <= self.clock_ms() + DRIFT_MS, "N4")
        need(fields["protocol"] == 1, "N5")
        found = self.check_set(fields, trusted.fields["next_validators_hash"])
        self.check_certificate(block_id, fields, found)
        past = past.append(trusted.id)
        need(past.root() == fields["history_root"], "N9")
        return Trusted(block_id, fields, found), past

    def jump(self, trusted: Trusted, height: int) -> Trusted:
        """J: a header far above a trusted one."""
        need(self.clock_ms() < trusted.fields["time_ms"] + TRUSTING_MS, "J1")
        block_id, fields = self.header(height)
        found = self.check_set(fields, fields["validators_hash"])
        signers = self.check_certificate(block_id, fields, found)
        before = {one[1] for one in trusted.validators}
        need(len(signers & before) >= 2 * len(before) // 3 + 1, "J3")
        low = trusted.fields["height"]
        proof = self.get("history", f"/v1/blocks/{low}/history?at={height}")
        inclusion = [bytes.fromhex(one) for one in proof["inclusion"]]
        consistency = [bytes.fromhex(one) for one in proof["consistency"]]
        root = fields["history_root"]
        need(merkle.verify_inclusion(root, trusted.id, low - 1, height - 1, inclusion), "J5")
        if low > 1:
            held = merkle.verify_consistency(trusted.fields["history_root"], low - 1, root, height - 1, consistency)
            need(held, "J5")
        return Trusted(block_id, fields, found)

    def earlier(self, trusted: Trusted, height: int) -> Mapping[str, Any]:
        """H: a header below a trusted one."""
        block_id, fields = self.header(height)
        need(fields["height"] == height, "H1")
        at = trusted.fields["height"]
        proof = self.get("history", f"/v1/blocks/{height}/history?at={at}")
        path = [bytes.fromhex(one) for one in proof["inclusion"]]
        need(merkle.verify_inclusion(trusted.fields["history_root"], block_id, height - 1, at - 1, path), "H2")
        return fields

    def transaction(self, header: Mapping[str, Any], identifier: str) -> int:
        """T: the place of a transaction in a block."""
        wire = self.get("wire", f"/v1/transactions/{identifier}?form=wire")
        need(tagged_hash("tx-body", decode(wire, max_bytes=100_000)[0]).hex() == identifier, "T1")
        listed = [bytes.fromhex(one) for one in self.get("block", f"/v1/blocks/{header['height']}")["wire_ids"]]
        need(len(listed) == header["tx_count"] and merkle.root(listed) == header["tx_root"], "T2")
        need(tagged_hash("tx-wire", wire) in listed, "T2")
        return listed.index(tagged_hash("tx-wire", wire))


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[TinyChain]:
    made = TinyChain(tmp_path / "db")
    for number in range(11):
        made.call("S1", "diary", "note", {"name": f"n{number}", "value": number})
    deploy = {"name": "diary", "source": tiny_contracts.DIARY_2, "active_from": made.ledger.info().height + 2}
    made.call("S1", "governance", "deploy", deploy)
    made.commit()
    made.commit()
    yield made
    made.store.close()


@pytest.fixture
def client(chain: TinyChain) -> Iterator[LightClient]:
    with client_of(chain) as http:
        yield LightClient(http, chain.genesis.hash, lambda: chain.time_ms)


def genesis_of(chain: TinyChain) -> Trusted:
    """What a client begins with that has the genesis file."""
    found = [[one.alg, one.key, one.name, one.party, one.address] for one in chain.genesis.validators.validators]
    first = {
        "height": 0,
        "time_ms": chain.genesis.time_ms,
        "next_validators_hash": tagged_hash("validators", encode(found)),
    }
    return Trusted(chain.genesis.hash, first, found)


def first_of(chain: TinyChain, client: LightClient) -> Trusted:
    """The header of height 1, by way of the genesis: the log before it is empty."""
    block_id, fields = client.header(1)
    start = genesis_of(chain)
    need(fields["parent"] == start.id and fields["history_root"] == merkle.root([]), "N3")
    found = client.check_set(fields, start.fields["next_validators_hash"])
    client.check_certificate(block_id, fields, found)
    return Trusted(block_id, fields, found)


def test_headers_are_followed_one_by_one(chain: TinyChain, client: LightClient) -> None:
    trusted, past = first_of(chain, client), merkle.Frontier()
    while trusted.fields["height"] < chain.ledger.info().height:
        trusted, past = client.next(trusted, past)
    assert trusted.id == chain.ledger.info().block_id


def test_a_jump_and_the_way_back(chain: TinyChain, client: LightClient) -> None:
    start, head = first_of(chain, client), chain.ledger.info().height
    middle = client.jump(start, 5)
    newest = client.jump(middle, head)
    assert newest.id == chain.ledger.info().block_id
    for height in range(1, head):
        assert client.earlier(newest, height)["height"] == height
    identifier = client.get("block", "/v1/blocks/3")["transactions"][0]
    assert client.transaction(client.earlier(newest, 3), identifier) == 0


def last_bit_changed(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def fails_at(step: str, call: Callable[..., Any], *arguments: Any) -> None:
    with pytest.raises(StepFailed) as caught:
        call(*arguments)
    assert str(caught.value) == step


def field_changed(name: str, value: Any) -> Callable[[bytes], bytes]:
    """The header with another value, well-formed."""
    place = NAMES.index(name)

    def change(raw: bytes) -> bytes:
        values = decode(raw, max_bytes=2000)
        return encode([*values[:place], value, *values[place + 1 :]])

    return change


def other_set(answer: Any) -> Any:
    return {**answer, "data": [{**answer["data"][0], "name": "mallory"}]}


@pytest.mark.parametrize(
    ("what", "change", "step"),
    [
        ("header", lambda raw: raw + b"\x00", "N1"), ("header", field_changed("format", 1), "N1"),
        ("header", field_changed("network", bytes(32)), "N2"), ("header", field_changed("height", 9), "N3"),
        ("header", field_changed("parent", bytes(32)), "N3"), ("header", field_changed("time_ms", 5), "N4"),
        ("header", field_changed("time_ms", 2**50), "N4"), ("header", field_changed("protocol", 2), "N5"),
        ("header", field_changed("validators_hash", bytes(32)), "N6"), ("validators", other_set, "N6"),
        ("header", field_changed("proposer", bytes(32)), "N7"), ("header", field_changed("tx_count", 7), "N8"),
        ("header", field_changed("app_hash", bytes(32)), "N8"), ("certificate", last_bit_changed, "N8"),
        ("header", field_changed("history_root", bytes(32)), "N8"),
    ],
)  # fmt: skip
def test_a_wrong_answer_fails_at_its_step(
    chain: TinyChain, client: LightClient, what: str, change: Callable[[Any], Any], step: str
) -> None:
    start = first_of(chain, client)
    client.tamper[what] = change
    fails_at(step, client.next, start, merkle.Frontier())


def test_a_wrong_past_a_wrong_proof_and_an_old_trust_are_told(chain: TinyChain, client: LightClient) -> None:
    start, head = first_of(chain, client), chain.ledger.info().height
    fails_at("N9", client.next, start, merkle.Frontier().append(bytes(32)))
    newest = client.jump(start, head)
    third = client.earlier(newest, 3)
    identifier = client.http.get("/v1/blocks/3").json()["transactions"][0]
    client.tamper["history"] = lambda answer: {**answer, "inclusion": answer["inclusion"][:-1]}
    fails_at("J5", client.jump, start, head)
    fails_at("H2", client.earlier, newest, 4)
    client.tamper["history"] = lambda answer: {**answer, "consistency": answer["consistency"][1:]}
    fails_at("J5", client.jump, client.next(start, merkle.Frontier())[0], head)
    client.tamper = {"wire": last_bit_changed}
    fails_at("T2", client.transaction, third, identifier)
    client.tamper = {"block": lambda answer: {**answer, "wire_ids": []}}
    fails_at("T2", client.transaction, third, identifier)
    client.tamper = {}
    strangers = Trusted(start.id, start.fields, [["ed25519", bytes([1]) * 32, "x", "x", "x"]])
    fails_at("J3", client.jump, strangers, head)
    client.clock_ms = lambda: chain.time_ms + 8 * DAY_MS
    fails_at("J1", client.jump, start, head)
