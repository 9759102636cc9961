"""Who waits for a commit, against a plain list of who waits for what: at random, in many histories."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.intake.outcomes import Submission

from chainbill.errors import ChainbillError
from chainbill.ledger.receipt import Receipt

MOST = 8
UNTIL_MS = {bytes([number]) * 32: 20 * number for number in range(1, 7)}
"""How long each transaction is valid, which stands in it."""


def committed(identity: bytes) -> Receipt:
    return Receipt("transaction", identity, bytes(32), "ok", "", {}, [], [], 1)


class Wait:
    """One client that waits for one transaction: what it has heard, and what it must have."""

    def __init__(self, identity: bytes, address: str) -> None:
        self.identity = identity
        self.address = address
        self.heard: list[str] = []
        self.must: list[str] = []

    def hear(self, outcome: Submission | ChainbillError | None) -> None:
        if isinstance(outcome, Submission):
            assert outcome.id == self.identity
            self.heard.append(outcome.status)
        else:
            self.heard.append(outcome.reason if outcome is not None else "the node ends")


class Plain:
    """Who waits, and who was told but has not given its place back yet."""

    def __init__(self) -> None:
        self.waiters = Waiters(MOST)
        self.held: list[Wait] = []
        self.gone: list[Wait] = []

    def add(self, one: Wait) -> None:
        """No address has more than it leaves to others."""
        of_it = sum(held.address == one.address for held in self.held)
        taken = self.waiters.add(one.identity, one.hear, one.address, UNTIL_MS[one.identity])
        assert taken is (of_it < MOST - len(self.held))
        if taken:
            self.held.append(one)

    def drop(self, one: Wait) -> None:
        self.waiters.drop(one.identity, one.hear, one.address)
        self.held.remove(one)
        self.gone.append(one)

    def block(self, identities: list[bytes], time_ms: int) -> None:
        """Whoever waits is told, of what is committed or can be no more."""
        self.waiters.committed(1, [committed(one) for one in identities], time_ms)
        self.told(lambda one: "committed" if one.identity in identities else "")
        self.told(lambda one: "transaction_expired" if UNTIL_MS[one.identity] < time_ms else "")

    def told(self, what: Callable[[Wait], str]) -> None:
        """Nobody twice."""
        for one in self.held:
            if not one.must and what(one):
                one.must.append(what(one))

    def check(self) -> None:
        assert len(self.waiters) == len(self.held)
        for one in (*self.held, *self.gone):
            assert one.heard == one.must


@pytest.mark.parametrize("seed", range(60))
def test_whoever_waits_hears_once_what_became_of_it(seed: int) -> None:
    chance = random.Random(f"commit waiters {seed}")
    plain = Plain()
    time_ms = 0
    for _ in range(150):
        act = chance.random()
        if act < 0.5:
            plain.add(Wait(chance.choice(list(UNTIL_MS)), chance.choice("ab")))
        elif act < 0.85 and plain.held:
            plain.drop(chance.choice(plain.held))
        elif act > 0.9:
            time_ms += chance.randint(0, 9)
            plain.block(chance.sample(list(UNTIL_MS), chance.choice([0, 0, 1, 2])), time_ms)
        plain.check()
    plain.waiters.close()
    plain.told(lambda _: "the node ends")
    plain.check()
    assert not plain.waiters.add(bytes(32), Wait(bytes(32), "c").hear, "c", 1)
    for one in list(plain.held):
        plain.drop(one)
    plain.check()
