"""What a running node does besides its work: backups on request, through its control socket."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill_node.backup import backup_store
from chainbill_node.control import ControlError, ControlServer
from chainbill_node.storage.leveldb import LevelStore

if TYPE_CHECKING:
    from chainbill_node.service import Node


class Upkeep:
    """Owns the control socket of one node; long work runs in a thread over a snapshot of the store."""

    def __init__(self, node: Node, home: Path, store: LevelStore) -> None:
        self._node = node
        self._home = home
        self._store = store
        self._control = ControlServer(home, self._handle)
        self._busy = asyncio.Lock()

    async def start(self) -> None:
        """Listen for commands. Raises OSError."""
        await self._control.start()

    async def stop(self) -> None:
        """Take no more commands; a backup under way is finished first, because it reads the store."""
        await self._control.stop()
        async with self._busy:
            pass

    async def _handle(self, command: dict[str, Any]) -> dict[str, Any]:
        match command.get("do"):
            case "backup":
                return await self._backup(Path(str(command.get("to"))))
            case other:
                raise ControlError(f"there is no command {other!r}")

    async def _backup(self, target: Path) -> dict[str, Any]:
        if not target.is_absolute():
            raise ControlError("an absolute path is expected")
        if self._busy.locked():
            raise ControlError("another backup is under way")
        async with self._busy:
            snapshot = self._store.snapshot()
            try:
                done = await asyncio.to_thread(
                    backup_store, snapshot, self._home, self._node.config, self._node.genesis, target
                )
            finally:
                snapshot.close()
        answer = asdict(done)
        del answer["live"]
        return answer
