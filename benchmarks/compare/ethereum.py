"""Anvil, one Ethereum development node: Solidity does the same transfer; no disk, no consensus, trusted.

`make build/compare/anvil` installs it with the compiler from the locked npm packages.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import load
from chainbill_node.setup.ports import free_ports
from figures import latency_ms

from compare import NotHereError

HERE = Path(__file__).resolve().parent / "anvil"
PACKAGES = HERE.parents[2] / "build" / "compare" / "anvil" / "node_modules"
MANY = 100
CONNECTIONS = {1: 32, MANY: 8}
START_WITHIN_S = 30.0
PREPARED_WITHIN_S = 120.0
DONE_WITHIN_S = 60.0
BLOCK_S = "0.05"  # mining a block a transaction, its default, reaches a tenth of it


def run(count: int) -> dict[str, Any]:
    """Transfers a second singly and by 100 a request. A block every 50 ms takes all that waits."""
    if not (PACKAGES / ".bin" / "anvil").exists():
        raise NotHereError("Anvil is not installed: make build/compare/anvil")
    found: dict[str, Any] = {}
    for name, size, transfers in (("batched", MANY, count), ("single", 1, count // 3)):
        with node() as api, tempfile.TemporaryDirectory(prefix="chainbill-anvil-") as folder:
            prepared = _prepare(api, transfers, Path(folder) / "transfers.json")
            requests = _requests(prepared["raw"], size)
            outcome = load.flood([api], requests, CONNECTIONS[size], _accepted)
            ended = _all_done(api, prepared, transfers) if _done(api, prepared) < transfers else outcome.ended_s
            per_s = round(transfers / (ended - outcome.began_s), 1)
            found[name] = {"committed_per_s": per_s, **latency_ms(outcome.waits_s)}
    version = subprocess.run([PACKAGES / ".bin" / "anvil", "--version"], capture_output=True, text=True, check=True)
    return {"system": "Anvil " + version.stdout.split()[2], **found}


@contextlib.contextmanager
def node() -> Iterator[str]:
    """One node: its address."""
    (port,) = free_ports(1)
    options: list[str] = ["--silent", "--gas-limit", "1000000000", "--block-time", BLOCK_S]
    command = [str(PACKAGES / ".bin" / "anvil"), "--port", str(port), *options]
    process = subprocess.Popen(command, start_new_session=True)
    api = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_WITHIN_S
        while True:
            try:
                _call(api, "eth_chainId")
                break
            except OSError as error:
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError("Anvil did not start") from error
                time.sleep(0.1)
        yield api
    finally:
        os.killpg(process.pid, 15)
        process.wait(START_WITHIN_S)


def _prepare(api: str, count: int, out: Path) -> dict[str, Any]:
    command = ["node", str(HERE / "prepare.js"), api, str(count), str(out)]
    done = subprocess.run(
        command, env={**os.environ, "NODE_PATH": str(PACKAGES)}, capture_output=True, text=True, check=False,
        timeout=PREPARED_WITHIN_S,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    prepared: dict[str, Any] = json.loads(out.read_text())
    return prepared


def _requests(raw: list[str], size: int) -> list[bytes]:
    calls = [
        {"jsonrpc": "2.0", "id": number, "method": "eth_sendRawTransaction", "params": [one]}
        for number, one in enumerate(raw)
    ]
    if size == 1:
        return [load.post("/", json.dumps(call).encode(), load.JSON) for call in calls]
    parts = (calls[at : at + size] for at in range(0, len(calls), size))
    return [load.post("/", json.dumps(part).encode(), load.JSON) for part in parts]


def _accepted(status: int, body: bytes) -> None:
    load.ok(status, body)
    if b'"error"' in body:
        raise RuntimeError(f"refused: {body[:1000]!r}")


def _call(api: str, method: str, *parameters: Any) -> Any:
    content = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    status, body = load.ask(api, load.post("/", json.dumps(content).encode(), load.JSON))
    _accepted(status, body)
    return json.loads(body)["result"]


def _done(api: str, prepared: dict[str, Any]) -> int:
    return int(_call(api, "eth_call", {"to": prepared["contract"], "data": prepared["done"]}, "latest"), 16)


def _all_done(api: str, prepared: dict[str, Any], count: int) -> float:
    """When the contract had counted all transfers. Raises RuntimeError."""
    until = time.perf_counter() + DONE_WITHIN_S
    while _done(api, prepared) < count:
        if time.perf_counter() > until:
            raise RuntimeError("transfers were lost")
        time.sleep(0.02)
    return time.perf_counter()
