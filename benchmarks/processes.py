"""What the operating system counts for a process, and bytes on the disk."""

from __future__ import annotations

import os
import time
from pathlib import Path

SCHEDULED = 2  # CPUCLOCK_SCHED: what the scheduler has given, not ticks
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """User and system time so far, all threads, to the nanosecond (numbered as by clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | SCHEDULED)


def rss_bytes(pid: int) -> int:
    """Resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def memory_bytes(pid: int) -> tuple[int, int]:
    """Resident memory: its own (heap, stacks), and pages of mapped files, which the kernel takes back when it must.

    LevelDB maps its tables, up to 1,000 of them: the second figure follows the database, the first must not.
    """
    found = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    own, mapped = (int(found[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped


def open_files(pid: int) -> int:
    """File descriptors."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def disk_bytes(folder: Path) -> int:
    """Bytes that the files of a folder take, as allocated by the file system."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(Path(where, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total
