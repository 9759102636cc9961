"""Invoices and disputes: how much of an invoice is taken, under whose name, and who says that it is not right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared, declared_list
from chainbill_node.rest.lists import Names, every, from_index, from_names, from_pairs
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("invoices", "/v1")

OVER, STRUCK = "over_occupied", "struck"
LOOKS = 16
"""Bills behind an invoice in which a reader's part is looked for before the invoice is read: always so many, there or
not, so that nobody learns by its cost whether an invoice stands here."""


def _invoice_names(view: View, asked: Asked) -> Names | None:
    """Give the candidates, as "fingerprint/seller": those that bills of a party stand on, and its own.

    What others have costs nobody else a read, so nobody learns from a list how much that is.
    """
    for index, party in (("bill.creditor", asked["seller"]), ("bill.debtor", asked["buyer"])):
        if party is not None and view.found_by(party):
            named = _named_by(view, every(from_index(view.reader, index, (party,))))
            return from_names(named | _own(view, {party}))
    return None


def _concerned(view: View) -> set[str]:
    return _named_by(view, view.own_bills()) | _own(view, view.viewer.reads_for())


def _own(view: View, parties: Iterable[str]) -> set[str]:
    """Give the invoices of which one of the parties is seller or buyer, also those that have left all bills."""
    return {name for party in sorted(parties) for name in every(from_index(view.reader, "invoice.side", (party,)))}


def _named_by(view: View, bills: Iterable[str]) -> set[str]:
    rows = (view.row("bill", "bill", name) for name in bills)
    return {f"{part['fingerprint']}/{row['creditor']}" for row in rows if row for part in row["invoices"]}


@router.get("/invoices/{fingerprint}", summary="One invoice by its fingerprint, under every seller's name")
def invoice(view: Opened, fingerprint: str) -> Response:
    """Show what is occupied of it, to its seller, its buyer and those its bills concern.

    ``claimed_twice``: under more than one seller's name something is occupied, also where the other does not show.
    """
    rows = _sellers(view, fingerprint) if _may_concern(view, fingerprint) else []
    shown = [invoice_shape(view, row) for row in rows if _sees_invoice(view, row)]
    if not shown:
        raise not_found("invoice", fingerprint, view.height)
    answer: dict[str, Any] = {"fingerprint": fingerprint, "invoices": shown, "claimed_twice": _claimed_twice(rows)}
    if len(shown) < len(rows):
        answer["hidden"] = {"invoices": len(rows) - len(shown)}
    return view.answer(answer)


def doubts_about(view: View, bill_id: str) -> dict[str, list[str]]:
    """Give what is known against the invoices behind a bill, as finance.request and finance.quote answer it."""
    bill = view.row("bill", "bill", bill_id) or {"invoices": (), "creditor": ""}
    names = [str(part["fingerprint"]) for part in bill["invoices"]]
    seller = str(bill["creditor"])
    rows = {name: view.row("invoice", "invoice", (name, seller)) for name in names}
    return {
        "claimed_twice": [name for name in names if any(_others(view, name, seller))],
        "disputes": [one for name in names for one in _disputes_of(view, name, seller)],
        **{word: [name for name, row in rows.items() if row and row["status"] == word] for word in (OVER, STRUCK)},
    }


def invoice_shape(view: View, row: Row) -> dict[str, Any]:
    """Show an invoice of one seller: bills that do not concern the reader are counted."""
    shape = {**row, "disputes": _disputes_of(view, str(row["fingerprint"]), str(row["seller"]))}
    if not view.viewer.is_or_reads_for(str(row["seller"]), str(row["buyer"])):
        shape["bills"] = _concerning(view, row)
        shape["hidden"] = {"bills": len(row["bills"]) - len(shape["bills"])}
    return shape


def _may_concern(view: View, fingerprint: str) -> bool:
    """Say whether a bill that ever named the invoice may concern the viewer: the same work for every fingerprint.

    Its sellers and buyers are creditors and debtors of such bills. Behind more than LOOKS bills it is not hidden first.
    """
    if view.viewer.everything or not view.is_key((fingerprint,)):
        return view.viewer.everything
    bills = view.reader.index("bill.invoice", (fingerprint,), "", LOOKS + 1)
    looked_at = (*bills, *(f"-{number}" for number in range(LOOKS - len(bills))))
    parts = [view.has_part(name) for name in looked_at]
    return len(bills) > LOOKS or any(parts)


def _sellers(view: View, fingerprint: str) -> list[Row]:
    leading = (fingerprint,)
    return [row for _, row in view.reader.scan("invoice", "invoice", leading)] if view.is_key(leading) else []


def _claimed_twice(rows: list[Row]) -> bool:
    return len([row for row in rows if row["occupied"] > 0]) > 1


def _others(view: View, fingerprint: str, seller: str) -> list[str]:
    found = view.reader.scan("invoice", "seller", (fingerprint,), None, 2)
    return [str(key[1]) for key, _ in found if key[1] != seller]


def _disputes_of(view: View, fingerprint: str, seller: str) -> list[str]:
    return list((view.row("invoice", "disputed", (fingerprint, seller)) or {}).get("disputes", ()))


def _sees_invoice(view: View, row: Row) -> bool:
    return view.viewer.is_or_reads_for(str(row["seller"]), str(row["buyer"])) or bool(_concerning(view, row))


def _concerning(view: View, row: Row) -> list[str]:
    bills = [(str(name), view.row("bill", "bill", str(name))) for name in row["bills"]]
    return [name for name, bill in bills if bill is not None and view.sees_bill(bill)]


@declared(router, "dispute")
def dispute(view: Opened, dispute_id: str) -> Response:
    """Show a dispute of an invoice."""
    row = view.row("invoice", "dispute", dispute_id)
    asked = row or dict.fromkeys(("by", "seller", "fingerprint"), dispute_id)
    close = _is_close(view, asked) or _may_concern(view, str(asked["fingerprint"]))
    if row is None or not (close and sees_dispute(view, row)):
        raise not_found("dispute", dispute_id, view.height)
    return view.answer(dict(row))


def sees_dispute(view: View, row: Row) -> bool:
    """Say whether a dispute shows: to who raised it, its sponsor, the seller, and those who see the invoice.

    Once it is upheld also to the seller's sponsor, who may have the invoice struck.
    """
    if _is_close(view, row):
        return True
    invoice = view.row("invoice", "invoice", (str(row["fingerprint"]), str(row["seller"])))
    return invoice is not None and _sees_invoice(view, invoice)


def _is_close(view: View, row: Row) -> bool:
    by, seller = str(row["by"]), str(row["seller"])
    sponsors = [str((view.party(by) or {}).get("sponsor", ""))]
    if row.get("status") == "upheld":
        sponsors.append(view.successor_of(str((view.party(seller) or {}).get("sponsor", ""))))
    return view.viewer.is_or_reads_for(by, seller, *sponsors)


def sees_examination(view: View, row: Row) -> bool:
    """Say whether a record of what a bank found shows: to that bank."""
    return view.viewer.is_or_reads_for(str(row["bank"]))


def _examined(view: View) -> Iterator[str]:
    """Give those of the banks read for."""
    for party in sorted(view.viewer.reads_for()):
        yield from every(from_pairs(view.reader, "invoice", "examination", party))


declared_list(router, "examinations", sees=sees_examination, concerned=_examined)
declared_list(router, "invoices", sees=_sees_invoice, shape=invoice_shape, names=_invoice_names, concerned=_concerned)
declared_list(router, "disputes", sees=sees_dispute)
