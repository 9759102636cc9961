"""kill −9 of each of four nodes in turn while transactions flow: what was acknowledged is there once, on all nodes."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.session import Session
from chainbill_cli.settings import gather
from chainbill_cli.writing import call, send, sign

from chainbill.ledger.transaction import decode_transaction

pytestmark = pytest.mark.e2e

WRITERS = ("supplier1", "supplier2", "supplier3")
GOES_ON_WITHIN_S = 45  # a writer may wait 30 s for what only the killed node had
SEED = random.SystemRandom().randrange(2**32)


class Writer(threading.Thread):
    """Issues small bills one after another; remembers what was acknowledged, and what it never heard of again."""

    def __init__(self, home: Path, profile: str, stop: threading.Event) -> None:
        super().__init__(name=profile)
        self.session = Session(gather({"home": str(home), "as": profile, "timeout": 30.0}))
        self.anchor = self.session.party_id("anchor")
        self.stop = stop
        self.acknowledged: dict[str, int] = {}
        self.open: set[str] = set()
        self.faults: list[str] = []

    def run(self) -> None:
        try:
            self.write()
        finally:
            self.session.close()

    def write(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            issue = call(
                "bill", "issue", debtor=self.anchor, creditor=self.session.party, face=number, currency="CNY",
                due_on="2040-01-02", invoices=[], contract_no=f"{self.name}-{number}", delivered_on="",
                terms={}, reference="",
            )  # fmt: skip
            wire = sign(self.session, [issue])
            identifier = decode_transaction(wire).id.hex()
            try:
                outcome = send(self.session, wire, identifier)
            except Failure as failure:
                self.open.add(identifier)
                if failure.exit_code not in {5, 6}:
                    self.faults.append(str(failure.problem))
            else:
                assert outcome.height is not None
                self.acknowledged[identifier] = outcome.height


def acknowledged_by(writers: Sequence[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


def blocks_of(api: str, head: int) -> dict[str, list[int]]:
    """Every transaction id of a node with the heights at which it stands."""
    places: dict[str, list[int]] = {}
    with httpx.Client(trust_env=False, timeout=10) as http:
        for height in range(1, head + 1):
            for identifier in http.get(f"{api}/v1/blocks/{height}").json()["transactions"]:
                places.setdefault(identifier, []).append(height)
    return places


def test_each_node_killed_in_turn(new_network: Callable[..., Any]) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    network = new_network("--validators", "4")
    names = [node["name"] for node in network.json("localnet", "status")["nodes"]]
    stop = threading.Event()
    writers = [Writer(network.home, profile, stop) for profile in WRITERS]
    for writer in writers:
        writer.start()
    try:
        for name in names:
            time.sleep(chance.uniform(0.3, 1.5))
            killed = network.json("localnet", "stop", name, "--kill")
            assert [node["name"] for node in killed["nodes"] if node["pid"] is None] == [name]
            before = acknowledged_by(writers)
            time.sleep(chance.uniform(0.5, 2.0))
            deadline = time.monotonic() + GOES_ON_WITHIN_S
            while acknowledged_by(writers) == before and time.monotonic() < deadline:
                time.sleep(0.1)
            assert acknowledged_by(writers) > before, f"nothing was committed while {name} was away"
            network.json("localnet", "start", name)
    finally:
        stop.set()
        for writer in writers:
            writer.join(60)
    assert not any(writer.is_alive() for writer in writers)
    assert [fault for writer in writers for fault in writer.faults] == []
    acknowledged = {key: height for writer in writers for key, height in writer.acknowledged.items()}
    head = max(acknowledged.values())
    status = network.json("localnet", "status")["nodes"]
    roots = set()
    for node in status:
        network.json("node", "wait", "--height", str(head), "--node", node["api"])
        places = blocks_of(node["api"], head)
        assert all(len(heights) == 1 for heights in places.values()), f"{node['name']} has an id twice"
        assert {key: places[key][0] for key in acknowledged} == acknowledged, node["name"]
        body = httpx.get(f"{node['api']}/v1/network", params={"at": head - 1}, trust_env=False).json()
        roots.add((body["as_of"]["block_id"], body["as_of"]["app_hash"]))
    assert len(roots) == 1
    print(f"{len(acknowledged)} acknowledged, {sum(len(writer.open) for writer in writers)} open, head {head}")
