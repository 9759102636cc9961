"""A data directory is replayed; every kind of tampering is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_node.storage import layout
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import prefix_end
from chainbill_node.verify import verify_store
from node_chain import LocalChain


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> LocalChain:
    made = LocalChain(tmp_path_factory.mktemp("chain") / "net")
    made.trade()
    return made


def copy_of(chain: LocalChain) -> MemoryStore:
    return MemoryStore(dict(chain.store.range(b"", b"\xff")))


def test_an_honest_chain_has_no_findings(chain: LocalChain) -> None:
    report = verify_store(chain.store, chain.genesis)
    assert report.ok, report.problems
    assert report.height == report.blocks == chain.ledger.info().height
    assert report.app_hash == chain.ledger.info().app_hash
    assert report.transactions >= 4
    assert report.totals == {"CNY": {"face": 100_000_00, "live": 100_000_00, "settled": 0, "diluted": 0, "void": 0}}
    assert report.rows["index"] > 10


@pytest.mark.parametrize("space", ["state", "history", "index", "receipts", "transaction", "leaf", "bucket", "log"])
def test_a_changed_row_is_found(chain: LocalChain, space: str) -> None:
    prefix = {"state": b"s", "history": b"h", "index": b"i", "receipts": b"R", "transaction": b"t", "leaf": b"l",
              "bucket": b"b", "log": b"N"}[space]  # fmt: skip
    store = copy_of(chain)
    key, value = list(store.range(prefix, prefix_end(prefix)))[-1]
    store.write([(key, value + b"!")])
    report = verify_store(store, chain.genesis)
    assert not report.ok
    assert space in {one.what for one in report.problems} | ({"totals"} if space == "state" else set())


def test_a_missing_index_entry_and_an_invented_one_are_found(chain: LocalChain) -> None:
    store = copy_of(chain)
    key = next(iter(store.range(layout.INDEX, prefix_end(layout.INDEX))))[0]
    store.write([], [key])
    assert [one.what for one in verify_store(store, chain.genesis).problems] == ["index"]
    store.write([(key, b""), (key + b"x", b"")])
    assert [one.what for one in verify_store(store, chain.genesis).problems] == ["index"]


def test_a_block_with_another_certificate_is_found(chain: LocalChain) -> None:
    store = copy_of(chain)
    other = store.get(layout.height_key(layout.CERTIFICATE, 1))
    assert other is not None
    store.write([(layout.height_key(layout.CERTIFICATE, 2), other)])
    report = verify_store(store, chain.genesis)
    assert report.problems[0].height == 2


def test_a_missing_block_is_found(chain: LocalChain, tmp_path: Path) -> None:
    store = copy_of(chain)
    store.write([], [layout.height_key(layout.BLOCK, 2)])
    report = verify_store(store, chain.genesis)
    assert "block_missing" in report.problems[0].detail
