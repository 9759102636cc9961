"""The signer: the one place where this node's consensus signatures are made.

Rules: a message is in the file and synced before it is handed out for sending; the same (height, round, type) is never
signed twice, a second request gives back the stored bytes. It does not decide what to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.ledger.vote import (
    PROPOSAL_DOMAIN,
    VOTE_DOMAIN,
    ProposalHeader,
    Vote,
    VoteType,
    proposal_sign_bytes,
    vote_sign_bytes,
)
from chainbill_node import wire
from chainbill_node.consensus import signer_frames as frames
from chainbill_node.consensus.effects import UnsignedProposal, UnsignedVote
from chainbill_node.consensus.opening import own_message
from chainbill_node.consensus.signer_memory import (
    HEIGHT_UNKNOWN,
    RecordKind,
    Recovered,
    check_heights,
    choice_record,
    height_record,
    identity_record,
    message_record,
    recover_memory,
    safe_record,
)
from chainbill_node.consensus.state import Choice
from chainbill_node.driver_ports import SignerFile, VoteKey
from chainbill_node.wire.messages import Proposal, Votes


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


def is_following(content: bytes, network: bytes, public_key: bytes) -> bool:
    """Whether this is such a file and nothing has been signed with it since."""
    try:
        records, _, _ = frames.recover(content)
    except frames.SignerFileError:
        return False
    begun = [identity_record(network, public_key), safe_record(HEIGHT_UNKNOWN)]
    return len(records) == 3 and [records[0], records[2]] == begun


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
        self._size = 0
        self.memory = Recovered(0)

    def open(self, database_height: int, safe_height: int | None) -> None:
        """Recover the file. SignerFileError if it must not be used and the operator named no safe height above."""
        data = self._file.read()
        try:
            memory = recover_memory(data, self._network, self._key.public)
            check_heights(memory, database_height)
        except frames.SignerFileError:
            if safe_height is None or safe_height <= database_height:
                raise
            self.memory = Recovered(database_height, sign_from=safe_height)
            self._rewrite()
            return
        if memory.sign_from >= HEIGHT_UNKNOWN:
            word = safe_height is not None and safe_height > database_height
            self.memory = Recovered(database_height, sign_from=safe_height if word and safe_height else HEIGHT_UNKNOWN)
            self._rewrite()
            return
        if memory.whole_bytes < len(data):
            self._file.rewrite(data[: memory.whole_bytes])
        self._size = memory.whole_bytes
        self.memory = memory

    @property
    def follows(self) -> bool:
        """True while nothing may be signed because it is not known what was signed before."""
        return self.memory.sign_from >= HEIGHT_UNKNOWN

    def sign_from(self, height: int) -> None:
        """The peers have shown that nothing was signed at this height or above: keep that, synced."""
        self._append([safe_record(height)])
        memory = self.memory
        self.memory = Recovered(
            memory.height, memory.messages, sign_from=height, checksum=memory.checksum, whole_bytes=self._size
        )

    def stored(self, height: int, round_: int, kind: VoteType) -> bytes | None:
        """The bytes of the own message of this height, round and type, if there is one."""
        return self._messages_at(height).get((round_, kind))

    def sign(self, height: int, unsigned: UnsignedProposal | UnsignedVote, lock: Choice | None) -> Signed:
        """The signed message, synced to the file; if one was stored before, that one."""
        kind = unsigned.type if isinstance(unsigned, UnsignedVote) else VoteType.PROPOSAL
        known = self.stored(height, unsigned.round, kind)
        if known is not None:
            return Signed(own_message(known), known, repeated=True)
        message = self._message(height, unsigned)
        data = wire.encode(message if isinstance(message, Proposal) else Votes((message,)))
        records = [] if lock is None else [choice_record(RecordKind.LOCK, height, lock)]
        records.append(message_record(height, unsigned.round, kind, data))
        self._append(records)
        self._remember(height, messages={**self._messages_at(height), (unsigned.round, kind): data})
        return Signed(message, data, repeated=False)

    def keep_valid(self, height: int, valid: Choice) -> None:
        """Store a valid value."""
        self._append([choice_record(RecordKind.VALID, height, valid)])
        self._remember(height, messages=self._messages_at(height))

    def before_commit(self, height: int) -> None:
        """Make the file name this height before the database does, so that the two can be compared after a crash."""
        if self.memory.height != height:
            self._append([height_record(height)])
            self._remember(height, messages={})

    def after_commit(self) -> None:
        """The height's batch is synced: its frames may go, and do once the file has grown large."""
        if self._size > self._limit_bytes:
            self._rewrite()

    def _messages_at(self, height: int) -> dict[tuple[int, VoteType], bytes]:
        return self.memory.messages if self.memory.height == height else {}

    def _remember(self, height: int, messages: dict[tuple[int, VoteType], bytes]) -> None:
        self.memory = Recovered(
            height, messages, sign_from=self.memory.sign_from, checksum=self.memory.checksum, whole_bytes=self._size
        )

    def _append(self, records: list[bytes]) -> None:
        data, checksum = frames.frames(records, self.memory.checksum)
        self._file.append(data)
        self._size += len(data)
        self.memory = _with_checksum(self.memory, checksum)

    def _rewrite(self) -> None:
        """Only whose file it is, the height, and the operator's word; own messages of a committed height go."""
        records = [identity_record(self._network, self._key.public), height_record(self.memory.height)]
        if self.memory.sign_from:
            records.append(safe_record(self.memory.sign_from))
        data, checksum = frames.frames(records)
        self._file.rewrite(data)
        self._size = len(data)
        self.memory = _with_checksum(self.memory, checksum)

    def _message(self, height: int, unsigned: UnsignedProposal | UnsignedVote) -> Proposal | Vote:
        own = self._key.public
        if isinstance(unsigned, UnsignedVote):
            said = vote_sign_bytes(self._network, unsigned.type, height, unsigned.round, unsigned.block_id)
            signature = self._key.sign(VOTE_DOMAIN, said)
            return Vote(unsigned.type, height, unsigned.round, unsigned.block_id, own, signature)
        block = unsigned.block
        said = proposal_sign_bytes(self._network, height, unsigned.round, block.id, unsigned.valid_round)
        signature = self._key.sign(PROPOSAL_DOMAIN, said)
        header = ProposalHeader(height, unsigned.round, block.id, unsigned.valid_round, own, signature)
        return Proposal(header, block, unsigned.prevotes)


def _with_checksum(memory: Recovered, checksum: int) -> Recovered:
    return Recovered(
        memory.height, memory.messages, memory.lock, memory.valid, memory.sign_from, checksum, memory.whole_bytes
    )
