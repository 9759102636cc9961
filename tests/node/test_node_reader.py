from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.chain import indexes
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.reader import HeightReader
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import DiskError, Readable
from core.texts import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from node_state import GENESIS_HASH, RowChain

from chainbill.state.tree import StateTree

KEYS = [("demo", "row", name) for name in ("a", "ab", "b")] + [
    ("demo", "row", ("a", 1)),
    ("demo", "row", ("a", "z")),
    ("demo", "other", "a"),
]
EDITS = st.lists(
    st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), st.integers(0, 5).map(lambda n: {"n": n})), max_size=4),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(EDITS)
def test_every_height_reads_as_it_was(edits: list[dict]) -> None:
    chain = RowChain()
    for one in edits:
        chain.commit(one)
    for height, rows in enumerate(chain.history):
        reader = chain.reader(height)
        for contract, table, key in KEYS:
            wanted = rows.get((contract, table, key))
            assert reader.get(contract, table, key if isinstance(key, str) else list(key)) == wanted
        assert reader.keys("demo", "row") == [parts for parts, _ in reader.scan("demo", "row")]
        listed = {(tuple(parts) if len(parts) > 1 else parts[0]): row for parts, row in reader.scan("demo", "row")}
        assert listed == {key: row for (contract, table, key), row in rows.items() if table == "row"}


@settings(max_examples=8, deadline=None)
@given(EDITS)
def test_the_tree_rebuilt_at_a_start_has_the_same_root(edits: list[dict]) -> None:
    chain = RowChain()
    for one in edits:
        chain.commit(one)
    again = RowChain(chain.store)
    assert again.tree.root == chain.tree.root == chain.database.head().app_hash
    fresh = StateTree()
    fresh.build(chain.database.leaves())
    assert fresh.root == chain.tree.root


def test_a_scan_goes_on_behind_a_key_and_stops_at_its_limit() -> None:
    chain = RowChain()
    chain.commit({("demo", "row", ("p", number)): {"n": number} for number in range(10)})
    chain.commit({("demo", "row", ("p", 3)): None, ("demo", "row", ("p", 4)): {"n": 44}})
    now, before = chain.reader(2), chain.reader(1)
    assert [parts[1] for parts, _ in now.scan("demo", "row", ["p"], after=["p", 1], limit=3)] == [2, 4, 5]
    assert [row["n"] for _, row in before.scan("demo", "row", ["p"], after=["p", 1], limit=3)] == [2, 3, 4]
    assert now.scan("demo", "row", ["q"]) == []
    assert now.keys("demo", "row", after=["p", 2], limit=2) == [["p", 4], ["p", 5]]


def bill(identity: str, height: int, debtor: str) -> dict:
    return {"id": identity, "debtor": debtor, "creditor": "C", "invoices": [{"fingerprint": "f1", "amount": 1}],
            "created": {"height": height, "transaction": ""}}  # fmt: skip


def test_indexes_list_ids_in_the_order_of_their_making() -> None:
    chain = RowChain()
    chain.commit({("bill", "bill", "BZ"): bill("BZ", 1, "D"), ("bill", "bill", "BY"): bill("BY", 1, "E")})
    chain.commit({("bill", "bill", "BA"): bill("BA", 2, "D")})
    reader = chain.reader(2)
    assert reader.index("bill.all", []) == ["BY", "BZ", "BA"]
    assert reader.index("bill.debtor", ["D"]) == ["BZ", "BA"]
    assert reader.index("bill.debtor", ["D"], after="BZ") == ["BA"]
    assert reader.index("bill.all", [], after="BY", limit=1) == ["BZ"]
    assert reader.index("bill.invoice", ["f1"]) == ["BY", "BZ", "BA"]
    with pytest.raises(KeyError):
        reader.index("bill.colour", ["red"])


class Counted:
    """A source that counts what is read of it."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.read = 0

    def get(self, key: bytes) -> bytes | None:
        self.read += 1
        return self._source.get(key)

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        for row in self._source.range(start, stop, reverse=reverse):
            self.read += 1
            yield row


@pytest.mark.parametrize("height", [1, 2], ids=["past", "now"])
def test_a_page_costs_what_it_holds(height: int) -> None:
    """However much lies behind it: else whoever turns pages makes a node read everything for each of them."""
    chain = RowChain()
    bills = {("bill", "bill", f"B{number:03}"): bill(f"B{number:03}", 1, "D") for number in range(300)}
    chain.commit(bills)
    chain.commit({key: {**row, "creditor": "E"} for key, row in bills.items()})
    source = Counted(chain.store)
    reader = HeightReader(source, height, 2, lambda *_: None)
    pages: list[Callable[[int], list[Any]]] = [
        lambda most: reader.index("bill.debtor", ["D"], limit=most),
        lambda most: reader.index("bill.debtor", ["D"], after="B100", limit=most),
        lambda most: reader.scan("bill", "bill", after=["B100"], limit=most),
        lambda most: reader.keys("bill", "bill", after=["B100"], limit=most),
    ]
    for page, most in itertools.product(pages, [1, 10]):
        source.read = 0
        assert len(page(most)) == most
        assert source.read <= 4 * most + 5


@given(TEXTS, st.integers(0, 2**63 - 1), TEXTS.filter(len))
def test_an_index_entry_names_its_id_whatever_stands_before_it(value: str, made: int, identity: str) -> None:
    for name, values in (("bill.all", []), ("bill.debtor", [value])):
        entry = indexes.entry_key(name, values, made, identity)
        assert indexes.entry_id(entry, len(indexes.value_prefix(name, values))) == identity


def test_an_index_entry_stays_when_the_row_changes() -> None:
    chain = RowChain()
    row = {"id": "P1", "sponsor": "S1", "since": "2026-01-01"}
    chain.commit({("party", "party", "P1"): row})
    chain.commit({("party", "party", "P1"): {**row, "sponsor": "S2"}})
    reader = chain.reader(2)
    assert reader.index("party.sponsor", ["S1"]) == reader.index("party.sponsor", ["S2"]) == ["P1"]


def test_transactions_are_found_by_id_with_their_receipt() -> None:
    chain = RowChain()
    chain.commit({}, wires=(b"w0", b"w1"), ids=(b"i" * 32, b"j" * 32))
    record = chain.reader(1).transaction(b"j" * 32)
    assert record is not None
    assert (record.height, record.index, record.wire, record.receipt.id) == (1, 1, b"w1", b"j" * 32)
    assert chain.database.is_used(b"i" * 32)
    assert not chain.database.is_used(b"k" * 32)
    assert chain.reader(1).transaction(b"k" * 32) is None


def test_blocks_headers_and_records_by_height() -> None:
    chain = RowChain()
    first = chain.commit({("demo", "row", "a"): {"n": 1}})
    reader = chain.reader(1)
    block = reader.block(1)
    assert block is not None
    assert block.height == 1
    assert reader.header(1).id == first.block_id
    assert reader.block_height(first.block_id) == 1
    assert reader.app_hash_at(1) == first.app_hash
    assert reader.header(2) is None
    assert reader.app_hash_at(9) is None
    certificate, agreed = reader.certificate(1)
    assert (certificate.block_id, agreed) == (first.block_id, False)


def test_another_chain_or_a_missing_leaf_refuses(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    chain = RowChain(store)
    chain.commit({("demo", "row", "a"): {"n": 1}})
    database = ChainDatabase(store)
    database.check_format(GENESIS_HASH)
    with pytest.raises(DiskError, match="another chain"):
        database.check_format(b"x" * 32)
    leaf = next(iter(store.range(b"l", b"m")))[0]
    store.write([], [leaf])
    with pytest.raises(DiskError, match="another root"):
        database.build_tree()
    store.close()


@pytest.mark.parametrize(
    ("found", "made_by", "made_by_zh"), [(b"99", "a newer", "较新的"), (b"1", "an older", "较旧的")]
)
def test_data_of_another_release_is_told_as_such_and_left_alone(found: bytes, made_by: str, made_by_zh: str) -> None:
    store = MemoryStore()
    store.write([(b"mformat", found), (b"mgenesis", GENESIS_HASH)], [])
    before = dict(store.range(b"", b"\xff"))
    with pytest.raises(DiskError) as refused:
        ChainDatabase(store).check_format(GENESIS_HASH)
    assert f"data format {found.decode()}" in str(refused.value)
    assert f"made by {made_by} release and is not damaged" in refused.value.mend[0]
    assert f"数据由{made_by_zh}版本写入，并未损坏" in refused.value.mend[1]
    assert dict(store.range(b"", b"\xff")) == before


def test_a_store_without_its_head_refuses() -> None:
    store = MemoryStore({b"mformat": b"1"})
    with pytest.raises(DiskError, match="newest height"):
        ChainDatabase(store).head()
