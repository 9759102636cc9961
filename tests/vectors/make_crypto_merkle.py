"""Log trees of 0 to 17 items: a proof for every item, proofs between sizes, and proofs that must be refused."""

from __future__ import annotations

from typing import Any

from log_nodes import nodes_of

from chainbill.crypto.merkle import consistency_proof, inclusion_proof, root

ITEMS = [f"item {number}".encode() * number for number in range(17)]
NODE = nodes_of(ITEMS)
PAIRS = [(1, 1), (1, 2), (1, 8), (2, 5), (3, 7), (4, 7), (4, 8), (6, 8), (7, 17), (8, 9), (8, 16), (16, 17), (17, 17)]


def make() -> dict[str, Any]:
    return {
        "items": [item.hex() for item in ITEMS],
        "trees": [
            {
                "size": size,
                "root": root(ITEMS[:size]).hex(),
                "proofs": [texts(inclusion_proof(NODE, index, size)) for index in range(size)],
            }
            for size in range(len(ITEMS) + 1)
        ],
        "consistency": [
            {"first": first, "second": second, "proof": texts(consistency_proof(NODE, first, second))}
            for first, second in PAIRS
        ],
        "refused": [*wrong_inclusions(), *wrong_consistencies()],
    }


def wrong_inclusions() -> list[dict[str, Any]]:
    proof = inclusion_proof(NODE, 4, 7)

    def case(
        why: str, item: bytes = ITEMS[4], index: int = 4, size: int = 7, parts: list[bytes] = proof
    ) -> dict[str, Any]:
        return {
            "why": why, "root": root(ITEMS[:7]).hex(), "item": item.hex(), "index": index, "size": size,
            "proof": texts(parts),
        }  # fmt: skip

    return [
        case("another item", item=ITEMS[5]),
        case("another index", index=5),
        case("a longer list: the proof has too few hashes for it", size=9),
        case("an index behind the end", index=7),
        case("the index −1", index=-1),
        case("an empty list", index=0, size=0),
        case("a hash too many", parts=[*proof, bytes(32)]),
        case("a hash too few", parts=proof[:-1]),
        case("hashes in another order", parts=proof[::-1]),
        case("a hash of 31 bytes", parts=[proof[0][:31], *proof[1:]]),
        case("an inner node given out as an item", item=NODE(1, 2), index=2, size=4, parts=proof[1:]),
    ]


def wrong_consistencies() -> list[dict[str, Any]]:
    proof = consistency_proof(NODE, 3, 7)

    def case(
        why: str, first: int = 3, second: int = 7, parts: list[bytes] = proof, old: int = 3, new: int = 7
    ) -> dict[str, Any]:
        return {
            "why": why, "first": first, "second": second, "first_root": root(ITEMS[:old]).hex(),
            "second_root": root(ITEMS[:new]).hex(), "proof": texts(parts),
        }  # fmt: skip

    return [
        case("the root of another older list", old=2),
        case("the root of another newer list", new=6),
        case("the sizes the other way round", first=7, second=3),
        case("nothing is consistent with the empty list by a proof", first=0, old=0, parts=[]),
        case("a hash too many", parts=[*proof, bytes(32)]),
        case("a hash too few", parts=proof[:-1]),
        case("no hash at all", parts=[]),
        case("equal sizes, another root", first=7, old=6, parts=[]),
        case("equal sizes with a proof", first=7, old=7),
    ]


def texts(parts: list[bytes]) -> list[str]:
    return [part.hex() for part in parts]
