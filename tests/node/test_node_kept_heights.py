"""However much an operator keeps and however old the chain is: what a node says it holds is whole, the rest is gone.

What has to be there is told anew here from what the reference says of pruning, not from how it is done.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import layout, pruning
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.pruning import Pruner
from node_chain import LocalChain

from chainbill.limits import DAY_MS, HOUR_MS

pytestmark = pytest.mark.untraced

PROPOSERS = 5
HEIGHTS = 60
PAUSES_MS = (1_000, HOUR_MS, 6 * HOUR_MS, DAY_MS)
KEPT = (1, 10, 25, 40, 1_000)
Answer = Callable[[LocalChain, int], Any]


def of_reader(name: str) -> Answer:
    """What a reader of the newest height says of another one."""
    return lambda chain, height: getattr(chain.ledger.reader(None), name)(height)


def height_by_id(chain: LocalChain, height: int) -> int | None:
    """Of a block whose header is there."""
    reader = chain.ledger.reader(None)
    header = reader.header(height)
    return None if header is None else reader.block_height(header.id)


OF_HEADERS: dict[str, Answer] = {
    "header": of_reader("header"),
    "height by id": height_by_id,
    "state root": of_reader("app_hash_at"),
    "receipts root": of_reader("receipts_root_at"),
}
"""What evidence is judged by."""
OF_BLOCKS: dict[str, Answer] = {
    "block": of_reader("block"),
    "certificate": lambda chain, height: chain.store.get(height_key(layout.CERTIFICATE, height)),
    "receipts": of_reader("receipts"),
}
ANSWERS = OF_HEADERS | OF_BLOCKS


class Kept:
    """A chain, what it answered of each height when that was the newest, and the lowest heights that must be left."""

    def __init__(self, directory: Path) -> None:
        self.chain = LocalChain(directory)
        self.times: list[int] = [self.chain.time_ms]
        self.said: list[dict[str, Any]] = [self._answers(0)]
        self.blocks = self.headers = 1

    def grow(self, pause_ms: int) -> None:
        self.chain.time_ms += pause_ms
        self.chain.commit()
        self.times.append(self.chain.time_ms)
        self.said.append(self._answers(self.head))

    @property
    def head(self) -> int:
        return len(self.times) - 1

    def goes(self, keep: int) -> tuple[int, int]:
        """Below which heights blocks and headers are to go, if so many blocks are kept."""
        blocks = min(self._first_younger_than(DAY_MS), self.head - max(keep, PROPOSERS))
        return blocks, min(self._first_younger_than(7 * DAY_MS), self.head - PROPOSERS)

    def may_go(self, keep: int) -> None:
        """What pruning may have taken away by now."""
        blocks, headers = self.goes(keep)
        self.blocks = max(self.blocks, blocks)
        self.headers = max(self.headers, min(headers, self.blocks))

    def _first_younger_than(self, age_ms: int) -> int:
        """The first height whose state was certified, by the block after it, less than that long ago."""
        return next((at for at in range(1, self.head) if self.times[at + 1] > self.times[-1] - age_ms), self.head)

    def _answers(self, height: int) -> dict[str, Any]:
        return {name: answer(self.chain, height) for name, answer in ANSWERS.items()}

    def _otherwise(self, height: int, names: Iterable[str]) -> list[str]:
        """What is not answered as it was."""
        now = self._answers(height)
        return [name for name in names if now[name] != self.said[height][name]]

    def check(self) -> None:
        """What must be there reads as it did; a node that says that it holds a height holds all of it."""
        self.chain.ledger.forget_readers()
        lowest = self.chain.ledger.lowest_height
        assert lowest <= self.blocks
        for height in range(lowest, self.head + 1):
            assert not self._otherwise(height, ANSWERS), f"height {height} of {lowest} to {self.head}"
            assert self.chain.ledger.reader(height).height == height
        for height in range(self.headers, self.blocks):
            assert not self._otherwise(height, OF_HEADERS), f"header {height} of {self.headers} to {self.blocks}"

    def check_at_rest(self, keep: int) -> None:
        """And nothing more."""
        self.check()
        blocks, headers = self.goes(keep)
        self.blocks = max(self.chain.ledger.lowest_height, 1)
        assert blocks <= self.blocks
        for height in range(1, self.blocks):
            gone = ANSWERS if height < headers else OF_BLOCKS
            assert not any(answer(self.chain, height) for answer in gone.values()), f"height {height} is still there"


@pytest.mark.parametrize("keeps", [(keep,) for keep in KEPT] + [KEPT] * 4, ids=lambda one: f"keeps {one[0]}")
def test_what_is_held_is_whole_and_the_rest_is_gone(
    keeps: tuple[int, ...], request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "PROPOSERS_KEPT", PROPOSERS)
    monkeypatch.setattr(pruning, "HEIGHTS_A_STEP", 3)
    chance = random.Random(request.node.name)
    kept = Kept(tmp_path)
    keep = chance.choice(keeps)
    while kept.head < HEIGHTS:
        for _ in range(chance.randint(1, 5)):
            kept.grow(chance.choice(PAUSES_MS))
        if chance.random() < 0.2:
            keep = chance.choice(keeps)
        kept.may_go(keep)
        pruner = Pruner(kept.chain.store, keep)
        for _ in range(chance.randint(0, 3)):
            pruner.step()
        kept.check()
        if chance.random() < 0.3:
            while pruner.step():
                pass
            kept.check_at_rest(keep)
    report = verify_store(kept.chain.store, kept.chain.genesis)
    assert report.ok, report.problems
