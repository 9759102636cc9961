"""The history of bills, and the way of single cents, held against the books."""

from __future__ import annotations

from recompute import paths, story
from recompute.comparison import Reading, fit, fits
from recompute.comparison_lists import pages
from recompute.figures import Row
from recompute.histories import History
from recompute.pieces import Bill, Piece, Price
from recompute.sight import Sight


def histories(of: Reading, history: History) -> None:
    """Every step of a bill, in its place, over all pages."""
    for name, one in of.shown.items():
        wanted = story.steps(of.book, of.reader, one)
        first, rows = pages(of, f"/v1/bills/{name}/history")
        of.same("history", f"steps of {name}", kinds(rows), kinds(wanted))
        of.same("history", f"list of {name}", (first["count"], first["sum"]), (len(wanted), {}))
        of.same("history", f"currency of {name}", {row["currency"] for row in rows}, {one.bill.currency})
        shown = [fit(price_of(row), step) for row, step in zip(rows, wanted, strict=False)]
        of.same("history", f"history of {name}", shown, wanted)


def kinds(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row["kind"], row["date"]) for row in rows]


def price_of(row: Row) -> Row:
    """A hop with the members of its price that the books have."""
    return {**row, "price": fit(row["price"], dict.fromkeys(Price._fields))} if row.get("price") else row


def cents(of: Reading, history: History) -> None:
    """To which token a cent belongs, and how it came there."""
    for name, one in of.shown.items():
        if not of.asks():
            continue
        for cent in some(of, one.bill):
            where = f"cent {cent} of {name}"
            piece = paths.of_cent(one, cent)
            if piece is None:
                of.same("cents", where, of.reply(f"/v1/trace/bills/{name}?cent={cent}").status_code, 404)
                continue
            shown = of.read(f"/v1/trace/bills/{name}?cent={cent}")
            of.same("cents", where, (shown["bill"], shown["cent"]), (name, cent))
            way(of, where, shown, piece, one)


def some(of: Reading, bill: Bill) -> set[int]:
    """The first and the last cent, one behind it, any, and those at the bounds of a leaf."""
    leaf = of.chance.choice(bill.pieces) if bill.pieces else Piece(0, bill.face, "", (), None, 0)
    anywhere = of.chance.randrange(bill.face)
    return set(of.chance.sample([0, bill.face - 1, bill.face, anywhere, leaf.lo, leaf.hi - 1, leaf.hi], 4))


def way(of: Reading, where: str, shown: Row, piece: Piece, seen: Sight) -> None:
    """A token with what lies above it."""
    wanted = paths.path(piece, seen)
    of.same("cents", f"token of {where}", fit(shown["token"], wanted["token"]), wanted["token"])
    of.same("cents", f"path of {where}", fits(shown["path"], wanted["path"]), wanted["path"])
    of.same("cents", f"hops of {where}", fits([price_of(hop) for hop in shown["hops"]], wanted["hops"]), wanted["hops"])
    of.same("cents", f"chain of {where}", shown["chain"], wanted["chain"])
    names = paths.names(piece, seen)
    ids = [row["id"] if name else "" for row, name in zip(shown["path"], names, strict=False)]
    of.same("cents", f"ids of {where}", ids, names)
    of.same("cents", f"id of {where}", shown["token"]["id"], shown["path"][-1]["id"])
