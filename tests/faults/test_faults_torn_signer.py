"""The signer file torn at every byte of its last two frames, on disk: the node starts without a way to contradict
itself, or refuses with a message that names the mend.

A file that lost its unsynced end is the ordinary crash. One that lost synced frames can look whole; then the peers are
asked before the first signature, and the node that hears of a message its file lacks abstains at that height.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from chainbill_node.consensus.effects import UnsignedVote
from chainbill_node.consensus.opening import open_height
from chainbill_node.consensus.signer_frames import SignerFileError, recover
from chainbill_node.consensus.state import Signing
from chainbill_node.driver.signer import Signer, new_signer_file
from chainbill_node.home.signer_faults import signer_refusal
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.wire.messages import Choice
from consensus.consensus_kit import KEYS, NETWORK, PRECOMMIT, PREVOTE, block, rules, vote
from sim.nodes import SimulatedNode
from sim.world import World
from test_faults_torn_database import cut, flipped, zeroed_at, zeroed_from

from chainbill.ledger.vote import VoteType

A = block(b"A")
LOCK = Choice(A, 0, tuple(vote(who, PREVOTE, 0, A) for who in (1, 2, 3)))
Messages = dict[tuple[int, VoteType], bytes]


@dataclass(frozen=True)
class Written:
    """A file on disk, its frames' ends, and what it said after each whole frame."""

    content: bytes
    ends: list[int]
    told: dict[int, Messages]


@pytest.fixture(scope="module")
def written(scratch: Path) -> Written:
    return write(scratch / "whole.bin")


def write(path: Path) -> Written:
    """Four votes of two rounds, a lock before the last, each synced."""
    create_signer_file(path, new_signer_file(NETWORK, KEYS[0].public))
    signer, file = opened(path)
    told = {file_length(path): dict(signer.memory.messages)}
    for round_ in (0, 1):
        signer.sign(1, UnsignedVote(PREVOTE, round_, A.id), None)
        told[file_length(path)] = dict(signer.memory.messages)
        signer.sign(1, UnsignedVote(PRECOMMIT, round_, A.id), LOCK if round_ == 1 else None)
        told[file_length(path)] = dict(signer.memory.messages)
    file.close()
    content = path.read_bytes()
    ends, at = [], 0
    while at < len(content):
        at += 12 + int.from_bytes(content[at : at + 4], "big")
        ends.append(at)
    assert len(recover(content)[0]) == len(ends)
    return Written(content, ends, told)


def file_length(path: Path) -> int:
    return path.stat().st_size


def opened(path: Path) -> tuple[Signer, FileSignerFile]:
    file = FileSignerFile(path)
    signer = Signer(file, KEYS[0], NETWORK, 1 << 20)
    try:
        signer.open(0, None)
    except SignerFileError:
        file.close()
        raise
    return signer, file


@pytest.mark.parametrize("damage", [cut, zeroed_from, zeroed_at, flipped], ids=lambda one: one.__name__)
def test_torn_at_every_byte_of_the_last_two_frames(
    written: Written, damage: Callable[[bytes, int], bytes], scratch: Path
) -> None:
    counted: Counter[str] = Counter()
    for position in range(written.ends[-3], len(written.content)):
        counted[outcome(written, damage, position, scratch / "signer.bin")] += 1
    print(dict(counted))
    assert (counted["recovered"] > 0) == (damage is cut), "what is not cut cleanly is never guessed"
    assert (counted["signer_file_damaged"] > 0) == (damage is not cut)


def outcome(written: Written, damage: Callable[[bytes, int], bytes], position: int, path: Path) -> str:
    """ "recovered", or why the start is refused; "" where there was nothing to damage."""
    torn = damage(written.content, position)
    if torn == written.content:
        return ""
    path.write_bytes(torn)
    try:
        signer, file = opened(path)
    except SignerFileError as error:
        assert "--signer-lost" in signer_refusal(error).said("zh")  # noqa: PT017
        return error.reason
    try:
        whole = max((end for end in written.ends if end <= position), default=0)
        assert damage is not flipped, f"a flipped bit at byte {position} was not noticed"
        assert path.read_bytes() == written.content[:whole], "the file is cut back to its whole part"
        said = [messages for length, messages in written.told.items() if length <= whole]
        assert signer.memory.messages == said[-1], "no message that was never signed, none changed"
        assert open_height(rules(0), signer.memory, ask=True).signing is Signing.ASKING
        for (round_, kind), data in said[-1].items():
            again = signer.sign(1, UnsignedVote(kind, round_, None), None)
            assert (again.data, again.repeated) == (data, True), "the same bytes again, whatever is wished"
    finally:
        file.close()
    return "recovered"


@pytest.mark.parametrize("frames_lost", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_synced_frames_lost_the_peers_are_asked_and_nothing_is_contradicted(seed: int, frames_lost: int) -> None:
    """A disk that lied: frames that were synced, and sent, are gone. The checker watches for a second signature."""
    world = World(seed, 4)
    nodes = [SimulatedNode(world, world.names[key.public], key) for key in world.keys]
    for node in nodes:
        node.boot()
    victim = world.random.choice(nodes)
    world.submit(b"tx0")
    world.run(world.random.randint(10, 3_000), until=lambda: len(recover(victim.signer_bytes)[0]) > 2 + frames_lost)
    victim.restart_after_ms = 500
    victim.crash()
    payloads = recover(victim.signer_bytes)[0]
    cut_at = len(victim.signer_bytes) - sum(12 + len(payload) for payload in payloads[-frames_lost:])
    victim.signer_bytes = victim.signer_bytes[:cut_at]
    world.submit(b"tx1")
    assert world.run(60_000, until=lambda: all(b"tx1" in node.application.committed for node in nodes if node.alive))
