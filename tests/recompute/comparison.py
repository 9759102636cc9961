"""What the REST interface answers at a height to a reader, held against the books after the records up to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any
from urllib.parse import urlencode

from httpx import Response
from recompute import book as books
from recompute import figures, financing, flows, joint, labelling, money, office, production, sheets
from recompute.book import Book
from recompute.chain import BANKS, CALENDAR, PAID_BY
from recompute.figures import Row
from recompute.histories import History
from recompute.pieces import ACCEPTED, Price
from recompute.sight import Reader, Sight, sights

ACTS = {**books.ACTS, **financing.ACTS, **joint.ACTS, **money.ACTS, **office.ACTS, **production.ACTS, **labelling.ACTS}
Ask = Callable[[str], Response]
Typed = Callable[..., bytes]
ASKED = 0.35


def book_at(history: History, height: int) -> Book:
    """The books after every block up to a height."""
    mandates = {history.party(debtor): history.party(bank) for debtor, bank in PAID_BY.items()}
    book = Book(CALENDAR, history.rules, frozenset(map(history.party, BANKS)), mandates, ACTS)
    records = {record.height: record for record in history.records}
    for block in history.blocks:
        if block.height > height:
            break
        book.block(block)
        if block.height in records:
            book.keep(records[block.height])
    return book


@dataclass
class Reading:
    """One reader at one height. ask, typed: the answer of an address, and the CSV that the words of a command print;
    shown: the bills in which the reader has part; found: each figure that is not the one of the books; compared: how
    many were held against them."""

    ask: Ask
    typed: Typed
    at: str
    book: Book
    reader: Reader
    chance: Random
    found: list[str] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Sight] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shown = sights(self.book, self.reader)

    @property
    def when(self) -> dict[str, str]:
        """What says of when to read."""
        return {"at": self.at}

    @property
    def as_of(self) -> dict[str, Any]:
        """What an answer says that it is true of."""
        return {"height": self.book.height, "date": self.book.today}

    def reply(self, path: str) -> Response:
        return self.ask("&".join([path if "?" in path else f"{path}?", urlencode(self.when)]))

    def read(self, path: str) -> Any:
        """What an address answers; a refusal is an AssertionError."""
        answer = self.reply(path)
        assert answer.status_code == 200, (path, answer.text)
        content = answer.json()
        self.same("as_of", f"day of {path}", fit(content["as_of"], self.as_of), self.as_of)
        return content

    def printed(self, *words: str) -> tuple[list[str], list[Row]]:
        """Headings and rows of the CSV that a command prints."""
        when = chain.from_iterable((f"--{name.replace('_', '-')}", value) for name, value in self.when.items())
        return sheets.table(self.typed(*words, *when))

    def same(self, kind: str, where: str, shown: Any, wanted: Any) -> None:
        self.compared[kind] += size(wanted)
        if shown != wanted:
            self.found.append(f"{kind} at {self.at}, {where}: {difference(shown, wanted)}")

    def asks(self) -> bool:
        """Of the many lists and graphs each reading asks for some, so that many histories ask for all."""
        return self.chance.random() < ASKED

    @property
    def auditor(self) -> bool:
        return self.reader.auditor

    def own(self, debtor: str) -> list[Sight]:
        return [one for one in self.shown.values() if one.bill.debtor == debtor]


def size(wanted: Any) -> int:
    """How many single figures a comparison holds."""
    if isinstance(wanted, dict):
        return sum(map(size, wanted.values())) or 1
    if isinstance(wanted, list | tuple | set | frozenset):
        return sum(map(size, wanted)) or 1
    return 1


def difference(shown: Any, wanted: Any) -> str:
    """Where two things part, as short as may be."""
    if isinstance(shown, dict) and isinstance(wanted, dict):
        names = [name for name in {**shown, **wanted} if shown.get(name, "–") != wanted.get(name, "–")]
        return "; ".join(f"{name}: {difference(shown.get(name, '–'), wanted.get(name, '–'))}" for name in names[:3])
    if isinstance(shown, list) and isinstance(wanted, list) and len(shown) == len(wanted):
        number = next(number for number, one in enumerate(shown) if one != wanted[number])
        return f"[{number}] {difference(shown[number], wanted[number])}"
    return f"shown {shown!r}, by the books {wanted!r}"


def fit(shown: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: shown.get(name) for name in wanted}


def fits(shown: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = wanted[0] if wanted else {}
    return [fit(row, names) for row in shown]


def bill(of: Reading, seen: Sight) -> None:
    """The row of a bill, its trace with the tree, leaves, hops and tables, and its graph."""
    one, book = seen.bill, of.book
    name = one.id
    trace, row = of.read(f"/v1/trace/bills/{name}?depth=200"), figures.bill_row(book, one)
    of.same("bills", f"bill {name}", fit(of.read(f"/v1/bills/{name}"), row), row)
    of.same("bills", f"bill of trace {name}", fit(trace["bill"], row), row)
    wanted = figures.totals([seen])
    of.same("totals", f"totals of {name}", fit(trace["totals"], wanted), wanted)
    leaves = [figures.token_row(piece, seen) for piece in seen.leaves]
    of.same("tokens", f"leaves of {name}", fits(trace["leaves"], leaves), leaves)
    tree = figures.tree(seen)
    of.same("tokens", f"tree of {name}", shape(trace["tree"], tree), tree)
    hops = sorted((figures.hop_row(hop, seen) for hop in seen.hops), key=lambda row: row["token"])
    shown = sorted(trace["hops"], key=lambda row: row["token"])
    for hop in shown:
        if hop["price"]:
            hop["price"] = fit(hop["price"], dict.fromkeys(Price._fields))
    of.same("hops", f"hops of {name}", fits(shown, hops), hops)
    tiers = figures.by_tier(book, [seen], penetration=False, auditor=of.auditor)
    of.same("tiers", f"by_tier of {name}", fits(trace["by_tier"], tiers), tiers)
    of.same("tiers", f"parties of {name}", trace["parties_total"], figures.parties_total([seen]))
    if of.asks():
        graph(of, f"graph of {name}", of.read(f"/v1/trace/bills/{name}?format=graph"), [seen])


def passing(row: dict[str, Any]) -> bool:
    """A token that a joining made and another ended within one height: of offers that lapse on one day the ledger
    takes one after the other by their ids, which the books do not know."""
    return row["status"] == "moved" and row["born"] == row["ended"]


def place(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return row["lo"], row["hi"], row["born"], row["ended"]


def shape(shown: Any, wanted: Any) -> Any:
    """A tree with the members only that are wanted, and without what is passing."""
    if shown is None or wanted is None:
        return shown
    row = {name: value for name, value in shown.items() if name in wanted or name in ("hidden", "children")}
    for one in (row, wanted):
        one["children"] = sorted((child for child in one["children"] if not passing(child)), key=place)
    if len(row["children"]) == len(wanted["children"]):
        row["children"] = [shape(*both) for both in zip(row["children"], wanted["children"], strict=True)]
    return row


def graph(of: Reading, where: str, shown: dict[str, Any], seen: list[Sight]) -> None:
    wanted = flows.graph(of.book, seen, auditor=of.auditor)
    names = (*flows.NODE, "mean_rate", "mean_cost")
    nodes = {one["id"]: {name: one[name] for name in names} for one in shown["nodes"]}
    of.same("graph", f"nodes, {where}", nodes, wanted["nodes"])
    links = {(one["source"], one["target"], one["kind"]): (one["amount"], one["count"]) for one in shown["links"]}
    of.same("graph", f"links, {where}", links, wanted["links"])
    moves = {
        (one["kind"], one["from"], one["to"], one["tier"]): (one["amount"], one["count"])
        for one in shown["other_moves"]
    }  # fmt: skip
    of.same("graph", f"other moves, {where}", moves, wanted["other_moves"])


def anchor(of: Reading, party: str) -> None:
    """The tables of an anchor, one a currency."""
    answer = of.read(f"/v1/trace/anchors/{party}?group_by=tier,status")
    own = of.own(party)
    shown = {one["currency"]: one for one in answer["currencies"]}
    of.same("totals", "currencies of the anchor", set(shown), {one.bill.currency for one in own})
    for currency, table in shown.items():
        seen = [one for one in own if one.bill.currency == currency]
        bills = [one.bill for one in seen]
        wanted = figures.totals(seen) | {"bills": sum(one.status in ACCEPTED for one in bills)}
        of.same("totals", f"totals in {currency}", fit(table["totals"], wanted), wanted)
        statuses = {one["status"]: (one["bills"], one["face"]) for one in table["totals"]["by_status"]}
        of.same("totals", f"by_status in {currency}", statuses, figures.by_status(bills))
        tiers = figures.by_tier(of.book, seen, penetration=True, auditor=of.auditor)
        of.same("tiers", f"by_tier in {currency}", fits(table["by_tier"], tiers), tiers)
        of.same("tiers", f"parties in {currency}", table["parties_total"], figures.parties_total(seen))
        graph(of, f"anchor in {currency}", {**table["graph"], "other_moves": table["other_moves"]}, seen)
        nodes = {one["id"]: one for one in table["graph"]["nodes"]}
        for side, prefix in (("parties", ""), ("banks", "bank:")):
            rows = {f"{prefix}{one['tier']}:{one['party']}": fit(one, dict.fromkeys(flows.NODE)) for one in table[side]}
            same = {
                name: fit(one, dict.fromkeys(flows.NODE)) for name, one in nodes.items()
                if one["kind"] == ("bank" if prefix else "supplier")
            }  # fmt: skip
            of.same("graph", f"{side} in {currency}", rows, same)
    groups = {
        (currency, one["tier"], one["status"]): (one["amount"], one["tokens"])
        for currency, rows in answer["groups"].items() for one in rows if "tier" in one
    }  # fmt: skip
    of.same("totals", "groups of the anchor", groups, figures.grouped(own))


def party(of: Reading, name: str) -> None:
    """What came to a party, what it passed on, holds and owes."""
    shown = {one["currency"]: one for one in of.read(f"/v1/trace/parties/{name}")["currencies"]}
    for currency in sorted({one.bill.currency for one in of.shown.values()} | set(shown)):
        seen = [one for one in of.shown.values() if one.bill.currency == currency]
        wanted: dict[str, Any] = flows.position(seen, name)
        for side in ("received", "given"):
            wanted[side] = flows.moves(seen, name, side, auditor=of.auditor)
        table = shown.get(currency)
        if table is None:
            nothing = (wanted["owed"], wanted["received"], wanted["given"], wanted["exposure"])
            of.same("positions", f"nothing of {name} in {currency}", (0, {}, {}, {}), nothing)
            continue
        table["exposure"] = {one["debtor"]: one["amount"] for one in table["exposure"]}
        table["maturities"] = {one["month"]: one["amount"] for one in table["maturities"]}
        for side, other in (("received", "from"), ("given", "to")):
            table[side] = {
                (one["kind"], one[other], one["debtor"], str(one["tier"])): {
                    key: value for key, value in one.items() if key not in ("kind", other, "debtor", "tier")
                }
                for one in table[side]
            }
        of.same("positions", f"position of {name} in {currency}", fit(table, wanted), wanted)
