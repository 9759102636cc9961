"""Which height a read is for: ``at`` is a height, a date in the network's zone, or an RFC 3339 time.

A date means the last block before 24:00 of that day in the network's zone; a time the last block not after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chainbill.dates import is_date, start_of_day_ms
from chainbill.limits import DAY_MS
from chainbill_node.rest.problems import Problem

_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_HEIGHT_DIGITS = 15


def height_of(
    at: str, *, head: int, time_of: Callable[[int], int | None], zone_offset_minutes: int, now_ms: int
) -> int:
    """Find the height that ``at`` means. ``time_of`` gives the block time of a height in ms, None if it is not held.

    Problem bad_at (400) for other text, height_in_future and before_genesis (404). Pruned heights are found out when
    the height is opened.
    """
    if at.isascii() and at.isdigit():
        if len(at) > MAX_HEIGHT_DIGITS:
            raise Problem(400, "bad_at", fields={"value": at[:40]})
        return int(at)
    first_ms, last_ms = _span(at, zone_offset_minutes)
    if first_ms > max(time_of(head) or 0, now_ms):
        raise Problem(404, "height_in_future", fields={"value": at, "head": head})
    height = _last_not_after(last_ms, head, time_of)
    if height is None:
        raise Problem(404, "before_genesis", fields={"value": at})
    return height


def _span(at: str, zone_offset_minutes: int) -> tuple[int, int]:
    """Give the first and last millisecond that ``at`` covers."""
    if is_date(at):
        start = start_of_day_ms(at, zone_offset_minutes)
        return start, start + DAY_MS - 1
    if _TIME.match(at):
        try:
            moment = datetime.fromisoformat(at.upper().replace(" ", "T").replace("Z", "+00:00"))
            time_ms = (moment - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise Problem(400, "bad_at", fields={"value": at}) from None
        return time_ms, time_ms
    raise Problem(400, "bad_at", fields={"value": at[:40]})


def _last_not_after(limit_ms: int, head: int, time_of: Callable[[int], int | None]) -> int | None:
    """Search the largest height with a time ≤ limit; heights whose time is no longer held count as earlier."""
    low, high = 0, head
    if (time_of(low) or 0) > limit_ms:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if (time_of(middle) or 0) <= limit_ms:
            low = middle
        else:
            high = middle - 1
    return low


def rfc3339(time_ms: int) -> str:
    """Write a Unix time in milliseconds as RFC 3339 in UTC with milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=time_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
