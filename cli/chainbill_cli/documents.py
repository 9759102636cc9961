"""Papers kept outside the ledger: it holds their digest alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, fail

CHUNK = 1 << 20


def document_digest(path: str) -> str:
    """SHA-256 of a file's bytes in hex, as `sha256sum` prints it. An empty file is no paper: nobody could show it."""
    digest, size = hashlib.sha256(), 0
    try:
        with Path(path).open("rb") as file:
            while part := file.read(CHUNK):
                digest.update(part)
                size += len(part)
    except OSError as error:
        raise fail(Exit.FAILED, "error.file", path=path, why=cause_of(error)) from error
    if not size:
        raise fail(Exit.FAILED, "error.empty_file", path=path)
    return digest.hexdigest()
