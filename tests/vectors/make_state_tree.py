"""State roots after a few blocks, with a bucket that is split, and proofs of rows and of absences against them."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.limits import BUCKET_ENTRIES
from chainbill.state.buckets import ENTRY_BYTES, key_hash
from chainbill.state.keys import row_key
from chainbill.state.proof import StateProof
from chainbill.state.rows import pack, row_hash
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView, RowChange

# fmt: off
CLOSE = (
    3868, 3907052, 8204013, 8448545, 9568721, 9570406, 10110962, 10311641, 10318201, 12483963, 14568219,
    16871933, 18226932, 18287456, 20476285, 20889237, 26580196, 27341474, 29901878, 32953420, 34344986,
    34736876, 36815691, 38964750, 40732414, 46112991, 49684708, 51979406, 56820806, 57011738, 57558606,
    59218338, 60225145, 60366753, 60461590, 61838658, 62831903, 64332300, 64869927, 65392374,
)
"""Numbers whose keys' hashes share their first 21 bits, found by trying 0, 1, 2, … as whoever crowds a bucket would."""
NEAR = (
    0, 47522, 412886, 800373, 845578, 859390, 963336, 1423588, 1522736, 1565213, 2205653, 2572267, 2781824,
    2996229, 3221351, 3375912, 3467419, 4572829, 4619465, 5253593, 5478317, 5515587, 5708674, 5858301, 6159669,
    6434559, 6950138, 7052397, 7214733, 7418434, 7770647, 8147207, 8225369, 8346181, 8407991, 8527217, 8927426,
    9495840, 9626726, 10646389,
)
"""Numbers whose keys lie in the same bucket (18 bits), but not so close."""
# fmt: on


def key(number: int) -> bytes:
    return row_key("bench", "row", number)


def make() -> dict[str, Any]:
    return {
        "note": "values are small integers; null deletes the row; a proof's bucket has up to 32 entries of 64 bytes",
        "states": run(few_rows(), probes=(*two_in_a_bucket(), 1000, 7)),
        "split": run(crowding(), probes=(CLOSE[0], CLOSE[-1], NEAR[0])),
        "refused": refused(),
    }


def two_in_a_bucket() -> tuple[int, int]:
    """Two keys that share a bucket."""
    seen: dict[bytes, int] = {}
    number = 0
    while True:
        bucket = key_hash(key(number))[:3]
        bucket = bucket[:2] + bytes([bucket[2] & 0xC0])
        if bucket in seen:
            return seen[bucket], number
        seen[bucket] = number
        number += 1


def few_rows() -> list[dict[int, int | None]]:
    first, second = two_in_a_bucket()
    return [
        {},
        {first: 1},
        {second: 2, 1000: 3, 1001: 4},
        {first: 5, 1000: None},
        {first: None, second: None, 1001: None},
    ]


def crowding() -> list[dict[int, int | None]]:
    """One bucket: as full as it may be, split, split where its keys part, and joined again."""
    full = dict.fromkeys(NEAR[:BUCKET_ENTRIES], 1)
    return [
        dict(full),
        {NEAR[BUCKET_ENTRIES]: 1},
        dict.fromkeys(CLOSE[: BUCKET_ENTRIES + 1], 2),
        {CLOSE[0]: None},
        {CLOSE[0]: 3, **dict.fromkeys(NEAR[: BUCKET_ENTRIES + 1])},
        {CLOSE[0]: None},
    ]


class Ledger:
    """A tree and its view, filled a block at a time."""

    def __init__(self) -> None:
        self.tree, self.view, self.height = StateTree(), MemoryView(), 0

    def block(self, writes: dict[int, int | None]) -> None:
        self.height += 1
        changes = []
        for number, value in sorted(writes.items(), key=lambda item: key(item[0])):
            raw = None if value is None else pack(self.height, b"", encode(value))
            changes.append(RowChange(key(number), self.view.get(key(number)), raw))
        delta = self.tree.stage(self.view, changes)
        self.tree.commit(delta)
        self.view.apply(changes, delta)

    def prove(self, number: int) -> tuple[bytes | None, StateProof]:
        raw = self.view.get(key(number))
        held = None if raw is None else row_hash(key(number), raw)
        return held, self.tree.prove(self.view, key(number))


def run(blocks: list[dict[int, int | None]], probes: tuple[int, ...]) -> list[dict[str, Any]]:
    ledger = Ledger()
    states = []
    for writes in [{}, *blocks]:
        if writes or states:
            ledger.block(writes)
        states.append(
            {
                "writes": [{"key": key(number).hex(), "value": value} for number, value in writes.items()],
                "root": ledger.tree.root.hex(),
                "proofs": [shown(number, *ledger.prove(number)) for number in probes],
            }
        )
    return states


def shown(number: int, held: bytes | None, proof: StateProof) -> dict[str, Any]:
    return {
        "key": key(number).hex(),
        "row_hash": None if held is None else held.hex(),
        "bucket": proof.bucket.hex(),
        "siblings": [sibling.hex() for sibling in proof.siblings],
    }


def refused() -> list[dict[str, Any]]:
    """Proofs that do not show what they say. reason: of reading one; null: it reads well and fails against the root."""
    ledger = Ledger()
    ledger.block(dict.fromkeys((*NEAR, *CLOSE), 1))
    held, good = ledger.prove(CLOSE[0])
    bucket, siblings = good.bucket, good.siblings
    first, second, rest = bucket[:ENTRY_BYTES], bucket[ENTRY_BYTES : 2 * ENTRY_BYTES], bucket[2 * ENTRY_BYTES :]
    entry = bucket.index(key_hash(key(CLOSE[0])))
    without = bucket[:entry] + bucket[entry + ENTRY_BYTES :]
    whole = ledger.view.copy().rows
    all_entries = b"".join(sorted(key_hash(at) + row_hash(at, raw) for at, raw in whole.items()))
    _, other = ledger.prove(NEAR[0])

    def case(
        why: str,
        bucket: bytes = bucket,
        siblings: tuple[bytes, ...] = siblings,
        reason: str | None = None,
        held: bytes | None = held,
    ) -> dict[str, Any]:
        return {
            "why": why, "reason": reason, "root": ledger.tree.root.hex(),
            **shown(CLOSE[0], held, StateProof(bucket, siblings)),
        }  # fmt: skip

    return [
        case("another row hash", held=bytes(32)),
        case("absent, though the row is there", held=None),
        case("its entry left out", bucket=without, held=None),
        case("entries of another part of the same bucket", other.bucket, other.siblings, held=None),
        case("a part given out as the whole bucket", siblings=siblings[len(siblings) - 18 :]),
        case("one level too few", siblings=siblings[1:]),
        case("one level too many", siblings=(bytes(32), *siblings)),
        case("siblings in another order", siblings=siblings[::-1]),
        case("all entries of a bucket that is split", all_entries, siblings[-18:], "proof_malformed"),
        case("33 entries", all_entries[: 33 * ENTRY_BYTES], siblings[-18:], "proof_malformed"),
        case("17 siblings", siblings=siblings[-17:], reason="proof_malformed"),
        case("257 siblings", siblings=siblings + (bytes(32),) * (257 - len(siblings)), reason="proof_malformed"),
        case("a sibling of 31 bytes", siblings=(siblings[0][:31], *siblings[1:]), reason="proof_malformed"),
        case("entries out of order", second + first + rest, reason="proof_malformed"),
        case("an entry twice", first + bucket, reason="proof_malformed"),
        case("an entry cut short", bucket[:-1], reason="proof_malformed"),
    ]
