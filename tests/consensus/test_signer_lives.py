"""Random lives of one signer: it signs, commits, is restarted, its file is made shorter, its database is lost, or both
are and the others have told from where on it may sign.

Of whatever was handed out once, no other message of that height, round and type is ever handed out; where anything
may be signed, the lock is the one that was taken there, also where the power goes before all of that is written; and a
process that would start now knows the same as this one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.consensus.effects import UnsignedVote
from chainbill_node.consensus.opening import open_height
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.consensus.state import Signing
from chainbill_node.driver.ports import SignerFile
from chainbill_node.driver.signer import Signer, following_signer_file, new_signer_file
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.wire.messages import Choice
from consensus.consensus_kit import KEYS, NETWORK, PRECOMMIT, PREVOTE, MemoryFile, block, rules, vote
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.untraced

BLOCKS = [block(b"A"), block(b"B", proposer=2)]
CHOICES = [
    [Choice(one, round_, tuple(vote(who, PREVOTE, round_, one) for who in (1, 2, 3))) for one in BLOCKS]
    for round_ in range(3)
]
LIMITS = st.sampled_from([300, 1 << 20])  # of a file that is soon replaced by a shorter one, and of one that never is
ACTS = st.one_of(
    st.tuples(st.sampled_from(["prevote", "precommit", "valid"]), st.integers(0, 2), st.sampled_from([0, 1])),
    st.tuples(st.sampled_from(["commit", "restart", "lose", "lose", "lose all"]), st.integers(0, 3), st.just(0)),
)
SIGNED = [("prevote", 0, 0), ("commit", 0, 0)]


class Life:
    """One signer on a file, and what it must be true to."""

    def __init__(self, reopened: Callable[[], SignerFile], limit_bytes: int) -> None:
        self._reopened = reopened
        self._limit_bytes = limit_bytes
        self._database = 0
        self._said: dict[tuple[int, int, object], bytes] = {}
        self._locks: dict[int, Choice] = {}
        self._start()

    def act(self, what: str, number: int, which: int) -> None:
        """Do it, if a validator may at this time; AssertionError if it contradicts itself."""
        height = self._database + 1
        if what == "commit":
            self._signer.before_commit(height)
            self._database = height
            self._signer.after_commit(height)
        elif what in ("restart", "lose"):
            self._database = min(self._database, number) if what == "lose" else self._database
            self._start()
        elif what == "lose all":
            self._lose_all(self._database - (self._database > 0 and number == 0))
        elif self._may_sign(height) and number >= self._memory(height).first_round(height):
            if what == "valid":
                self._signer.keep_valid(height, CHOICES[number][which])
            else:
                self._vote(height, what, number, which)
        self._assert_a_new_process_knows_the_same()

    def _lose_all(self, database: int) -> None:
        """Where the others stand at the next height, it has said nothing beyond a first prevote of the one after that:
        what leads to a precommit there comes from a quorum, most of which is honest and would say that it is there."""
        height = database + 1
        if any((at, round_, kind is PRECOMMIT) > (height + 1, 0, False) for at, round_, kind in self._said):
            return
        self._database = database
        self._file.rewrite(following_signer_file(NETWORK, KEYS[0].public, database))
        self._start()
        said = [round_ for at, round_, _ in self._said if at == height]
        before = len(self._file.read())
        self._signer.sign_from(height, max(said, default=0) + 1, self._locks.get(height))
        self._assert_any_part_keeps_the_lock(height, before)

    def _assert_any_part_keeps_the_lock(self, height: int, written: int) -> None:
        """The power may go in the middle of what was written last: who starts then signs nothing there, or keeps it."""
        data = self._file.read()
        for end in range(written, len(data), 32):
            new = self._new(data[:end])
            state = open_height(rules(0, height=height), new.memory.at(height), ask=False)
            lost = state.locked != self._locks.get(height)
            assert state.signing is Signing.ABSTAINING or not lost, f"height {height}: it signs without its lock"

    def _assert_a_new_process_knows_the_same(self) -> None:
        """At every height to come: whether it signs, from which round on, and what it has said there."""
        new = self._new(self._file.read())
        for height in range(self._database + 1, self._database + 4):
            here, there = self._knows(self._signer, height), self._knows(new, height)
            assert here == there, f"height {height}: a process that starts now knows otherwise"

    def _new(self, data: bytes) -> Signer:
        """What a process that starts on this file has."""
        new = Signer(MemoryFile(data), KEYS[0], NETWORK, self._limit_bytes)
        new.open(self._database, None)
        return new

    def _knows(self, signer: Signer, height: int) -> tuple[Any, ...]:
        state = open_height(rules(0, height=height), signer.memory.at(height), ask=False)
        return state.signing, state.first_round, state.resume_round, state.own_messages

    def _vote(self, height: int, what: str, number: int, which: int) -> None:
        kind = PRECOMMIT if what == "precommit" else PREVOTE
        lock = CHOICES[number][which] if kind is PRECOMMIT else None
        signed = self._signer.sign(height, UnsignedVote(kind, number, BLOCKS[which].id), lock)
        before = self._said.setdefault((height, number, kind), signed.data)
        assert signed.data == before, f"height {height}, round {number}: a second {what}"
        if lock is not None and not signed.repeated:
            self._locks[height] = lock

    def _may_sign(self, height: int) -> bool:
        return open_height(rules(0, height=height), self._memory(height), ask=False).signing is not Signing.ABSTAINING

    def _memory(self, height: int) -> Recovered:
        return self._signer.memory.at(height)

    def _start(self) -> None:
        self._file = self._reopened()
        self._signer = Signer(self._file, KEYS[0], NETWORK, self._limit_bytes)
        self._signer.open(self._database, None)
        height = self._database + 1
        if self._may_sign(height) and self._memory(height).height == height:
            assert self._memory(height).lock == self._locks.get(height), f"height {height}: another lock"


@settings(max_examples=400)
@given(heights=st.integers(0, 5), acts=st.lists(ACTS, max_size=40), limit_bytes=LIMITS)
@example(heights=3, acts=[("lose", 0, 0), ("prevote", 1, 0)], limit_bytes=1 << 20)
@example(
    heights=1,
    acts=[("precommit", 0, 0), ("lose all", 0, 0), ("commit", 0, 0), ("prevote", 1, 0), ("restart", 0, 0)],
    limit_bytes=300,
)
@example(heights=1, acts=[("lose all", 1, 0), ("prevote", 1, 0), ("commit", 0, 0)], limit_bytes=300)
@example(heights=1, acts=[("precommit", 0, 0), ("lose all", 1, 0)], limit_bytes=1 << 20)
@example(heights=2, acts=[("lose all", 1, 0), ("lose", 0, 0), ("prevote", 0, 1)], limit_bytes=1 << 20)
def test_a_signer_never_contradicts_itself(heights: int, acts: list[tuple[Any, ...]], limit_bytes: int) -> None:
    file = MemoryFile(new_signer_file(NETWORK, KEYS[0].public))
    life = Life(lambda: file, limit_bytes)
    for act in SIGNED * heights + acts:
        life.act(*act)


@settings(max_examples=10)
@given(heights=st.integers(0, 5), acts=st.lists(ACTS, max_size=40), limit_bytes=LIMITS)
def test_nor_on_a_real_disk(heights: int, acts: list[tuple[Any, ...]], limit_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "signer.bin")
        create_signer_file(path, new_signer_file(NETWORK, KEYS[0].public))
        opened: list[FileSignerFile] = []

        def reopened() -> FileSignerFile:
            for one in opened:
                one.close()
            opened.append(FileSignerFile(path))
            return opened[-1]

        life = Life(reopened, limit_bytes)
        for act in SIGNED * heights + acts:
            life.act(*act)
        opened[-1].close()


@pytest.mark.parametrize("lost_to", [0, 1])
def test_what_was_signed_before_a_restart_stays_when_the_file_is_replaced(lost_to: int) -> None:
    """The file grows too large at a height in whose middle the node was restarted, and the database is lost later."""
    file = MemoryFile(new_signer_file(NETWORK, KEYS[0].public))
    life = Life(lambda: file, limit_bytes=300)
    for act in [("commit", 0, 0)] * lost_to:
        life.act(*act)
    for act in [("prevote", 0, 0), ("precommit", 0, 0), ("restart", 0, 0), ("prevote", 1, 0), ("commit", 0, 0)]:
        life.act(*act)
    for act in [("lose", lost_to, 0), ("prevote", 0, 1), ("precommit", 0, 1)]:
        life.act(*act)
