"""The tables of a run, in English and Chinese, from bench.json alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from figures import number, picked, table
from goals import GOALS
from report_more import compare, disk, growth, sustained

Found = Mapping[str, Any]
NETWORKS = (("one_validator", "1"), ("four_validators", "4"), ("seven_validators", "7"))
KINDS = {"batched": ("50 a request", "每请求 50 笔"), "single": ("1 a request", "每请求 1 笔")}
RATE_KEYS = (
    "committed_per_s",
    "ceiling_per_s",
    "ratio_to_ceiling",
    "cpu_ratio",
    "load_per_s",
    "p50_ms",
    "p99_ms",
    "max_ms",
)
VERDICTS = {
    "aim": ("aim met", "达到目标"),
    "floor": ("floor met", "达到下限"),
    "missed": ("not met", "未达到"),
    "not measured": ("not measured", "未测"),
}


def machine(found: Found, zh: bool) -> str:
    """Where and with what."""
    one = found.get("machine", {})
    versions = ", ".join(f"{name} {value}" for name, value in one.get("versions", {}).items())
    rows = [
        (("处理器" if zh else "processor"), one.get("processor", "")),
        (("核数" if zh else "cores"), one.get("cores", "")),
        (("内存 GiB" if zh else "memory GiB"), one.get("memory_gib", "")),
        (("系统" if zh else "system"), one.get("system", "")),
        ("Python", one.get("python", "")),
        (("软件版本" if zh else "versions"), versions),
        (("提交" if zh else "commit"), one.get("commit", "")[:12] + "+" * bool(one.get("uncommitted_changes"))),
        (("开始时负载" if zh else "load before"), one.get("load_before", "")),
    ]
    if found.get("quick"):
        rows.append(("快速运行" if zh else "quick run", "仅用于检查" if zh else "only to see that everything runs"))
    return table(("", ""), rows)


def rates(found: Found, zh: bool) -> str:
    """Committed transactions a second beside the ceiling, for each number of validators."""
    head = (
        ("验证节点", "请求", "笔/秒", "上限", "比值", "CPU 比值", "负载/秒", "p50 ms", "p99 ms", "最长 ms", "µs CPU/笔")
        if zh
        else (
            "validators",
            "request",
            "tx/s",
            "ceiling",
            "ratio",
            "CPU ratio",
            "at/s",
            "p50 ms",
            "p99 ms",
            "max ms",
            "CPU µs/tx",
        )
    )
    rows = []
    for name, count in NETWORKS:
        for kind, words in KINDS.items():
            one = picked(found, f"{name}.{kind}")
            if one is None:
                continue
            figures = [one.get(key, "") for key in RATE_KEYS]
            rows.append((count, words[zh], *figures, one["cpu_s_per_tx"] * 1e6))
    return table(head, rows)


MORE = (
    ("ten_calls.calls_per_s", "calls/s, 10 calls a transaction", "调用数/秒，每笔交易 10 个调用"),
    ("at_500_per_s.p50_ms", "latency p50 at 500 tx/s, ms", "500 笔/秒时延迟 p50，毫秒"),
    ("at_500_per_s.p99_ms", "latency p99 at 500 tx/s, ms", "500 笔/秒时延迟 p99，毫秒"),
    ("at_500_per_s.max_ms", "latency max at 500 tx/s, ms", "500 笔/秒时延迟最大值，毫秒"),
    ("memory_disk.rss_mib", "memory of a node, MiB", "单节点内存，MiB"),
    ("memory_disk.rss_growth_bytes_per_tx", "memory a transaction adds, bytes", "每笔交易增加的内存，字节"),
    (
        "memory_disk.disk_bytes_per_tx",
        "disk a transaction takes, bytes",
        "每笔交易占磁盘，字节",
    ),
)


def more(found: Found, zh: bool) -> str:
    """Ten calls in a transaction, latency at a fixed load, memory and disk."""
    names = [name for name, _ in NETWORKS if name in found]
    rows = []
    for path, en, chinese in MORE:
        values = [picked(found, f"{name}.{path}") for name in names]
        rows.append((chinese if zh else en, *("–" if value is None else value for value in values)))
    return table(("验证节点" if zh else "validators", *(dict(NETWORKS)[name] for name in names)), rows)


def sync(found: Found, zh: bool) -> str:
    """How fast a newcomer takes the chain over."""
    one = found["sync"]
    words = {
        "blocks": ("blocks", "区块"),
        "transactions": ("transactions", "交易"),
        "blocks_per_s": ("blocks/s", "区块/秒"),
        "transactions_per_s": ("tx/s", "笔/秒"),
        "ready_after_s": ("from its start until it has them all, s", "从启动到全部取得，秒"),
    }
    return table(
        ("新节点" if zh else "a new node", ""), [(words[name][zh], one[name]) for name in words if name in one]
    )


def stages(found: Found, zh: bool) -> str:
    """Processor time of all nodes a transaction, by stage."""
    known = found.get("stages", {})
    names = [name for name, _ in NETWORKS if name in known]
    every = sorted(
        {stage for name in names for stage in known[name]["stages_us_per_tx"]},
        key=lambda stage: (-known[names[-1]]["stages_us_per_tx"].get(stage, 0), stage),
    )
    rows: list[tuple[Any, ...]] = [
        (stage, *(known[name]["stages_us_per_tx"].get(stage, 0) for name in names)) for stage in every
    ]
    for key, en, chinese in (
        ("unaccounted_us_per_tx", "unaccounted", "未归入"),
        ("os_us_per_tx", "all, as the system counts", "系统计得的总数"),
        ("committed_per_s", "tx/s with timers", "带计时器时笔/秒"),
    ):
        rows.append((chinese if zh else en, *(known[name][key] for name in names)))
    head = (
        "阶段，µs/笔，全部节点" if zh else "stage, µs a transaction, all nodes",
        *(dict(NETWORKS)[name] for name in names),
    )
    return table(head, rows)


def queries(found: Found, zh: bool) -> str:
    """Reads alone."""
    alone = picked(found, "queries.alone") or {}
    head = ("查询（无其他负载）" if zh else "read, nothing else running", "p50 ms", "p99 ms")
    return table(head, [(kind, one["p50_ms"], one["p99_ms"]) for kind, one in alone.items()])


def readers(found: Found, zh: bool) -> str:
    """Commits with and without readers."""
    one = found.get("queries", {})
    words = {
        "no_readers": ("no readers", "无查询"),
        "readers_on_a_validator": ("readers on a validator", "查询在验证节点上"),
        "readers_on_the_observer": ("readers on the observer", "查询在观察节点上"),
        "lists_on_a_validator": (
            "eight lists at once, again and again, on a validator",
            "持续同时读八个列表，在验证节点上",
        ),
    }
    head = ("查询" if zh else "readers", "提交/秒" if zh else "commits/s", "p50 ms", "p99 ms")
    rows = []
    for name, value in one.get("commits_per_s", {}).items():
        beside = picked(one, f"while_committing.{name}") or {}
        rows.append((words[name][zh], value, beside.get("p50_ms", "–"), beside.get("p99_ms", "–")))
    return table(head, rows)


def goals(found: Found, zh: bool) -> str:
    """Each goal beside what was measured."""
    head = (
        "目标" if zh else "goal",
        "下限" if zh else "floor",
        "目标值" if zh else "aim",
        "实测" if zh else "measured",
        "",
    )
    rows = []
    for goal in GOALS:
        value = goal.value(found)
        sign = "≤ " if goal.at_most else "≥ "
        shown = "–" if value is None else f"{number(value)} {goal.unit}".strip()
        bounds = (f"{sign}{number(one)} {goal.unit}".strip() for one in (goal.floor, goal.aim))
        rows.append((goal.zh if zh else goal.en, *bounds, shown, VERDICTS[goal.verdict(found)][zh]))
    return table(head, rows)


TABLES: dict[str, Callable[[Found, bool], str]] = {
    "goals": goals,
    "machine": machine,
    "rates": rates,
    "more": more,
    "stages": stages,
    "sync": sync,
    "queries": queries,
    "readers": readers,
    "growth": growth,
    "compare": compare,
    "disk": disk,
    "sustained": sustained,
}
NEEDS = {
    "machine": ("machine",),
    "rates": ("one_validator", "four_validators", "seven_validators"),
    "more": ("one_validator", "four_validators", "seven_validators"),
    "sync": ("sync",),
    "stages": ("stages",),
    "queries": ("queries",),
    "readers": ("queries",),
    "growth": ("startup",),
    "compare": ("compare",),
    "disk": ("disk_use",),
    "sustained": ("sustained",),
}


def shown(found: Found, zh: bool = False) -> dict[str, str]:
    """Every table for which there are figures."""
    return {
        name: make(found, zh)
        for name, make in TABLES.items()
        if name not in NEEDS or any(key in found for key in NEEDS[name])
    }
