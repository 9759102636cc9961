"""Operator errors: what stops a node and an operator can mend, said in English and in Chinese.

A fault is a pair of pairs: what was found and what mends it, each (English, Chinese). The words of an error of the
system stand in both as the system says them; whoever knows the language of the reader may put others in their place.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

Pair = tuple[str, str]
"""A text in English and the same in Chinese."""
FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_MEND: Pair = (
    "the disk is full, and nothing is lost. Free some room on it or make it larger, then start again: the chain and "
    "its snapshots in data/ need room to grow (node.toml: storage.keep_blocks, storage.keep_snapshots), signer/ little",
    "磁盘已满，数据没有丢失。请清理或扩大该磁盘的空间后重新启动：data/ 中的链与快照需要增长空间"
    "（见 node.toml 的 storage.keep_blocks 与 storage.keep_snapshots），signer/ 只需少量空间",
)


class OperatorError(Exception):
    """A fault and its mend; `str()` says both in both languages."""

    def __init__(self, what: Pair, mend: Pair) -> None:
        super().__init__(f"{what[0]}: {mend[0]} / {what[1]}：{mend[1]}")
        self.what = what
        self.mend = mend

    def said(self, language: str) -> str:
        """What and the mend in one language, "en" or "zh"; any other gives both."""
        if language == "zh":
            return f"{self.what[1]}：{self.mend[1]}"
        return f"{self.what[0]}: {self.mend[0]}" if language == "en" else str(self)


def room_or(mend: Pair, error: BaseException) -> Pair:
    """The mend of a failed write: room, where the disk is full; else `mend`.

    LevelDB hands on the system's words without its number, so the words are looked at too.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return FULL_MEND if error.errno in FULL else mend
    return FULL_MEND if any(os.strerror(one) in str(error) for one in FULL) else mend


def file_fault(path: Path, error: OSError, doing: Pair = ("cannot be read", "无法读取")) -> Pair:
    """That something cannot be done with a file, and the system's reason."""
    return f"{path} {doing[0]} ({error.strerror})", f"{path} {doing[1]}（{error.strerror}）"
