"""Kept sums: at every height what adding up its rows gives, made anew where another release wrote, found when wrong."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import layout, sums
from chainbill_node.storage.chain.derived import make_anew
from chainbill_node.storage.chain.sums import DIGEST, Mark
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Store, prefix_end
from hypothesis import given, settings
from hypothesis import strategies as st
from node_chain import LocalChain
from node_state import RowChain

Edits = dict[tuple[str, str, Any], Any]
IDS = [f"B{number}" for number in range(4)]
ROWS = st.builds(
    lambda debtor, status, currency, face, creditor: {
        "debtor": debtor, "creditor": creditor, "status": status, "currency": currency, "face": face,
        "invoices": [], "created": {"height": 1, "transaction": ""},
    },
    st.sampled_from("DE"), st.sampled_from(["active", "due"]), st.sampled_from(["CNY", "EUR"]), st.integers(0, 9),
    st.sampled_from(["C", ""]),
)  # fmt: skip
ODD = st.sampled_from([{"debtor": "D"}, {"debtor": "D", "status": 1, "currency": "CNY", "face": 1}, {"face": True}])
HISTORIES = st.lists(st.dictionaries(st.sampled_from(IDS), st.none() | ROWS | ODD, max_size=3), min_size=1, max_size=8)


def edits_of(bills: dict[str, Any]) -> Edits:
    return {("bill", "bill", name): row for name, row in bills.items()}


def plain(rows: Edits, field: str, wanted: str) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for (_, table, _), row in rows.items():
        whole = table == "bill" and type(row.get("status")) is str
        if whole and (not field or row[field] == wanted):
            count, total = found.get((row["status"], row["currency"]), (0, 0))
            found[row["status"], row["currency"]] = (count + 1, total + row["face"])
    return found


def check_every_height(chain: RowChain, since: int) -> None:
    for height, rows in enumerate(chain.history):
        reader = chain.reader(height)
        if height < since:
            assert reader.sums("bill.all") is None
            continue
        assert reader.sums("bill.all") == plain(rows, "", ""), height
        for field in ("debtor", "creditor"):
            for wanted in ("D", "E", "C"):
                assert reader.sums(f"bill.{field}", [wanted]) == plain(rows, field, wanted), (height, field, wanted)


@settings(max_examples=40, deadline=None)
@given(HISTORIES)
def test_at_every_height_a_sum_is_that_of_its_rows(history: list[dict[str, Any]]) -> None:
    """reading A3: kept sums against plain ones, rows of any form included."""
    chain = RowChain()
    for bills in history:
        chain.commit(edits_of(bills))
    check_every_height(chain, 0)


@settings(max_examples=15, deadline=None)
@given(HISTORIES, HISTORIES)
def test_sums_that_another_release_left_behind_are_made_anew(before: list[Any], after: list[Any]) -> None:
    """reading A3: a release without sums wrote blocks; the next start makes sums and entries, known from there."""
    chain = RowChain()
    for bills in before:
        chain.commit(edits_of(bills))
    forget(chain.store)
    chain.commit(edits_of(after[0]))
    assert chain.reader(chain.height).sums("bill.all") is None
    entries = dict(chain.store.range(layout.INDEX, prefix_end(layout.INDEX)))
    chain.store.write([], list(entries))
    assert make_anew(chain.store)
    assert dict(chain.store.range(layout.INDEX, prefix_end(layout.INDEX))) == entries
    assert not make_anew(chain.store)
    since = chain.height
    for bills in after[1:]:
        chain.commit(edits_of(bills))
    check_every_height(chain, since)


def forget(store: Store) -> None:
    """What a release that knows of no sums leaves: its own mark is of another height."""
    store.write([(layout.DERIVED_KEY, Mark(DIGEST, 0, 0).encode())])


def test_other_declarations_make_them_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = RowChain()
    chain.commit(edits_of({"B1": {"debtor": "D", "status": "active", "currency": "CNY", "face": 3}}))
    monkeypatch.setattr(sums, "DIGEST", b"another!")
    assert chain.reader(1).sums("bill.all") is None


def test_many_sums_are_made_in_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("chainbill_node.storage.chain.derived.BATCH_ROWS", 3)
    chain = RowChain(LevelStore(tmp_path / "db", create=True))
    bill = {"creditor": "C", "status": "active", "currency": "CNY", "face": 3}
    chain.commit(edits_of({f"B{number}": {**bill, "debtor": f"D{number % 7}"} for number in range(30)}))
    forget(chain.store)
    chain.commit({})
    assert make_anew(chain.store)
    check_every_height(chain, 2)
    assert chain.reader(2).sums("bill.debtor", ["D1"]) == {("active", "CNY"): (5, 15)}


class Ending(MemoryStore):
    """So many writes, and then the process ends."""

    def __init__(self, rows: dict[bytes, bytes], left: int) -> None:
        super().__init__(rows)
        self.left = left

    def write(self, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        if not self.left:
            raise SystemExit
        self.left -= 1
        super().write(puts, deletes)


def test_of_sums_that_are_made_anew_the_next_start_finds_all_or_makes_them_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever a start ends, and the one after it: at last there is what one makes that nothing disturbs."""
    monkeypatch.setattr("chainbill_node.storage.chain.derived.BATCH_ROWS", 4)
    chain = RowChain()
    bill = {"creditor": "C", "status": "active", "currency": "CNY", "face": 3}
    chain.commit(edits_of({f"B{number}": {**bill, "debtor": f"D{number % 3}"} for number in range(9)}))
    chain.commit(edits_of({"B1": None, "B2": {**bill, "debtor": "D1", "status": "due"}}))
    forget(chain.store)
    chain.commit({})
    before = dict(chain.store.range(b"", b"\xff"))
    undisturbed = Ending(before, left=1_000)
    assert make_anew(undisturbed)
    whole = dict(undisturbed.range(b"", b"\xff"))
    count = 1_000 - undisturbed.left
    assert count > 8
    for first, second in itertools.product(range(count), repeat=2):
        store = Ending(before, first)
        for left in (second, 1_000):
            with contextlib.suppress(SystemExit):
                make_anew(store)
            store.left = left
        make_anew(store)
        assert dict(store.range(b"", b"\xff")) == whole, f"after {first} writes, and {second}"


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> LocalChain:
    made = LocalChain(tmp_path_factory.mktemp("chain") / "net")
    made.trade()
    return made


@pytest.mark.parametrize("kept_since", [0, 3])
def test_verify_finds_a_wrong_sum(traded: LocalChain, kept_since: int) -> None:
    """reading A3: `node verify` recomputes sums, also of a store that has them since a later height only."""
    store = MemoryStore(dict(traded.store.range(b"", b"\xff")))
    head = traded.ledger.info().height
    store.write([(layout.DERIVED_KEY, Mark(DIGEST, head, kept_since).encode())])
    assert verify_store(store, traded.genesis).ok
    key, raw = next(iter(store.range(layout.SUM, prefix_end(layout.SUM))))
    store.write([(key, raw[:-1] + bytes([raw[-1] ^ 1]))])
    assert [one.what for one in verify_store(store, traded.genesis).problems] == ["sum"]
    store.write([], [key])
    assert [one.what for one in verify_store(store, traded.genesis).problems] == ["sum"]
    store.write([(key, raw), (layout.SUM + b"index\0bill_all\0\x02\0\x02gone\0\x02CNY\0", raw)])
    assert [one.what for one in verify_store(store, traded.genesis).problems] == ["sum"]


def test_verify_finds_a_wrong_history_of_a_sum(traded: LocalChain) -> None:
    store = MemoryStore(dict(traded.store.range(b"", b"\xff")))
    key, raw = next(iter(store.range(layout.SUM_HISTORY, prefix_end(layout.SUM_HISTORY))))
    store.write([(key, raw[:-1] + bytes([raw[-1] ^ 1]))])
    assert [one.what for one in verify_store(store, traded.genesis).problems] == ["sum_history"]
