"""Who reads rows piece by piece reads what one reads at once: also where a piece ends at a key that others continue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import pytest
from chainbill_node.storage import store as stores
from chainbill_node.storage.chain import archive, history_sweep, layout
from chainbill_node.storage.chain.database import LiveView
from chainbill_node.storage.chain.height_rows import HeightRows
from chainbill_node.storage.chain.history_sweep import HistorySweep
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.snapshots.stream import ROW, records_of
from chainbill_node.storage.store import prefix_end, walk
from hypothesis import example, given
from hypothesis import strategies as st
from node_chain import LocalChain

from chainbill.codec import encode
from chainbill.state.history import history_key
from chainbill.state.keys import row_key, table_prefix
from chainbill.state.overlay import Overlay
from chainbill.state.rows import pack

KEYS = st.lists(st.sampled_from([1, 256, "A", "AB"]), min_size=1, max_size=3).map(
    lambda parts: row_key("one", "left", parts)
)
"""Short ones of few parts: many of them begin with another one."""
CONTINUED = {row_key("one", "left", parts) for parts in (["A"], ["A", 1], ["A", "A"], ["AB"])}
PIECES = st.integers(1, 4)
TABLE = table_prefix("one", "left")
NOW, PAST = 2, 1
Paged = Callable[[bytes, int], list[bytes]]
"""The keys behind one, so many of them."""


def in_pages(page: Paged, piece: int) -> list[bytes]:
    """All keys, asked for a page at a time."""
    found: list[bytes] = []
    while keys := page(found[-1] if found else b"", piece):
        found += keys
        assert len(found) < 1_000, "it goes round"
    return found


def in_walk(store: MemoryStore, piece: int) -> list[bytes]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stores, "WALK_ROWS", piece)
        return [key[1:] for key, _ in walk(store, layout.STATE, prefix_end(layout.STATE))]


def in_state(store: MemoryStore, piece: int) -> list[bytes]:
    view = LiveView(store)
    return in_pages(lambda after, most: [key for key, _ in view.scan(TABLE, after, most)], piece)


def in_block(store: MemoryStore, piece: int) -> list[bytes]:
    return [key for key, _, _ in Overlay(LiveView(store)).walk(TABLE, page=piece)]


def at_height(height: int, store: MemoryStore, piece: int) -> list[bytes]:
    kept = HeightRows(store, (layout.STATE, layout.HISTORY), height, newest=height == NOW, counted=lambda: None)
    return in_pages(lambda after, most: [key for key, _ in islice(kept.behind(after, TABLE), most)], piece)


@pytest.mark.parametrize(
    ("read", "past"),
    [(in_walk, False), (in_state, False), (in_block, False), (partial(at_height, NOW), False),
     (partial(at_height, PAST), True)],
    ids=["a long walk", "the state", "a block", "the newest height", "a past height"],
)  # fmt: skip
@given(kept=st.sets(KEYS), written=st.sets(KEYS), deleted=st.sets(KEYS), piece=PIECES)
@example(kept=CONTINUED, written=set(), deleted=set(), piece=1)
def test_pieces_leave_nothing_out(
    read: Callable[[MemoryStore, int], list[bytes]],
    past: bool,
    kept: set[bytes],
    written: set[bytes],
    deleted: set[bytes],
    piece: int,
) -> None:
    """Rows of the past are kept, written again or deleted since."""
    written, deleted = written - kept, deleted - kept - written
    store = MemoryStore()
    old, new = pack(PAST, b"", encode(0)), pack(NOW, b"", encode(1))
    store.write([(layout.STATE + key, old) for key in kept] + [(layout.STATE + key, new) for key in written])
    store.write([(layout.HISTORY + history_key(key, PAST), old) for key in written | deleted])
    assert read(store, piece) == sorted(kept | written | (deleted if past else set()))


@given(rows=st.sets(st.tuples(KEYS, st.integers(0, 5))), piece=PIECES, lowest=st.integers(0, 6))
def test_a_sweep_in_pieces_takes_what_is_below_the_lowest_height(
    rows: set[tuple[bytes, int]], piece: int, lowest: int
) -> None:
    """A row under height 3 is the one of height 3: it goes when the lowest is 4. No piece is larger than it may be."""
    store = MemoryStore()
    store.write([(layout.HISTORY + history_key(*row), b"") for row in rows] + [(layout.STATE + b"x", b"")])
    sweep = HistorySweep(store)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(history_sweep, "ROWS_A_STEP", piece)
        for _ in range(len(rows) // piece + 1):
            before = len(list(store.range(b"", b"\xff")))
            took = sweep.step(lowest)
            gone = before - len(list(store.range(b"", b"\xff")))
            assert gone <= piece
            assert took is bool(gone)
    left = sorted(layout.HISTORY + history_key(*row) for row in rows if row[1] >= lowest)
    assert [key for key, _ in store.range(b"", b"\xff")] == [*left, layout.STATE + b"x"]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> LocalChain:
    """With rows whose keys are continued by those of others."""
    made = LocalChain(tmp_path_factory.mktemp("chain"))
    made.trade()
    draft = {"debtor": made.party("anchor"), "creditor": made.party("supplier1"), "face": 1_00, "currency": "CNY",
             "due_on": "2026-12-31", "invoices": [], "contract_no": "", "delivered_on": "", "terms": {},
             "reference": ""}  # fmt: skip
    made.call("supplier1", "bill", "issue", draft)
    keys = [key for key, _ in made.store.range(layout.STATE, prefix_end(layout.STATE))]
    assert any(after.startswith(key) for key, after in pairwise(keys))
    return made


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_a_backup_and_a_snapshot_in_small_pieces_are_whole(
    chain: LocalChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(stores, "WALK_ROWS", piece)
    monkeypatch.setattr(archive, "PART_BYTES", 1_000)
    written = archive.write_archive(chain.store, {}, tmp_path / "backup", chain_id="c")
    rows = list(chain.store.range(*archive.ALL))
    assert [row for part in archive.archived_rows(tmp_path / "backup") for row in part] == rows
    assert written.rows == len(rows)
    state = [(record[1], record[2]) for record in records_of(chain.store) if record[0] == ROW]
    assert state == [(key[1:], raw) for key, raw in rows if key[:1] == layout.STATE]
