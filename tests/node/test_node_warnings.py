"""What a node warns of while it is ready: found, kept, logged and counted once, and over again."""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chainbill_node.foundation.node_warning import KEYS, NodeWarning
from chainbill_node.home.node_home import open_home
from chainbill_node.process.node import Node
from chainbill_node.process.status import node_status
from chainbill_node.process.warning_monitor import TOLD_AGAIN_MS, Watch
from chainbill_node.rest.routes_operations import status_shape
from chainbill_node.runtime import free_space
from chainbill_node.runtime.free_space import DAY_MS, DISK_NEARLY_FULL, HOUR_MS, MIB, FreeSpace, Rate, nearly_full
from chainbill_node.runtime.logs import EventLog
from chainbill_node.setup.local import create_local_network

ROOT = Path(__file__).resolve().parents[2]


def test_a_ready_node_warns_of_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    network = create_local_network(tmp_path / "net", validators=1)
    opened = open_home(network.nodes[0].home)
    storage = replace(opened.config.storage, warn_free_mib=2**40)  # more than any disk has
    opened = replace(opened, config=replace(opened.config, storage=storage))

    async def act() -> None:
        node = Node(network.nodes[0].home, opened)
        await node.start()
        try:
            status = node_status(node)
            assert status.ready, status.reason
            for language, said in (("en", "MiB left"), ("zh", "磁盘仅剩")):
                [warning] = status_shape(status, language)["warnings"]
                assert warning["key"] == DISK_NEARLY_FULL
                assert said in warning["text"]
                assert "storage.keep_blocks" in warning["mend"]
                assert warning["fields"]["free_mib"] > 0
            assert b'chainbill_node_warnings{key="disk_nearly_full"} 1.0' in node.metrics.exposition()[0]
        finally:
            await node.stop()

    try:
        asyncio.run(act())
    finally:
        opened.close()


def test_a_warning_is_logged_when_it_comes_once_a_day_and_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    log = EventLog()
    log.configure(level="info", json_lines=False, node="n", stream=stream)
    monkeypatch.setattr("chainbill_node.process.warning_monitor.log", log)
    found: list[NodeWarning] = []
    counted: list[dict[str, int]] = []
    watch = Watch((lambda: found,), lambda counts: counted.append(dict(counts)))

    def lines(now_ms: int) -> list[str]:
        stream.truncate(stream.seek(0))
        watch.look(now_ms)
        return [line.split(" n ")[1] for line in stream.getvalue().splitlines()]

    assert lines(0) == []
    found.append(nearly_full(Path("/d"), 7, None))
    [line] = lines(5_000)
    assert line.startswith("node_warning key=disk_nearly_full")
    assert "7 MiB left" in line
    assert "仅剩 7 MiB" in line
    assert lines(10_000) == []
    assert len(lines(5_000 + TOLD_AGAIN_MS)) == 1
    found.clear()
    assert lines(20_000 + TOLD_AGAIN_MS) == ["node_warning_over key=disk_nearly_full"]
    assert watch.current == ()
    assert counted[0] == counted[-1] == {}
    assert counted[1] == {DISK_NEARLY_FULL: 1}


def test_days_left_are_measured_over_a_day_at_least() -> None:
    rate = Rate()
    free = 100 * MIB
    told = [rate.days_left(hour * HOUR_MS, free - hour * MIB) for hour in range(31)]
    assert told[:24] == [None] * 24
    assert told[24:] == [(100 - hour) // 24 for hour in range(24, 31)]
    assert rate.days_left(30 * HOUR_MS, 200 * MIB) is None, "there is more room than there was"
    assert rate.days_left(29 * HOUR_MS, 10 * MIB) is None, "the clock was set back: measured anew"
    for hour in range(1_000):
        rate.days_left(hour * HOUR_MS, free)
    assert rate.days_left(1_000 * HOUR_MS, free - MIB) == 99 * 167 // 24, "of the last week"


class Disk:
    """What os.statvfs says of a disk with so many MiB left."""

    f_frsize = MIB

    def __init__(self, f_bavail: int) -> None:
        self.f_bavail = f_bavail


def warned(space: FreeSpace) -> Iterator[object]:
    return (one.fields["days_left"] for one in space())


def test_a_disk_is_nearly_full_below_the_bound_or_with_a_week_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms, left = [0], [2_048]
    monkeypatch.setattr(free_space.os, "statvfs", lambda _: Disk(left[0]))
    space = FreeSpace((tmp_path, tmp_path), 2_048, lambda: now_ms[0])
    assert list(space()) == []
    left[0] -= 1
    assert list(warned(space)) == [None], "one disk, said once"
    space = FreeSpace((tmp_path, tmp_path / "missing"), 2_048, lambda: now_ms[0])
    left[0] = 90_000
    for days, found in ((0, []), (1, []), (2, [6])):
        now_ms[0], left[0] = days * DAY_MS, 90_000 - days * 11_000
        assert list(warned(space)) == found
    assert os.statvfs(tmp_path).f_bavail == left[0]


@pytest.mark.parametrize("name", ["node-operation.md", "node-operation.zh.md"])
def test_every_key_is_in_the_reference(name: str) -> None:
    content = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_]+)` \|", content, re.MULTILINE)) >= set(KEYS)
