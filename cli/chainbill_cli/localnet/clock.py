"""The adjustable clock of a local network."""

from __future__ import annotations

import re
import sys
import time
from typing import Any

from chainbill.dates import date_of, start_of_day_ms
from chainbill.ledger.transaction import decode_transaction
from chainbill_cli.client import deadline_in, left_until
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.session import Session
from chainbill_cli.signing import sign
from chainbill_cli.texts import text
from chainbill_cli.writing import Outcome, call, send

STEP = re.compile(r"^\+?([0-9]{1,5})(d|h|m|s)$")
UNITS_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}
POLL_S = 0.1


def step_ms(typed: str) -> int:
    """Milliseconds of `30d`, `12h`, `90m` or `5s`."""
    found = STEP.match(typed.strip())
    if not found:
        raise usage("localnet.bad_step", value=typed)
    if not int(found.group(1)):
        raise usage("localnet.no_step", value=typed)
    return int(found.group(1)) * UNITS_MS[found.group(2)]


def advance(session: Session, *, to: str = "", by: str = "", said: bool = True) -> Outcome:
    """Move the clock to the beginning of a date or by a step, and wait until blocks carry the new time.

    The acting profile must be a validator's party.
    """
    if to:
        zone = int(session.network.get("zone_offset_minutes", 480))
        target_ms = start_of_day_ms(session.date(to), zone)
        if target_ms <= session.now_ms():
            raise fail(Exit.REFUSED, "localnet.clock_back", date=session.date(to), today=session.today())
        arguments = {"milliseconds": 0, "to_ms": target_ms}
    else:
        target_ms = session.now_ms() + step_ms(by)
        arguments = {"milliseconds": step_ms(by), "to_ms": 0}
    wire = sign(session, [call("governance", "advance_clock", **arguments)])
    identifier = decode_transaction(wire).id.hex()
    if said:
        print(text("note.transaction", id=identifier), file=sys.stderr, flush=True)
    outcome = send(session, wire, identifier)
    wait_for_date(session, target_ms)
    return outcome


def advance_quietly(session: Session, *, to: str) -> Outcome:
    """As `advance`, without a word on stderr."""
    return advance(session, to=to, said=False)


def wait_for_date(session: Session, target_ms: int) -> None:
    """Wait until a block has the date of a moment, so that its day change has begun; reads of the date start afresh."""
    session.__dict__.pop("network", None)
    zone = int(session.network.get("zone_offset_minutes", 480))
    wanted = date_of(target_ms, zone)
    deadline = deadline_in(session.settings.timeout_s)
    while True:
        body: dict[str, Any] = session.client.get("/v1/network")
        if str(body["as_of"]["date"]) >= wanted:
            session.__dict__.pop("network", None)
            return
        if left_until(deadline) <= 0:
            raise fail(Exit.PENDING, "localnet.clock_slow", date=wanted)
        time.sleep(POLL_S)
