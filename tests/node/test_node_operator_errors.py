"""Whatever stops a node says what was found and what mends it, all of it in English and all of it in Chinese.

The first words were English before a Chinese mend, and a full disk was answered with the advice to move healthy data
away.
"""

from __future__ import annotations

import ast
import asyncio
import errno
import importlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chainbill_node
import plyvel
import pytest
from chainbill_node.foundation.operator_error import FULL_MEND, room_or
from chainbill_node.home.config import Address, ConfigError
from chainbill_node.home.signer_faults import FAULTS
from chainbill_node.network.listening import listen
from chainbill_node.storage.leveldb import MEND, LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.storage.snapshots.fetched_chunks import FetchedChunks
from chainbill_node.storage.store import DiskError
from cli.english_left import english_left

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ROOT = Path(chainbill_node.__file__).parent


def evaluated(node: ast.expr, module: dict[str, Any]) -> str | None:
    """A text of the sources, with x for whatever is filled in; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = []
        for one in node.values:
            known = isinstance(one, ast.FormattedValue) and isinstance(one.value, ast.Subscript | ast.Name)
            found = eval_name(one.value, module) if known else None  # type: ignore[union-attr]
            parts.append(str(one.value) if isinstance(one, ast.Constant) else found or "x")
        return "".join(parts)
    return None


def eval_name(node: ast.expr, module: dict[str, Any]) -> str | None:
    """The text that a constant of a module is, or a member of one."""
    try:
        value = eval(compile(ast.Expression(node), "<text>", "eval"), dict(module))
    except NameError:
        return None
    return value if isinstance(value, str) else None


def pairs() -> Iterator[tuple[str, str, str]]:
    """(place, English, Chinese) of every pair of texts that the node's modules with operator's errors write down."""
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "operator_error" not in source and not re.search(r"\b(?:Config|Disk)Error\(", source):
            continue
        name = ".".join(("chainbill_node", *path.relative_to(ROOT).with_suffix("").parts))
        module = vars(importlib.import_module(name))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                english, chinese = (evaluated(one, module) for one in node.elts)
                if english is not None and chinese is not None and " " in english:
                    yield f"{path.name}:{node.lineno}", english, chinese


FOUND = list(pairs())


def test_every_fault_of_a_node_is_two_pairs() -> None:
    """Nobody hands one text over for both languages."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {
                "ConfigError", "DiskError",
            }:  # fmt: skip
                assert len(node.args) == 2, f"{path.name}:{node.lineno}"
                assert not any(isinstance(one, ast.JoinedStr | ast.Constant) for one in node.args)


def test_no_fault_has_the_other_language_in_it() -> None:
    assert len(FOUND) > 30
    for place, english, chinese in FOUND:
        assert not CHINESE.search(english), place
        assert CHINESE.search(chinese) or not english_left(english), place
        words = [one for one in english_left(chinese) if one not in {"block", "CHAINBILL", "PASSPHRASE"}]
        assert not words, (place, words)
    for reason, (what, mend) in FAULTS.items():
        assert not english_left(f"{what} {mend[1]}".replace(reason, "")), reason


def test_an_error_says_one_language_or_both() -> None:
    error = ConfigError(("x is wrong", "x 有误"), ("mend it", "请更正"))
    assert error.said("en") == "x is wrong: mend it"
    assert error.said("zh") == "x 有误：请更正"
    assert str(error) == error.said("") == "x is wrong: mend it / x 有误：请更正"


# a full disk

FULL_WORDS = os.strerror(errno.ENOSPC)
ALWAYS_FULL = Path("/dev/full")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, FULL_WORDS),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        plyvel.IOError(f"IO error: /srv/data/chain/000123.ldb: {FULL_WORDS}".encode()),
    ],
)
def test_a_full_disk_is_told_as_one(error: Exception) -> None:
    """cases: the text advised to move healthy data away."""
    assert room_or(MEND, error) is FULL_MEND
    for text in FULL_MEND:
        assert "sync.from_snapshot" not in text
        assert "away" not in text
        assert "移走" not in text
    assert "nothing is lost" in FULL_MEND[0]
    assert "没有丢失" in FULL_MEND[1]


def test_damage_is_not_told_as_a_full_disk() -> None:
    for error in (plyvel.CorruptionError(b"Corruption: checksum mismatch"), OSError(errno.EIO, os.strerror(errno.EIO))):
        assert room_or(MEND, error) is MEND


def test_the_signer_file_on_a_full_disk() -> None:
    """By the kernel's own device that is always full."""
    file = FileSignerFile(ALWAYS_FULL)
    with pytest.raises(DiskError) as caught:
        file.append(b"x")
    file.close()
    assert caught.value.mend is FULL_MEND
    assert str(ALWAYS_FULL) in caught.value.said("zh")


def test_the_database_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LevelDB's log is led to the device that is always full before LevelDB opens it again."""
    LevelStore(tmp_path / "db", create=True).close()
    (log,) = (tmp_path / "db").glob("*.log")
    log.unlink()
    current = (tmp_path / "db" / "CURRENT").read_text().strip()
    (tmp_path / "db" / current).unlink()
    (tmp_path / "db" / "CURRENT").unlink()
    (tmp_path / "db" / "MANIFEST-000001").symlink_to(ALWAYS_FULL)
    with pytest.raises(DiskError) as caught:
        LevelStore(tmp_path / "db", create=True)
    assert FULL_WORDS in str(caught.value)
    assert caught.value.mend is FULL_MEND


def test_fetched_chunks_on_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "000001.unfinished").symlink_to(ALWAYS_FULL)
    with pytest.raises(DiskError) as caught:
        FetchedChunks(tmp_path).put(1, b"x" * 100)
    assert caught.value.mend is FULL_MEND


# homes and addresses


def test_a_home_that_cannot_be_locked_for_another_reason_says_that_one(tmp_path: Path) -> None:
    """A folder that is not there was told as "another process uses this home"."""
    with pytest.raises(DiskError) as caught:
        HomeLock(tmp_path / "none")
    assert "another process" not in str(caught.value)
    held = HomeLock(tmp_path)
    with pytest.raises(DiskError, match="another process"):
        HomeLock(tmp_path)
    held.close()


def test_a_taken_port_is_named_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for section in ("rest", "p2p", "metrics"):
            with pytest.raises(ConfigError) as caught:
                asyncio.run(listen(section, Address("127.0.0.1", port), 5))
            for language in ("en", "zh"):
                assert f"127.0.0.1:{port}" in caught.value.said(language)
                assert f"{section}.port" in caught.value.said(language)


def test_a_signer_file_that_was_made_can_be_written(tmp_path: Path) -> None:
    create_signer_file(tmp_path / "signer.bin")
    file = FileSignerFile(tmp_path / "signer.bin")
    file.append(b"x")
    assert file.read() == b"x"
    file.close()
