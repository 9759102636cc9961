"""Files that are given to commands, read up to a bound of their kind.

Whoever is sent a transaction, an application or an account reads a file of somebody else's: one without an end, or
larger than memory, must end in a sentence. Only regular files are read; nobody may ever write to a pipe.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from chainbill.limits import KIB, MAX_GENESIS_BYTES, MAX_TRANSACTION_BYTES, MIB
from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, Failure, fail

TEXT_BYTES = 8 * MIB
"""Of JSON, TOML and source texts."""
KEY_BYTES = 256 * KIB
"""Of keys, certificates and requests for one, in PEM; a CA's file may hold several."""
TRANSACTION_BYTES = 4 * MAX_TRANSACTION_BYTES
"""Of transactions, also where they are written in hex or base64."""
GENESIS_BYTES = 2 * MAX_GENESIS_BYTES
INVOICE_BYTES = 10 * MIB
PAYEES_BYTES = 8 * MIB
PAPER_BYTES = 1024 * MIB
"""Of papers that are kept outside the ledger, and are only hashed."""


@contextmanager
def opened(path: str | Path, most: int) -> Iterator[IO[bytes]]:
    """A regular file of at most so many bytes; a failure that says which it is not, and what the system says."""
    try:
        with open(Path(path).expanduser(), "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise fail(Exit.FAILED, "error.not_a_file", path=str(path))
            if found.st_size > most:
                raise too_large(path, found.st_size, most)
            yield file
    except OSError as error:
        raise fail(Exit.FAILED, "error.file", path=str(path), why=cause_of(error)) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # of a pipe that nobody writes to


def given_bytes(path: str | Path, most: int) -> bytes:
    """What is in a file; a failure where it is none, larger, or cannot be read."""
    with opened(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it has grown meanwhile
        raise too_large(path, len(content), most)
    return content


def given_text(path: str | Path, most: int = TEXT_BYTES) -> str:
    """As `given_bytes`, of a text in UTF-8."""
    try:
        return given_bytes(path, most).decode("utf-8")
    except UnicodeDecodeError as error:
        raise fail(Exit.FAILED, "error.file", path=str(path), why=cause_of(error)) from error


def too_large(path: str | Path, size: int, most: int) -> Failure:
    """The failure of a file of more bytes than are read."""
    failure = fail(Exit.FAILED, "error.too_large", path=str(path), size=f"{size:,}", most=f"{most:,}")
    failure.problem.update(size=size, most=most)
    return failure
