"""Entries of banks, and debtors that they recorded in default: who sees what waits, and what everybody reads."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from chainbill_node.rest.declared import declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row, Shape

router = router_of("parties", "/v1")

NOBODYS: Row = {
    "by": "", "second": "", "party": "", "concerned": [], "refusals": [], "status": "", "default": "",
    "ratified_on": "",
}  # fmt: skip
"""An entry that is not there: it costs what one costs that does not show."""
DEFAULT_FIELDS = ("kind", "from", "until", "objected_on", "entry")
SIDES = ("entry.by", "entry.second", "entry.refused", "entry.concerned")


def sees_entry(view: View, row: Row) -> bool:
    """Say whether an entry shows: one on a default that was ratified to everybody, any to the sides of the matter, the
    sponsor of the party that it is on, and the banks that had a word in it; while it waits to every bank.
    """
    if row["default"] != "" and row["ratified_on"] != "":
        return True
    if row["status"] == "entered" and "bank" in view.viewer.roles:
        return True
    sponsor = str((view.party(str(row["party"])) or {}).get("sponsor") or "")
    banks = [sponsor, *map(str, (row["by"], row["second"])), *(str(one["bank"]) for one in row["refusals"])]
    in_their_place = [view.successor_of(bank) for bank in banks if bank]
    return view.viewer.is_or_reads_for(*banks, *in_their_place, *map(str, row["concerned"]))


def defaults_of(view: View, debtor: str) -> list[Shape]:
    """Give the defaults in force of a debtor, to every registered reader."""
    found = [row for _, row in view.reader.scan("entry", "default", (debtor,)) if row["status"] == "in_force"]
    return [{name: row[name] for name in DEFAULT_FIELDS} for row in found]


def _concerned(view: View) -> Iterator[str]:
    """Give the entries on the parties read for, those in which they had a word, what waits, and all on defaults."""
    for party in sorted(view.viewer.reads_for()):
        for side in dict.fromkeys((party, *view.pays_as(party))):
            for index in SIDES:
                yield from every(from_index(view.reader, index, (side,)))
            for sponsored in every(from_index(view.reader, "party.sponsor", (side,))):
                yield from every(from_index(view.reader, "entry.party", (sponsored,)))
    if "bank" in view.viewer.roles:
        yield from every(from_index(view.reader, "entry.status", ("entered",)))
    for kind in ("bond_default", "persistent"):
        yield from every(from_index(view.reader, "entry.default", (kind,)))


declared_list(router, "entries", sees=sees_entry, concerned=_concerned)
declared_list(router, "defaults")


@declared(router, "entry")
def entry(view: Opened, entry_id: str) -> Response:
    """Show an entry: on whom it is, by what, who entered and who ratified it."""
    row = view.row("entry", "entry", entry_id)
    if not sees_entry(view, row or NOBODYS) or row is None:
        raise not_found("entry", entry_id, view.height)
    return view.answer(dict(row))
