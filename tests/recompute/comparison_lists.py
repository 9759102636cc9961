"""Lists with their counts and sums, and single rows of money and of office, held against the books."""

from __future__ import annotations

from collections.abc import Iterable

from recompute.book import Label, Payment, Product, Receipt
from recompute.chain import ANCHORS, BANKS, CURRENCIES, SUPPLIERS
from recompute.comparison import Reading, fit, passing
from recompute.days import between
from recompute.figures import Row, token_row
from recompute.histories import History
from recompute.labelling import sees_label
from recompute.sight import Reader, sees_event, sees_joint, sees_payment, sees_product, sees_receipt, sees_request

PAGE = 8
"""Entries a page: small enough that most lists have several."""
Amounts = Iterable[tuple[str, int]]


def listed(of: Reading, path: str, amounts: Amounts, page: int = PAGE) -> None:
    """A list, where it is asked for."""
    if of.asks():
        rows_of(of, path, amounts, page)


def rows_of(of: Reading, path: str, amounts: Amounts, page: int = PAGE, kinds: list[str] | None = None) -> list[Row]:
    """All pages of a list; its count and sums are those of the amounts, (currency, minor units) each; "" adds nothing.

    kinds: those of the amounts where they do not add up: then there is no sum but one of each kind.
    """
    wanted = list(amounts)
    sums = added_up(wanted if kinds is None else [])
    shown, rows = pages(of, path, page)
    count, total = shown["count"], shown["sum"]
    if kinds is not None:
        each = {kind: [one for one, its in zip(wanted, kinds, strict=True) if its == kind] for kind in kinds}
        by_kind = {kind: whole for kind, own in each.items() if (whole := added_up(own))}
        of.same("lists", f"{path} by kind", shown["sum_by_kind"], by_kind)
    names = {row["id"] if "id" in row else str(row) for row in rows}
    of.same("lists", path, (count, len(rows), len(names), total), (len(wanted), len(wanted), len(wanted), sums))
    return rows


def pages(of: Reading, path: str, page: int = PAGE) -> tuple[Row, list[Row]]:
    """The first page of a list, and the entries of all."""
    ask = f"{path}{'&' if '?' in path else '?'}limit={page}"
    first = shown = of.read(ask)
    rows = list(first["data"])
    while shown["next"]:
        shown = of.read(f"{ask}&after={shown['next']}")
        rows += shown["data"]
    return first, rows


def added_up(amounts: Amounts) -> dict[str, int]:
    sums: dict[str, int] = {}
    for currency, amount in amounts:
        if currency:
            sums[currency] = sums.get(currency, 0) + amount
    return sums


def in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["lo"], row["hi"], row["born"], row["ended"], row["holder"], row["status"]))


def bills(of: Reading, history: History) -> None:
    seen = list(of.shown.values())

    def rows(**wanted: str) -> Amounts:
        fit = [one.bill for one in seen if all(getattr(one.bill, name) == value for name, value in wanted.items())]
        return ((bill.currency, bill.face) for bill in fit)

    listed(of, "/v1/bills", rows())
    statuses = sorted({one.bill.status for one in seen})
    for status in statuses:
        listed(of, f"/v1/bills?status={status}", rows(status=status), 1_000)
    for anchor in map(history.party, ANCHORS):
        listed(of, f"/v1/bills?debtor={anchor}", rows(debtor=anchor))
        for status in statuses:
            listed(of, f"/v1/bills?debtor={anchor}&status={status}", rows(debtor=anchor, status=status), 1_000)
    for currency in CURRENCIES:
        listed(of, f"/v1/bills?currency={currency}", rows(currency=currency), 1_000)
    for supplier in map(history.party, SUPPLIERS):
        listed(of, f"/v1/bills?creditor={supplier}", rows(creditor=supplier), 1_000)
    for tier in (1, 2, 3):
        deep = [
            one.bill for one in seen
            if any(
                hop.tier >= tier and hop.kind != "finance" and one.sees_hop(hop)
                for piece in one.bill.pieces for hop in piece.path
            )
        ]  # fmt: skip
        listed(of, f"/v1/bills?reached_tier={tier}", ((bill.currency, bill.face) for bill in deep), 1_000)
    for bank in map(history.party, BANKS):
        financed = [one.bill for one in seen if any((hop.kind, hop.to) == ("finance", bank) for hop in one.hops)]
        listed(of, f"/v1/bills?financed_by={bank}", ((bill.currency, bill.face) for bill in financed), 1_000)
    days = sorted({one.bill.due_on for one in seen})
    if days:
        middle = days[len(days) // 2]
        early = [one.bill for one in seen if one.bill.due_on <= middle]
        listed(of, f"/v1/bills?due_to={middle}", ((bill.currency, bill.face) for bill in early), 1_000)


def tokens(of: Reading, history: History) -> None:
    leaves = [(one, piece) for one in of.shown.values() for piece in one.leaves]
    for anchor in map(history.party, ANCHORS):
        for lock in ("offered", "in_finance"):
            held = [
                (one.bill.currency, piece.amount) for one, piece in leaves
                if one.bill.debtor == anchor and piece.lock and one.sees_offer(piece)
                and (piece.lock in ("transfer", "return")) == (lock == "offered")
            ]  # fmt: skip
            listed(of, f"/v1/tokens?debtor={anchor}&lock={lock}", held)
    for one in of.shown.values():
        name, currency = one.bill.id, one.bill.currency
        wanted = [token_row(piece, one) for piece in one.bill.tokens if one.sees(piece)]
        if not wanted:
            continue
        answer = of.read(f"/v1/tokens?bill={name}&limit=1000")
        rows = [fit(row, wanted[0]) for row in answer["data"] if not passing(row)]
        of.same("tokens", f"tokens of {name}", in_order(rows), in_order(row for row in wanted if not passing(row)))
        total = sum(piece.amount for piece in one.leaves)
        of.same("lists", f"sum of tokens of {name}", answer["sum"].get(currency, 0), total)
        for status in filter(lambda _: of.asks(), ("split", "settled")):
            ended = [row for row in wanted if row["status"] == status]
            answer = of.read(f"/v1/bills/{name}/tokens?status={status}&limit=1")
            of.same("lists", f"{status} tokens of {name}", answer["count"], len(ended))
    for party in map(history.party, (*SUPPLIERS, *BANKS)):
        for status in ("live", "settled"):
            mine = [
                (one.bill.currency, piece.amount) for one, piece in leaves
                if (piece.holder, piece.status) == (party, status)
            ]  # fmt: skip
            listed(of, f"/v1/tokens?holder={party}&status={status}", mine)
        offered = [
            (one.bill.currency, piece.amount) for one, piece in leaves
            if piece.offered_to == party and piece.status == "live" and one.sees_offer(piece)
        ]  # fmt: skip
        listed(of, f"/v1/offers?to={party}", offered)


def financings(of: Reading, history: History) -> None:
    """Requests and quotes: rows with their statuses, and lists by them."""
    book = of.book
    shown = [one for one in book.requests.values() if sees_request(of.reader, one)]
    rows = {
        row["id"]: row
        for row in rows_of(of, "/v1/finance/requests", ((one.bill.currency, one.amount) for one in shown))
    }
    wanted = {
        one.id: {
            "status": one.status, "amount": one.amount, "holder": one.holder, "bill": one.bill.id,
            "until": of.reader.end_of(one, book),
        }
        for one in shown
    }  # fmt: skip
    of.same("financings", "requests", {name: fit(row, wanted.get(name, {})) for name, row in rows.items()}, wanted)
    for status in sorted({one.status for one in shown}):
        for party in map(history.party, SUPPLIERS):
            asked = [
                (one.bill.currency, one.amount) for one in shown if (one.holder, one.status) == (party, status)
            ]  # fmt: skip
            listed(of, f"/v1/finance/requests?holder={party}&status={status}", asked, 1_000)
    for quote in filter(lambda _: of.asks(), book.quotes.values()):
        if of.reader.everything or of.reader.reads_for(quote.request.bill.id) & {quote.bank, quote.request.holder}:
            row = {
                "status": quote.status, "bank": quote.bank, "rate": quote.rate, "fee": quote.fee, "net": quote.net,
                "interest": quote.interest, "days": quote.days, "actual_days": quote.actual_days,
                "amount": quote.amount, "agreed_net": quote.agreed_net, "paid": quote.paid,
            }  # fmt: skip
            answer = of.read(f"/v1/finance/quotes/{quote.id}")
            of.same("financings", f"quote {quote.id}", fit(answer, row), row)


def receipt_row(of: Reading, one: Receipt) -> Row:
    late = between(of.book.bills[one.bill].pay_on, one.value_date) if one.kind == "settlement" else 0
    return {
        "bank": one.bank, "kind": one.kind, "bill": one.bill, "amount": one.amount, "value_date": one.value_date,
        "recorded_on": one.at.date, "height": one.at.height, "transaction": one.at.transaction, "token": one.token,
        "quote": one.quote, "status": "standing" if one.kind == "settlement" else one.status, "days_late": max(0, late),
        "currency": of.book.bills[one.bill].currency, "reversed_on": "", "reason": "",
        "reversible_until": of.book.calendar.after(one.at.date, 1) if one.kind == "settlement" else "",
    }  # fmt: skip


def receipts(of: Reading, history: History) -> None:
    book = of.book
    shown = [one for one in book.receipts.values() if sees_receipt(book, of.reader, one)]

    def amounts(kept: Iterable[Receipt]) -> list[tuple[str, int]]:  # several reports are on one payment
        return [("" if one.kind == "payment" else book.bills[one.bill].currency, one.amount) for one in kept]

    def of_kinds(path: str, kept: list[Receipt]) -> list[Row]:
        return rows_of(of, path, amounts(kept), 50, [one.kind for one in kept])

    rows = {(row["bank"], row["reference"]): row for row in of_kinds("/v1/receipts?kind=all", shown)}
    wanted = {(one.bank, one.reference): receipt_row(of, one) for one in shown}
    of.same("receipts", "receipts", {key: fit(row, wanted.get(key, {})) for key, row in rows.items()}, wanted)
    money = [one for one in shown if one.kind == "settlement"]
    listed(of, "/v1/receipts", amounts(money))
    for kind in ("payment", "finance", "unmatched"):
        listed(of, f"/v1/receipts?kind={kind}", amounts(one for one in shown if one.kind == kind), 1_000)
    asked = {"kind=settlement,finance": [one for one in shown if one.kind in ("settlement", "finance")]}
    for bank in map(history.party, BANKS):
        asked[f"kind=all&bank={bank}"] = [one for one in shown if one.bank == bank]
    for anchor in map(history.party, ANCHORS):
        asked[f"kind=all&debtor={anchor}"] = [one for one in shown if book.bills[one.bill].debtor == anchor]
    for currency in CURRENCIES:
        own = [one for one in shown if book.bills[one.bill].currency == currency]
        asked[f"kind=all&currency={currency}"] = own
    for words, kept in asked.items():
        if of.asks():
            of_kinds(f"/v1/receipts?{words}", kept)
    days = sorted({one.value_date for one in shown})
    if days:
        first, last = days[len(days) // 3], days[2 * len(days) // 3]
        own = [one for one in money if first <= one.value_date <= last]
        listed(of, f"/v1/receipts?value_from={first}&value_to={last}", amounts(own), 1_000)


def payment_row(one: Payment) -> Row:
    return {
        "party": one.party, "bank": one.bank, "amount": one.piece.amount, "currency": one.bill.currency,
        "status": one.status, "reference": one.receipt.reference, "last_reference": one.last_reference,
        "changed_on": one.changed_on, "value_date": one.receipt.value_date, "recorded_on": one.receipt.at.date,
    }  # fmt: skip


def payments(of: Reading, history: History) -> None:
    book = of.book
    shown = [one for one in book.payments.values() if sees_payment(book, of.reader, one, of.shown)]

    def amounts(kept: Iterable[Payment]) -> Amounts:
        return [(one.bill.currency, one.piece.amount) for one in kept]

    rows = {(row["bill"], row["token"]): row for row in rows_of(of, "/v1/payments", amounts(shown), 50)}
    wanted = {(one.bill.id, one.token): payment_row(one) for one in shown}
    of.same("payments", "payments", {key: fit(row, wanted.get(key, {})) for key, row in rows.items()}, wanted)
    statuses = ("instructed", "paid", "returned", "set_aside")
    for status in statuses:
        listed(of, f"/v1/payments?status={status}", amounts(one for one in shown if one.status == status), 1_000)
    for party in map(history.party, (*SUPPLIERS, *BANKS)):
        mine = [one for one in shown if one.party == party]
        listed(of, f"/v1/payments?party={party}", amounts(mine))
        for status in statuses:
            listed(
                of,
                f"/v1/payments?party={party}&status={status}",
                amounts(one for one in mine if one.status == status),
                1_000,
            )
    for bank in map(history.party, BANKS):
        own = [one for one in shown if one.bank == bank]
        listed(of, f"/v1/payments?bank={bank}", amounts(own), 1_000)
        listed(of, f"/v1/payments?bank={bank}&status=returned", amounts(one for one in own if one.status == "returned"))


def joints(of: Reading, history: History) -> None:
    """What was asked about bills, by who asks, who is asked, bill and status."""
    shown = {name: one for name, one in of.book.joints.items() if sees_joint(of.reader, one)}

    def same(query: str, wanted: Iterable[str]) -> None:
        found = of.read(f"/v1/joints?limit=1000{query}")
        of.same("joints", f"joints{query}", ({row["id"] for row in found["data"]}, found["count"]), _counted(wanted))

    same("", shown)
    for status in ("open", "done", "refused", "withdrawn", "lapsed"):
        same(f"&status={status}", (name for name, one in shown.items() if one.status == status))
    for bank in map(history.party, BANKS):
        same(f"&asked={bank}", (name for name, one in shown.items() if bank in one.others))
    for name, one in shown.items():
        row = of.read(f"/v1/joints/{name}")
        said = {bank for bank, answer in row["answers"].items() if answer["answer"] == "yes"}
        of.same("joints", f"joint {name}", (row["status"], row["amount"], said), (one.status, one.amount, one.agreed))


def products(of: Reading, history: History) -> None:
    """Products with the parts that show, and what was produced."""
    reader = of.reader
    shown = {name: one for name, one in of.book.products.items() if sees_product(reader, one)}

    def same(path: str, wanted: Iterable[str]) -> None:
        found = of.read(path)
        of.same("products", path, ({row["id"] for row in found["data"]}, found["count"]), _counted(wanted))

    same("/v1/products?limit=1000", shown)
    for status in ("proposed", "active", "retired"):
        wanted = (name for name, one in shown.items() if one.status == status)
        same(f"/v1/products?limit=1000&status={status}", wanted)
    for name, one in shown.items():
        row = of.read(f"/v1/products/{name}")
        whole = reader.everything or one.anchor in reader.reads_for("")
        parts = [part for part in one.parts if whole or part[1] in reader.reads_for("")]
        told = [(part["part"], part["supplier"], part["share"]) for part in row["parts"]]
        agreed = [party for party in one.agreed if whole or party in reader.reads_for("")]
        hidden = row.get("hidden", {"parts": 0})["parts"]
        figures = (row["status"], told, row["agreed"], hidden)
        of.same("products", f"product {name}", figures, (one.status, parts, agreed, len(one.parts) - len(parts)))
    for supplier in map(history.party, SUPPLIERS):
        makes = {name for name, one in shown.items() if supplier in one.suppliers}
        by = {name for name in makes if sees_part(reader, shown[name], supplier)}
        same(f"/v1/products?limit=1000&supplier={supplier}", by)
    events = [one for one in of.book.events.values() if sees_event(reader, one)]
    same("/v1/production-events?limit=1000", (one.id for one in events))
    for one in events:
        row = of.read(f"/v1/production-events/{one.id}")
        said = (row["product"], row["serial"], row["value"], row["bills"])
        of.same("products", f"event {one.id}", said, (one.product.id, one.serial, one.value, one.bills))


def labels(of: Reading, history: History) -> None:
    """Labels of bills, of one bill and by who attested."""
    shown = {
        place: one for place, one in of.book.labels.items() if sees_label(of.reader, place[0], one, of.shown)
    }  # fmt: skip

    def same(query: str, wanted: dict[tuple[str, str], Label]) -> None:
        found = of.read(f"/v1/labels?limit=1000{query}")
        told = {
            (row["bill"], row["scheme"]): (row["grade"], row["by"], row["until"], row["said_on"], row["status"])
            for row in found["data"]
        }  # fmt: skip
        books = {place: (one.grade, one.by, one.until, one.said_on, one.status) for place, one in wanted.items()}
        of.same("labels", f"labels{query}", (told, found["count"]), (books, len(books)))

    same("", shown)
    for status in ("active", "revoked", "expired"):
        same(f"&status={status}", {place: one for place, one in shown.items() if one.status == status})
    for bank in map(history.party, BANKS):
        same(f"&by={bank}", {place: one for place, one in shown.items() if one.by == bank})
    for bill in sorted({place[0] for place in shown} & of.shown.keys())[:5]:
        same(f"&bill={bill}", {place: one for place, one in shown.items() if place[0] == bill})


def sees_part(reader: Reader, product: Product, supplier: str) -> bool:
    """Whether the parts of a supplier show to a reader of the product."""
    return reader.everything or bool(reader.reads_for("") & {product.anchor, supplier})


def _counted(names: Iterable[str]) -> tuple[set[str], int]:
    found = set(names)
    return found, len(found)


def office(of: Reading, history: History) -> None:
    """To a regulator: invoices, disputes, statuses of parties, what of a party is open."""
    book = of.book
    for status in ("registered", "part_occupied", "occupied"):
        fit_ = [one for one in book.invoices.values() if status_of_invoice(one.occupied, one.total) == status]
        listed(of, f"/v1/invoices?status={status}", ((one.currency, one.occupied) for one in fit_))
    for supplier in map(history.party, SUPPLIERS):
        own = [one for one in book.invoices.values() if one.seller == supplier]
        listed(of, f"/v1/invoices?seller={supplier}", ((one.currency, one.occupied) for one in own))
    for status in ("open", "upheld", "ended"):
        number = sum(one.status == status for one in book.disputes.values())
        of.same("lists", f"disputes {status}", of.read(f"/v1/disputes?status={status}")["count"], number)
    parties = [history.party(alias) for alias in (*ANCHORS, *SUPPLIERS, *BANKS)]
    for party in filter(lambda _: of.asks(), parties):
        of.same("office", f"status of {party}", of.read(f"/v1/parties/{party}")["status"], book.status_of(party))
        items = of.read(f"/v1/parties/{party}/open-items")["holdings"]
        shown = {(one["role"], one["currency"]): (one["count"], one["sum"]) for one in items}
        of.same("office", f"open items of {party}", shown, holdings(of, party))
    for kind in ("suspended", "insolvent"):
        number = sum(book.status_of(party) == kind for party in parties)
        of.same("lists", f"parties {kind}", of.read(f"/v1/parties?status={kind}")["count"], number)
    for name, order in book.orders.items():
        of.same("office", f"order {name}", of.read(f"/v1/status-orders/{name}")["status"], order.status)


def status_of_invoice(occupied: int, total: int) -> str:
    if not occupied:
        return "registered"
    if occupied > total:
        return "over_occupied"
    return "occupied" if occupied == total else "part_occupied"


def holdings(of: Reading, party: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Live tokens that it holds and owes, payments that it is owed and owes."""
    found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(role: str, currency: str, amount: int) -> None:
        number, total = found.get((role, currency), (0, 0))
        found[role, currency] = number + 1, total + amount

    for bill, piece in of.book.leaves():
        for role, whose in (("holder", piece.holder), ("debtor", bill.debtor)):
            if whose == party and piece.status == "live":
                add(role, bill.currency, piece.amount)
    for one in of.book.payments.values():
        for role, whose in (("payee_open", one.party), ("paying_bank_open", one.bank)):
            if whose == party and one.owed:
                add(role, one.bill.currency, one.piece.amount)
    return found


LISTS = (bills, tokens, financings, receipts, payments, joints, products, labels)
