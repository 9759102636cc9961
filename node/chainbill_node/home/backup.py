"""Backup and restore (`node backup`, `node restore`): the chain to a file and back, while the node runs or not.

A backup is of one height. A restore puts it into a home without data, checks every checksum and the state root, and
takes the right to sign from the home's signer file until the peers have shown from which height on signing is safe
(docs/reference/backup.md).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from chainbill.ledger.genesis import Genesis
from chainbill_node.home.config import FILE_NAME, NodeConfig, load_config
from chainbill_node.home.control_socket import ask_node
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.lost_signer import keep_intact
from chainbill_node.home.node_home import load_genesis, stopped_store
from chainbill_node.storage.chain.archive import (
    ArchiveError,
    Manifest,
    archived_file,
    archived_rows,
    check_archive,
    write_archive,
)
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.rebuild import root_of_rows
from chainbill_node.storage.leveldb import LOADING_BUFFER_BYTES, LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.storage.store import Readable

RESTORING = "chain.restoring"
SCRATCH = "chain.scratch"


@dataclass(frozen=True, slots=True)
class Done:
    """What was backed up or restored. `live`: the node went on meanwhile. Hashes are hex."""

    path: str
    height: int
    app_hash: str
    rows: int
    bytes: int
    live: bool


def backup_home(home: Path, target: Path) -> Done:
    """Write a backup of a home, through the running node if there is one.

    Raises FileExistsError, OSError, ConfigError, DiskError, ArchiveError; ControlError from the running node.
    """
    target = target.absolute()
    answer = ask_node(home, {"do": "backup", "to": str(target)})
    if answer is not None:
        return Done(**answer, live=True)
    with stopped_store(home) as (config, genesis, store):
        return backup_store(store, home, config, genesis, target)


def backup_store(source: Readable, home: Path, config: NodeConfig, genesis: Genesis, target: Path) -> Done:
    """Write a backup of an open store or snapshot."""
    files = {FILE_NAME: (home / FILE_NAME).read_bytes(), "genesis.json": (home / config.files.genesis).read_bytes()}
    manifest = write_archive(source, files, target, chain_id=genesis.chain_id)
    return _done(target, manifest)


def restore_home(home: Path, archive: Path) -> Done:
    """Put a backup into a home that has its keys and no data.

    `node.toml` and `genesis.json` come from the backup where the home has none. Raises FileExistsError when there is
    data, ArchiveError, ConfigError, DiskError, OSError; the home's data is untouched then.
    """
    manifest = check_archive(archive)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (FILE_NAME, "genesis.json"):
        content = archived_file(archive, name)
        if content is not None and not (home / name).exists():
            (home / name).write_bytes(content)
    config = load_config(home)
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    if manifest.genesis_hash != genesis.hash.hex():
        raise ArchiveError(
            f"it is of another network ({manifest.chain_id}) than this home's genesis.json",
            f"属于另一网络（{manifest.chain_id}），与本目录的 genesis.json 不符",
        )
    lock = HomeLock(home)
    try:
        data = home / config.files.data
        if (data / "chain").exists():
            raise FileExistsError(data / "chain")
        _fill(archive, data, manifest, genesis)
        keep_intact(home / config.files.signer, genesis.hash, key.public, manifest.height)
        (data / RESTORING).rename(data / "chain")
        sync_folder(data)
    finally:
        lock.close()
    return _done(archive, manifest)


def _fill(archive: Path, data: Path, manifest: Manifest, genesis: Genesis) -> None:
    """The rows into a new database beside the place of the real one; then everything about it is checked."""
    for leftover in (data / RESTORING, data / SCRATCH):
        shutil.rmtree(leftover, ignore_errors=True)
    store = LevelStore(data / RESTORING, create=True, buffer_bytes=LOADING_BUFFER_BYTES)
    scratch = LevelStore(data / SCRATCH, create=True, buffer_bytes=LOADING_BUFFER_BYTES)
    try:
        for rows in archived_rows(archive):
            store.write(rows)
        database = ChainDatabase(store)
        database.check_format(genesis.hash)
        head = database.head()
        if (head.height, head.app_hash.hex()) != (manifest.height, manifest.app_hash):
            raise ArchiveError("its newest height is not the one its manifest names", "最新高度与清单所载不符")
        database.build_tree()
        if root_of_rows(store, scratch) != head.app_hash:
            raise ArchiveError("its rows do not have the state root that it names", "各行的状态根与所载不符")
    finally:
        store.close()
        scratch.close()
        shutil.rmtree(data / SCRATCH, ignore_errors=True)


def _done(path: Path, manifest: Manifest) -> Done:
    return Done(
        path=str(path),
        height=manifest.height,
        app_hash=manifest.app_hash,
        rows=manifest.rows,
        bytes=path.stat().st_size,
        live=False,
    )
