"""Signer file loss: of a home whose data, or whose signer file, was lost; what is intact stays in use.

A file that is gone or damaged is replaced by one that says that it is not known what was signed before
(docs/reference/signer-file.md); what it was is kept beside it. Whether an intact one is the newest, and fits the data,
is found out when it is opened and when the peers are asked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.signer import following_signer_file
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.home.config import ConfigError, load_config
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import load_genesis
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file

INTACT: Pair = ("the signer file is in order and stays in use", "签名文件完好，继续使用")
WITHOUT: Pair = ("start without --signer-lost", "请不带 --signer-lost 启动")
FOREIGN = "signer_file_foreign"


def keep_intact(path: Path, network: bytes, public: bytes, height: int) -> None:
    """Beside data that was restored or fetched up to a height: an intact file stays, any other is replaced."""
    try:
        recover_memory(path.read_bytes(), network, public)
    except (SignerFileError, OSError):
        replace_lost(path, network, public, height)


def replace_lost(path: Path, network: bytes, public: bytes, height: int) -> None:
    """A file that says that it is not known what was signed before; what it was is kept as `.before`."""
    content = following_signer_file(network, public, height)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_signer_file(path, content)
        return
    shutil.copy2(path, path.with_name(path.name + ".before"))
    file = FileSignerFile(path)
    try:
        file.rewrite(content)
    finally:
        file.close()


def give_up_lost(home: Path) -> None:
    """The operator says that the signer file of a home is lost. ConfigError where it is intact or another key's."""
    config = load_config(home)
    genesis = load_genesis(home, config)
    public = load_private_key(home / config.files.validator_key).public
    path = home / config.files.signer
    lock = HomeLock(home)
    try:
        known = not recover_memory(path.read_bytes(), genesis.hash, public).unknown
    except FileNotFoundError:
        replace_lost(path, genesis.hash, public, 0)
    except SignerFileError as error:
        if error.reason == FOREIGN:
            raise
        replace_lost(path, genesis.hash, public, 0)
    else:
        if known:
            raise ConfigError(INTACT, WITHOUT)
    finally:
        lock.close()
