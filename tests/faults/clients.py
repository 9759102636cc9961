"""Clients of real nodes that write, read, and keep a history; and what turns a network into chains for the checker."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from chainbill_node.storage.leveldb import LevelStore
from faults.chains import chain_in
from history import Acknowledged, BlockSeen, Event, Lost, Read, Submitted, find_faults
from node_processes import Network
from writes import account_at, bank_of

from chainbill.ledger.transaction import decode_transaction

WRITERS = ("anchor", "supplier1", "supplier2", "supplier3")
BANKS = ("bank1", "bank2")
FINAL_OK = (200, 201)
NOT_FINAL = (202, 503)
ANSWER_S = 4
BROKEN_OFF = (OSError, ValueError, HTTPException)


class Clients:
    """One thread a party: each names its party's account anew over and over, and reads it back, at changing nodes.

    The bank of that account is the register, "" at first. One write in eight is one that the ledger refuses.
    """

    def __init__(
        self, network: Network, writers: tuple[str, ...] = WRITERS, pause_s: float = 0.0, nodes: tuple[str, ...] = ()
    ) -> None:
        self.network = network
        self._nodes = nodes or tuple(network.nodes)
        self.events: list[Event] = []
        self.strange: list[str] = []
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(alias,)) for alias in writers]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def acknowledged(self) -> list[Acknowledged]:
        return [event for event in self.events if isinstance(event, Acknowledged)]

    def counts(self) -> dict[str, int]:
        return dict(Counter(type(event).__name__ for event in self.events))

    def _run(self, alias: str) -> None:
        number = WRITERS.index(alias)
        try:
            while not self._stop.is_set():
                number += 1
                names = [name for name in list(self.network.processes) if name in self._nodes]
                if names:
                    self._write(alias, names[number % len(names)], number)
                    self._read(alias, names[(number // 2) % len(names)])
                time.sleep(self._pause_s if names else 0.05)
        except Exception as error:
            self.strange.append(f"{alias}: {type(error).__name__}: {error}")
            raise

    def _write(self, alias: str, node: str, number: int) -> None:
        bank = self.network.party("supplier1" if number % 8 == 0 else BANKS[number % 2])  # a supplier is no bank
        wire = self.network.sign(alias, account_at(bank))
        identity = decode_transaction(wire).id.hex()
        self.events.append(Submitted(time.monotonic(), alias, node, identity, (alias, bank)))
        try:
            status, body = self.network.send(node, wire, timeout_s=ANSWER_S)
        except BROKEN_OFF:  # the node was killed under the request: nobody was told anything
            time.sleep(0.02)
            status, body = 0, {}
        now = time.monotonic()
        if status in FINAL_OK or (status == 422 and body.get("height")):
            self.events.append(Acknowledged(now, alias, node, identity, body["height"], ok=status in FINAL_OK))
            return
        self.events.append(Lost(now, alias, node, identity))
        if status not in (0, *NOT_FINAL):
            self.strange.append(f"{status} {body}")

    def _read(self, alias: str, node: str) -> None:
        began = time.monotonic()
        try:
            body = self.network.get(node, f"/v1/parties/{self.network.party(alias)}")
        except BROKEN_OFF:
            return
        if "accounts" in body:
            height = body["as_of"]["height"]
            self.events.append(Read(began, time.monotonic(), alias, node, alias, bank_of(body) or "", height))


def fetch(url: str, language: str = "en") -> Any:
    """A JSON answer, of errors too."""
    request = urllib.request.Request(url, headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def chain_of(network: Network, name: str) -> list[BlockSeen]:
    """A node's whole chain. The root after a block is in the next header."""
    api = network.nodes[name].api
    blocks = [fetch(f"{api}/v1/blocks/{height}") for height in range(1, network.height(name) + 1)]
    seen = []
    for number, block in enumerate(blocks):
        root = blocks[number + 1]["app_hash"] if number + 1 < len(blocks) else ""
        refused: frozenset[str] = frozenset()
        if block["transactions"]:
            rows = fetch(f"{api}/v1/blocks/{number + 1}/transactions")["data"]
            refused = frozenset(row["id"] for row in rows if row["status"] != "ok")
        seen.append(BlockSeen(block["id"], root, tuple(block["transactions"]), refused))
    return seen


def judge(network: Network, clients: Clients, timeout_s: float = 60) -> dict[str, int]:
    """Wait until the nodes that run agree, then check the whole history on all of them. What was counted."""
    network.wait(lambda: len(set(network.heads().values())) == 1, "agreement", timeout_s)
    chains = {name: chain_of(network, name) for name in network.processes}
    faults = find_faults(clients.events, chains, {})
    assert faults == [], "\n".join(faults[:20])
    assert clients.strange == []
    return {**clients.counts(), "heights": max(map(len, chains.values()))}


def start_odd(network: Network, name: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a node with a fault built in (`odd_node`)."""
    home = network.nodes[name].home
    line = [sys.executable, str(Path(__file__).with_name("odd_node.py")), *words, "--", "--home", str(home)]
    with (home / "node.log").open("ab") as output:
        process = network.processes[name] = subprocess.Popen(line, stdout=output, stderr=output)
    return process


def wait_until(done: Callable[[], object], what: str, timeout_s: float = 40) -> None:
    """Poll without minding processes that end."""
    until = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"{what} took longer than {timeout_s} s")
        time.sleep(0.05)


def chain_on_disk(home: Path) -> list[BlockSeen]:
    """The whole chain of a node that does not run, read from its database."""
    store = LevelStore(home / "data" / "chain", create=False)
    try:
        return chain_in(store)
    finally:
        store.close()
