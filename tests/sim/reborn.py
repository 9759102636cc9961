"""A process may end between any two steps: whoever starts on its disk knows all that it knew of what it has signed."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill_node.consensus.opening import open_height, own_message
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.signer import Signer

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType

LIMIT_BYTES = 1 << 20


@dataclass(slots=True)
class Copy:
    """A copy of a signer file, with which another process may do as it likes."""

    data: bytes

    def read(self) -> bytes:
        return self.data

    def append(self, frames: bytes) -> None:
        self.data += frames

    def rewrite(self, frames: bytes) -> None:
        self.data = frames


def lost_by_a_restart(driver: Driver, key: PrivateKey, file: bytes) -> tuple[str, str] | None:
    """What a process that starts now, on this signer file and the database of this driver, would not know any more: the
    checker that says so, and what; None for nothing. A file that knows more is not looked at."""
    here = driver.state
    signer = Signer(Copy(file), key, driver.rules.network, LIMIT_BYTES)
    try:
        signer.open(here.height - 1, None)
    except SignerFileError:  # what cannot be read is seen by the next start
        return None
    there = open_height(driver.rules, signer.memory.at(here.height), ask=False)
    if there.signing is Signing.ABSTAINING:
        return None
    if here.signing is Signing.ABSTAINING or here.first_round > there.first_round:
        return "recovery", f"not to sign before round {here.first_round} of height {here.height}: {here.signing.name}"
    bound = here.locked_round if _binds(signer, here) else NO_ROUND
    if bound > there.locked_round:
        return "lock", f"the lock of round {bound} of height {here.height}"
    if here.valid_round > there.valid_round:
        return "lock", f"the valid value of round {here.valid_round} of height {here.height}"
    return None


def _binds(signer: Signer, state: HeightState) -> bool:
    """Whether a lock binds: not if something else was precommitted in its round before."""
    stored = signer.stored(state.height, state.locked_round, VoteType.PRECOMMIT)
    said = None if stored is None else own_message(stored)
    return not (isinstance(said, Vote) and state.locked is not None and said.block_id != state.locked.block.id)
