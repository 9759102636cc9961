"""A history read at random heights, days and times by several readers: each figure that is not the one of the books."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import httpx
from chainbill_cli.home import KnownNetwork, save_network
from chainbill_cli.main import run
from chainbill_node.rest.request_signing import sign_request
from recompute import comparison, comparison_history, comparison_lists, comparison_sheets, comparison_value
from recompute.chain import ANCHORS, BANKS, SUPPLIERS
from recompute.comparison import Reading, book_at
from recompute.comparison_value import ByValue
from recompute.days import between, plus
from recompute.histories import History
from recompute.records import Block
from recompute.sight import Reader, auditor_of
from rest.conftest import BASE, TestClient
from served_chain import client_of

ACTS = 160
Part = Callable[[Reading, History], None]


def whole_bills(of: Reading, history: History) -> None:
    for one in of.shown.values():
        comparison.bill(of, one)


def anchors(of: Reading, history: History) -> None:
    for alias in ANCHORS:
        comparison.anchor(of, history.party(alias))


def parties(of: Reading, history: History) -> None:
    for alias in filter(lambda _: of.asks(), (*ANCHORS, *SUPPLIERS, *BANKS)):
        comparison.party(of, history.party(alias))


BY_VALUE: tuple[Callable[[ByValue, History], None], ...] = (
    comparison_value.traces, comparison_value.money, comparison_lists.bills, comparison_history.cents,
    comparison_sheets.sheets_by_value,
)  # fmt: skip


def by_value(of: Reading, history: History) -> None:
    """A day as it is known where the reading stands."""
    valued = comparison_value.opened(of, history)
    for part in BY_VALUE:
        part(valued, history)


SHOWN: tuple[Part, ...] = (
    whole_bills, anchors, parties, *comparison_lists.LISTS, comparison_history.histories, comparison_history.cents,
    comparison_sheets.sheets, by_value,
)  # fmt: skip
"""What every reader is shown, as far as it may see it."""
OFFICE: tuple[Part, ...] = (comparison_lists.office,)
"""What is held against the books for a regulator alone."""


async def at_once(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    """What a node does in a thread of its own, in this one: nobody else reads here."""
    return function(*args)


class Desk(httpx.BaseTransport):
    """What the parties of a history read of its chain: signed reads, and commands that read through this."""

    def __init__(self, history: History, client: TestClient, home: Path) -> None:
        self.chain, self.client, self.home = history.chain, client, home
        self.number, self.acting = 0, ""
        names = tuple((name, party) for party, name in history.names.items())
        save_network(home, KnownNetwork(nodes=(("node", BASE),), names=names))

    def ask(self, party: str, path: str) -> httpx.Response:
        self.number += 1
        signed = sign_request(
            self.chain.keys[party], "GET", f"{BASE}{path}", created_s=self.chain.time_ms // 1000,
            nonce=self.number.to_bytes(12, "big"),
        )  # fmt: skip
        return self.client.get(path, headers=signed)

    def typed(self, party: str, *words: str) -> bytes:
        """The CSV that a command prints to a party."""
        self.acting = party
        out, told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with redirect_stdout(out), redirect_stderr(told):
            code = run(["--home", str(self.home), "--lang", "en", "-o", "csv", *words], transport=self)
        assert code == 0, (words, told.getvalue())
        return out.buffer.getvalue()  # type: ignore[attr-defined, no-any-return]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.ask(self.acting, request.url.raw_path.decode())
        unpacked = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        return httpx.Response(answer.status_code, headers=unpacked, content=answer.content)


@contextmanager
def served(history: History) -> Iterator[Desk]:
    """The history's chain behind the REST interface, in this process."""
    folder = tempfile.TemporaryDirectory(prefix="chainbill-desk-")
    with folder as home, patch("anyio.to_thread.run_sync", at_once), client_of(history.chain) as client:
        yield Desk(history, client, Path(home))


def moments(history: History, chance: Random) -> list[tuple[str, Block]]:
    """What `at` may say, and the block that it means: a height, the newest, and a time or a day, also one without
    blocks. Where settlements took several steps, the height is often one between them."""
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
    under_way = {record.height for record in history.records if record.result.get("complete") is False}
    if under_way and chance.random() < 0.5:
        some = chance.choice([one for one in blocks if one.height in under_way])
    return [(str(some.height), some), (at, block), (str(blocks[-1].height), blocks[-1])]


def readings(history: History, desk: Desk, seed: int) -> Iterator[tuple[Reading, tuple[Part, ...]]]:
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
            ask, typed = partial(desk.ask, reader.party), partial(desk.typed, reader.party)
            yield Reading(ask, typed, at, book, reader, chance), parts


def compared(history: History, seed: int) -> Counter[str]:
    """Read a history; how many figures of which kind were those of the books. AssertionError where one is not."""
    counted: Counter[str] = Counter()
    with served(history) as desk:
        for of, parts in readings(history, desk, seed):
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
