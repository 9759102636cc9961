"""The signer: the one place where this node's consensus signatures are made.

Rules: a message is in the file and synced before it is handed out for sending; the same (height, round, type) is never
signed twice, a second request gives back the stored bytes. It does not decide what to say.

The field's word: log compaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import Vote, VoteKey, VoteType, sign_proposal, sign_vote
from chainbill_node import wire
from chainbill_node.consensus import signer_frames as frames
from chainbill_node.consensus.effects import UnsignedProposal, UnsignedVote
from chainbill_node.consensus.opening import own_message
from chainbill_node.consensus.signer_memory import (
    HEIGHT_UNKNOWN,
    RecordKind,
    Recovered,
    choice_record,
    floor_record,
    height_record,
    identity_record,
    message_record,
    recover_memory,
    safe_record,
)
from chainbill_node.driver.ports import SignerFile, Tip
from chainbill_node.wire.messages import Choice, Proposal, Votes


def new_signer_file(network: bytes, public_key: bytes, height: int = 0) -> bytes:
    """The content of a fresh signer file, for the commands that create one; `height`: the database's."""
    records = [identity_record(network, public_key)]
    if height:
        records.append(height_record(height))
    return frames.frames(records)[0]


def following_signer_file(network: bytes, public_key: bytes, height: int) -> bytes:
    """The content of the file beside restored or fetched data: nothing is signed until the peers have shown that the
    network is beyond every height this key may have signed."""
    records = [identity_record(network, public_key), height_record(height), safe_record(HEIGHT_UNKNOWN)]
    return frames.frames(records)[0]


@dataclass(frozen=True, slots=True)
class Signed:
    """An own message, its wire bytes, and whether it was in the file before."""

    message: Proposal | Vote
    data: bytes
    repeated: bool


class Signer:
    """Signs, stores, then hands out. `memory` is what the file says about the current height."""

    def __init__(self, file: SignerFile, key: VoteKey, network: bytes, limit_bytes: int) -> None:
        self._file = file
        self._key = key
        self._network = network
        self._limit_bytes = limit_bytes
        self._size = self._checksum = 0
        self._said: tuple[int, list[bytes]] = (0, [])
        self.memory = Recovered(0)

    def open(self, database_height: int, safe_height: int | None) -> None:
        """Recover the file. SignerFileError if it must not be used, or if the operator's safe height is not wanted.

        An intact file stays in use, whatever the database has: one that is ahead of it signs nothing that it has not
        got to again. One that is behind is an older copy, and what was signed since is not known.
        """
        data = self._file.read()
        memory = recover_memory(data, self._network, self._key.public, database_height)
        if safe_height is not None:
            _check_word(memory, database_height, safe_height)
        if memory.unknown or safe_height is not None or memory.is_behind(database_height):
            self.memory = Recovered(database_height, sign_from=HEIGHT_UNKNOWN)
            self._rewrite()
            return
        if memory.whole_bytes < len(data):
            self._file.rewrite(data[: memory.whole_bytes])
        self._size, self._checksum = memory.whole_bytes, memory.checksum
        self._said = (memory.height, list(memory.records))
        self.memory = memory

    def forget(self) -> None:
        """The peers hold messages of ours that the file lacks: it is an older copy of itself."""
        self._append([safe_record(HEIGHT_UNKNOWN)])
        self.memory = Recovered(self.memory.height, sign_from=HEIGHT_UNKNOWN)

    def compare(self, height: int, certificate: Certificate) -> None:
        """A fetched certificate with a signature of ours at a height that the file never got to: it is an older copy.

        Who has just signed at this height has it in the file, so only what another self signed is found here.
        """
        signed = any(key == self._key.public for key, _ in certificate.signatures)
        if signed and height > self.memory.height and not self.memory.unknown:
            self.forget()

    def sign_from(self, height: int, round_: int, lock: Choice | None) -> None:
        """Nothing was signed in this round of this height or later, with this lock to keep: write that, synced."""
        if lock is not None:  # first: without the floor after it nothing is signed, so it does no harm alone
            self._append([choice_record(RecordKind.LOCK, height, lock)], height)
        self._append([floor_record(height, round_)])
        self.memory = Recovered(
            height if lock is not None else self.memory.height,
            lock=lock,
            valid=lock,
            floor=(height, round_),
        )

    def stored(self, height: int, round_: int, kind: VoteType) -> bytes | None:
        """The bytes of the own message of this height, round and type, if there is one."""
        return self._messages_at(height).get((round_, kind))

    def sign(self, height: int, unsigned: UnsignedProposal | UnsignedVote, lock: Choice | None) -> Signed:
        """The signed message, synced to the file; if one was stored before, that one.

        Where that one says nil the lock binds nobody, but its block is a valid value, and is kept as such.
        """
        kind = unsigned.type if isinstance(unsigned, UnsignedVote) else VoteType.PROPOSAL
        known = self.stored(height, unsigned.round, kind)
        if known is not None:
            before = own_message(known)
            if lock is not None and isinstance(before, Vote) and before.block_id != lock.block.id:
                self.keep_valid(height, lock)
            return Signed(before, known, repeated=True)
        message = self._message(height, unsigned)
        data = wire.encode(message if isinstance(message, Proposal) else Votes((message,)))
        records = [] if lock is None else [choice_record(RecordKind.LOCK, height, lock)]
        records.append(message_record(height, unsigned.round, kind, data))
        self._append(records, height)
        self._remember(height, messages={**self._messages_at(height), (unsigned.round, kind): data})
        return Signed(message, data, repeated=False)

    def keep_valid(self, height: int, valid: Choice) -> None:
        """Store a valid value."""
        self._append([choice_record(RecordKind.VALID, height, valid)], height)
        self._remember(height, messages=self._messages_at(height))

    def before_commit(self, height: int) -> None:
        """Make the file name this height before the database does, so that the two can be compared after a crash."""
        if self.memory.height < height:
            self._append([height_record(height)])
            self._said = (height, [])
            self._remember(height, messages={})

    def after_commit(self, height: int) -> None:
        """The height's batch is synced: frames of earlier ones may go, and do once the file has grown large.

        Those of this height stay: if its database and all others but one are lost, it may have to be decided again.
        """
        if self._size > self._limit_bytes and self.memory.height == height:
            self._rewrite()

    def _messages_at(self, height: int) -> dict[tuple[int, VoteType], bytes]:
        known = self.memory.at(height)
        return known.messages if known.height == height else {}

    def _remember(self, height: int, messages: dict[tuple[int, VoteType], bytes]) -> None:
        memory = self.memory
        at_work = Recovered(height, messages, sign_from=memory.sign_from, floor=memory.floor)
        if height < memory.height:  # the chain is fetched again; what the file says of later heights is wanted later
            at_work = replace(memory, earlier={**memory.earlier, height: at_work})
        self.memory = at_work

    def _append(self, records: list[bytes], height: int = 0) -> None:
        """Append records, synced; `height`: of which they say something, where that is to be kept with the height."""
        data, checksum = frames.frames(records, self._checksum)
        self._file.append(data)
        self._checksum = checksum
        self._size += len(data)
        if height > self._said[0]:
            self._said = (height, [])
        if height and height == self._said[0]:
            self._said[1].extend(records)

    def _rewrite(self) -> None:
        """Whose file it is, from where it signs, and the newest height with what was signed there."""
        memory = self.memory
        records = [identity_record(self._network, self._key.public)]
        if memory.sign_from:
            records.append(safe_record(memory.sign_from))
        if memory.floor is not None:
            records.append(floor_record(*memory.floor))
        said = self._said[1] if self._said[0] == memory.height else []
        records += [height_record(memory.height), *said]
        data, checksum = frames.frames(records)
        self._file.rewrite(data)
        self._size, self._checksum = len(data), checksum

    def _message(self, height: int, unsigned: UnsignedProposal | UnsignedVote) -> Proposal | Vote:
        where = {"height": height, "round": unsigned.round}
        if isinstance(unsigned, UnsignedVote):
            return sign_vote(self._key, self._network, type=unsigned.type, block_id=unsigned.block_id, **where)
        block, valid_round = unsigned.block, unsigned.valid_round
        header = sign_proposal(self._key, self._network, block_id=block.id, valid_round=valid_round, **where)
        return Proposal(header, block, unsigned.prevotes)


def check_reachable(safe_height: int | None, tip: Tip) -> None:
    """One validator alone makes all blocks itself: SignerFileError for a safe height that it would never get to."""
    if safe_height is not None and safe_height > tip.height + 1 and len(tip.validators) == 1:
        raise frames.SignerFileError("safe_height_unreachable", f"the height at work is {tip.height + 1}")


def _check_word(memory: Recovered, database_height: int, safe_height: int) -> None:
    """The operator's safe height is wanted only where nothing is signed, and only for a height to come."""
    at_work = database_height + 1
    if not memory.unknown and memory.signs_from <= at_work and not memory.is_behind(database_height):
        raise frames.SignerFileError("safe_height_unwanted", "this validator signs already")
    if safe_height < at_work:
        raise frames.SignerFileError("safe_height_passed", f"the height at work is {at_work}")
