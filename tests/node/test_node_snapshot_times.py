"""Of which heights snapshots are made: the same ones on every node, however fast heights come."""

from __future__ import annotations

from collections.abc import Iterable

from chainbill_node.storage.snapshots.schedule import MINUTE_MS, SnapshotTimes

BEGIN_MS = 1_760_000_000_000


def made(times: SnapshotTimes, heights: Iterable[int], block_ms: int) -> list[int]:
    """Of which of these heights; a block in so many milliseconds of block time."""
    found = []
    for height in heights:
        time_ms = BEGIN_MS + height * block_ms
        if times.is_due(height, time_ms):
            times.made(time_ms)
            found.append(height)
    return found


def test_none_is_made_where_the_interval_is_zero() -> None:
    assert made(SnapshotTimes(0, 30), range(1, 5_000), 50) == []


def test_without_a_bound_each_multiple_of_the_interval_has_one() -> None:
    assert made(SnapshotTimes(1_000, 0), range(1, 3_500), 50) == [1_000, 2_000, 3_000]


def test_fast_heights_bring_one_in_each_period() -> None:
    heights = made(SnapshotTimes(1_000, 30), range(1, 200_000), 50)  # 10,000 s
    periods = [(BEGIN_MS + height * 50) // (30 * MINUTE_MS) for height in heights]
    assert all(height % 1_000 == 0 for height in heights)
    assert len(periods) == len(set(periods)) == 1 + periods[-1] - periods[0]
    assert len(heights) in (6, 7)


def test_slow_heights_bring_one_at_each_multiple() -> None:
    assert made(SnapshotTimes(10, 30), range(1, 45), 10 * MINUTE_MS) == [10, 20, 30, 40]


def test_nodes_that_began_at_different_heights_agree_from_the_next_period_on() -> None:
    early = made(SnapshotTimes(100, 10), range(1, 40_000), 100)
    late = made(SnapshotTimes(100, 10), range(15_050, 40_000), 100)
    assert late[1:] == [height for height in early if height > late[0]]
    assert len(late) >= 4
