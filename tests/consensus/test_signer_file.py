"""The signer file: never the same (height, round, type) twice, and no wrong answer from a damaged file."""

from __future__ import annotations

import pytest
from chainbill_node import wire
from chainbill_node.consensus import signer_frames as frames
from chainbill_node.consensus.effects import UnsignedProposal, UnsignedVote
from chainbill_node.consensus.opening import open_height
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import Recovered, check_heights, recover_memory
from chainbill_node.consensus.state import Choice, Signing
from chainbill_node.driver_signing import Signer, new_signer_file
from chainbill_node.wire.messages import Status
from consensus.consensus_kit import KEYS, NETWORK, PRECOMMIT, PREVOTE, MemoryFile, block, proposal, rules, vote
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill.errors import InternalFault
from chainbill.ledger.vote import Vote, VoteType

A = block(b"A")
LOCK = Choice(A, 0, tuple(vote(who, PREVOTE, 0, A) for who in (1, 2, 3)))
PUBLIC = KEYS[0].public


def opened(file: MemoryFile, height: int = 0, *, safe_height: int | None = None, limit: int = 1 << 20) -> Signer:
    signer = Signer(file, KEYS[0], NETWORK, limit)
    signer.open(height, safe_height)
    return signer


def fresh() -> tuple[MemoryFile, Signer]:
    file = MemoryFile(new_signer_file(NETWORK, PUBLIC))
    return file, opened(file)


def signed_round() -> MemoryFile:
    """A file with a prevote, and a precommit with its lock."""
    file, signer = fresh()
    signer.sign(1, UnsignedVote(PREVOTE, 0, A.id), None)
    signer.sign(1, UnsignedVote(PRECOMMIT, 0, A.id), LOCK)
    return file


def test_a_message_is_synced_before_it_is_handed_out_and_never_signed_twice() -> None:
    file, signer = fresh()
    first = signer.sign(1, UnsignedVote(PREVOTE, 0, A.id), None)
    assert (file.synced, first.repeated) == (1, False)
    for again in (signer, opened(file)):
        second = again.sign(1, UnsignedVote(PREVOTE, 0, None), None)
        assert (second.message, second.data, second.repeated) == (first.message, first.data, True)
    assert file.synced == 1
    assert isinstance(first.message, Vote)
    assert first.message.verify(NETWORK)


def test_other_rounds_types_and_heights_are_other_messages() -> None:
    _, signer = fresh()
    said = {
        signer.sign(height, UnsignedVote(kind, round_, None), None).data
        for height in (1, 2)
        for round_ in (0, 1)
        for kind in (PREVOTE, PRECOMMIT)
    }
    assert len(said) == 8


def test_a_proposal_comes_back_with_its_block_and_prevotes() -> None:
    file, signer = fresh()
    signed = signer.sign(1, UnsignedProposal(2, A, 0, LOCK.prevotes), None)
    message = wire.decode(opened(file).stored(1, 2, VoteType.PROPOSAL) or b"")
    assert message == wire.decode(signed.data) == signed.message
    assert message == proposal(0, 2, A, 0, LOCK.prevotes)


def test_lock_and_valid_value_come_back_whole() -> None:
    memory = opened(signed_round()).memory
    assert memory.lock == LOCK
    assert memory.valid == LOCK
    state = open_height(rules(0), memory, ask=True)
    assert state.is_locked_on(A.id)
    assert state.book.at(0).prevotes.count(A.id) == 4
    assert (state.resume_round, state.wake, state.signing) == (0, True, Signing.ASKING)


def test_a_later_valid_value_does_not_move_the_lock() -> None:
    file = signed_round()
    later = Choice(
        block(b"B", proposer=2), 1, tuple(vote(who, PREVOTE, 1, block(b"B", proposer=2)) for who in (1, 2, 3))
    )
    opened(file).keep_valid(1, later)
    memory = opened(file).memory
    assert memory.lock == LOCK
    assert memory.valid == later


def test_only_the_last_height_counts() -> None:
    file = signed_round()
    signer = opened(file)
    signer.before_commit(2)
    memory = opened(file, 2).memory
    assert (memory.height, memory.messages, memory.lock) == (2, {}, None)


def test_frames_of_committed_heights_go_once_the_file_is_large() -> None:
    file, _ = fresh()
    signer = opened(file, limit=2_000)
    for height in range(1, 40):
        for kind in (PREVOTE, PRECOMMIT):
            signer.sign(height, UnsignedVote(kind, 0, A.id), None)
        signer.before_commit(height)
        signer.after_commit()
    assert len(file.data) < 3_000
    signer.sign(40, UnsignedVote(PREVOTE, 0, A.id), None)
    assert opened(file, 39).memory.messages.keys() == {(0, PREVOTE)}


FITTING = [(0, 0), (1, 0), (5, 5), (5, 4)]
OTHERS = [(5, 6), (5, 3), (0, 9)]


@pytest.mark.parametrize(
    ("file_height", "database", "fits"), [(*p, True) for p in FITTING] + [(*p, False) for p in OTHERS]
)
def test_heights_must_fit(file_height: int, database: int, fits: bool) -> None:
    recovered = Recovered(file_height)
    if fits:
        check_heights(recovered, database)
    else:
        with pytest.raises(SignerFileError, match="signer_file_height"):
            check_heights(recovered, database)


def test_without_a_file_only_a_safe_height_helps_and_it_lasts() -> None:
    for data in (b"", new_signer_file(NETWORK, PUBLIC, 3), new_signer_file(NETWORK, KEYS[1].public, 9)):
        for safe_height in (None, 9):
            with pytest.raises(SignerFileError):
                opened(MemoryFile(data), 9, safe_height=safe_height)
    file = MemoryFile()
    assert opened(file, 9, safe_height=12).memory.sign_from == 12
    memory = opened(file, 9).memory
    assert (memory.height, memory.sign_from) == (9, 12)


def test_below_the_safe_height_a_node_abstains() -> None:
    assert open_height(rules(0), Recovered(0, sign_from=2), ask=True).signing is Signing.ABSTAINING
    assert open_height(rules(0), Recovered(0, sign_from=1), ask=False).signing is Signing.ALLOWED


def outcome(data: bytes) -> Recovered | None:
    """What a file says; None if it is refused."""
    try:
        return recover_memory(data, NETWORK, PUBLIC)
    except SignerFileError:
        return None


def prefixes() -> list[Recovered]:
    """Everything a file that lost its end may honestly say: each whole number of frames."""
    data = signed_round().data
    payloads, _, _ = frames.recover(data)
    wholes = [frames.frames(payloads[:count])[0] for count in range(1, len(payloads) + 1)]
    return [said for said in map(outcome, wholes) if said is not None]


def is_answer_of_a_prefix(said: Recovered | None) -> bool:
    known = [(one.height, one.messages, one.lock, one.valid) for one in prefixes()]
    return said is None or (said.height, said.messages, said.lock, said.valid) in known


def test_cut_at_every_byte_it_recovers_a_prefix_or_refuses() -> None:
    data = signed_round().data
    for length in range(len(data)):
        said = outcome(data[:length])
        assert is_answer_of_a_prefix(said)
        assert said is None or said.whole_bytes <= length


def test_zeroed_from_every_byte_it_refuses_or_recovers_a_prefix() -> None:
    data = signed_round().data
    for start in range(len(data)):
        assert is_answer_of_a_prefix(outcome(data[:start] + bytes(len(data) - start)))


def test_one_flipped_bit_anywhere_refuses() -> None:
    data = signed_round().data
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << (position % 8)
        assert outcome(bytes(flipped)) is None, f"byte {position}"


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.data())
def test_frames_cannot_be_lost_from_the_middle_or_swapped(payloads: list[bytes], data: st.DataObject) -> None:
    whole, _ = frames.frames(payloads)
    assert frames.recover(whole)[0] == payloads
    parts, checksum = [], 0
    for payload in payloads:
        part, checksum = frames.frame(payload, checksum)
        parts.append(part)
    order = data.draw(st.permutations(range(len(parts))))
    mixed = b"".join(parts[number] for number in order)
    if mixed != whole:
        try:
            said, _, _ = frames.recover(mixed)
        except SignerFileError:
            return
        assert said == payloads[: len(said)]


def test_after_a_torn_frame_the_file_goes_on_from_its_whole_part() -> None:
    file = signed_round()
    whole = file.data
    file.data = whole[:-7]
    opened(file).sign(1, UnsignedVote(PREVOTE, 1, None), None)
    assert opened(file).memory.messages.keys() == {(0, PREVOTE), (1, PREVOTE)}


def test_a_frame_that_claims_too_much_is_refused_before_anything_is_read() -> None:
    import zlib

    length = (frames.MAX_PAYLOAD_BYTES + 1).to_bytes(4, "big")
    data = length + zlib.crc32(length).to_bytes(4, "big") + bytes(4)
    with pytest.raises(SignerFileError, match="too long"):
        frames.recover(data)


@pytest.mark.parametrize(
    "record", [b"", b"rubbish", b"\x90", b"\x91\x09", b"\x93\x02\x01\x00", b"\x95\x03\x01\x00\xc4\x00\x90"]
)
def test_a_record_that_cannot_be_read_refuses(record: bytes) -> None:
    data = frames.frames([*frames.recover(new_signer_file(NETWORK, PUBLIC))[0], record])[0]
    with pytest.raises(SignerFileError, match="signer_file_damaged"):
        recover_memory(data, NETWORK, PUBLIC)


def test_an_own_message_of_another_kind_is_our_own_fault() -> None:
    memory = Recovered(1, {(0, PREVOTE): wire.encode(Status(1, 0, (), ()))})
    with pytest.raises(InternalFault):
        open_height(rules(0), memory, ask=False)
