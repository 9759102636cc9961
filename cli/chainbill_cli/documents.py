"""Papers kept outside the ledger: it holds their digest alone."""

from __future__ import annotations

import hashlib

from chainbill_cli.failure import Exit, fail
from chainbill_cli.given_files import PAPER_BYTES, opened

CHUNK = 1 << 20


def document_digest(path: str) -> str:
    """SHA-256 of a file's bytes in hex, as `sha256sum` prints it. An empty file is no paper: nobody could show it."""
    digest, size = hashlib.sha256(), 0
    with opened(path, PAPER_BYTES) as file:
        while part := file.read(CHUNK):
            digest.update(part)
            size += len(part)
    if not size:
        raise fail(Exit.FAILED, "error.empty_file", path=path)
    return digest.hexdigest()
