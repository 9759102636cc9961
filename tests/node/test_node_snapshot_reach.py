"""At whatever pace a chain went on: a snapshot of honest nodes is taken, and no piece of its past may be missing.

What a newcomer lacks of the past shows later only: it votes for a transaction that was used before, or refuses evidence
that all others take. A list that is cut short at its beginning is certified by nothing else than how far it reaches.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.snapshots import restore, stream
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.storage.snapshots.stream import BLOCK, HEADER
from node_chain import LocalChain
from test_node_snapshots import Made, original_records, packed, taken

from chainbill.ledger.block import decode_block
from chainbill.limits import DAY_MS, HOUR_MS

PROPOSERS = 6
HEIGHTS = 30
PACES = {
    "busy": (1_000,),
    "hourly": (HOUR_MS,),
    "four a day": (6 * HOUR_MS,),
    "daily": (DAY_MS,),
    "busy after a pause": (1_000,) * 20 + (9 * DAY_MS,),
    "anyhow": (1_000, HOUR_MS, 6 * HOUR_MS, DAY_MS, 5 * DAY_MS),
}
"""What may lie between two blocks."""
Records = list[list[Any]]


@pytest.fixture(autouse=True)
def few_proposers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (restore, stream):
        monkeypatch.setattr(module, "PROPOSERS_KEPT", PROPOSERS)


def made_at(directory: Path, pauses_ms: list[int]) -> Made:
    """A chain with such pauses, and its snapshot."""
    chain = LocalChain(directory / "net")
    for pause_ms in pauses_ms:
        chain.time_ms += pause_ms
        chain.commit()
    folder = SnapshotFolder(directory / "snapshots", 1)
    height = chain.ledger.info().height
    source = chain.store.snapshot()
    chain.commit()
    written = folder.write(source, height, lambda: True)
    assert written is not None
    assert folder.finish(written, chain.store, chain.genesis.hash)
    return Made(chain, folder, height, "")


def starts(records: Records, kind: int) -> list[int]:
    return [place for place, one in enumerate(records) if one[0] == kind]


def without_blocks(records: Records, count: int) -> Records:
    """Of the first blocks the headers alone."""
    blocks = starts(records, BLOCK)
    first, last = blocks[0], blocks[count]
    headers = [[HEADER, decode_block(one[1]).header.fields()] for one in records[first:last] if one[0] == BLOCK]
    return records[:first] + headers + records[last:]


def without_beginning(records: Records, count: int) -> Records:
    """Neither headers nor blocks of the first heights."""
    heights = sorted(starts(records, HEADER) + starts(records, BLOCK))
    return records[heights[count] :]


@pytest.mark.parametrize("pace", PACES)
def test_what_is_cut_short_is_refused_at_any_pace(pace: str, tmp_path: Path) -> None:
    chance = random.Random(pace)
    pauses = PACES[pace]
    made = made_at(tmp_path, [chance.choice(pauses) for _ in range(HEIGHTS)])
    assert taken(made)[2] == ""
    records = original_records(made)
    for cut, most in (
        (without_blocks, len(starts(records, BLOCK)) - 1),
        (without_beginning, len(starts(records, HEADER) + starts(records, BLOCK)) - 1),
    ):
        for count in {1, most, *chance.sample(range(1, most + 1), min(4, most))}:
            why = taken(made, *packed(made, cut(records, count)))[2]
            assert "snapshot_reach" in why, f"{cut.__name__}, {count} of {most}: {why or 'taken'}"
