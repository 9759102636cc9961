"""Transaction files: unsigned bodies and signed transactions, as bytes or base64."""

from __future__ import annotations

import base64
import binascii
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import SIGN_DOMAIN, assemble, decode_transaction, verify_signatures
from chainbill.limits import MAX_TRANSACTION_BYTES
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.session import Session

Signatures = list[tuple[bytes, bytes]]


def read_parts(path: str) -> tuple[bytes, Signatures]:
    """Body bytes and signatures of a file ("-" is stdin). A body without signatures stands as [body, []]."""
    try:
        content = sys.stdin.buffer.read(4 * MAX_TRANSACTION_BYTES) if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise fail(Exit.FAILED, "error.file", path=path, why=str(error.strerror or error)) from error
    try:
        body, signatures = decode(_plain(content), max_bytes=MAX_TRANSACTION_BYTES)
        pairs = [(bytes(key), bytes(signature)) for key, signature in signatures]
        if not isinstance(body, bytes):
            raise TypeError("body")
    except (ChainbillError, ValueError, TypeError) as error:
        raise fail(Exit.FAILED, "tx.not_one", path=path, why=str(error)) from error
    return body, pairs


def _plain(content: bytes) -> bytes:
    try:
        return base64.b64decode(content.strip(), validate=True)
    except (binascii.Error, ValueError):
        return content


def with_signature(session: Session, body: bytes, signatures: Signatures) -> Signatures:
    """The signatures with that of the acting profile's key."""
    party = decode(body, max_bytes=MAX_TRANSACTION_BYTES)[2]
    if party != session.party:
        raise usage("tx.other_party", found=party, expected=session.party)
    key = session.key
    others = [pair for pair in signatures if pair[0] != key.public]
    return sorted([*others, (key.public, key.sign(SIGN_DOMAIN, body))])


def store(session: Session, body: bytes, signatures: Signatures, path: str) -> None:
    """Write a transaction to a file, and say its id; without a file it is printed as base64."""
    wire = assemble(body, signatures) if signatures else encode([body, []])
    answer: dict[str, Any] = {"transaction": tagged_hash("tx-body", body).hex(), "signatures": len(signatures)}
    if path:
        try:
            Path(path).write_bytes(base64.b64encode(wire) + b"\n")
        except OSError as error:
            raise fail(Exit.FAILED, "error.file_write", path=path, why=str(error)) from error
        answer["file"] = path
    else:
        answer["base64"] = base64.b64encode(wire).decode()
    if session.out.form in {"json", "jsonl"}:
        session.out.json(answer)
    elif path:
        session.out.raw(f"{answer['transaction']}\n")
    else:
        session.out.raw(answer["base64"] + "\n")


def shown(body: bytes, signatures: Sequence[tuple[bytes, bytes]]) -> dict[str, Any]:
    """What a transaction says."""
    from datetime import UTC, datetime

    _, chain_id, party, valid_until_ms, nonce, calls, memo = decode(body, max_bytes=MAX_TRANSACTION_BYTES)
    until = datetime.fromtimestamp(valid_until_ms // 1000, UTC).isoformat().replace("+00:00", "Z")
    valid = verify_signatures(decode_transaction(assemble(body, signatures))) if signatures else False
    return {
        "id": tagged_hash("tx-body", body).hex(),
        "chain_id": chain_id,
        "party": party,
        "valid_until": until,
        "nonce": nonce.hex(),
        "calls": [{"contract": one[0], "function": one[1], "arguments": one[2]} for one in calls],
        "memo": memo,
        "signers": [key.hex() for key, _ in signatures],
        "valid": valid,
    }
