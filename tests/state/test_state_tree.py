"""The state tree against a naive twin that only knows the definition, and its proofs against liars."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill.codec import encode
from chainbill.errors import InternalFault, Malformed, Refused
from chainbill.limits import KEPT_ROOTS, TREE_DEPTH
from chainbill.state.buckets import BUCKETS, bucket_of, edit_entries, hash_of_row, key_hash
from chainbill.state.keys import row_key
from chainbill.state.proof import StateProof, root_of
from chainbill.state.rows import pack, row_hash
from chainbill.state.tree import StateTree, verify_proof
from chainbill.state.view import MemoryView, RowChange

EMPTY_LEAF = hash_of_row(b"")


def h(domain: str, data: bytes) -> bytes:
    return sha256(bytes([len(domain)]) + domain.encode() + data).digest()


def naive_root(rows: dict[bytes, bytes]) -> bytes:
    """Straight from the definition, sharing only the constant empty subtrees."""
    empty = [h("state-leaf", b"")]
    for _ in range(18):
        empty.insert(0, h("state-node", empty[0] + empty[0]))

    def node(level: int, entries: list[bytes]) -> bytes:
        if level >= 18 and len(entries) <= 32:
            return h("state-leaf", b"".join(sorted(entries)))
        if not entries:
            return empty[level]
        halves: tuple[list[bytes], list[bytes]] = ([], [])
        for entry in entries:
            halves[int.from_bytes(entry[:32], "big") >> (255 - level) & 1].append(entry)
        return h("state-node", node(level + 1, halves[0]) + node(level + 1, halves[1]))

    return node(0, [h("state-key", key) + h("row", raw[9:]) for key, raw in rows.items()])


def raw_row(value: object, height: int = 1) -> bytes:
    return pack(height, b"", encode(value))


def key(name: str) -> bytes:
    return row_key("bench", "row", name)


class Chain:
    """A tree, its view, and what the state was after each block."""

    def __init__(self) -> None:
        self.tree, self.view = StateTree(), MemoryView()
        self.states: list[dict[bytes, bytes]] = [{}]
        self.roots = [self.tree.root]

    def block(self, writes: dict[bytes, bytes | None]) -> None:
        changes = [RowChange(k, self.view.get(k), raw) for k, raw in sorted(writes.items())]
        before = self.tree.root
        delta = self.tree.stage(self.view, changes)
        assert self.tree.root == before, "stage is pure"
        self.tree.commit(delta)
        self.view.apply(changes, delta)
        self.states.append(dict(self.view.rows))
        self.roots.append(self.tree.root)


NAMES = st.sampled_from([key(f"k{i}") for i in range(40)])
BLOCKS = st.lists(
    st.dictionaries(NAMES, st.one_of(st.none(), st.integers(0, 9).map(raw_row)), max_size=12), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(BLOCKS)
def test_root_is_the_definition_and_depends_on_content_only(blocks: list[dict[bytes, bytes | None]]) -> None:
    chain = Chain()
    for writes in blocks:
        chain.block(writes)
    assert chain.tree.root == naive_root(chain.view.rows)
    rebuilt = StateTree()
    rebuilt.build((node, hash_of_row(row)) for node, row in chain.view.buckets.items() if node < 2 * BUCKETS)
    assert rebuilt.root == chain.tree.root
    at_once = Chain()
    at_once.block(dict(chain.view.rows))
    assert at_once.tree.root == chain.tree.root
    assert at_once.view.buckets == chain.view.buckets


@settings(max_examples=25, deadline=None)
@given(BLOCKS, st.integers(0, 10))
def test_proofs_of_every_kept_root(blocks: list[dict[bytes, bytes | None]], probe: int) -> None:
    chain = Chain()
    for writes in blocks:
        chain.block(writes)
    for offset in range(len(blocks) + 1):
        state, root = chain.states[-1 - offset], chain.roots[-1 - offset]
        for name in (key(f"k{probe}"), key("k20"), key("never")):
            proof = chain.tree.prove(chain.view, name, offset)
            held = row_hash(name, state[name]) if name in state else None
            assert verify_proof(root, name, held, proof)
            assert not verify_proof(root, name, bytes(32), proof)
            if held is not None:
                assert not verify_proof(root, name, None, proof)


def test_deleting_everything_leads_back_to_the_empty_root() -> None:
    chain = Chain()
    names = [key(str(i)) for i in range(500)]
    chain.block({name: raw_row(name) for name in names})
    assert chain.tree.root != chain.roots[0]
    chain.block(dict.fromkeys(names))
    assert chain.tree.root == chain.roots[0] == naive_root({})
    assert chain.view.buckets == {}


def test_since_and_salt_height_do_not_change_the_root() -> None:
    early, late = Chain(), Chain()
    early.block({key("a"): raw_row(1, height=1)})
    late.block({key("a"): raw_row(1, height=9)})
    assert early.tree.root == late.tree.root


def test_only_the_last_sixteen_roots_are_kept() -> None:
    chain = Chain()
    for number in range(KEPT_ROOTS + 4):
        chain.block({key("a"): raw_row(number)})
    for offset in range(KEPT_ROOTS):
        value = raw_row(KEPT_ROOTS + 3 - offset)
        proof = chain.tree.prove(chain.view, key("a"), offset)
        assert verify_proof(chain.roots[-1 - offset], key("a"), row_hash(key("a"), value), proof)
    for offset in (KEPT_ROOTS, KEPT_ROOTS + 1, -1):
        with pytest.raises(Refused, match="proof_too_old"):
            chain.tree.prove(chain.view, key("a"), offset)


def test_a_block_that_changes_nothing_still_counts_as_a_root() -> None:
    chain = Chain()
    chain.block({key("a"): raw_row(1)})
    chain.block({})
    assert chain.roots[1] == chain.tree.root
    assert verify_proof(chain.roots[0], key("a"), None, chain.tree.prove(chain.view, key("a"), 2))


def test_buckets_that_do_not_change_are_not_written() -> None:
    chain = Chain()
    chain.block({key("a"): raw_row(1), key("b"): raw_row(2)})
    again = [RowChange(key("a"), raw_row(1), raw_row(1, height=9)), RowChange(key("never"), None, None)]
    delta = chain.tree.stage(chain.view, again)
    assert (delta.buckets, delta.leaves, delta.levels, delta.root) == ({}, {}, (), chain.tree.root)


def test_a_delta_of_another_root_is_our_own_fault() -> None:
    chain = Chain()
    stale = chain.tree.stage(chain.view, [RowChange(key("a"), None, raw_row(1))])
    chain.block({key("b"): raw_row(2)})
    with pytest.raises(InternalFault, match="tree_delta_stale"):
        chain.tree.commit(stale)


def test_build_refuses_bad_leaf_rows() -> None:
    for node, leaf in ((2 * BUCKETS, bytes(32)), (BUCKETS - 1, bytes(32)), (BUCKETS, b"short")):
        with pytest.raises(InternalFault, match="tree_bucket_malformed"):
            StateTree().build([(node, leaf)])


def filled() -> tuple[Chain, bytes, bytes]:
    chain = Chain()
    chain.block({key(str(i)): raw_row(i) for i in range(300)})
    return chain, key("7"), row_hash(key("7"), chain.view.rows[key("7")])


def test_a_changed_byte_anywhere_breaks_a_proof() -> None:
    chain, name, held = filled()
    proof = chain.tree.prove(chain.view, name)
    flat = proof.bucket + b"".join(proof.siblings)
    for at in range(len(flat)):
        bent = flat[:at] + bytes([flat[at] ^ 1]) + flat[at + 1 :]
        bucket, rest = bent[: len(proof.bucket)], bent[len(proof.bucket) :]
        liar = StateProof(bucket, tuple(rest[i : i + 32] for i in range(0, len(rest), 32)))
        assert not verify_proof(chain.tree.root, name, held, liar)
        assert not verify_proof(chain.tree.root, name, None, liar)


def test_an_absence_cannot_be_shown_with_the_bucket_of_another_key() -> None:
    chain, name, _ = filled()
    other = next(k for k in chain.view.rows if bucket_of(key_hash(k)) != bucket_of(key_hash(name)))
    assert not verify_proof(chain.tree.root, name, None, chain.tree.prove(chain.view, other))


def test_malformed_proofs() -> None:
    chain, name, held = filled()
    proof = chain.tree.prove(chain.view, name)
    assert StateProof.from_value(proof.to_value()) == proof
    swapped = proof.bucket + proof.bucket
    broken = (
        [proof.bucket],
        [proof.bucket + b"x", list(proof.siblings)],
        [swapped, list(proof.siblings)],
        [proof.bucket[:-1], list(proof.siblings)],
        [b"x", list(proof.siblings)],
        [proof.bucket, list(proof.siblings[:-1])],
        [proof.bucket, [*proof.siblings[:-1], b""]],
        [proof.bucket, [*proof.siblings[:-1], 3]],
        ["text", list(proof.siblings)],
        {"bucket": proof.bucket},
        None,
    )
    for value in broken:
        with pytest.raises(Malformed, match="proof_malformed"):
            StateProof.from_value(value)
    assert not verify_proof(chain.tree.root, name, held, StateProof(swapped, proof.siblings))
    assert not verify_proof(chain.tree.root, name, held, StateProof(proof.bucket, proof.siblings[1:]))


ENTRY_KEYS = st.integers(0, 12).map(lambda i: h("k", bytes([i])))


@given(st.lists(st.tuples(ENTRY_KEYS, st.one_of(st.none(), st.integers(0, 3).map(lambda i: bytes([i]) * 32)))))
def test_edit_entries_is_a_sorted_map(edits: list[tuple[bytes, bytes | None]]) -> None:
    bucket, twin = b"", {}
    for hashed, new in edits:
        bucket = edit_entries(bucket, hashed, new)
        twin[hashed] = new
        live = {k: v for k, v in twin.items() if v is not None}
        assert bucket == b"".join(k + live[k] for k in sorted(live))


def test_edit_entries_ignores_a_key_hash_that_straddles_entries() -> None:
    wanted = bytes(range(1, 33))
    straddling = b"\0" * 40 + wanted + b"\xff" * 56
    assert straddling.find(wanted) == 40
    assert edit_entries(straddling, wanted, b"n" * 32) == straddling[:64] + wanted + b"n" * 32 + straddling[64:]


def test_root_of_the_empty_tree_is_a_known_constant() -> None:
    root = EMPTY_LEAF
    for _ in range(TREE_DEPTH):
        root = h("state-node", root + root)
    assert (
        StateTree().root == root == root_of(bytes(32), EMPTY_LEAF, StateTree().prove(MemoryView(), key("x")).siblings)
    )
