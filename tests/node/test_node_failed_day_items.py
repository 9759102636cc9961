"""Items of the day change that failed: a line each, a metric, and a warning that a restart keeps and time ends."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chainbill_node.foundation.node_warning import DAY_ITEMS_FAILED
from chainbill_node.home.node_home import open_home
from chainbill_node.process.failed_day_items import KEPT, SHOWN_DAYS, FailedDayItems
from chainbill_node.process.node import Node
from chainbill_node.process.status import node_status
from chainbill_node.rest.routes_operations import status_shape
from chainbill_node.runtime.logs import EventLog
from chainbill_node.setup.local import create_local_network

from chainbill.ledger.receipt import NO_SALT, Receipt

DAY_MS = 86_400_000
NOON = 1_800_000_000_000


def item(reason: str = "", contract: str = "legal", *parts: str) -> Receipt:
    """The receipt of a day item; it failed where a reason is given."""
    events = [["core", "day_item_failed", {"contract": contract, "item": list(parts), "reason": reason}]]
    status, told = ("refused", events) if reason else ("ok", [])
    return Receipt("day_item", bytes(32), NO_SALT, status, reason, {"secret": "S"}, [], told, 7)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    log = EventLog()
    log.configure(level="info", json_lines=False, node="n", stream=stream)
    monkeypatch.setattr("chainbill_node.process.failed_day_items.log", log)
    return stream


class Kept:
    """What a node keeps in one folder, at a time of the ledger."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = NOON
        self.counted: list[str] = []
        self.of = FailedDayItems(folder / "failed.json", lambda: self.now_ms, self.counted.append)

    def commit(self, height: int, *receipts: Receipt) -> None:
        self.of.committed(height, self.now_ms, receipts)

    def said(self) -> list[dict[str, Any]]:
        return [one.shape("en") for one in self.of()]


def test_each_one_that_fails_is_a_line_that_names_contract_item_and_reason(tmp_path: Path, lines: io.StringIO) -> None:
    kept = Kept(tmp_path)
    kept.commit(11, item(), item("out_of_gas", "legal", "2026-12-01", "freeze", "F1"), item("x", "bill", "B1"))
    first, second = lines.getvalue().splitlines()
    assert "ERROR" in first
    assert "day_item_failed height=11 contract=legal item=2026-12-01/freeze/F1 reason=out_of_gas" in first
    assert "contract=bill item=B1 reason=x" in second
    assert "secret" not in first, "details of a refusal are no business of a log"
    assert kept.counted == ["legal", "bill"]


def test_a_transaction_that_is_refused_and_an_item_that_is_well_say_nothing(tmp_path: Path, lines: io.StringIO) -> None:
    kept = Kept(tmp_path)
    kept.commit(11, item(), replace_kind(item("x"), "transaction"), replace_kind(item("x"), "migration"))
    assert (lines.getvalue(), kept.said(), kept.counted) == ("", [], [])
    assert not (tmp_path / "failed.json").exists()


def replace_kind(receipt: Receipt, kind: str) -> Receipt:
    return Receipt(kind, *receipt.fields()[2:])


def test_the_warning_tells_how_many_and_where_to_look_and_ends_by_itself(tmp_path: Path, lines: io.StringIO) -> None:
    kept = Kept(tmp_path)
    kept.commit(11, item("x"), item("x"))
    kept.now_ms += DAY_MS
    kept.commit(12, item("out_of_gas", "bill", "B1"))
    [warning] = kept.said()
    assert warning["key"] == DAY_ITEMS_FAILED
    assert warning["fields"] == {"items": 3, "height": 12, "contract": "bill", "reason": "out_of_gas"}
    assert "3 items of the day change failed" in warning["text"]
    assert "height 12 (contract bill: out_of_gas)" in warning["text"]
    assert "B1" not in str(warning), "whose item it was is told to nobody who may only ask whether the node is ready"
    kept.now_ms = NOON + SHOWN_DAYS * DAY_MS
    assert kept.said()[0]["fields"]["items"] == 3
    kept.now_ms += 1
    assert kept.said()[0]["fields"]["items"] == 1
    kept.now_ms += DAY_MS
    assert kept.said() == []


def test_a_restart_keeps_the_warning_and_a_broken_file_ends_nothing(tmp_path: Path, lines: io.StringIO) -> None:
    before = Kept(tmp_path)
    before.commit(11, item("x"))
    assert Kept(tmp_path).said() == before.said() != []
    before.commit(11, item("x"))
    assert Kept(tmp_path).said()[0]["fields"]["items"] == 1, "a block that is carried out again counts once"
    (tmp_path / "failed.json").write_text('{"form": 1, "failed": [{"height": "x"}]}')
    again = Kept(tmp_path)
    assert again.said() == []
    assert "failed_day_items_not_read" in lines.getvalue()
    again.commit(12, item("x"))
    assert Kept(tmp_path).said()[0]["fields"]["items"] == 1


def test_a_file_that_cannot_be_written_ends_nothing(tmp_path: Path, lines: io.StringIO) -> None:
    kept = Kept(tmp_path / "missing")
    kept.commit(11, item("x"))
    assert len(kept.said()) == 1
    assert "failed_day_items_not_written" in lines.getvalue()


def test_as_many_blocks_are_kept_as_there_is_room_for(tmp_path: Path, lines: io.StringIO) -> None:
    kept = Kept(tmp_path)
    for height in range(KEPT + 5):
        kept.commit(height, *[item("x", f"c{number}") for number in range(3)])
    assert kept.said()[0]["fields"]["height"] == KEPT + 4
    assert kept.said()[0]["fields"]["items"] == 3 * KEPT
    assert (tmp_path / "failed.json").stat().st_size < 100_000


def test_a_node_is_ready_warns_and_counts(tmp_path: Path, lines: io.StringIO) -> None:
    network = create_local_network(tmp_path / "net", validators=1)
    opened = open_home(network.nodes[0].home)

    async def act() -> None:
        node = Node(network.nodes[0].home, opened)
        await node.start()
        try:
            block = SimpleNamespace(
                header=SimpleNamespace(height=5, time_ms=opened.genesis.time_ms), wire_ids=(), id=b"", encoded=b""
            )
            finalized = SimpleNamespace(receipts=(item("x"),), opening=1, transaction_receipts=(), app_hash=b"")
            node.traffic.committed(block, SimpleNamespace(signatures=()), finalized)  # type: ignore[arg-type]
            node.watch.look(node.clock.now_ms())
            status = node_status(node)
            assert status.ready, status.reason
            for language, said in (("en", "did not happen"), ("zh", "未发生")):
                [warning] = status_shape(status, language)["warnings"]
                assert said in warning["text"]
            shown = node.metrics.exposition()[0].decode()
            assert 'chainbill_failed_day_items_total{contract="legal"} 1.0' in shown
            assert 'chainbill_node_warnings{key="day_items_failed"} 1.0' in shown
        finally:
            await node.stop()

    try:
        asyncio.run(act())
    finally:
        opened.close()
