"""Log trees: the definition of RFC 9162 word for word, roots published with RFC 6962, all proofs of small logs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_nodes import nodes_of

from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/crypto_merkle.json").read_text(encoding="utf-8"))

# The items and roots of the reference implementation of Certificate Transparency (RFC 6962 has the same hashes).
PUBLISHED_ITEMS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def definition(items: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not items:
        return sha256(b"").digest()
    if len(items) == 1:
        return sha256(b"\x00" + items[0]).digest()
    k = 1
    while 2 * k < len(items):
        k *= 2
    return sha256(b"\x01" + definition(items[:k]) + definition(items[k:])).digest()


def items_of(size: int) -> list[bytes]:
    return [b"%d" % number for number in range(size)]


@pytest.mark.parametrize("size", range(len(PUBLISHED_ROOTS)))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    items = [bytes.fromhex(item) for item in PUBLISHED_ITEMS[:size]]
    assert merkle.root(items).hex() == PUBLISHED_ROOTS[size]


def test_no_tagged_hash_begins_like_a_leaf_or_a_node() -> None:
    left, right = sha256(b"l").digest(), sha256(b"r").digest()
    assert merkle.leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert merkle.node_hash(left, right) == sha256(b"\x01" + left + right).digest()
    with pytest.raises(Exception, match="hash domain"):
        tagged_hash(chr(left[0] & 0x7F or 0x61), left[1:], right)


@pytest.mark.parametrize("size", [*range(18), 31, 32, 33, 100])
def test_every_inclusion_proof_holds_for_its_item_place_and_root_alone(size: int) -> None:
    items = items_of(size)
    root = merkle.root(items)
    node = nodes_of(items)
    assert root == definition(items)
    for index, item in enumerate(items):
        proof = merkle.inclusion_proof(node, index, size)
        assert merkle.verify_inclusion(root, item, index, size, proof)
        assert not merkle.verify_inclusion(root, item + b"x", index, size, proof)
        assert not merkle.verify_inclusion(root, item, index, size, [*proof, bytes(32)])
        assert not merkle.verify_inclusion(root, item, size, size, proof)
        assert not merkle.verify_inclusion(root, item, index, 4 * size, proof)
        assert not merkle.verify_inclusion(bytes(32), item, index, size, proof)
        if proof:
            assert not merkle.verify_inclusion(root, item, index, size, proof[:-1])
            assert not merkle.verify_inclusion(root, item, index, size, [*proof[:-1], b""])
            assert not merkle.verify_inclusion(root, item, index ^ 1, size, proof)


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(range(1, 18), 2)))
def test_every_consistency_proof_holds_for_its_two_logs_alone(first: int, second: int) -> None:
    items = items_of(second)
    old, new = definition(items[:first]), definition(items)
    proof = merkle.consistency_proof(nodes_of(items), first, second)
    assert merkle.verify_consistency(old, first, new, second, proof)
    assert not merkle.verify_consistency(old, first, new, second, [*proof, bytes(32)])
    assert not merkle.verify_consistency(new, first, old, second, proof) or first == second
    for wrong in (definition([*items[: first - 1], b"other"]), bytes(32)):
        assert not merkle.verify_consistency(wrong, first, new, second, proof)
        assert not merkle.verify_consistency(old, first, wrong, second, proof)
    for size in range(1, second + 2):
        if size not in (first, second):
            assert not merkle.verify_consistency(old, size, new, second, proof)
    for place in range(len(proof)):
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert not merkle.verify_consistency(old, first, new, second, changed)
        assert not merkle.verify_consistency(old, first, new, second, [*proof[:place], *proof[place + 1 :]])
        assert not merkle.verify_consistency(old, first, new, second, [*proof[:place], b"", *proof[place + 1 :]])


def test_there_is_no_proof_of_what_is_not_there() -> None:
    node = nodes_of([b"a", b"b"])
    for index in (-1, 2):
        with pytest.raises(Malformed, match="proof_malformed"):
            merkle.inclusion_proof(node, index, 2)
    for first, second in ((0, 2), (-1, 2), (3, 2)):
        with pytest.raises(Malformed, match="proof_malformed"):
            merkle.consistency_proof(node, first, second)
        assert not merkle.verify_consistency(bytes(32), first, bytes(32), second, [])


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_frontier_grows_to_the_same_root_and_completes_every_full_subtree_once(items: list[bytes]) -> None:
    frontier = merkle.Frontier()
    kept: dict[tuple[int, int], bytes] = {}
    for size, item in enumerate(items):
        assert frontier.root() == definition(items[:size])
        for level, value in enumerate(frontier.completed(item)):
            place = (level, size >> level)
            assert place not in kept
            kept[place] = value
        frontier = frontier.append(item)
        assert frontier == merkle.Frontier(frontier.size, frontier.peaks)
    assert frontier.size == len(items)
    assert frontier.root() == definition(items)
    node = nodes_of(items)
    assert kept == {
        (level, index): node(level, index)
        for level in range(len(items).bit_length())
        for index in range(len(items) >> level)
    }


def test_a_frontier_has_one_subtree_for_each_one_in_its_size() -> None:
    for size, peaks in ((1, ()), (2, (bytes(32), bytes(32))), (0, (bytes(32),)), (-1, ()), (1, (b"short",))):
        with pytest.raises(Malformed, match="proof_malformed"):
            merkle.Frontier(size, peaks)


def test_vectors_of_logs_and_what_they_refuse() -> None:
    items = [bytes.fromhex(item) for item in VECTORS["items"]]
    roots = {tree["size"]: bytes.fromhex(tree["root"]) for tree in VECTORS["trees"]}
    for case in VECTORS["consistency"]:
        proof = [bytes.fromhex(part) for part in case["proof"]]
        first, second = case["first"], case["second"]
        assert merkle.verify_consistency(roots[first], first, roots[second], second, proof)
    for case in VECTORS["refused"]:
        assert not refused_case_passes(items, case), case["why"]


def refused_case_passes(items: list[bytes], case: dict[str, Any]) -> bool:
    proof = [bytes.fromhex(part) for part in case["proof"]]
    if "index" in case:
        item = bytes.fromhex(case["item"])
        return merkle.verify_inclusion(bytes.fromhex(case["root"]), item, case["index"], case["size"], proof)
    old, new = bytes.fromhex(case["first_root"]), bytes.fromhex(case["second_root"])
    return merkle.verify_consistency(old, case["first"], new, case["second"], proof)
