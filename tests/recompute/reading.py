"""A history read at random heights, days and times by several readers: each figure that is not the one of the books."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from chainbill_node.rest.request_signing import sign_request
from recompute import comparison, comparison_lists
from recompute.chain import ANCHORS, BANKS, SUPPLIERS
from recompute.comparison import Reading, book_at
from recompute.days import between, plus
from recompute.histories import History
from recompute.records import Block
from recompute.sight import Reader, auditor_of
from rest.conftest import BASE
from served_chain import client_of

ACTS = 160
Part = Callable[[Reading, History], None]
Answer = Callable[[str, str], Any]
"""The answer to a party at an address."""


def whole_bills(of: Reading, history: History) -> None:
    for one in of.shown.values():
        comparison.bill(of, one)


def anchors(of: Reading, history: History) -> None:
    for alias in ANCHORS:
        comparison.anchor(of, history.party(alias))


def parties(of: Reading, history: History) -> None:
    for alias in filter(lambda _: of.asks(), (*ANCHORS, *SUPPLIERS, *BANKS)):
        comparison.party(of, history.party(alias))


SHOWN: tuple[Part, ...] = (whole_bills, anchors, parties, *comparison_lists.LISTS)
"""What every reader is shown, as far as it may see it."""
OFFICE: tuple[Part, ...] = (comparison_lists.office,)
"""What is held against the books for a regulator alone."""


async def at_once(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    """What a node does in a thread of its own, in this one: nobody else reads here."""
    return function(*args)


@contextmanager
def served(history: History) -> Iterator[Answer]:
    """Signed reads of the history's chain; a refusal is an AssertionError."""
    chain, number = history.chain, 0
    with patch("anyio.to_thread.run_sync", at_once), client_of(chain) as client:

        def get(party: str, path: str) -> Any:
            nonlocal number
            number += 1
            signed = sign_request(
                chain.keys[party], "GET", f"{BASE}{path}", created_s=chain.time_ms // 1000,
                nonce=number.to_bytes(12, "big"),
            )  # fmt: skip
            answer = client.get(path, headers=signed)
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()

        yield get


def moments(history: History, chance: Random) -> list[tuple[str, Block]]:
    """What `at` may say, and the block that it means: a height, the newest, and a time or a day, also one without
    blocks."""
    blocks = history.blocks
    block, later = chance.choice(list(pairwise(blocks)))
    if chance.random() < 0.4:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(
            milliseconds=chance.randint(block.time_ms, later.time_ms - 1)
        )
        at = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    else:
        at = plus(blocks[0].today, chance.randint(0, between(blocks[0].today, blocks[-1].today)))
        block = [block for block in blocks if block.today <= at][-1]
    some = chance.choice(blocks)
    return [(str(some.height), some), (at, block), (str(blocks[-1].height), blocks[-1])]


def readings(history: History, get: Answer, seed: int) -> Iterator[tuple[Reading, tuple[Part, ...]]]:
    """A regulator reads at every moment, an auditor at one, a party at another."""
    chance = Random(f"readings {seed}")
    newest = book_at(history, history.blocks[-1].height)
    members = [history.party(alias) for alias in (*ANCHORS, *SUPPLIERS, *BANKS)]
    others = [auditor_of(newest, history.party("auditor")), Reader(chance.choice(members)), None]
    chance.shuffle(others)
    for (at, block), other in zip(moments(history, chance), others, strict=True):
        book = book_at(history, block.height)
        for reader in filter(None, (Reader(history.party("regulator"), everything=True), other)):
            parts = (*SHOWN, *OFFICE) if reader.everything else SHOWN
            yield Reading(partial(get, reader.party), at, book.height, book, reader, chance), parts


def compared(history: History, seed: int) -> Counter[str]:
    """Read a history; how many figures of which kind were those of the books. AssertionError where one is not."""
    counted: Counter[str] = Counter()
    with served(history) as get:
        for of, parts in readings(history, get, seed):
            for part in parts:
                part(of, history)
                assert not of.found, f"seed {seed}, {of.reader}: {len(of.found)} figures, {of.found[:3]}"
            counted += of.compared
    return counted


def play(seed: int) -> Counter[str]:
    """Make the history of a seed in a folder of its own that goes afterwards, and read it."""
    with tempfile.TemporaryDirectory(prefix="chainbill-recompute-") as folder:
        history = History(Path(folder), seed, ACTS)
        try:
            return compared(history, seed)
        finally:
            history.chain.store.close()
