"""A data directory is replayed; every kind of tampering is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_node.home.verify import SPACES, verify_store
from chainbill_node.storage.chain import layout
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import DiskError, prefix_end
from node_chain import LocalChain

pytestmark = pytest.mark.untraced


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


COMPARED = {**SPACES, "sum": layout.SUM, "sum_history": layout.SUM_HISTORY}
COMPARED.pop("meta")  # the node's own notes: some are made anew, without some nothing is opened


@pytest.mark.parametrize("space", sorted(COMPARED))
def test_a_row_that_is_gone_and_one_too_many_are_found_wherever_they_stand(chain: LocalChain, space: str) -> None:
    """At both ends too, where one side of a comparison is over before the other: what is not there is not written."""
    prefix = COMPARED[space]
    held = list(chain.store.range(prefix, prefix_end(prefix)))
    assert held
    for place in sorted({0, len(held) // 2, len(held) - 1}):
        store = copy_of(chain)
        store.write([], [held[place][0]])
        assert is_found(store, chain), place
    for key in (prefix, held[-1][0] + b"\0"):
        store = copy_of(chain)
        store.write([(key, held[-1][1])])
        assert is_found(store, chain), key


def is_found(store: MemoryStore, chain: LocalChain) -> bool:
    """In the report, or the store is not even opened."""
    try:
        return not verify_store(store, chain.genesis).ok
    except DiskError:
        return True


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
