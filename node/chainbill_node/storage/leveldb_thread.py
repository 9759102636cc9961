"""LevelDB's background thread: its priority is lowered, so that it stands back for the node's.

LevelDB writes memory out and merges tables in one thread a process, for seconds at a stretch. That may wait and commits
may not, so where the cores are busy the system gives that thread only a small share. It cannot wait for ever: when
memory is full before the last one was written out, the commit waits for it, and it has the core.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from chainbill_node.storage.leveldb import LevelStore

TASKS = Path("/proc/self/task")
NICENESS = 10  # above that of the process
LOWEST = 19


def stand_back() -> list[int]:
    """Start LevelDB's thread with a small database that is thrown away, and lower it; its id, where threads are shown.

    To be called before anything else opens a database or starts threads. Raises OSError where nothing can be written.
    """
    if not TASKS.is_dir():
        return []
    before = set(os.listdir(TASKS))
    with tempfile.TemporaryDirectory(prefix="chainbill-") as folder:
        store = LevelStore(Path(folder) / "first", create=True)
        store.settle()
        store.close()
    started = [int(task) for task in set(os.listdir(TASKS)) - before]
    niceness = min(LOWEST, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    for task in started:
        os.setpriority(os.PRIO_PROCESS, task, niceness)
    return started
