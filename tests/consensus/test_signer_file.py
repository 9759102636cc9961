"""The signer file: never the same (height, round, type) twice, and no wrong answer from a damaged file."""

from __future__ import annotations

import pytest
from chainbill_node import wire
from chainbill_node.consensus import signer_frames as frames
from chainbill_node.consensus.effects import UnsignedProposal, UnsignedVote
from chainbill_node.consensus.opening import open_height
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import (
    HEIGHT_UNKNOWN,
    RecordKind,
    Recovered,
    choice_record,
    floor_record,
    height_record,
    message_record,
    recover_memory,
    safe_record,
)
from chainbill_node.consensus.state import Signing
from chainbill_node.driver.signer import Signer, following_signer_file, new_signer_file
from chainbill_node.wire.messages import Choice, Status
from consensus.consensus_kit import KEYS, NETWORK, PRECOMMIT, PREVOTE, MemoryFile, block, proposal, rules, vote
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill.codec import decode, encode
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


def test_a_block_that_has_a_quorum_after_an_own_nil_is_kept_as_valid() -> None:
    """Restarted, it sees the quorum that it had not seen; it says nil again, and can offer the block after the next."""
    file, signer = fresh()
    signer.sign(1, UnsignedVote(PRECOMMIT, 0, None), None)
    said = opened(file).sign(1, UnsignedVote(PRECOMMIT, 0, A.id), LOCK)
    assert (said.repeated, said.message) == (True, vote(0, PRECOMMIT, 0, None))
    memory = opened(file).memory
    assert (memory.lock, memory.valid) == (None, LOCK)


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
        signer.after_commit(height)
    assert len(file.data) < 3_000
    signer.sign(40, UnsignedVote(PREVOTE, 0, A.id), None)
    assert opened(file, 39).memory.messages.keys() == {(0, PREVOTE)}


@pytest.mark.parametrize(
    ("file_height", "database", "known"),
    [(0, 0, True), (1, 0, True), (5, 5, True), (5, 4, True), (5, 3, True), (5, 6, False), (0, 9, False)],
)
def test_a_file_behind_the_database_is_an_older_copy(file_height: int, database: int, known: bool) -> None:
    file = MemoryFile(new_signer_file(NETWORK, PUBLIC, file_height))
    assert opened(file, database).memory.unknown is not known
    assert opened(file, database).memory.unknown is not known, "and it stays so"


@pytest.mark.parametrize("data", [b"", new_signer_file(NETWORK, KEYS[1].public, 9)], ids=["empty", "another key's"])
@pytest.mark.parametrize("safe_height", [None, 12])
def test_no_word_helps_where_there_is_no_file_of_this_key(data: bytes, safe_height: int | None) -> None:
    with pytest.raises(SignerFileError):
        opened(MemoryFile(data), 9, safe_height=safe_height)


def test_the_operators_word_is_taken_only_where_nothing_is_signed_and_for_a_height_to_come() -> None:
    with pytest.raises(SignerFileError, match="safe_height_unwanted"):
        opened(MemoryFile(new_signer_file(NETWORK, PUBLIC, 9)), 9, safe_height=12)
    following = following_signer_file(NETWORK, PUBLIC, 9)
    with pytest.raises(SignerFileError, match="safe_height_passed"):
        opened(MemoryFile(following), 9, safe_height=9)
    assert opened(MemoryFile(following), 9, safe_height=10).memory.unknown, "the word is the engine's; the file waits"


def test_a_whole_file_whose_database_is_lost_knows_all_its_heights() -> None:
    """It fetches the chain again, and at each height that it has not got to yet it is bound by what it signed there."""
    file, signer = fresh()
    for height in (1, 2, 3):
        signer.sign(height, UnsignedVote(PREVOTE, 0, A.id), None)
        signer.before_commit(height)
        signer.after_commit(height)
    again = opened(file, 0)
    for height in (1, 2, 3):
        assert again.sign(height, UnsignedVote(PREVOTE, 0, None), None).repeated
        again.before_commit(height)
    assert opened(file, 1).memory.at(3).messages.keys() == {(0, PREVOTE)}


def test_a_shrunk_file_whose_database_is_lost_signs_nothing_below_what_it_kept() -> None:
    file, _ = fresh()
    signer = opened(file, limit=500)
    for height in range(1, 6):
        signer.sign(height, UnsignedVote(PREVOTE, 0, A.id), None)
        signer.before_commit(height)
        signer.after_commit(height)
    kept = min(height for height in range(1, 6) if opened(file, 0).memory.at(height).height == height)
    assert kept > 1
    for height in range(1, kept):
        signing = open_height(rules(0, height=height), opened(file, 0).memory.at(height), ask=True).signing
        assert signing is Signing.ABSTAINING
    assert opened(file, 0).sign(kept, UnsignedVote(PREVOTE, 0, None), None).repeated


@pytest.mark.parametrize("lock", [LOCK, None], ids=["with a lock", "without"])
def test_after_a_loss_it_signs_from_the_floor_with_the_lock_also_after_a_restart(lock: Choice | None) -> None:
    file = MemoryFile(following_signer_file(NETWORK, PUBLIC, 0))
    signer = opened(file)
    signer.sign_from(1, 2, lock)
    for memory in (signer.memory, opened(file).memory):
        state = open_height(rules(0), memory.at(1), ask=True)
        assert (state.first_round, state.resume_round, state.locked) == (2, 2, lock)
        assert (state.signing, state.wake) == (Signing.ASKING, True), "the others stand still until it goes on"
        following = open_height(rules(0, height=2), memory.at(2), ask=True)
        assert (following.first_round, following.wake) == (1, False)
        assert open_height(rules(0, height=3), memory.at(3), ask=True).first_round == 0


def test_a_floor_above_leaves_the_heights_below_it_unsigned() -> None:
    file = MemoryFile(following_signer_file(NETWORK, PUBLIC, 0))
    opened(file).sign_from(3, 0, None)
    memory = opened(file).memory
    states = [open_height(rules(0, height=height), memory.at(height), ask=True) for height in (1, 2, 3, 4)]
    abstaining, asking = Signing.ABSTAINING, Signing.ASKING
    assert [state.signing for state in states] == [abstaining, abstaining, asking, asking]
    assert [state.first_round for state in states] == [0, 0, 0, 0]


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


GOOD = [decode(data) for data in (
    height_record(1), message_record(1, 0, PREVOTE, b"m"), choice_record(RecordKind.LOCK, 1, LOCK),
    choice_record(RecordKind.VALID, 1, LOCK), safe_record(1), floor_record(1, 3),
)]  # fmt: skip


@pytest.mark.parametrize("record", GOOD, ids=lambda one: RecordKind(one[0]).name)
def test_a_record_of_another_shape_refuses(record: list[object]) -> None:
    """A field less, one more, or one of another type: what it said is not guessed."""
    others = [record[:-1], [*record, 0], *([*record[:at], "7", *record[at + 1 :]] for at in range(1, len(record)))]
    for other in others:
        data = frames.frames([*frames.recover(new_signer_file(NETWORK, PUBLIC))[0], encode(other)])[0]
        with pytest.raises(SignerFileError, match="signer_file_damaged"):
            recover_memory(data, NETWORK, PUBLIC)
    data = frames.frames([*frames.recover(new_signer_file(NETWORK, PUBLIC))[0], encode(record)])[0]
    recover_memory(data, NETWORK, PUBLIC)


@pytest.mark.parametrize("round_", range(3))
def test_who_begins_at_a_later_round_begins_at_once(round_: int) -> None:
    """It may have stood there before; who begins at the first round waits for a reason as anybody does."""
    state = open_height(rules(0), Recovered(0, {}, floor=(1, round_)), ask=False)
    assert (state.resume_round, state.wake) == (round_, round_ > 0)


def test_who_does_not_know_from_where_to_sign_names_no_height() -> None:
    assert Recovered(0, {}, sign_from=HEIGHT_UNKNOWN).signs_from == 0
    assert Recovered(0, {}, sign_from=HEIGHT_UNKNOWN, floor=(9, 1)).signs_from == 0
    assert Recovered(0, {}, sign_from=3, floor=(9, 1)).signs_from == 9


def test_an_own_message_of_another_kind_is_our_own_fault() -> None:
    memory = Recovered(1, {(0, PREVOTE): wire.encode(Status(1, 0, (), ()))})
    with pytest.raises(InternalFault):
        open_height(rules(0), memory, ask=False)
