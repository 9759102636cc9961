"""A crowded bucket on the disk (formats M7): its parts come and go with its entries."""

from __future__ import annotations

from pathlib import Path

from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.rebuild import StateRebuild
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Readable, prefix_end
from hypothesis import given
from hypothesis import strategies as st
from node_state import RowChain
from vectors.make_state_tree import CLOSE, NEAR, key

from chainbill.state.buckets import BUCKETS, bucket_of, key_hash
from chainbill.state.proof import verify_proof
from chainbill.state.rows import row_hash

BLOCKS: list[dict[int, int | None]] = [
    dict.fromkeys(NEAR[:32], 1),
    {NEAR[32]: 1, CLOSE[0]: 1},
    dict.fromkeys(CLOSE, 2),
    {CLOSE[1]: None, CLOSE[2]: 3, NEAR[0]: None},
    {**dict.fromkeys(CLOSE[3:]), NEAR[1]: 5},
    dict.fromkeys(NEAR),
    dict.fromkeys(CLOSE),
]


def edits(block: dict[int, int | None]) -> dict[tuple[str, str, int], int | None]:
    return {("bench", "row", number): value for number, value in block.items()}


def tree_rows(store: Readable) -> dict[bytes, bytes]:
    return {at: row for prefix in (layout.BUCKET, layout.LEAF) for at, row in store.range(prefix, prefix_end(prefix))}


def rebuilt(store: Readable) -> tuple[bytes, dict[bytes, bytes]]:
    target = MemoryStore()
    rebuild = StateRebuild(MemoryStore(), target)
    for at, raw in store.range(layout.STATE, prefix_end(layout.STATE)):
        rebuild.add(at[1:], raw)
    return rebuild.finish(), tree_rows(target)


def test_rows_on_the_disk_are_those_made_anew_from_the_state(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    chain = RowChain(store)
    parts = set()
    for block in BLOCKS:
        record = chain.commit(edits(block))
        root, rows = rebuilt(store)
        assert root == record.app_hash
        assert rows == tree_rows(store), "nothing is left over of a bucket that was joined"
        parts.add(len(rows) - 2)
        again = RowChain(store)
        assert again.tree.root == root
        for number in (CLOSE[0], CLOSE[-1], NEAR[0], NEAR[-1]):
            raw = chain.database.view.get(key(number))
            held = None if raw is None else row_hash(key(number), raw)
            assert verify_proof(root, key(number), held, again.tree.prove(again.database.view, key(number)))
    assert parts == {-2, 0, 2, 8}
    store.close()


@given(st.lists(st.tuples(st.integers(0, BUCKETS - 1), st.text("01", max_size=238)), unique=True, min_size=2))
def test_keys_of_rows_are_distinct_and_those_of_a_bucket_lie_together(places: list[tuple[int, str]]) -> None:
    keys = {}
    for bucket, way in places:
        at = layout.bucket_key(layout.BUCKET, int("1" + f"{bucket:018b}" + way, 2))
        assert at[:4] == b"b" + bucket.to_bytes(3, "big")
        keys[at] = bucket, way
    assert len(keys) == len(places)
    assert [keys[at][0] for at in sorted(keys)] == sorted(bucket for bucket, _ in places)


def test_a_key_byte_by_byte() -> None:
    """Bucket 5 and, below it, right and then left: 1 ‖ 10, with the bit 1 before it."""
    node = (BUCKETS + 5) << 2 | 0b10
    assert layout.bucket_key(layout.BUCKET, BUCKETS + 5).hex() == "62000005"
    assert layout.bucket_key(layout.BUCKET, node).hex() == "62000005" + "06"
    assert layout.bucket_key(layout.LEAF, bucket_of(key_hash(key(0))))[:1] == b"l"
