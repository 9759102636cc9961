"""Whether a tick may stand in a block, and its receipt."""

from __future__ import annotations

from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.days import next_date
from chainbill.ledger.engine import ENGINE
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.programs import LoadedProgram
from chainbill.ledger.receipt import NO_SALT, Kind, Receipt, Status
from chainbill.ledger.tick import decode_tick
from chainbill.state.overlay import Overlay


def tick_receipt(wire: bytes) -> Receipt:
    """That of a tick, the last of its block; its id is H("tick", bytes)."""
    return Receipt(Kind.TICK.value, tagged_hash("tick", wire), NO_SALT, Status.OK.value, "", {}, [], [], 0)


def due_date(overlay: Overlay, loaded: LoadedProgram, today: str) -> str | None:
    """The date that a tick names on this state, None if there is no work.

    It is the earliest on an agenda, if it has come; today, if only a migration is under way.
    """
    earliest = next_date(overlay, loaded)
    if earliest is not None and earliest <= today:
        return earliest
    return today if overlay.scan(core_rows.MIGRATIONS, limit=1) else None


def check_tick(wire: bytes, genesis: Genesis, overlay: Overlay, loaded: LoadedProgram, today: str) -> None:
    """Refused or Malformed unless this tick may stand in the next block, whose local date is `today`.

    overlay, loaded: the state and the program before that block.
    """
    if genesis.engine == ENGINE:
        raise Refused(Reason.TICK_NOT_HERE, f"engine {ENGINE} makes a block by itself when day work is due")
    tick = decode_tick(wire)
    if tick.network != genesis.hash:
        raise Malformed(Reason.NETWORK_WRONG, "the tick is of another network")
    due = due_date(overlay, loaded, today)
    if tick.date != due:
        raise Refused(
            Reason.TICK_NOT_DUE, f"work is due for {due or 'no date'}, the tick is for {tick.date}", due=due or ""
        )
