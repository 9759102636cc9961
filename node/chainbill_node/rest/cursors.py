"""Cursors of lists: what a page hands to the next one, sealed with a key that only this node has.

A cursor goes through the hands of its reader. It is encrypted, since the position in it may be a row that the reader
does not see, and authenticated, since the totals in it show on every further page. It is good for the reader to whom it
was given, by what it may see: who has another's cursor, or lost a grant, begins again.

The field's word: cursor pagination.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chainbill_node.rest.access import Viewer
from chainbill_node.rest.problems import Problem

KEY_BYTES = 64
"""Of AES-SIV (RFC 5297): half authenticates, half encrypts. Equal cursors are equal texts, as equal answers must be."""

MAX_CURSOR_CHARACTERS = 2_000
PADDED_TO = 128
"""Bytes: a cursor is as long whatever the name in it, up to some 60 characters of names and sums."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on: height, digest of its filters, last candidate read, its totals, and how many were shown.

    ``known``: of a list by value date, the height at which receipts are known; else 0. ``counted``: the last candidate
    that is counted, where counting goes on.
    """

    height: int
    query: str
    after: str
    count: int
    sums: dict[str, int]
    complete: bool
    shown: int
    known: int = 0
    counted: str = ""


def query_digest(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Name the filters of a list: everything asked for but the page."""
    kept = sorted((name, value) for name, value in parameters if name not in ("after", "limit"))
    return hashlib.sha256(msgspec.json.encode([path, kept])).hexdigest()[:16]


def cursor_key(secret: bytes) -> bytes:
    """Derive the key of a node's cursors from a secret of the node (HKDF, RFC 5869): it lives over restarts."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"chainbill list cursors").derive(secret)


class CursorSeal:
    """Writes and reads the cursors of one node. key: KEY_BYTES."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        self.name = hashlib.sha256(b"chainbill cursor seal" + key).digest()[:8]
        """Says which cursors are read here, and tells nothing of the key."""

    def write(self, cursor: Cursor, viewer: Viewer) -> str:
        """Write a cursor for a reader as URL-safe text."""
        plain = msgspec.json.encode(cursor)
        padded = plain + b" " * (-len(plain) % PADDED_TO)
        return base64.urlsafe_b64encode(self._cipher.encrypt(padded, [_of(viewer)])).rstrip(b"=").decode()

    def read(self, text: str, query: str, viewer: Viewer) -> Cursor:
        """Read a cursor that a reader brings back. Problem bad_cursor or cursor_mismatch (400)."""
        if len(text) > MAX_CURSOR_CHARACTERS:
            raise Problem(400, "bad_cursor")
        try:
            sealed = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), b"-_", validate=True)
            cursor = msgspec.json.decode(self._cipher.decrypt(sealed, [_of(viewer)]), type=Cursor)
        except (InvalidTag, msgspec.MsgspecError, binascii.Error, ValueError):
            raise Problem(400, "bad_cursor") from None
        if cursor.query != query:
            raise Problem(400, "cursor_mismatch")
        return cursor


def _of(viewer: Viewer) -> bytes:
    return viewer.reads_as.encode()
