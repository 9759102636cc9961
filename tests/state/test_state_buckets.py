"""Buckets that nobody can crowd (formats M7): split and joined as the definition says, whatever the way there.

Key hashes are made up here, so that they may share as many bits as it takes; the vectors' keys were searched for.
"""

from __future__ import annotations

import random
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors.make_state_tree import CLOSE, NEAR, Ledger, key

from chainbill.limits import BUCKET_ENTRIES, KEPT_ROOTS
from chainbill.state import buckets
from chainbill.state import proof as proof_module
from chainbill.state.buckets import BUCKETS, BucketEdit, bucket_of, find_entries, hash_of_row, key_hash, rows_over
from chainbill.state.proof import StateProof, verify_proof
from chainbill.state.rows import row_hash

Entries = dict[bytes, bytes]


def h(domain: str, data: bytes) -> bytes:
    return sha256(bytes([len(domain)]) + domain.encode() + data).digest()


def naive_hash(level: int, entries: Entries) -> bytes:
    """The definition of the reference, from level 18 down."""
    if len(entries) <= 32:
        return h("state-leaf", b"".join(sorted(hashed + value for hashed, value in entries.items())))
    halves: tuple[Entries, Entries] = ({}, {})
    for hashed, value in entries.items():
        halves[int.from_bytes(hashed, "big") >> (255 - level) & 1][hashed] = value
    return h("state-node", naive_hash(level + 1, halves[0]) + naive_hash(level + 1, halves[1]))


class Bucket:
    """Rows of one bucket and its parts, edited a block at a time, and what should be in it."""

    def __init__(self, node: int = BUCKETS) -> None:
        self.node = node
        self.rows: dict[int, bytes] = {}
        self.entries: Entries = {}

    def read(self, node: int) -> bytes:
        return self.rows.get(node, b"")

    def block(self, edits: dict[bytes, bytes | None]) -> None:
        old: dict[int, bytes] = {}
        edit = BucketEdit(self.read, old, {})
        edit.apply(self.node, list(edits.items()))
        assert all(self.read(node) == row for node, row in old.items()), "what was, it knows"
        assert edit.new.keys() <= old.keys()
        self.rows.update(edit.new)
        self.rows = {node: row for node, row in self.rows.items() if row}
        for hashed, value in edits.items():
            self.entries[hashed] = value or b""
        self.entries = {hashed: value for hashed, value in self.entries.items() if value}

    def check(self) -> None:
        joined = b"".join(hashed + value for hashed, value in sorted(self.entries.items()))
        assert hash_of_row(self.read(self.node)) == naive_hash(18, self.entries)
        assert self.rows == rows_over(self.node, joined), "the rows too depend on the content alone"
        for hashed in self.entries:
            found, siblings = find_entries(self.read, hashed)
            assert hashed + self.entries[hashed] in found
            assert len(found) <= 64 * BUCKET_ENTRIES
            assert fold(hashed, hash_of_row(found), siblings) == hash_of_row(self.read(self.node))


def fold(hashed: bytes, node: bytes, siblings: list[bytes]) -> bytes:
    """From a part of a bucket up to the bucket; siblings from the bucket down."""
    for level in range(17 + len(siblings), 17, -1):
        sibling = siblings[level - 18]
        right = int.from_bytes(hashed, "big") >> (255 - level) & 1
        node = h("state-node", sibling + node if right else node + sibling)
    return node


def made_up(shared: int, number: int) -> bytes:
    """A key hash of bucket 0: it has `shared` zeros, then a one where there is room, then digits of its own."""
    own = int.from_bytes(sha256(b"%d %d" % (shared, number)).digest(), "big")
    if shared >= 248:
        return number.to_bytes(32, "big")
    return ((1 << 255 | own >> 1) >> shared).to_bytes(32, "big")


HASHES = [made_up(shared, number) for shared in (18, 19, 20, 25, 60, 200) for number in range(25)]
HASHES += [made_up(248, number) for number in range(60)]
EDITS = st.dictionaries(st.sampled_from(HASHES), st.sampled_from([None, b"a" * 32, b"b" * 32]), max_size=90)


@settings(max_examples=60, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=6))
def test_buckets_are_what_the_definition_says_after_any_blocks(blocks: list[dict[bytes, bytes | None]]) -> None:
    bucket = Bucket()
    for edits in blocks:
        bucket.block(edits)
        bucket.check()


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(HASHES), min_size=30, max_size=120), st.integers(0, 2**32))
def test_filled_one_by_one_and_emptied_one_by_one(hashes: set[bytes], seed: int) -> None:
    bucket = Bucket()
    order = sorted(hashes)
    random.Random(seed).shuffle(order)
    for hashed in order:
        bucket.block({hashed: hashed})
    bucket.check()
    random.Random(seed + 1).shuffle(order)
    for number, hashed in enumerate(order):
        bucket.block({hashed: None})
        if number % 7 == 0:
            bucket.check()
    assert bucket.rows == {}


@pytest.mark.parametrize("shared", [18, 19, 40, 248])
def test_a_bucket_splits_at_33_entries_and_joins_at_32(shared: int) -> None:
    bucket = Bucket()
    hashes = [made_up(shared, number) for number in range(33)]
    bucket.block(dict.fromkeys(hashes[:32], b"a" * 32))
    assert list(bucket.rows) == [BUCKETS]
    bucket.block({hashes[32]: b"a" * 32})
    depth = max(bucket.rows).bit_length() - 1
    assert depth > max(shared, 18)
    bucket.check()
    bucket.block({hashes[5]: None})
    assert list(bucket.rows) == [BUCKETS]
    bucket.check()
    bucket.block({hashes[5]: b"b" * 32, hashes[6]: None})
    assert list(bucket.rows) == [BUCKETS]
    bucket.check()


@pytest.mark.parametrize("shared", [18, 19, 40, 248])
def test_a_block_that_deletes_and_does_something_else_joins_a_bucket_too(shared: int) -> None:
    """Whichever half the two rows are in."""
    hashes = sorted(made_up(shared, number) for number in range(33))
    ends = (0, 1, 15, 17, 31, 32)
    for gone, other in permutations([hashes[place] for place in ends], 2):
        bucket = Bucket()
        bucket.block(dict.fromkeys(hashes, b"a" * 32))
        bucket.block({gone: None, other: b"b" * 32})
        assert list(bucket.rows) == [BUCKETS]
        bucket.check()


def test_an_edit_touches_a_part_and_the_way_to_it_only() -> None:
    bucket = Bucket()
    hashes = [made_up(18, number) for number in range(5_000)]  # as many as would make a proof of 320 KB
    bucket.block(dict.fromkeys(hashes, b"a" * 32))
    old: dict[int, bytes] = {}
    edit = BucketEdit(bucket.read, old, {})
    edit.apply(bucket.node, [(hashes[7], b"b" * 32)])
    assert len(old) == len(edit.new) == len(find_entries(bucket.read, hashes[7])[1]) + 1 <= 12
    assert sum(map(len, edit.new.values())) <= 64 * BUCKET_ENTRIES + 12 * 65


def test_searched_keys_share_a_bucket_and_its_proofs_stay_short() -> None:
    """2^18 tries a name put a row into a bucket; before it was split, its proof had all of them."""
    assert len({bucket_of(key_hash(key(number))) for number in (*CLOSE, *NEAR)}) == 1
    assert len({int.from_bytes(key_hash(key(number)), "big") >> 235 for number in CLOSE}) == 1
    ledger = Ledger()
    ledger.block(dict.fromkeys((*CLOSE, *NEAR), 1))
    for number in (*CLOSE, *NEAR):
        held, proof = ledger.prove(number)
        assert held is not None
        assert verify_proof(ledger.tree.root, key(number), held, proof)
        assert len(proof.bucket) <= 64 * BUCKET_ENTRIES
        assert not verify_proof(ledger.tree.root, key(number), None, proof)


BLOCKS = st.lists(
    st.tuples(st.sets(st.sampled_from((*CLOSE, *NEAR)), max_size=60), st.one_of(st.none(), st.integers(0, 3))),
    min_size=2,
    max_size=7,
)


@settings(max_examples=15, deadline=None)
@given(BLOCKS, st.sampled_from((*CLOSE, *NEAR)))
def test_proofs_of_every_kept_root_in_a_crowded_bucket(blocks: list[tuple[set[int], int | None]], probe: int) -> None:
    ledger = Ledger()
    ledger.block(dict.fromkeys((*CLOSE[:30], *NEAR[:5]), 9))
    states, roots = [dict(ledger.view.rows)], [ledger.tree.root]
    for numbers, value in blocks:
        ledger.block(dict.fromkeys(numbers, value))
        states.append(dict(ledger.view.rows))
        roots.append(ledger.tree.root)
    for offset in range(min(len(roots), KEPT_ROOTS)):
        rows, root = states[-1 - offset], roots[-1 - offset]
        for number in (probe, CLOSE[0], CLOSE[-1], NEAR[0]):
            name = key(number)
            held = row_hash(name, rows[name]) if name in rows else None
            proof = ledger.tree.prove(ledger.view, name, offset)
            assert StateProof.from_value(proof.to_value()) == proof
            assert verify_proof(root, name, held, proof)
            assert not verify_proof(root, name, bytes(32) if held is None else None, proof)


def crowded() -> Ledger:
    ledger = Ledger()
    ledger.block(dict.fromkeys((*CLOSE, *NEAR), 1))
    return ledger


def check_that_one_proof_fits(ledger: Ledger) -> None:
    """Whatever part of a bucket is shown, at whatever depth, with its own siblings or others: only one proof holds."""
    root, name = ledger.tree.root, key(CLOSE[0])
    _, good = ledger.prove(CLOSE[0])
    ways = {good.siblings[skipped:] for skipped in range(1, len(good.siblings) - 17)}
    ways |= {(bytes(32),) * added + good.siblings for added in range(1, 6)}
    proofs = {StateProof(b"", way) for way in ways} | {StateProof(good.bucket, way) for way in ways}
    for number in (*CLOSE[1:], *NEAR):
        _, other = ledger.prove(number)
        proofs |= {other, *(StateProof(other.bucket, way) for way in ways)}
    for proof in proofs:
        assert verify_proof(root, name, proof.row_hash_of(name), proof) is (proof == good)


def test_the_root_fixes_the_depth_of_a_proof() -> None:
    check_that_one_proof_fits(crowded())


class TestMutants:
    """What is wrong in one place is found: the twin above is no copy of the code."""

    def grown(self) -> Bucket:
        bucket = Bucket()
        bucket.block({made_up(20, number): b"a" * 32 for number in range(40)})
        return bucket

    @pytest.mark.parametrize("entries", [31, 33])
    def test_splits_at_another_number(self, monkeypatch: pytest.MonkeyPatch, entries: int) -> None:
        monkeypatch.setattr(buckets, "BUCKET_BYTES", 64 * entries)
        bucket = Bucket()
        bucket.block({made_up(20, number): b"a" * 32 for number in range(max(entries, 32))})
        with pytest.raises(AssertionError):
            bucket.check()

    def test_never_joins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(BucketEdit, "_fits_together", lambda self, node: False)
        bucket = self.grown()
        bucket.block({made_up(20, number): None for number in range(8)})
        with pytest.raises(AssertionError):
            bucket.check()

    def test_joins_too_early(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def almost(self: BucketEdit, node: int) -> bool:
            return sum(len(self._now(2 * node + side)) for side in (0, 1)) <= 64 * 33

        monkeypatch.setattr(BucketEdit, "_fits_together", almost)
        bucket = self.grown()
        bucket.block({made_up(20, number): None for number in range(7)})
        with pytest.raises(AssertionError):
            bucket.check()

    def test_takes_any_part_of_the_bucket_for_the_keys_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A verifier that folds by the bits of what is shown, not of the key that was asked for."""
        ledger = crowded()
        fold = proof_module.root_of

        def any_way(_: bytes, leaf: bytes, siblings: tuple[bytes, ...]) -> bytes:
            ways = (fold(key_hash(key(number)), leaf, siblings) for number in (*CLOSE, *NEAR))
            return next((root for root in ways if root == ledger.tree.root), b"")

        monkeypatch.setattr(proof_module, "root_of", any_way)
        with pytest.raises(AssertionError):
            check_that_one_proof_fits(ledger)
