"""What grows with the ledger: cost of a transfer, start-up, joining, read latency, disk, at 10⁴ to 10⁶ tokens.

Each ledger is made by real transactions. It is closed, a node is started on a copy and read from, and a new node joins
that one from a snapshot. Then transfers of tokens of a hundred bills taken at random are verified, run and committed on
all of them in turns (`growing_cost`).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import load
import queries
from chainbill_node.home.config import FilesConfig
from chainbill_node.storage.snapshots.folder import UNFINISHED
from figures import ratio
from growing_cost import ROUNDS, Cost, Grown
from local_ledger import LocalLedger
from observing import admit, configure, wait_height
from processes import cpu_seconds, disk_bytes, rss_bytes
from running import Running

ALONE_S = 5.0  # at most for one kind of read
JOINED_WITHIN_S = 600.0

Found = dict[str, Any]


def run(sizes: Sequence[int]) -> list[Found]:
    """The figures of each size, smallest first."""
    folder = Path(tempfile.mkdtemp(prefix="chainbill-growth-"))
    try:
        with ExitStack() as stack:
            grown = [stack.enter_context(Grown(folder / str(size), size, _look)) for size in sorted(sizes)]
            for one in grown:
                one.begin()
            for _ in range(ROUNDS):
                for one in grown:
                    one.round()
            return [one.figures | _cost(one.cost()) for one in grown]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cost(found: Cost) -> Found:
    return {
        "cost_us": round(found.whole_s * 1e6, 1),
        "cost_without_leveldb_thread_us": round(found.own_s * 1e6, 1),
    }


def _look(ledger: LocalLedger) -> Found:
    """What is known of a closed ledger without a transfer."""
    size, disk = ledger.made, disk_bytes(ledger.home / "data")
    point: Found = {"tokens": size, "transactions": ledger.transactions, "blocks": ledger.height}
    point |= {"disk_mib": round(disk / 2**20, 1), "disk_bytes_per_token": round(disk / size)}
    return point | _node(ledger, ledger.home.with_name("copy"))


def ratios(points: Sequence[Found]) -> Found:
    """The figures of the largest ledger ÷ those of the smallest."""
    first, last = points[0], points[-1]
    name = "cost_ratio_1e6_to_1e4" if (first["tokens"], last["tokens"]) == (10**4, 10**6) else "cost_ratio"
    return {
        name: ratio(last["cost_us"], first["cost_us"]),
        "start_ratio": ratio(last["start_s"], first["start_s"]),
        "join_ratio": ratio(last["join_s"], first["join_s"]),
        "from_tokens": first["tokens"],
        "to_tokens": last["tokens"],
    }


def _node(ledger: LocalLedger, folder: Path) -> Found:
    """Seconds from the start of the process until /ready, memory then, how long reads take, and how long joining."""
    node = ledger.startable_copy(folder)
    configure(node.home, "storage", "snapshot_interval", 1)
    try:
        with Running(1, made=replace(ledger.network, nodes=(node,))) as net:
            [pid] = net.pids
            found: Found = {"start_s": round(net.ready_after_s, 2)}
            found["rss_mib"] = round(rss_bytes(pid) / 2**20)
            found["start_cpu_s"] = round(cpu_seconds(pid), 2)
            found["reads"] = {kind: _alone(node.api, path) for kind, path in _paths(ledger, node.api).items()}
            return found | _join(net, node.home)
    finally:
        shutil.rmtree(folder)


def _join(net: Running, home: Path) -> Found:
    """A new node takes the first snapshot that is made, and follows: seconds from its start until it is at the head."""
    began = time.perf_counter()
    observer = admit(net, "observer1", from_snapshot=True)
    manifest = _snapshot(home)
    found: Found = {"snapshot_s": round(time.perf_counter() - began, 1)}
    found["snapshot_mib"] = round(disk_bytes(manifest.parent) / 2**20, 1)
    began = time.perf_counter()
    net.start("observer1", observer.home)
    seen = wait_height(observer.api, net.height(), JOINED_WITHIN_S)
    net.apis.append(observer.api)
    net.check()
    return found | {"join_s": round(seen[-1][0] - began, 1)}


def _snapshot(home: Path) -> Path:
    """The manifest of the first snapshot, once it is there. Raises RuntimeError."""
    until = time.monotonic() + JOINED_WITHIN_S
    while time.monotonic() < until:
        found = [*(home / FilesConfig().data).glob("snapshots/*/manifest")]
        whole = [one for one in found if one.parent.suffix != UNFINISHED]
        if whole:
            return whole[0]
        time.sleep(0.02)
    raise RuntimeError("no snapshot was made")


def _paths(ledger: LocalLedger, api: str) -> dict[str, str]:
    token = load.read(api, f"/v1/tokens/{ledger.bills[len(ledger.bills) // 2][0]}")
    return {
        "one token": f"/v1/tokens/{token['id']}",
        "one bill": f"/v1/bills/{token['bill']}",
        "a bill's tree": f"/v1/trace/bills/{token['bill']}",
        "50 tokens of a bill": f"/v1/tokens?bill={token['bill']}&limit=50",
        "50 tokens of a holder": f"/v1/tokens?holder={token['holder']}&limit=50",
    }


def _alone(api: str, path: str) -> Found:
    """As many reads as fit into ALONE_S, one after the other."""
    began = time.perf_counter()
    load.read(api, path)
    took = time.perf_counter() - began
    count = max(1, min(queries.ALONE_COUNT, int(ALONE_S / took)))
    return queries.alone(api, path, count) | {"reads": count}
