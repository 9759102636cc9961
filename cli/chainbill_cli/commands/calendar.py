"""`calendar`: business days as the network decided them."""

from __future__ import annotations

from typing import Any

from chainbill_cli.answers import without_as_of
from chainbill_cli.failure import Failure
from chainbill_cli.kit import argument, noun
from chainbill_cli.lookup import not_found
from chainbill_cli.output import Column
from chainbill_cli.session import current_session
from chainbill_cli.texts import text

FIELDS = (Column("year", "int"), Column("published"), Column("holidays", "list"), Column("workdays", "list"))

calendar = noun("calendar")


@calendar.command("show", help="calendar.show")
@argument("year", type=int, required=False)
def show(year: int | None) -> None:
    """Show a year; without one, the ledger's current year."""
    session = current_session()
    chosen = year or int(session.today()[:4])
    try:
        body: dict[str, Any] = without_as_of(session.client.get(f"/v1/calendar/{chosen}"))
    except Failure as failure:
        if not not_found(failure):
            raise
        body = {"year": chosen, "published": False, "holidays": [], "workdays": []}
    if body.get("published") is False:
        session.out.note(text("calendar.weekends_only"))
    session.out.thing({"year": chosen, **body}, FIELDS)
