"""Opening a node's home: lock it, read its files, and refuse what does not fit together, naming the mend."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError, Reason, Refused
from chainbill.ledger.genesis import Genesis, check_python, check_rules, genesis_from_json
from chainbill_node.config import ConfigError, NodeConfig, load_config
from chainbill_node.engine.application import LedgerApplication
from chainbill_node.engine.snapshot_calls import SnapshotCalls, SnapshotShelf
from chainbill_node.setup.keys import load_private_key
from chainbill_node.storage.database import ChainDatabase
from chainbill_node.storage.leveldb import WRITE_BUFFER_BYTES, LevelStore, buffer_of
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import FileSignerFile
from chainbill_node.storage.snapshot_folder import SnapshotFolder
from chainbill_node.storage.store import Store


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
    """The genesis of a home. Raises ConfigError, also when this Python is not the one it names."""
    path = home / config.files.genesis
    try:
        genesis = genesis_from_json(path.read_bytes())
    except (OSError, ChainbillError) as error:
        raise ConfigError(
            f"{path} ({error})",
            "put back the network's genesis.json, the same file on every node",
            "请放回网络的 genesis.json（各节点相同）",
        ) from error
    check_software(genesis)
    return genesis


def check_software(genesis: Genesis) -> None:
    """Raises ConfigError unless this is the CPython minor version and these are the rules that the genesis names."""
    running = sys.version_info[:2]
    try:
        check_python(genesis, running)
        if sys.implementation.name != "cpython":
            raise Refused(Reason.PYTHON_VERSION, sys.implementation.name)
    except Refused as error:
        raise ConfigError(
            f"Python {running[0]}.{running[1]} ({sys.implementation.name})",
            f"this network runs contracts on CPython {genesis.python}; start the node with it",
            f"本网络的合约运行于 CPython {genesis.python}；请用该版本启动节点",
        ) from error
    try:
        check_rules(genesis)
    except Refused as error:
        raise ConfigError(
            error.detail,
            "start the node with the chainbill release that the network runs; the data is not damaged",
            "请用本网络所运行的 chainbill 版本启动节点；数据没有损坏",
        ) from error


@contextmanager
def stopped_store(home: Path) -> Iterator[tuple[NodeConfig, Genesis, LevelStore]]:
    """The chain of a node that does not run, locked for as long. Raises ConfigError or DiskError."""
    config = load_config(home)
    genesis = load_genesis(home, config)
    with closing(HomeLock(home)), closing(LevelStore(home / config.files.data / "chain", create=False)) as store:
        yield config, genesis, store


def open_home(home: Path) -> OpenHome:
    """Open everything a node needs. Raises ConfigError or DiskError; nothing stays open then."""
    config = load_config(home)
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    lock = HomeLock(home)
    try:
        signer_file = FileSignerFile(home / config.files.signer)
        try:
            store, ledger = open_ledger(
                home / config.files.data, genesis, config.storage.keep_snapshots, buffer_of(_place(key.public, genesis))
            )
        except BaseException:
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
    data: Path, genesis: Genesis, keep_snapshots: int = 2, buffer_bytes: int = WRITE_BUFFER_BYTES
) -> tuple[LevelStore, LedgerApplication]:
    """The database in `data` (made when the folder is empty or gone) and the ledger over it. Raises DiskError."""
    store = LevelStore(data / "chain", create=not (data / "chain").exists(), buffer_bytes=buffer_bytes)
    try:
        ledger = ledger_over(store, genesis, SnapshotFolder(data / "snapshots", keep_snapshots))
    except BaseException:
        store.close()
        raise
    return store, ledger


def ledger_over(store: Store, genesis: Genesis, snapshots: SnapshotShelf) -> LedgerApplication:
    """The ledger over an opened store, which gets the state of the genesis if it is empty. Raises DiskError."""
    database = ChainDatabase(store)
    ledger = LedgerApplication(database, SnapshotCalls(snapshots))
    if database.empty:
        ledger.init_chain(genesis)
    else:
        database.check_format(genesis.hash)
        ledger.open_chain(genesis)
    return ledger
