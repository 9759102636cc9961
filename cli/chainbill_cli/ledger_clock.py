"""The ledger's time where no node can be asked: by how much the network's clock was ahead when it was last read.

`ledger-clock.json` of a home: `{"network", "clock_offset_ms"}`. It is there only for a network whose clock was moved,
as two nodes said: by it is signed until when an act may be handed in, and one alone could have that be weeks away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chainbill.dates import is_date, start_of_day_ms
from chainbill_cli.failure import usage

FILE = "ledger-clock.json"
RFC3339 = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)


def moved(home: Path, network: Mapping[str, Any]) -> bool:
    """Whether /v1/network says another offset than the home has."""
    offset = network.get("clock_offset_ms")
    return isinstance(offset, int) and offset != offset_ms(home, str(network.get("network") or ""))


def remember(home: Path, network: Mapping[str, Any]) -> None:
    """Keep the clock offset that /v1/network said."""
    offset = network.get("clock_offset_ms")
    name = str(network.get("network") or "")
    if not home.is_dir():
        return
    try:
        content = json.dumps({"network": name, "clock_offset_ms": offset}) + "\n"
        (home / FILE).write_text(content, encoding="utf-8")
    except OSError:
        return  # a home that cannot be written to: --ledger-time says the time instead


def offset_ms(home: Path, network: str) -> int:
    """The offset last read of this network (the hex of its genesis hash), 0 when none was kept."""
    try:
        content = json.loads((home / FILE).read_text(encoding="utf-8"))
        kept = content["clock_offset_ms"] if content["network"] == network else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return kept if isinstance(kept, int) else 0


def time_value(typed: str, zone_offset_minutes: int) -> int:
    """Milliseconds UTC of `2027-03-31` (its beginning in the network's zone) or of an RFC 3339 time."""
    plain = typed.strip()
    if is_date(plain):
        return start_of_day_ms(plain, zone_offset_minutes)
    if not RFC3339.match(plain):
        raise usage("error.time", value=typed)
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as error:
        raise usage("error.time", value=typed) from error
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000
