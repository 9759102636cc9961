"""A machine without data fetches a snapshot of another one before it starts, as `main` does on an empty home."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.signer import following_signer_file
from chainbill_node.home.config import SyncConfig
from chainbill_node.process.state_sync import FETCHING, Joining
from chainbill_node.sync.snapshots import adopt

if TYPE_CHECKING:
    from whole.machine import Machine


class _Joining(Joining):
    """The product's, with databases on the simulated disk."""

    def __init__(self, machine: Machine) -> None:
        self._disk = machine.disk
        config = replace(machine.config, sync=SyncConfig(from_snapshot=True))
        super().__init__(machine.home, config, machine.world.genesis, machine.key)

    def _fresh(self, name: str) -> Any:
        self._stores.append(self._disk.open(name, fresh=True))
        return self._stores[-1]


class _Home:
    """`JoinedHome` of a machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def keep_intact(self, height: int) -> None:
        machine, network = self._machine, self._machine.world.genesis.hash
        try:
            recover_memory(machine.signer, network, machine.key.public)
        except SignerFileError:
            machine.rewrite(following_signer_file(network, machine.key.public, height))

    def put_in_place(self) -> None:
        self._machine.disk.rename(FETCHING, "chain")


async def fetch_first(machine: Machine) -> int | None:
    """The height of the snapshot that was taken, None where nobody has one: then block sync begins at block 1."""
    height = await _Joining(machine).run()
    if height is not None:
        adopt(_Home(machine), height)
    return height
