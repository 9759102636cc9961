"""Free disk space: how much is left for a node, and for how many days at the rate at which it went lately.

A disk is nearly full with less than `storage.warn_free_mib`, or when what is left lasts less than a week. A node that
cannot write ends itself with everything whole; the warning is there so that it need not.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from chainbill_node.foundation.node_warning import DISK_NEARLY_FULL, NodeWarning

MIB = 1024 * 1024
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FEW_DAYS = 7
SAMPLES = 7 * 24  # one an hour: what a snapshot or a compaction takes and gives back within hours is evened out
LEAST_MEASURED_MS = DAY_MS


class Rate:
    """Free bytes of one disk, hour by hour for a week."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=SAMPLES)

    def days_left(self, now_ms: int, free: int) -> int | None:
        """Whole days until nothing is left at the rate of the last week; None: not known yet, or it grows."""
        if self._samples and now_ms < self._samples[-1][0]:
            self._samples.clear()  # the clock was set back
        if not self._samples or now_ms - self._samples[-1][0] >= HOUR_MS:
            self._samples.append((now_ms, free))
        began_ms, at_first = self._samples[0]
        took = at_first - free
        if now_ms - began_ms < LEAST_MEASURED_MS or took <= 0:
            return None
        return free * (now_ms - began_ms) // took // DAY_MS


class FreeSpace:
    """A source of warnings: the disks that these folders lie on, each once."""

    def __init__(self, folders: tuple[Path, ...], warn_free_mib: int, now_ms: Callable[[], int]) -> None:
        self._folders = folders
        self._least = warn_free_mib * MIB
        self._now_ms = now_ms
        self._rates = {folder: Rate() for folder in folders}

    def __call__(self) -> Iterator[NodeWarning]:
        """The disks that are nearly full."""
        seen: set[int] = set()
        for folder, rate in self._rates.items():
            try:
                device, space = folder.stat().st_dev, os.statvfs(folder)
            except OSError:
                continue  # the write that fails says more
            if device in seen:
                continue
            seen.add(device)
            free = space.f_bavail * space.f_frsize
            days = rate.days_left(self._now_ms(), free)
            if free < self._least or (days is not None and days < FEW_DAYS):
                yield nearly_full(folder, free // MIB, days)


def nearly_full(folder: Path, free_mib: int, days: int | None) -> NodeWarning:
    """The warning. days: how long it lasts at the measured rate, None where that is not known."""
    left, left_zh = "", ""
    if days is not None:
        left = f", which lasts about {days} days at the rate of the last days"
        left_zh = f"，按近日的增长约可用 {days} 天"
    return NodeWarning(
        DISK_NEARLY_FULL,
        (
            f"the disk of {folder} has {free_mib} MiB left{left}; a node that cannot write ends itself",
            f"{folder} 所在磁盘仅剩 {free_mib} MiB{left_zh}；无法写入的节点会自行退出",
        ),
        (
            "make the disk larger, or delete what is not the node's; of the node's own, storage.keep_blocks and "
            "storage.keep_snapshots in node.toml say how much is kept. Leave data/ and signer/ as they are",
            "请扩大磁盘，或清理不属于节点的文件；节点自身保留多少由 node.toml 的 storage.keep_blocks 与 "
            "storage.keep_snapshots 决定。请勿改动 data/ 与 signer/",
        ),
        {"folder": str(folder), "free_mib": free_mib, "days_left": days},
    )
