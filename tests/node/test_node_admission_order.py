"""The way into the pool keeps what one source sent in its order, whichever lines it stands in meanwhile.

Random histories: sources become light and heavy, addresses known and strange, parties wanted and not, while batches are
verified and lines pause; time is the test's.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

import pytest
from chainbill_node.intake import admission as admission_module
from chainbill_node.intake.admission import Admission, Outcome, Verified
from chainbill_node.mempool import Source
from chainbill_node.mempool.reading import LIGHT_SHARE
from test_node_mempool import transaction

SENT = [transaction(number) for number in range(120)]
SOURCES = [Source(address, party) for address in "abc" for party in "PQ"]
PEERS = [Source("peer", party) for party in "PQ"]


class Stepped(asyncio.SelectorEventLoop):
    """A loop whose clock the test puts on; what runs in threads is done a moment later."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        done = self.create_future()
        self.call_later(0.001, lambda: done.set_result(func(*args)))
        return done

    def let(self, seconds: float) -> None:
        """So much time goes by, in steps in which each timer fires."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s = min(until_s, self.now_s + max(0.001, seconds / 20))
            self.call_soon(self.stop)
            self.run_forever()


class History:
    """One admission, with what went in and what came out."""

    def __init__(self, seed: int, loop: Stepped, patched: pytest.MonkeyPatch) -> None:
        self.chance = random.Random(f"admission {seed}")
        self.strangers: set[str] = set()
        self.wanted: set[str] = set()
        self.offered: dict[Source, list[bytes]] = {}
        self.accepted: list[bytes] = []
        self.loop = loop
        opened = admission_module._open_all

        def open_all(asked: Any) -> list[Any]:
            return [(found, self.chance.random() / 20) for found, _ in opened(asked)]

        patched.setattr(admission_module, "_open_all", open_all)
        patched.setattr(admission_module, "BATCH_TRANSACTIONS", self.chance.choice([1, 2, 3]))
        patched.setattr(admission_module, "BATCHES_AT_ONCE", 2)
        self.admission = self.loop.run_until_complete(self.begin())

    async def begin(self) -> Admission:
        return Admission(
            self.accept, gather_ms=2, gather_count=5, threads=1,
            wanted=self.wanted.__contains__, stranger=self.strangers.__contains__,
        )  # fmt: skip

    def accept(self, batch: Sequence[Verified]) -> list[Outcome]:
        self.accepted += [one.transaction.id for one in batch]
        return [None] * len(batch)

    def offer(self, number: int) -> None:
        source = self.chance.choice(SOURCES + PEERS)
        assert self.admission.offer(SENT[number], source=source, own=source in SOURCES)
        self.offered.setdefault(source, []).append(SENT[number].id)

    def act(self) -> None:
        """What goes on beside what comes in."""
        match self.chance.randrange(8):
            case 0:
                self.strangers ^= {self.chance.choice("abc")}
            case 1:
                self.wanted ^= {self.chance.choice("PQ")}
            case 2:
                self.admission.hurry()
            case 3:
                self.loop.let(self.chance.random() / LIGHT_SHARE)  # who was heavy may be light again
            case _:
                self.loop.let(self.chance.choice([0.001, 0.003, 0.1]))


@pytest.mark.parametrize("seed", range(40))
def test_what_a_source_sent_is_accepted_in_its_order(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(Stepped()) as loop:
        history = History(seed, loop, monkeypatch)
        for number in range(len(SENT)):
            history.offer(number)
            if history.chance.random() < 0.5:
                history.act()
        for _ in range(len(SENT)):
            loop.let(10)
        history.admission.close()
        assert len(history.admission) == 0
        for source, sent in history.offered.items():
            assert [one for one in history.accepted if one in set(sent)] == sent, source
