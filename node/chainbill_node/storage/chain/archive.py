"""Backup archive: every row of the database at one moment in a tar file, with checksums.

    home/node.toml, home/genesis.json        the files of the home that are no secret
    rows/000000.z, …                         rows in key order: key length (4) ‖ value length (4) ‖ key ‖ value, zlib
    manifest.json                            last: chain, height, app hash, and SHA-256 of every other member

It holds no keys and no signer file: a copy of the chain gives nobody the right to sign (docs/reference/backup.md).
Rows are streamed; neither writing nor reading holds more than one part in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from chainbill_node.storage.chain.layout import GENESIS_KEY, HEAD_KEY, RECORD, height_key
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.storage.store import Readable, walk

FORMAT = 1
MANIFEST = "manifest.json"
PART_BYTES = 4 * 1024 * 1024
MAX_PART_BYTES = 64 * 1024 * 1024
MAX_MANIFEST_BYTES = 64 * 1024 * 1024
LENGTHS = 8
ALL = (b"\x00", b"\xff")
Row = tuple[bytes, bytes]


class ArchiveError(Exception):
    """An archive that must not be used; the text says why, `said` in one language."""

    def __init__(self, why_en: str, why_zh: str) -> None:
        super().__init__(why_en)
        self.whys = {"en": why_en, "zh": why_zh}

    def said(self, language: str) -> str:
        """Why, in "en" or "zh"."""
        return self.whys[language]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. Hashes are hex; `members`: SHA-256 by name, in the order of the file."""

    format: int
    chain_id: str
    genesis_hash: str
    height: int
    app_hash: str
    rows: int
    members: dict[str, str]


def write_archive(source: Readable, files: Mapping[str, bytes], target: Path, *, chain_id: str) -> Manifest:
    """Write the rows of one moment to a new file. Raises FileExistsError, OSError, DiskError.

    The file has its name only once it is whole and synced. Safe from any thread if `source` is a snapshot.
    """
    if target.exists():
        raise FileExistsError(target)
    record = head_record(source)
    partial = target.with_name(target.name + ".partial")
    members: dict[str, str] = {}
    count = 0
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for name, content in files.items():
                    _add(tar, f"home/{name}", content, members)
                for number, (rows, part) in enumerate(_parts(source)):
                    count += rows
                    _add(tar, f"rows/{number:06d}.z", part, members)
                manifest = Manifest(
                    FORMAT,
                    chain_id,
                    (source.get(GENESIS_KEY) or b"").hex(),
                    record.height,
                    record.app_hash.hex(),
                    count,
                    members,
                )
                _add(tar, MANIFEST, json.dumps(asdict(manifest), indent=1).encode(), {})
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, target)  # unlike a rename this never overwrites
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)
    return manifest


def head_record(source: Readable) -> HeightRecord:
    """Record of the newest height. Raises ArchiveError when there is none."""
    raw = source.get(HEAD_KEY)
    record = None if raw is None else source.get(height_key(RECORD, int.from_bytes(raw, "big")))
    if record is None:
        raise ArchiveError("there is no chain in this database", "该数据库中没有链")
    return HeightRecord.decode(record)


def _parts(source: Readable) -> Iterator[tuple[int, bytes]]:
    """(number of rows, compressed rows) of bounded size."""
    pieces: list[bytes] = []
    size = rows = 0
    for key, value in walk(source, *ALL):
        pieces += (len(key).to_bytes(4, "big"), len(value).to_bytes(4, "big"), key, value)
        size += LENGTHS + len(key) + len(value)
        rows += 1
        if size >= PART_BYTES:
            yield rows, zlib.compress(b"".join(pieces), 1)
            pieces, size, rows = [], 0, 0
    if rows:
        yield rows, zlib.compress(b"".join(pieces), 1)


def _add(tar: tarfile.TarFile, name: str, content: bytes, members: dict[str, str]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))
    members[name] = hashlib.sha256(content).hexdigest()


def check_archive(path: Path) -> Manifest:
    """Read the whole file and compare every checksum. Raises ArchiveError, OSError."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    for name, content in _members(path):
        if name == MANIFEST:
            manifest = _manifest(content)
        else:
            found[name] = hashlib.sha256(content).hexdigest()
    if manifest is None:
        raise ArchiveError("it has no manifest: it was cut short", "缺少清单：内容不完整")
    if manifest.format != FORMAT:
        raise ArchiveError(
            f"format {manifest.format}, this program reads {FORMAT}",
            f"格式为 {manifest.format}，本程序只能读取 {FORMAT}",
        )
    if found != manifest.members:
        wrong = sorted(
            name for name in found.keys() | manifest.members if found.get(name) != manifest.members.get(name)
        )
        raise ArchiveError(f"damaged: {', '.join(wrong[:3])}", f"已损坏：{'、'.join(wrong[:3])}")
    return manifest


def archived_file(path: Path, name: str) -> bytes | None:
    """A file of the home that the archive was made from."""
    return next((content for member, content in _members(path) if member == f"home/{name}"), None)


def archived_rows(path: Path) -> Iterator[list[Row]]:
    """The rows, one part after the other. Raises ArchiveError, OSError."""
    for name, content in _members(path):
        if name.startswith("rows/"):
            yield _rows(content)


def _rows(part: bytes) -> list[Row]:
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(part, MAX_PART_BYTES)
    except zlib.error as error:
        raise ArchiveError(f"a part cannot be unpacked ({error})", "其中一部分无法解压") from error
    rows: list[Row] = []
    start = 0
    while start + LENGTHS <= len(data):
        middle = start + LENGTHS + int.from_bytes(data[start : start + 4], "big")
        end = middle + int.from_bytes(data[start + 4 : start + LENGTHS], "big")
        rows.append((data[start + LENGTHS : middle], data[middle:end]))
        start = end
    if start != len(data):
        raise ArchiveError("a part ends within a row", "其中一部分在一行之内结束")
    return rows


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                yield member.name, _content(tar, member)
    except tarfile.TarError as error:
        raise ArchiveError(f"it is no backup, or damaged ({error})", "不是备份文件，或已损坏") from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if not member.isreg() or member.size > max(MAX_PART_BYTES, MAX_MANIFEST_BYTES):
        raise ArchiveError(f"{member.name} is no part of a backup", f"{member.name} 不属于备份")
    file: IO[bytes] | None = tar.extractfile(member)
    content = b"" if file is None else file.read()
    if len(content) != member.size:
        raise ArchiveError("it was cut short", "内容不完整")
    return content


def _manifest(content: bytes) -> Manifest:
    try:
        given: Any = json.loads(content)
        return Manifest(**given)
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"its manifest cannot be read ({error})", "清单无法读取") from error
