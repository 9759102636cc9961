"""Home lock: exclusive, since two processes that sign with one key would be an equivocation."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from chainbill_node.foundation.operator_error import Pair, file_fault, room_or
from chainbill_node.storage.store import DiskError

TAKEN: Pair = ("cannot be locked", "无法加锁")
TAKEN_MEND: Pair = (
    "another process uses this home; stop it first, or start with another --home",
    "另一个进程正在使用该目录；请先停止它，或改用其他 --home",
)
NOT_MADE: Pair = ("cannot be opened", "无法打开")
NOT_MADE_MEND: Pair = (
    "look whether the folder is there and may be written by whoever starts the node",
    "请检查该目录是否存在，以及启动节点的用户能否写入",
)


class HomeLock:
    """Held from construction to `close` (or the end of the process). The file carries the holder's process id."""

    def __init__(self, home: Path) -> None:
        self.path = home / "node.lock"
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DiskError(file_fault(self.path, error, TAKEN), TAKEN_MEND) from error
        except OSError as error:
            raise DiskError(file_fault(self.path, error, NOT_MADE), room_or(NOT_MADE_MEND, error)) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def close(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
