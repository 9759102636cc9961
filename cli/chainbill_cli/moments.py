"""How people read times: in the network's zone, which says what day it is, to the second and with the zone.

A node gives times in UTC, and JSON and CSV keep them so. A date without a time is a business day of the network's zone;
beside it a time in UTC would be of another day for a part of each day (2026-05-31T16:00:00Z is 1 June in UTC+8).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

ZONE_OFFSET_MINUTES = 480
"""The zone of a date where no node says the network's own."""
_zone: dict[str, Callable[[], int]] = {"minutes": lambda: ZONE_OFFSET_MINUTES}


def begin(minutes: Callable[[], int]) -> None:
    """Say how the zone is found: minutes east of UTC, asked for when a time is shown."""
    _zone["minutes"] = minutes


def moment_said(time: str) -> str:
    """`2026-05-31T16:00:53.135Z` as `2026-06-01T00:00:53+08:00`; what is no such time as it is."""
    try:
        moment = datetime.fromisoformat(time)
        if moment.tzinfo is None:
            return time
        zone = timezone(timedelta(minutes=_zone["minutes"]()))
        return moment.astimezone(zone).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return time
