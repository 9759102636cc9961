"""Signer file: the messages this validator signed, appended and fdatasynced before anything is sent.

What is in it is consensus's business (`consensus.signer_frames`); this is only the file. It is made when a node's
home is made, never by a start: a node that has lost it must not sign as if it had never signed.

The field's word: write-ahead log.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from chainbill_node.foundation.operator_error import Pair, file_fault, room_or
from chainbill_node.storage.store import DiskError

LOST: Pair = (
    "the signer file is not there; put it back from this machine's disk, or if it is lost for good, start once with "
    "--signer-lost: the other validators then tell from where to sign",
    "签名文件不存在；请从本机磁盘找回；确已丢失时，以 --signer-lost 启动一次：由其他验证节点告知从何处起签名",
)
UNWRITTEN: Pair = ("cannot be written, and the node stops before it says anything", "无法写入，节点在对外发送之前停止")
MEND: Pair = ("mend the disk and start again", "请修复磁盘后重新启动")
UNREAD: Pair = (
    "the signer file is there: mend the disk or the file's rights and start again, and make no new one",
    "签名文件仍在：请修复磁盘或该文件的权限后重新启动，不要新建签名文件",
)
CANNOT_SYNC_FOLDERS = (errno.EINVAL, errno.ENOTSUP)  # some file systems; the file itself is synced


class FileSignerFile:
    """The file at `path`. Raises DiskError when it is not there or cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            raise _unread(path, error) from error

    def read(self) -> bytes:
        """The whole content."""
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise _unread(self._path, error) from error

    def append(self, frames: bytes) -> None:
        """Append, then fdatasync, then return."""
        try:
            _write_all(self._descriptor, frames)
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise self._unwritten(error) from error

    def rewrite(self, frames: bytes) -> None:
        """Replace the whole content: a new file, synced, renamed over the old one, the folder synced."""
        fresh = self._path.with_suffix(".new")
        try:
            descriptor = os.open(fresh, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            _write_all(descriptor, frames)
            os.fsync(descriptor)
            os.rename(fresh, self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise self._unwritten(error) from error
        os.close(self._descriptor)
        self._descriptor = descriptor

    def _unwritten(self, error: OSError) -> DiskError:
        return DiskError(file_fault(self._path, error, UNWRITTEN), room_or(MEND, error))

    def close(self) -> None:
        """Close; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _unread(path: Path, error: OSError) -> DiskError:
    """Only a file that is not there is lost: an empty one beside a whole one would let a node sign twice."""
    return DiskError(file_fault(path, error), LOST if error.errno == errno.ENOENT else room_or(UNREAD, error))


def create_signer_file(path: Path, content: bytes = b"") -> None:
    """Make the file of a new validator. Raises FileExistsError when one is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT_SYNC_FOLDERS:
            raise
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
