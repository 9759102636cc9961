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
