"""What the signer file says about one height: own messages as bytes, the lock, the valid value.

Records are canonical lists inside frames: [IDENTITY, 2, network, public key] first, then [HEIGHT, height],
[MESSAGE, height, round, type, wire bytes], [LOCK | VALID, height, round, block bytes, [prevote, …]] and
[SAFE, height] (no signature below that height; nil: none at all until the peers have shown which height is safe).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from chainbill.codec import decode, encode
from chainbill.errors import Malformed
from chainbill.ledger.block import decode_block
from chainbill.ledger.vote import Vote, VoteType
from chainbill.limits import FORMAT
from chainbill_node.consensus.signer_frames import MAX_PAYLOAD_BYTES, SignerFileError, recover
from chainbill_node.consensus.state import Choice

HEIGHT_UNKNOWN = 2**62
"""`sign_from` of a file that was made for restored or fetched data: what was signed before is not known."""


class RecordKind(IntEnum):
    """The first field of a record."""

    IDENTITY = 0
    HEIGHT = 1
    MESSAGE = 2
    LOCK = 3
    VALID = 4
    SAFE = 5


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a file holds: the last height it names, what was signed there, and where its whole part ends."""

    height: int
    messages: dict[tuple[int, VoteType], bytes] = field(default_factory=dict)
    lock: Choice | None = None
    valid: Choice | None = None
    sign_from: int = 0
    checksum: int = 0
    whole_bytes: int = 0

    def fits(self, database_height: int) -> bool:
        """Whether the file is at the database's height or one above; one that allows no signature yet fits any."""
        return self.sign_from >= HEIGHT_UNKNOWN or self.height in (database_height, database_height + 1)


def identity_record(network: bytes, public_key: bytes) -> bytes:
    """The first record: whose file this is."""
    return encode([int(RecordKind.IDENTITY), FORMAT, network, public_key])


def height_record(height: int) -> bytes:
    """This height is about to be committed, or has been."""
    return encode([int(RecordKind.HEIGHT), height])


def safe_record(height: int) -> bytes:
    """Sign from this height on: the operator's word, or what the peers have shown; HEIGHT_UNKNOWN is written as nil."""
    return encode([int(RecordKind.SAFE), None if height >= HEIGHT_UNKNOWN else height])


def message_record(height: int, round: int, kind: VoteType, wire: bytes) -> bytes:  # noqa: A002
    """An own signed message, as the bytes that are sent."""
    return encode([int(RecordKind.MESSAGE), height, round, int(kind), wire])


def choice_record(kind: RecordKind, height: int, choice: Choice) -> bytes:
    """A lock or a valid value with its block and prevotes."""
    votes = [vote.fields() for vote in choice.prevotes]
    return encode([int(kind), height, choice.round, choice.block.encoded, votes])


def recover_memory(data: bytes, network: bytes, public_key: bytes) -> Recovered:
    """Read a signer file; SignerFileError if it is empty, damaged, or another network's or key's."""
    payloads, checksum, whole = recover(data)
    if not payloads:
        raise SignerFileError("signer_file_empty", "there is no signer file, or it is empty")
    try:
        records = [decode(payload, max_bytes=MAX_PAYLOAD_BYTES) for payload in payloads]
        if _is_format_1(records[0]):
            raise SignerFileError("signer_file_foreign", "the signer file was made for format 1")
        if records[0] != [int(RecordKind.IDENTITY), FORMAT, network, public_key]:
            raise SignerFileError("signer_file_foreign", "the signer file belongs to another network, key or format")
        return _summarize(records, checksum, whole)
    except (Malformed, ValueError, LookupError, TypeError) as error:
        raise SignerFileError("signer_file_damaged", f"a record cannot be read: {error}") from error


def check_heights(recovered: Recovered, database_height: int) -> None:
    """Refuse a file that is not this database's."""
    if not recovered.fits(database_height):
        raise SignerFileError(
            "signer_file_height",
            f"the signer file is at height {recovered.height}, the database at {database_height}",
        )


SHAPES: dict[RecordKind, tuple[tuple[type, ...], ...]] = {
    RecordKind.HEIGHT: ((int,),),
    RecordKind.MESSAGE: ((int,), (int,), (int,), (bytes,)),
    RecordKind.LOCK: ((int,), (int,), (bytes,), (list,)),
    RecordKind.VALID: ((int,), (int,), (bytes,), (list,)),
    RecordKind.SAFE: ((int, type(None)),),
}


def _check_shape(record: Any) -> None:
    """ValueError, LookupError or TypeError unless this is a record as one of the functions above makes it."""
    shape = SHAPES[RecordKind(record[0])]
    if type(record) is not list or len(record) != 1 + len(shape):
        raise ValueError("it has another number of fields")
    if any(type(field) not in allowed for field, allowed in zip(record[1:], shape, strict=True)):
        raise ValueError("a field is of another type")


def _is_format_1(record: Any) -> bool:
    return type(record) is list and record[:2] == [int(RecordKind.IDENTITY), 1]


def _summarize(records: list[Any], checksum: int, whole: int) -> Recovered:
    for record in records[1:]:
        _check_shape(record)
    height = max((record[1] for record in records[1:] if record[0] != RecordKind.SAFE), default=0)
    messages: dict[tuple[int, VoteType], bytes] = {}
    lock: Choice | None = None
    valid: Choice | None = None
    sign_from = 0
    for record in records[1:]:
        kind = RecordKind(record[0])
        if kind is RecordKind.SAFE:
            sign_from = HEIGHT_UNKNOWN if record[1] is None else record[1]
        elif record[1] == height and kind is RecordKind.MESSAGE:
            messages.setdefault((record[2], VoteType(record[3])), record[4])
        elif record[1] == height and kind in (RecordKind.LOCK, RecordKind.VALID):
            votes = tuple([Vote.from_fields(vote) for vote in record[4]])
            choice = Choice(decode_block(record[3]), record[2], votes)
            valid = choice if valid is None or choice.round >= valid.round else valid
            lock = choice if kind is RecordKind.LOCK else lock
    return Recovered(height, messages, lock, valid, sign_from, checksum, whole)
