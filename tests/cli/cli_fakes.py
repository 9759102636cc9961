"""A fake node behind an httpx transport, and a way to run one command line in this process."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli.asked import Asked
from chainbill_cli.home import KnownNetwork, Profile, save_network, save_profiles, write_private
from chainbill_cli.main import run
from chainbill_node.home.keys import key_file
from chainbill_node.rest.schemas import SCHEMAS
from cli.whole_answers import filled, whole

from chainbill.crypto.keys import PrivateKey
from chainbill.ids import make_id, make_test_uscc
from chainbill.ledger.transaction import Transaction, decode_transaction

NODE_1, NODE_2 = "http://node1.test", "http://node2.test"
NAMES = ("anchor", "supplier1", "supplier2", "bank1", "bank2")
PARTIES = {name: make_test_uscc(name.encode()) for name in NAMES}
AS_OF = {"height": 7, "date": "2026-03-02", "block_id": "ab" * 32, "app_hash": "cd" * 32}
GENESIS_HASH = bytes(range(32))
NETWORK = {
    "chain_id": "local", "network": GENESIS_HASH.hex(), "clock": "adjustable", "clock_offset_ms": 0,
    "zone_offset_minutes": 480,    "date": "2026-03-02", "public_reads": True, "as_of": AS_OF,
}  # fmt: skip

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


def an_id(letter: str, seed: str) -> str:
    """An object id with a right check character."""
    return make_id(letter, seed.encode())


BILL, TOKEN, REQUEST, QUOTE = (an_id(letter, letter) for letter in "BTRQ")


def ok(body: Any, status: int = 200) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, json=body)


def problem(status: int, code: str, **members: Any) -> httpx.Response:
    """A problem document."""
    body = {"type": f"urn:chainbill:problem:{code}", "title": code, "detail": f"about {code}", "code": code}
    headers = {"content-type": "application/problem+json"}
    return httpx.Response(status, json={**body, "status": status, **members}, headers=headers)


@dataclass
class FakeNode:
    """Answers by method and path; keeps every request and every transaction handed in.

    What a test does not say of an answer is filled in, unless it is to be given verbatim.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    result: Any = field(default_factory=dict)
    verbatim: bool = False
    _known: dict[str, Any] = field(default_factory=dict)
    _refused: dict[bytes, httpx.Response] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers.setdefault("GET /v1/network", ok(NETWORK))
        self.answers.setdefault("POST /v1/transactions", self._commit)
        for name, party in PARTIES.items():
            shape = {"id": party, "names": [{"zh": f"公司{name}", "en": f"Company {name}", "from": "2026-01-01"}],
                     "identifiers": [{"scheme": "uscc", "value": party}], "halted_on": ""}  # fmt: skip
            self.answers.setdefault(f"GET /v1/parties/{party}", ok(shape))

    def _commit(self, request: httpx.Request) -> httpx.Response:
        transaction = decode_transaction(request.content)
        self.transactions.append(transaction)
        body = {"id": transaction.id.hex(), "status": "committed", "height": 8, "index": 0, "result": self.result}
        return ok(body, 201)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request: by host, method and path, else by method and path."""
        self.requests.append(request)
        key = f"{request.method} {request.url.path}"
        answer = self.answers.get(f"{request.url.host} {key}", self.answers.get(key))
        if answer is None and request.url.path.rpartition("/")[2] in self._known:
            answer = ok(self._known[request.url.path.rpartition("/")[2]])
        if answer is None:
            return problem(404, "not_found")
        given: httpx.Response = self._refused.get(request.content) or (answer(request) if callable(answer) else answer)
        if request.method == "POST" and given.status_code == 422:
            self._refused[request.content] = given  # whichever node is asked
        if self.verbatim or given.status_code >= 300 or "json" not in given.headers.get("content-type", ""):
            return given
        try:
            said = given.json()
        except ValueError:
            return given
        made = whole(Asked(request.method, request.url.path, dict(request.url.params)), said)
        if request.method == "POST":
            if "result" in said and "results" not in said:
                made["results"] = said["result"] if isinstance(said["result"], list) else [said["result"]]
            made["id"] = decode_transaction(request.content).id.hex()
            if request.url.path == "/v1/transactions" and given.status_code < 300:
                self._known[made["id"]] = made
        return httpx.Response(given.status_code, json=made)

    @property
    def call(self) -> tuple[str, str, dict[str, Any]]:
        """The only call of the last transaction."""
        only = self.transactions[-1].calls[0]
        return only.contract, only.function, only.args


class Shell:
    """Runs command lines against a fake node from a home with profiles."""

    def __init__(self, home: Path, node: FakeNode, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.node = node
        self.capsys = capsys
        self.out = self.err = ""
        self.keys: dict[str, PrivateKey] = {}

    def run(self, *words: str, profile: str = "supplier1", expect: int | None = 0) -> Any:
        """Run one line; its JSON if `-o json` is on it, else its stdout. Fails unless it ends with `expect`."""
        acting = ["--as", profile] if profile else []
        code = run(
            ["--home", str(self.home), "--node", NODE_1, "--node", NODE_2, *acting, *words],
            transport=httpx.MockTransport(self.node.handle),
        )
        self.out, self.err = self.capsys.readouterr()
        assert expect is None or code == expect, f"exit {code}: {self.out}{self.err}"
        return json.loads(self.out) if ("-o", "json") in pairwise(words) and self.out else self.out


def make_home(home: Path) -> dict[str, PrivateKey]:
    """A home with a profile for each party; the keys by name."""
    keys = {name: PrivateKey.from_seed(bytes([number + 1]) * 32) for number, name in enumerate(NAMES)}
    profiles = {}
    for name, key in keys.items():
        path = home / "keys" / f"{name}.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, key_file(key, ""))
        profiles[name] = Profile(name, PARTIES[name], path)
    save_profiles(home, profiles)
    save_network(home, KnownNetwork("local", (("bank1", NODE_1),), tuple(PARTIES.items()), b"k" * 32, GENESIS_HASH))
    return keys


def token(identifier: str = TOKEN, **fields: Any) -> dict[str, Any]:
    """A token as REST shows it."""
    row = {
        "id": identifier, "bill": BILL, "lo": 0, "hi": 100_000, "amount": 100_000, "currency": "CNY",
        "holder": PARTIES["supplier1"], "offered_to": "", "tier": 1, "financed_tier": 0, "parent": "",
        "status": "live", "locks": [], "born": 5, "ended": 0,
    }  # fmt: skip
    return dict(filled(SCHEMAS["Token"], {**row, **fields}))


def bill(**fields: Any) -> dict[str, Any]:
    """A bill as REST shows it."""
    row = {
        "id": BILL, "debtor": PARTIES["anchor"], "creditor": PARTIES["supplier1"], "face": 100_000, "currency": "CNY",
        "issued_on": "2026-03-02", "due_on": "2026-06-30", "pay_on": "2026-06-30", "status": "active",
        "outstanding": 100_000, "settled": 0, "invoices": [], "terms": {},
        "created": {"height": 3, "transaction": "ee" * 32},
    }  # fmt: skip
    return dict(filled(SCHEMAS["Bill"], {**row, **fields}))


def listing(*entries: Any, after: str | None = None) -> dict[str, Any]:
    """A list as REST shows it."""
    return {"data": list(entries), "count": len(entries), "sum": {}, "next": after, "as_of": AS_OF}


def mode_of(path: Path) -> int:
    """Permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)
