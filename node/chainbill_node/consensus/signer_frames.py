"""Frames of the signer file: append-only records with checksums (docs/reference/signer-file.md).

A frame is length (4 bytes BE) ‖ CRC-32 of the length ‖ CRC-32 of the payload ‖ payload. Each payload checksum starts
from the one before, so that frames can be neither lost from the middle nor swapped. The last frame may be cut off by a
crash: it was never synced, so nothing was sent for it, and it is dropped. Anything else that does not fit is refused:
an answer from a damaged file could be a second signature.

The field's word: write-ahead log.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

HEADER_BYTES = 12
MAX_PAYLOAD_BYTES = 32 * 1024 * 1024


class SignerFileError(Exception):
    """The signer file must not be used: `reason` (machine-readable) and what the operator should know."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


def frame(payload: bytes, previous: int) -> tuple[bytes, int]:
    """One frame after a frame whose payload checksum is `previous` (0 for the first); with its own checksum."""
    length = len(payload).to_bytes(4, "big")
    checksum = zlib.crc32(payload, previous)
    return length + zlib.crc32(length).to_bytes(4, "big") + checksum.to_bytes(4, "big") + payload, checksum


def frames(payloads: Iterable[bytes], previous: int = 0) -> tuple[bytes, int]:
    """Several frames in a row, with the last checksum."""
    parts = []
    for payload in payloads:
        part, previous = frame(payload, previous)
        parts.append(part)
    return b"".join(parts), previous


def recover(data: bytes) -> tuple[list[bytes], int, int]:
    """The payloads of a file, its last checksum, and the length of what is whole.

    SignerFileError `signer_file_damaged` for a complete frame whose checksum is wrong.
    """
    payloads: list[bytes] = []
    checksum = 0
    start = 0
    while start + HEADER_BYTES <= len(data):
        length_bytes = data[start : start + 4]
        if zlib.crc32(length_bytes) != int.from_bytes(data[start + 4 : start + 8], "big"):
            raise SignerFileError("signer_file_damaged", f"the frame header at byte {start} is damaged")
        length = int.from_bytes(length_bytes, "big")
        if length > MAX_PAYLOAD_BYTES:
            raise SignerFileError("signer_file_damaged", f"the frame at byte {start} is too long")
        end = start + HEADER_BYTES + length
        if end > len(data):
            break
        payload = data[start + HEADER_BYTES : end]
        checksum_here = zlib.crc32(payload, checksum)
        if checksum_here != int.from_bytes(data[start + 8 : start + 12], "big"):
            raise SignerFileError("signer_file_damaged", f"the checksum of the frame at byte {start} is wrong")
        payloads.append(payload)
        checksum = checksum_here
        start = end
    return payloads, checksum, start
