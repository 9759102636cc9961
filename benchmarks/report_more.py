"""The tables of a run that show the ledger's growth, its disk, other systems and the long run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figures import number, picked, table

Found = Mapping[str, Any]


def growth(found: Found, zh: bool) -> str:
    """Start-up, cost, reads and disk by size of the ledger."""
    points = found.get("startup", [])
    rows: list[tuple[Any, ...]] = []
    for key, en, chinese in (
        ("transactions", "transactions", "交易数"),
        ("start_s", "start-up, s", "启动时间，秒"),
        ("rss_mib", "memory after start-up, MiB", "启动后内存，MiB"),
        ("snapshot_mib", "snapshot, MiB", "快照，MiB"),
        ("join_s", "a new node joins from it, s", "新节点由快照加入，秒"),
        ("cost_us", "CPU µs a transfer", "每笔转让 CPU，µs"),
        ("cost_without_leveldb_thread_us", "of it not in LevelDB's own thread", "其中不在 LevelDB 自有线程"),
        ("disk_mib", "disk, MiB", "磁盘，MiB"),
        ("disk_bytes_per_token", "disk bytes a token", "每凭证磁盘字节"),
    ):
        rows.append((chinese if zh else en, *(point.get(key, "") for point in points)))
    for kind in points[0]["reads"] if points else ():
        label = f"读取 {kind}，p50 ms" if zh else f"read {kind}, p50 ms"
        rows.append((label, *(point["reads"].get(kind, {}).get("p50_ms", "–") for point in points)))
    return table(("凭证数" if zh else "tokens", *(f"{point['tokens']:,}" for point in points)), rows)


def compare(found: Found, zh: bool) -> str:
    """The other systems, in the same run."""
    words = {
        "chainbill": ("chainbill, one validator, all cores", "chainbill，1 个验证节点，全部核"),
        "postgres": ("PostgreSQL + FastAPI + Ed25519", "PostgreSQL + FastAPI + Ed25519"),
        "anvil": ("Anvil + Solidity", "Anvil + Solidity"),
    }
    head = (
        "系统" if zh else "system",
        "100 笔/请求" if zh else "tx/s, 100 a request",
        "1 笔/请求" if zh else "tx/s, 1 a request",
        "",
    )
    rows = []
    for name, one in found.get("compare", {}).items():
        if "not_here" in one:
            rows.append((words[name][zh], "–", "–", one["not_here"]))
        else:
            figures = [one[kind]["committed_per_s"] for kind in ("batched", "single")]
            rows.append((words[name][zh], *figures, one.get("system", "")))
    return table(head, rows)


def disk(found: Found, zh: bool) -> str:
    """Bytes a transaction over many of them, with everything kept and pruned, and the process's own memory."""
    head = (
        ("交易数", "全部保留，MiB", "字节/笔", "内存，MiB", "修剪，MiB", "字节/笔", "内存，MiB")
        if zh
        else ("transactions", "all kept, MiB", "bytes/tx", "memory, MiB", "pruned, MiB", "bytes/tx", "memory, MiB")
    )
    rows: dict[int, list[Any]] = {}
    for place, kind in enumerate(("all", "pruned")):
        for point in picked(found, f"disk_use.{kind}.points") or []:
            row = rows.setdefault(point["transactions"], ["–"] * 6)
            row[3 * place : 3 * place + 3] = point["mib"], point["bytes_per_tx"], point.get("own_mib", "–")
    return table(head, [(count, *row) for count, row in sorted(rows.items())])


def sustained(found: Found, zh: bool) -> str:
    """The thirds of the long run."""
    words = {
        "p50_ms": ("latency p50, ms", "延迟 p50，毫秒"),
        "p99_ms": ("latency p99, ms", "延迟 p99，毫秒"),
        "own_mib": ("own memory of a node, MiB", "单节点自有内存，MiB"),
        "descriptors": ("open files", "打开的文件数"),
        "tx_per_s": ("tx/s", "笔/秒"),
        "fixed_work_us": ("the same small piece of work, µs", "同一小段固定计算，微秒"),
    }
    one = found["sustained"]
    minutes, load = number(one["minutes"]), number(one["load_per_s"])
    title = f"{minutes} 分钟，{load} 笔/秒" if zh else f"{minutes} minutes at {load} tx/s"
    head = (title, *(("前三分之一", "中间", "后三分之一") if zh else ("first third", "middle", "last")), "")
    flat = {"flat": "平稳", "NOT flat": "不平稳"}
    rows = [(words[name][zh], *thirds, flat[word] if zh else word) for name, *thirds, word in one["thirds"]]
    before, after = (number(one.get(name, "–")) for name in ("highest_per_s", "highest_at_the_end_per_s"))
    rows.append(
        ("此前、此后的最高速率，笔/秒" if zh else "the most they take before and after, tx/s", before, "", after, "")
    )
    return table(head, rows)
