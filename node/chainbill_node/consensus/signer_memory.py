"""What the signer file says about one height: own messages as bytes, the lock, the valid value.

Records are canonical lists inside frames: [IDENTITY, 2, network, public key] first, then [HEIGHT, height],
[MESSAGE, height, round, type, wire bytes], [LOCK | VALID, height, round, block bytes, [prevote, …]], [SAFE, nil] (no
signature at all: it is not known what was signed before), [SAFE, height] (none below that height) and
[FLOOR, height, round] (none below that round of that height, nor, if it is not round 0, in round 0 of the next).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chainbill.codec import decode, encode, encode_trusted
from chainbill.errors import Malformed
from chainbill.ledger.block import decode_block
from chainbill.ledger.vote import Vote, VoteType
from chainbill.limits import FORMAT
from chainbill_node.consensus.signer_frames import MAX_PAYLOAD_BYTES, SignerFileError, recover
from chainbill_node.wire.messages import Choice

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
    FLOOR = 6


class Recovered(Struct, frozen=True):
    """What a file holds: the last height it names, what was signed there, and of one that was just read its last
    checksum and where its whole part ends.

    `sign_from`: no signature below that height. `floor`: where it was found out what cannot have been signed, the
    height and the round from which on. `records`: what the file says of this height, as it stands there. `earlier`:
    the same of the heights before that the database does not have (any more), by height.
    """

    height: int
    messages: dict[tuple[int, VoteType], bytes] = {}
    lock: Choice | None = None
    valid: Choice | None = None
    sign_from: int = 0
    checksum: int = 0
    whole_bytes: int = 0
    floor: tuple[int, int] | None = None
    records: tuple[bytes, ...] = ()
    earlier: dict[int, Recovered] = {}

    @property
    def unknown(self) -> bool:
        """Whether nothing may be signed because it is not known what was signed before."""
        return self.sign_from >= HEIGHT_UNKNOWN

    @property
    def signs_from(self) -> int:
        """The first height at which anything may be signed; 0 where any, or where that is not known."""
        return 0 if self.unknown else max(self.sign_from, self.floor[0] if self.floor is not None else 0)

    def is_behind(self, database_height: int) -> bool:
        """Whether it lacks what was signed for the database's height: then it is an older copy of itself."""
        return not self.unknown and self.height < database_height

    def at(self, height: int) -> Recovered:
        """What is known of a height: its own messages and lock, with what holds at every height."""
        if height == self.height or height not in self.earlier:
            return self
        return replace(self.earlier[height], sign_from=self.sign_from, floor=self.floor)

    def first_round(self, height: int) -> int:
        """The first round of a height in which a signature cannot be a second one. Example: floor (7, 3): 3 at height
        7, 1 at height 8, where a proposal of round 0 or a prevote for it may have been signed, then 0."""
        if self.floor is None or self.floor[1] == 0:
            return 0
        return {self.floor[0]: self.floor[1], self.floor[0] + 1: 1}.get(height, 0)


def identity_record(network: bytes, public_key: bytes) -> bytes:
    """The first record: whose file this is."""
    return encode([int(RecordKind.IDENTITY), FORMAT, network, public_key])


def height_record(height: int) -> bytes:
    """This height is about to be committed, or has been."""
    return encode_trusted([int(RecordKind.HEIGHT), height])


def safe_record(height: int) -> bytes:
    """Sign from this height on: the operator's word, or what the peers have shown; HEIGHT_UNKNOWN is written as nil."""
    return encode([int(RecordKind.SAFE), None if height >= HEIGHT_UNKNOWN else height])


def floor_record(height: int, round: int) -> bytes:  # noqa: A002  the word of the protocol
    """Sign from this round of this height on: the other validators' positions have shown it."""
    return encode([int(RecordKind.FLOOR), height, round])


def message_record(height: int, round: int, kind: VoteType, wire: bytes) -> bytes:  # noqa: A002
    """An own signed message, as the bytes that are sent."""
    return encode_trusted([int(RecordKind.MESSAGE), height, round, int(kind), wire])


def choice_record(kind: RecordKind, height: int, choice: Choice) -> bytes:
    """A lock or a valid value with its block and prevotes."""
    votes = [vote.fields() for vote in choice.prevotes]
    return encode([int(kind), height, choice.round, choice.block.encoded, votes])


def recover_memory(data: bytes, network: bytes, public_key: bytes, database_height: int | None = None) -> Recovered:
    """Read a signer file; SignerFileError if it is empty, damaged, or another network's or key's.

    database_height: what the file says of heights above it is kept too, where it names later ones.
    """
    payloads, checksum, whole = recover(data)
    if not payloads:
        raise SignerFileError("signer_file_empty", "there is no signer file, or it is empty")
    try:
        records = [decode(payload, max_bytes=MAX_PAYLOAD_BYTES) for payload in payloads]
        if _is_format_1(records[0]):
            raise SignerFileError("signer_file_foreign", "the signer file was made for format 1")
        if records[0] != [int(RecordKind.IDENTITY), FORMAT, network, public_key]:
            raise SignerFileError("signer_file_foreign", "the signer file belongs to another network, key or format")
        memory = _summarize(records, checksum, whole, database_height)
        said = zip(payloads, records, strict=True)
        return replace(memory, records=tuple([data for data, record in said if _is_said_at(record, memory.height)]))
    except (Malformed, ValueError, LookupError, TypeError) as error:
        raise SignerFileError("signer_file_damaged", f"a record cannot be read: {error}") from error


SHAPES: dict[RecordKind, tuple[tuple[type, ...], ...]] = {
    RecordKind.HEIGHT: ((int,),),
    RecordKind.MESSAGE: ((int,), (int,), (int,), (bytes,)),
    RecordKind.LOCK: ((int,), (int,), (bytes,), (list,)),
    RecordKind.VALID: ((int,), (int,), (bytes,), (list,)),
    RecordKind.SAFE: ((int, type(None)),),
    RecordKind.FLOOR: ((int,), (int,)),
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


def _summarize(records: list[Any], checksum: int, whole: int, database_height: int | None) -> Recovered:
    for record in records[1:]:
        _check_shape(record)
    sign_from, floor = 0, None
    of_heights: dict[int, list[Any]] = {}
    for record in records[1:]:
        if record[0] == RecordKind.SAFE:
            sign_from, floor = HEIGHT_UNKNOWN if record[1] is None else record[1], None
        elif record[0] == RecordKind.FLOOR:
            sign_from, floor = 0, (record[1], record[2])
        else:
            of_heights.setdefault(record[1], []).append(record)
    last = max(of_heights, default=0)
    wanted = [] if database_height is None else [height for height in of_heights if database_height < height < last]
    earlier = {height: _of_height(height, of_heights[height]) for height in wanted}
    if database_height is not None and last > database_height + 1:
        sign_from = max(sign_from, _known_from(of_heights))
    said = _of_height(last, of_heights.get(last, []))
    return replace(said, sign_from=sign_from, floor=floor, earlier=earlier, checksum=checksum, whole_bytes=whole)


def _is_said_at(record: Any, height: int) -> bool:
    return record[0] in (RecordKind.MESSAGE, RecordKind.LOCK, RecordKind.VALID) and record[1] == height


def _known_from(of_heights: dict[int, list[Any]]) -> int:
    """From which height on the file holds all that was signed: frames of earlier ones went when it had grown large.

    Of the first one it holds all or nothing: the height alone stands for "committed, the rest is gone".
    """
    first = min(of_heights)
    return first if len(of_heights[first]) > 1 else first + 1


def _of_height(height: int, records: list[Any]) -> Recovered:
    messages: dict[tuple[int, VoteType], bytes] = {}
    lock: Choice | None = None
    valid: Choice | None = None
    for record in records:
        kind = RecordKind(record[0])
        if kind is RecordKind.MESSAGE:
            messages.setdefault((record[2], VoteType(record[3])), record[4])
        elif kind in (RecordKind.LOCK, RecordKind.VALID):
            votes = tuple([Vote.from_fields(vote) for vote in record[4]])
            choice = Choice(decode_block(record[3]), record[2], votes)
            valid = choice if valid is None or choice.round >= valid.round else valid
            lock = choice if kind is RecordKind.LOCK else lock
    return Recovered(height, messages, lock, valid)
