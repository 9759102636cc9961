"""Four real nodes under floods: of strangers, of a registered party, of a member's node. Others' commits go on.

A light honest load runs all the time; of each flood the median seconds to a commit before, during and after it are
printed, and the resident memory of the nodes. Aimed at is three times the median of before (decision 0042 says where
that is not kept); what is asserted leaves room for a busy machine. CHAINBILL_FLOOD_S: seconds of each flood, 3 unless
given, at most 8.
"""

from __future__ import annotations

import datetime
import itertools
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from chainbill_contracts import listed_key, sources
from chainbill_node import wire
from chainbill_node.home.keys import load_private_key
from chainbill_node.setup.certificates import make_own_certificate
from chainbill_node.setup.network import CreatedNode
from chainbill_node.setup.seat import signed_seat
from chainbill_node.wire.messages import Transactions, WantBlocks
from floods import (
    MEMBER,
    STRANGER,
    Flood,
    Maker,
    Worker,
    batches,
    crowding,
    forged,
    holding,
    http,
    posting,
    repeated,
    sending,
    varied,
)
from honest_load import HonestLoad, median_s, median_worked_s, not_committed
from node_processes import Network
from writes import account_at

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.ids import make_test_uscc
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.statement import sign_statement

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

FLOOD_S = min(8.0, float(os.environ.get("CHAINBILL_FLOOD_S", "3")))
BEFORE_S = AFTER_S = 1.0
MOST_TIMES = 20
MOST_S, MOST_PAID_S = 8.0, 40.0
"""Where that is more: for floods that are refused, and for work that is paid for by gas and takes every node's time."""
MOST_GROWTH_MIB, MOST_HELD_MIB = 400, 200
"""Of one node in one flood: of whole bodies, and of what never ends; before bodies shared a room these took 260."""
NOWHERE = "127.0.0.1:9"
OBSERVERS = ("odd1", "odd2", "odd3", "odd4")


class Trial:
    """The running network under its honest load, and who floods it."""

    def __init__(self, network: Network, load: HonestLoad) -> None:
        self.network = network
        self.load = load
        self.validators = tuple(network.processes)
        self.apis = [network.nodes[name].api for name in self.validators]
        self.maker = Maker(network)

    def memory_mib(self) -> list[int]:
        """Resident memory of each node."""
        found = []
        for process in self.network.processes.values():
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            found.append(int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) // 1024)
        return found

    def endure(
        self, name: str, workers: Sequence[Worker], most_s: float = MOST_S, most_mib: int = MOST_GROWTH_MIB
    ) -> Counter[str]:
        """Flood; every honest transaction is committed, and in time. What the flood was answered."""
        memory = [self.memory_mib()]
        before = self.load.lasting(BEFORE_S)
        began_s = time.monotonic()
        with Flood(workers) as flood:
            time.sleep(FLOOD_S)
            memory.append(self.memory_mib())
        during = self.load.between(began_s, began_s + FLOOD_S)
        after = self.load.lasting(AFTER_S)
        memory.append(self.memory_mib())
        phases = (before, during, after)
        told = " / ".join(f"{median_s(phase):.2f}" for phase in phases)
        worked = " / ".join(f"{median_worked_s(phase):.3f}" for phase in phases)
        slowest = max(one.took_s for one in during)
        print(f"\n{name}: median s {told}, of processors {worked}, slowest {slowest:.2f}")
        print(f"MiB {memory}, {dict(flood.counted.most_common(6))}")
        assert [bad for phase in phases for bad in not_committed(phase)] == []
        most_s = max(most_s, MOST_TIMES * median_s(before))
        assert median_s(during) < most_s, "others' commits wait for a flood"
        assert median_s(after) < most_s, "others' commits wait after a flood"
        for early, *later in zip(*memory, strict=True):
            assert max(later) - early < most_mib, "a node's memory grows"
        return flood.counted


def add_observers(network: Network) -> None:
    """Members whose nodes never run: what they send is ours to say."""
    now = datetime.datetime.now(datetime.UTC)
    proposed = []
    for name in OBSERVERS:
        key = PrivateKey.generate()
        node_id = key.public.hex()
        issued = make_own_certificate(key, "127.0.0.1", now, now + datetime.timedelta(days=400))
        home = network.created.directory / "nodes" / name
        (home / "tls").mkdir(parents=True)
        (home / "tls/node.pem").write_bytes(issued.certificate)
        (home / "tls/node.key").write_bytes(issued.key)
        network.nodes[name] = CreatedNode(name, home, "", "127.0.0.1:9", node_id)
        content = signed_seat(key, network.created.genesis.hash, network.party("bank1"), name, "127.0.0.1:9")
        proposed.append(("governance", "propose", {"kind": "observer_add", "content": content}))
    _, body = network.send("bank1", network.sign("bank1", *proposed))
    votes = [("governance", "vote", {"proposal": one["proposal"], "choice": "yes"}) for one in body["results"]]
    for bank in ("bank1", "bank2", "bank3"):
        status, body = network.send("bank1", network.sign(bank, *votes))
        assert status == 201, body


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with Network(tmp_path_factory.mktemp("floods") / "net", 4) as network:
        network.start()
        network.wait_ready()
        honest = dict(network.nodes)
        add_observers(network)
        with HonestLoad(network, tuple(honest)) as load:
            trial = Trial(network, load)
            load.lasting(BEFORE_S)  # the first ones find everything cold
            yield trial
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")


# --- one address without a key


def of_many_items(trial: Trial) -> bytes:
    """Well signed by a registered party."""
    return trial.maker.of_many_items(trial.network.party("supplier2"), trial.network.key("supplier2"))


def usual(trial: Trial) -> tuple[str, str, dict[str, Any]]:
    """A call that honest clients make too."""
    return account_at(trial.network.party("bank1"))


HELD = b"POST /v1/transactions/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/msgpack\r\n"
STRANGERS_POST: dict[str, tuple[Callable[[Trial], bytes], str]] = {
    "tens of thousands of empty maps": (
        lambda it: it.maker.of_many_items("nobody", PrivateKey.from_seed(bytes(32))), "key_not_registered",
    ),
    "the same in a member's name": (
        lambda it: forged(of_many_items(it)),
        "signature_invalid",
    ),
    "keys that nobody knows": (
        lambda it: it.maker.by_stranger(usual(it)), "key_not_registered",
    ),
    "another network": (
        lambda it: it.maker.by_stranger(account_at("x" * 64_000), network=bytes(32)), "network_wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGERS_POST)
def test_a_stranger_hands_in_large_bodies(trial: Trial, name: str) -> None:
    """security 1: eight bodies of 8 MB over four nodes made a commit take 49.7 s."""
    make, reason = STRANGERS_POST[name]
    bodies = repeated(lambda: make(trial))
    said = trial.endure(name, [posting(api, bodies, STRANGER, most=20) for api in trial.apis])
    assert said[reason] > 0, said


@pytest.mark.parametrize(
    ("name", "begin", "piece", "connections", "pieces", "pause_s"),
    [
        ("half-sent bodies", HELD + b"Content-Length: 8000000\r\n\r\n", bytes(400_000), 60, 10, 0.05),
        ("slow drips", HELD + b"Content-Length: 100\r\n\r\n", b"x", 200, 60, 0.2),
        ("headers without end", HELD, b"X: y\r\n" * 40, 60, 10**6, 0.05),
    ],
)
def test_a_stranger_never_ends_what_it_says(
    trial: Trial, name: str, begin: bytes, piece: bytes, connections: int, pieces: int, pause_s: float
) -> None:
    """security 4: 120 half-sent bodies took 970 MiB, kept for 60 s and not given back."""
    workers = [
        holding(api, begin, piece, connections=connections, pieces=pieces, pause_s=pause_s) for api in trial.apis
    ]  # fmt: skip
    said = trial.endure(name, workers, most_mib=MOST_HELD_MIB)
    assert said["pieces"] > 0


# --- many addresses without a key

ADDRESSES = 200
CROWDS: dict[str, tuple[Callable[[Trial], Callable[[], bytes]], int, str]] = {
    "unknown keys of many addresses": (lambda it: handing_in("", it.maker.by_stranger(usual(it))), 1, "422"),
    "bad signatures of many addresses": (lambda it: handing_in("", it.network.sign("supplier2", usual(it))), 16, "400"),
    "no HTTP, on connections opened again and again": (lambda _: lambda: b"NO HTTP\r\n\r\n", 1, "400"),
    "queries of thousands of fields": (
        lambda _: lambda: b"GET /ready?" + b"%&" * 7_500 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 1, "400",
    ),
    "bodies of simulate that are none": (
        lambda _: lambda: http("/v1/transactions/simulate", bytes(100)), 1, "400",
    ),
    "batches of bad signatures of many addresses": (
        lambda it: handing_in("/batch", *[it.network.sign("supplier2", usual(it))] * 100), 1, "200",
    ),
}  # fmt: skip
"""What a connection sends, how many requests ahead of their answers, and what it is told."""


def handing_in(path: str, *wires: bytes) -> Callable[[], bytes]:
    """Requests with such transactions, each with a bad signature of its own."""

    def request() -> bytes:
        made = [varied(wire) for wire in wires]
        return http("/v1/transactions" + path, encode(made) if path else made[0])

    return request


@pytest.mark.parametrize("name", CROWDS)
def test_many_addresses_without_a_key_ask_in_vain(trial: Trial, name: str) -> None:
    """Each took its turn before others' transactions: commits took 0.5 s instead of 0.05 (decision 0054)."""
    make, ahead, status = CROWDS[name]
    request = make(trial)
    said = trial.endure(
        name, [crowding(api, request, connections=ADDRESSES, addresses=ADDRESSES, ahead=ahead) for api in trial.apis]
    )  # fmt: skip
    assert said[status] > 0, said


# --- one registered party


def application(trial: Trial, number: int, *, signed: bool) -> dict[str, Any]:
    """Of somebody new to bank2."""
    key = PrivateKey.from_seed(number.to_bytes(32, "big"))
    statement = {
        "id": make_test_uscc(b"applicant %d" % number), "name_zh": f"新来{number}", "name_en": "",
        "roles": ["supplier"], "identifiers": [], "keys": [listed_key(key.public.hex())], "accounts": [],
        "sponsor": trial.network.party("bank2"), "until": "2040-01-01",
    }  # fmt: skip
    signature = sign_statement(key, trial.network.created.genesis.hash, "party", "application", statement).hex()
    return {
        "statement": statement,
        "signatures": [{"key": key.public.hex(), "signature": signature if signed else "00" * 64}],
    }


def checker_of(trial: Trial, alias: str) -> PrivateKey:
    """The key of a party's second person."""
    checker = trial.network.created.parties[alias].checker
    assert checker is not None
    return load_private_key(checker)


def applications(trial: Trial) -> tuple[str, list[Any]]:
    """As many as a transaction holds, and the last is not signed: all of it is done for nothing, again and again."""
    listed = [application(trial, number, signed=number < 42) for number in range(43)]
    return "bank2", [("party", "register", {"applications": listed})]


def digests(trial: Trial) -> tuple[str, list[Any]]:
    """Arguments of all items that there may be, to a call that hashes its arguments."""
    bad = {"bill": [{}] * 1_900, "amount": 1, "reference": "R", "value_date": "2026-01-01", "partial": True}
    return "supplier1", [("settlement", "settle", bad)]


def many_calls(trial: Trial) -> tuple[str, list[Any]]:
    """As many as a transaction holds, each of which goes through its sender's rows."""
    return "supplier1", [usual(trial)] * 100


def one_call(trial: Trial) -> tuple[str, list[Any]]:
    """What honest clients send too: nothing in it is dear, and very many of them use all that the machine has."""
    return "supplier1", [usual(trial)]


def without_gas(trial: Trial) -> tuple[str, list[Any]]:
    """A short text that has the largest contract checked, so often that the gas is used up."""
    name, source = max(sources().items(), key=lambda one: len(one[1]))
    status, body = trial.network.send(
        "bank1", trial.network.sign("bank1", ("governance", "store_source", {"source": source}))
    )  # fmt: skip
    assert status == 201, body
    content = {"contracts": [{"name": name, "hash": body["result"]["hash"]}], "active_height": 1_000_000}
    return "bank1", [("governance", "propose", {"kind": "contracts", "content": content})] * 20


HEAVIEST: dict[str, tuple[Callable[[Trial], tuple[str, list[Any]]], int, int]] = {
    "applications": (applications, 20, 100),
    "digests": (digests, 20, 100),
    "many calls": (many_calls, 20, 100),
    "one call each": (one_call, 100, 100),
    "out of gas": (without_gas, 2, 1),
}
"""What, how many of it in a batch, and how many batches a node; the last is half a processor second a transaction."""


@pytest.mark.parametrize("name", HEAVIEST)
def test_a_party_sends_the_heaviest_that_it_may(trial: Trial, name: str) -> None:
    """security 2, 11: 40 transactions of one supplier held everybody's commits for 68 s."""
    make, count, most = HEAVIEST[name]
    alias, calls = make(trial)
    key, party = trial.network.key(alias), trial.network.party(alias)
    second = checker_of(trial, alias) if name == "applications" else None  # one clerk alone has none of them read
    maker = Maker(trial.network, until_s=FLOOD_S)  # what no block has taken when the flood ends is soon gone
    bodies = batches(lambda: maker.valid(party, key, *calls, second=second), count)
    said = trial.endure(name, [posting(api, bodies, MEMBER, most=most) for api in trial.apis], MOST_PAID_S)
    assert said["pending"] > 0, said


def test_a_suspended_party_gets_nothing_in(trial: Trial) -> None:
    """security 2: the transactions of a suspended party went in too."""
    network = trial.network
    order = ("standing", "set_status", {
        "party": network.party("supplier3"), "status": "suspended", "reason": "flood", "authority": "", "number": "",
        "documents": ["ab" * 32],
    })  # fmt: skip
    keys = [network.key("bank1"), checker_of(trial, "bank1")]
    body = encode_body(
        network=network.created.genesis.hash, party=network.party("bank1"), valid_until_ms=trial.maker.until_ms(),
        nonce=os.urandom(16), calls=[Call(*order)], keys=[key.public for key in keys], threshold=2,
    )  # fmt: skip
    status, answer = network.send("bank1", sign_transaction(body, keys))
    assert status == 201, answer
    _, calls = many_calls(trial)
    key, party = network.key("supplier3"), network.party("supplier3")
    bodies = batches(lambda: trial.maker.valid(party, key, *calls), 20)
    said = trial.endure("a suspended party", [posting(api, bodies, MEMBER, most=100) for api in trial.apis])
    assert said["pending"] == 0, said
    assert said["party_not_active"] > 0, said


# --- one member's node


def frames_of(make: Callable[[], bytes], count: int) -> bytes:
    return wire.encode(Transactions(tuple([make() for _ in range(count)])))


PEERS: dict[str, tuple[str, Callable[[Trial], bytes], str]] = {
    "frames of another network": (
        "odd1", lambda it: frames_of(lambda: STRANGERS_POST["another network"][0](it), 120), "network_wrong",
    ),
    "frames of tens of thousands of empty maps": (
        "odd2",
        lambda it: frames_of(lambda: of_many_items(it), 120),
        "codec_too_many_items",
    ),
    "frames of bad signatures": (
        "odd3", lambda it: frames_of(lambda: forged(it.network.sign("supplier2", usual(it))), 500),
        "signature_invalid",
    ),
    "frames of questions": ("odd4", lambda _: wire.encode(WantBlocks(1, 32)), "too_many_questions"),
}  # fmt: skip


@pytest.mark.parametrize("name", PEERS)
def test_a_members_node_floods(trial: Trial, name: str) -> None:
    """security 5: three frames of another network's transactions stalled the other validators for 44 s."""
    identity, make, reason = PEERS[name]
    network = trial.network
    frame = make(trial)
    trial.endure(
        name,
        [sending(network, identity, node, itertools.repeat(frame), most=100_000) for node in trial.validators],
    )
    for node in trial.validators:
        network.wait(
            lambda node=node: dropped(network.log_of(node), network.nodes[identity].node_id, reason), reason, 10
        )


def dropped(log: str, peer: str, reason: str) -> bool:
    """Whether a node let this peer go for this."""
    return any("peer_dropped" in line and peer[:8] in line and reason in line for line in log.splitlines())
