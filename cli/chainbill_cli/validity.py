"""How long a transaction may be handed in: minutes for one sent at once, as long as the ledger takes for a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from chainbill.limits import HOUR_MS, KEPT_IDS_MS
from chainbill_cli.failure import usage
from chainbill_cli.half_width import half_width
from chainbill_cli.session import Session

AT_ONCE_MS = 10 * 60 * 1000
"""Of a transaction that is handed in by the command that signs it."""
SPAN = re.compile(r"^([0-9]{1,4})([mhd])$")
UNITS_MS = {"m": HOUR_MS // 60, "h": HOUR_MS, "d": 24 * HOUR_MS}


def valid_for_ms(session: Session, typed: str, *, file: bool) -> int:
    """Milliseconds from the ledger's time. typed: "" or such as 30m, 12h, 1d; file: others sign or send it later."""
    longest = longest_ms(session)
    if not typed:
        return longest if file else min(AT_ONCE_MS, longest)
    span = SPAN.match(half_width(typed).strip().lower())
    asked = int(span[1]) * UNITS_MS[span[2]] if span else 0
    if asked <= 0:
        raise usage("error.span", value=typed)
    if asked > longest:
        raise usage("error.span_long", value=typed, longest=f"{longest // UNITS_MS['m']}m")
    return asked


def until_text(valid_until_ms: int) -> str:
    """A moment up to which something can be handed in, to the second: `2027-03-31T09:00:00Z`."""
    return datetime.fromtimestamp(valid_until_ms // 1000, UTC).isoformat().replace("+00:00", "Z")


def longest_ms(session: Session) -> int:
    """The longest that the ledger takes, less a part for clocks that differ: 23 hours where it keeps ids for a day."""
    window = KEPT_IDS_MS if session.offline else session.network["rules"].get("replay_window_ms", KEPT_IDS_MS)
    return int(max(HOUR_MS // 60, min(window, KEPT_IDS_MS))) * 23 // 24
