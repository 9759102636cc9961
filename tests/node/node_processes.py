"""Real node processes on the loopback interface, and a client that signs and sends."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from chainbill_node.home.keys import load_private_key
from chainbill_node.setup.local import create_local_network
from writes import account_at

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, encode_body, sign_transaction

START_TIMEOUT_S = 40.0


def ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code of one that was asked to end; after ten seconds it has to."""
    try:
        return process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


class Network:
    """A local network in a folder; nodes are started, killed and asked by name."""

    def __init__(self, directory: Path, validators: int, *, created: Any = None, **options: Any) -> None:
        self.created = created or create_local_network(directory, validators=validators, **options)
        self.nodes = {node.name: node for node in self.created.nodes}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.terminate()  # all at once: they end side by side
        while self.processes:
            ended(self.processes.popitem()[1])

    def start(self, *names: str, environment: dict[str, str] | None = None, arguments: tuple[str, ...] = ()) -> None:
        for name in names or tuple(self.nodes):
            home = self.nodes[name].home
            with (home / "node.log").open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "chainbill_node.main", "--home", str(home), *arguments],
                    stdout=output,
                    stderr=output,
                    env={**os.environ, **(environment or {})},
                )

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str) -> int:
        process = self.processes.pop(name)
        process.terminate()
        return ended(process)

    def log_of(self, name: str) -> str:
        return (self.nodes[name].home / "node.log").read_text(encoding="utf-8")

    def get(self, name: str, path: str) -> Any:
        request = urllib.request.Request(self.nodes[name].api + path)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def wait(self, done: Any, what: str, timeout_s: float = START_TIMEOUT_S) -> None:
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended with {process.returncode}: {self.log_of(name)[-2000:]}")
            try:
                if done():
                    return
            except (OSError, KeyError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"{what} took longer than {timeout_s} s\n" + "\n".join(map(self.log_of, self.processes)))

    def wait_ready(self, *names: str) -> None:
        for name in names or tuple(self.processes):
            self.wait(lambda name=name: self.get(name, "/ready").get("ready"), f"{name} ready")

    def height(self, name: str) -> int:
        return int(self.get(name, "/ready")["height"])

    def heads(self) -> dict[str, tuple[int, str]]:
        found = {name: self.get(name, "/ready") for name in self.processes}
        return {name: (one["height"], one["app_hash"]) for name, one in found.items()}

    def key(self, alias: str) -> PrivateKey:
        return load_private_key(self.created.parties[alias].key)

    def party(self, alias: str) -> str:
        return self.created.parties[alias].party

    def sign(self, alias: str, *calls: tuple[str, str, dict[str, Any]], minutes: float = 10) -> bytes:
        body = encode_body(
            network=self.created.genesis.hash,
            party=self.party(alias),
            valid_until_ms=time.time_ns() // 1_000_000 + int(minutes * 60_000),
            nonce=secrets.token_bytes(16),
            calls=[Call(*call) for call in calls],
            keys=[self.key(alias).public],
        )
        return sign_transaction(body, [self.key(alias)])

    def send(self, name: str, wire: bytes, timeout_s: int = 20) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"{self.nodes[name].api}/v1/transactions?wait=committed&timeout={timeout_s}",
            data=wire,
            headers={"Content-Type": "application/msgpack"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout_s + 10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def busy(self, via: str, count: int) -> int:
        """So many transactions, each in a block; the height of the last."""
        height = 0
        for number in range(count):
            bank = self.party("bank1" if number % 2 else "bank2")
            status, body = self.send(via, self.sign("anchor", account_at(bank)))
            assert (status, body["status"]) == (201, "committed"), body
            height = body["height"]
        return height

    def signers(self, via: str, height: int) -> set[str]:
        """Whose signatures are in the certificate of a height."""
        found = self.get(via, f"/v1/blocks/{height}")
        return {one["key"] for one in found["certificate"]["signatures"]}
