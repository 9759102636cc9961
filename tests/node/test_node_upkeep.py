"""When a running node makes a snapshot: when one is due, and not again before it has rested."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chainbill_node.process.maintenance import RESTS, Upkeep
from chainbill_node.storage.snapshots.schedule import MINUTE_MS

TAKES_S = 0.1


class Clocked(asyncio.SelectorEventLoop):
    """A loop whose clock is put on by the test: how busy the machine is changes nothing."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s


class Folder:
    """Makes no snapshot and takes its time, by the loop's clock."""

    def __init__(self, newest_ms: int | None = None) -> None:
        self.loop = Clocked()
        self.begun: list[tuple[int, float]] = []
        self.newest_ms = newest_ms

    def manifests(self) -> list[tuple[Any, bytes]]:
        anchor = SimpleNamespace(time_ms=self.newest_ms)
        return [] if self.newest_ms is None else [(SimpleNamespace(anchor=anchor), b"")]

    def write(self, source: Any, height: int, go_on: Callable[[], bool]) -> None:
        self.begun.append((height, self.loop.now_s))
        self.loop.now_s += TAKES_S


class Listening:
    """A control socket that nobody asks for anything."""

    async def start(self) -> None:
        return


def upkeep_of(folder: Folder, interval: int, minutes: int) -> Any:
    storage = SimpleNamespace(snapshot_interval=interval, snapshot_minutes=minutes, keep_blocks=0)
    ledger = SimpleNamespace(snapshot_folder=folder)
    node: Any = SimpleNamespace(config=SimpleNamespace(storage=storage), ledger=ledger, genesis=None)
    store: Any = SimpleNamespace(snapshot=lambda: SimpleNamespace(close=lambda: None))
    upkeep: Any = Upkeep(node, Path("unused"), store)
    upkeep._control = Listening()
    return upkeep


def heights(folder: Folder, interval: int, count: int, pause_s: float, minutes: int = 0) -> None:
    """A block a minute of block time, one in `pause_s` by the loop's clock; a snapshot ends before the next comes."""

    async def run() -> None:
        upkeep = upkeep_of(folder, interval, minutes)
        await upkeep.start()
        for height in range(1, count + 1):
            upkeep.committed(height, height * MINUTE_MS)
            if upkeep._making is not None:
                await upkeep._making
            folder.loop.now_s += pause_s

    with asyncio.Runner(loop_factory=lambda: folder.loop) as runner:
        runner.run(run())


def test_it_is_made_at_every_so_many_heights() -> None:
    folder = Folder()
    heights(folder, 10, 25, (1 + RESTS) * TAKES_S / 8)
    assert [height for height, _ in folder.begun] == [10, 20]


def test_however_fast_heights_come_it_rests_four_times_as_long_as_it_took() -> None:
    folder = Folder()
    heights(folder, 1, 200, 0.01)
    moments = [moment for _, moment in folder.begun]
    assert len(moments) >= 2
    between = [after - before for before, after in itertools.pairwise(moments)]
    assert all(one >= (1 + RESTS) * TAKES_S for one in between)


def test_a_period_of_block_time_has_one_also_across_a_start() -> None:
    folder = Folder()
    heights(folder, 1, 25, (1 + RESTS) * TAKES_S / 4, minutes=10)
    assert [height for height, _ in folder.begun] == [1, 10, 20]
    again = Folder(newest_ms=20 * MINUTE_MS)
    heights(again, 1, 31, (1 + RESTS) * TAKES_S / 4, minutes=10)
    assert [height for height, _ in again.begun] == [30]
