"""Node home: opened under a lock, its files read, and what does not fit together refused, naming the mend."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.genesis import Genesis, genesis_from_json
from chainbill.ledger.upgrades import UpgradeNeeded, upgrade_needed
from chainbill.protocols import RELEASED, Protocols
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.snapshot_calls import SnapshotCalls, SnapshotShelf
from chainbill_node.home.config import ConfigError, NodeConfig, load_config
from chainbill_node.home.keys import load_private_key
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.leveldb import WRITE_BUFFER_BYTES, LevelStore, buffer_of
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import FileSignerFile
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.storage.store import Store

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class OpenHome:
    """A home in use by this process. `close` gives it back."""

    config: NodeConfig
    genesis: Genesis
    key: PrivateKey
    ledger: LedgerApplication
    store: LevelStore
    signer_file: FileSignerFile
    lock: HomeLock

    def close(self) -> None:
        """Close files and let go of the lock."""
        self.signer_file.close()
        self.store.close()
        self.lock.close()


def load_genesis(home: Path, config: NodeConfig) -> Genesis:
    """The genesis of a home. Raises ConfigError."""
    path = home / config.files.genesis
    try:
        return genesis_from_json(path.read_bytes())
    except (OSError, ChainbillError) as error:
        raise ConfigError(
            (f"{path} cannot be read ({error})", f"{path} 无法读取（{error}）"),
            (
                "put back the network's genesis.json, the same file on every node",
                "请放回网络的 genesis.json（各节点相同）",
            ),
        ) from error


def check_software(needed: UpgradeNeeded | None, height: int) -> None:
    """Raises ConfigError where the next block, `height`, needs a protocol or a CPython that this software is not."""
    if sys.implementation.name != "cpython":
        raise ConfigError(
            (f"Python is {sys.implementation.name}", f"当前 Python 为 {sys.implementation.name}"),
            ("contracts run on CPython; start the node with it", "合约运行于 CPython；请用它启动节点"),
        )
    if needed is not None and needed.height <= height:
        raise ConfigError((f"height {height - 1}", f"高度 {height - 1}"), (needed.said("en"), needed.said("zh")))


def check_trusted(store: Store, config: NodeConfig) -> None:
    """Raises ConfigError where the chain has another block than the one that the operator knows to be right."""
    trusted = config.sync.trusted
    record = None if trusted is None else ChainDatabase(store).record(trusted[0])
    if trusted is not None and record is not None and record.block_id != trusted[1]:
        raise ConfigError(
            (
                f"block {trusted[0]} is {record.block_id.hex()} here, sync.trusted_block is {trusted[1].hex()}",
                f"本节点的区块 {trusted[0]} 为 {record.block_id.hex()}，而 sync.trusted_block 为 {trusted[1].hex()}",
            ),
            (
                "compare both with two other banks by telephone; where this chain is the wrong one, move data/ away "
                "and start again, else mend sync.trusted_block in node.toml",
                "请与另外两家银行电话核对；若本节点的链有误，请移走 data/ 后重新启动，"
                "否则请更正 node.toml 中的 sync.trusted_block",
            ),
        )


@contextmanager
def stopped_store(home: Path, protocols: Protocols = RELEASED) -> Iterator[tuple[NodeConfig, Genesis, LevelStore]]:
    """The chain of a node that does not run, locked for as long. Raises ConfigError or DiskError."""
    config = load_config(home)
    genesis = load_genesis(home, config)
    with closing(HomeLock(home)), closing(LevelStore(home / config.files.data / "chain", create=False)) as store:
        _check_store(store, protocols)
        yield config, genesis, store


def _check_store(store: LevelStore, protocols: Protocols) -> None:
    """Whether this software can go over the chain in a store."""
    database = ChainDatabase(store)
    if not database.empty:
        following = database.head().height + 1
        check_software(upgrade_needed(database.view, following, protocols, RUNNING), following)


def open_home(home: Path, protocols: Protocols = RELEASED) -> OpenHome:
    """Open everything a node needs. Raises ConfigError or DiskError; nothing stays open then."""
    config = load_config(home)
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    lock = HomeLock(home)
    try:
        signer_file = FileSignerFile(home / config.files.signer)
        try:
            store, ledger = open_ledger(
                home / config.files.data,
                genesis,
                config.storage.keep_snapshots,
                buffer_of(_place(key.public, genesis)),
                protocols,
            )
        except BaseException:
            signer_file.close()
            raise
        try:
            check_trusted(store, config)
            check_software(ledger.upgrade_needed, ledger.info().height + 1)
        except BaseException:
            store.close()
            signer_file.close()
            raise
    except BaseException:
        lock.close()
        raise
    return OpenHome(config, genesis, key, ledger, store, signer_file, lock)


def _place(key: bytes, genesis: Genesis) -> int:
    """A number that no other of the first validators has; that of a later node is by chance."""
    return genesis.validators.index(key) if key in genesis.validators else int.from_bytes(key[:2], "big")


def open_ledger(
    data: Path,
    genesis: Genesis,
    keep_snapshots: int = 2,
    buffer_bytes: int = WRITE_BUFFER_BYTES,
    protocols: Protocols = RELEASED,
) -> tuple[LevelStore, LedgerApplication]:
    """The database in `data` (made when the folder is empty or gone) and the ledger over it. Raises DiskError."""
    store = LevelStore(data / "chain", create=not (data / "chain").exists(), buffer_bytes=buffer_bytes)
    try:
        ledger = ledger_over(store, genesis, SnapshotFolder(data / "snapshots", keep_snapshots), protocols)
    except BaseException:
        store.close()
        raise
    return store, ledger


def ledger_over(
    store: Store, genesis: Genesis, snapshots: SnapshotShelf, protocols: Protocols = RELEASED
) -> LedgerApplication:
    """The ledger over an opened store, which gets the state of the genesis if it is empty. Raises DiskError."""
    database = ChainDatabase(store)
    ledger = LedgerApplication(database, SnapshotCalls(snapshots), protocols)
    if database.empty:
        ledger.init_chain(genesis)
    else:
        database.check_format(genesis.hash)
        ledger.open_chain(genesis)
    return ledger
