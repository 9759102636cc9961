"""What must hold after every transaction, whatever was done, checked over the whole state."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from chainbill_contracts.declared_rows import rows
from contracts.invariants_early import check_prepayments
from contracts.invariants_freezes import check_freezes
from contracts.invariants_pledges import check_pledges
from contracts.invariants_suspended import check_requests

if TYPE_CHECKING:
    from contracts.world import World

LEAVES = {"live", "settled", "diluted", "void"}
NAMED_ALIKE = {"legal/order": "legal_order"}
STATUS_ROWS = {NAMED_ALIKE.get(row.place, row.place.partition("/")[2]): row for row in rows().values() if row.statuses}
"""Rows that have a status, by the names of their tables."""
STEPS = {name: {(step.before, step.after) for step in row.steps} for name, row in STATUS_ROWS.items()}
PAID = ("settled", "reversed")
"""Statuses of tokens that a payment is for, cancelled or not."""
GUARANTEED = ("pending_accept", "active", "due", "overdue")
"""Statuses of bills whose guarantees stand."""
TAKEN_UP = ("pending_accept", "active", "due", "overdue", "settled")
ACCEPTED = ("active", "due", "overdue", "settled", "void")


class StatusWatch:
    """Sees that no row changes its status in a way that is not declared."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], str] = {}
        self.seen: set[tuple[str, str, str]] = set()

    def check(self, world: World) -> None:
        """Compare with the check before; a row that has gone begins anew, as a seat whose candidate was withdrawn."""
        known, self._known = self._known, {}
        for name, declared in STATUS_ROWS.items():
            for key, row in world.rows(*declared.place.split("/")):
                place = (name, *key)
                before = known.get(place, row["status"])
                if row["status"] != before:
                    assert (before, row["status"]) in STEPS[name], (name, key, before, row["status"])
                    self.seen.add((name, before, row["status"]))
                self._known[place] = row["status"]


def check_all(world: World) -> None:
    tokens = {key[0]: row for key, row in world.rows("token", "token")}
    bills = {key[0]: row for key, row in world.rows("bill", "bill")}
    hops = {key[0]: row for key, row in world.rows("token", "hop")}
    for bill in bills.values():
        if bill["status"] in ACCEPTED:
            check_bill(world, bill, tokens)
        else:
            assert not world.rows("core", "range", (bill["id"],))
    for token in tokens.values():
        check_token(world, token, tokens, hops)
    check_holdings(world, tokens, bills)
    check_invoices(world, bills)
    check_requests(world, tokens)
    check_financings(world, tokens, hops)
    check_pledges(world, tokens)
    check_sales(world, tokens)
    check_prepayments(world, tokens, bills)
    check_claims(world, tokens)
    check_freezes(world, tokens)
    check_standings(world, bills)
    check_counts(world, bills, tokens)
    for (_, bill), _ in world.rows("bill", "provisional"):
        assert bills[bill]["closed_on"] == "", "a bill that has ended waits for a calendar"


def check_counts(world: World, bills: dict[str, Any], tokens: dict[str, Any]) -> None:
    """Every kept count is the number of rows that it counts, and none is kept for nothing."""
    drafts: Counter[tuple[str, ...]] = Counter()
    for bill in bills.values():
        if bill["status"] in ("pending_confirm", "pending_accept") and not bill["product"]:
            other = bill["creditor"] if bill["initiator"] == bill["debtor"] else bill["debtor"]
            drafts[bill["initiator"],] += 1
            drafts[bill["initiator"], other] += 1
    offers = Counter((token["holder"],) for token in tokens.values() if _is_offered(token))
    requests = [row for _, row in world.rows("finance", "request") if row["status"] in ("open", "agreed")]
    proposals = [row for _, row in world.rows("governance", "proposal") if row["status"] == "open"]
    expected = {
        ("bill", "open_drafts"): drafts,
        ("token", "open_offers"): offers,
        ("finance", "open_requests"): Counter((row["holder"],) for row in requests),
        ("governance", "open_proposals"): Counter((row["proposer"],) for row in proposals),
    }
    joints = {key[0]: row for key, row in world.rows("bill", "joint") if row["status"] == "open"}
    assert {(row["bill"], row["kind"]): joint for joint, row in joints.items()} == {
        tuple(key): row["joint"] for key, row in world.rows("bill", "open_joint")
    }
    for (contract, table), counter in expected.items():
        kept = {tuple(key): row["count"] for key, row in world.rows(contract, table)}
        assert kept == counter + kept_places(world, contract), (contract, table)


def check_bill(world: World, bill: dict[str, Any], tokens: dict[str, Any]) -> None:
    """The leaves tile the face; every cent that was paid was paid once, to its holder or pledgee."""
    lo, sums = 0, Counter[str]()
    for key, (hi, token_id) in world.rows("core", "range", (bill["id"],)):
        token = tokens[token_id]
        assert key[1] == lo == token["lo"]
        assert hi == token["hi"]
        assert token["status"] in LEAVES
        sums[token["status"]] += hi - lo
        lo = hi
    assert lo == bill["face"] == sum(sums.values())
    assert (sums["settled"], sums["diluted"], sums["void"]) == (bill["settled"], bill["diluted"], bill["void"])
    assert bill["settled_in_time"] <= bill["settled"]
    assert (bill["status"] in ("settled", "void")) == (sums["live"] == 0)
    assert bill["status"] != "void" or sums["void"] == bill["face"]
    paid = {
        one["id"]: one for one in tokens.values()
        if one["bill"] == bill["id"] and (one["status"] in PAID or is_bought_out(world, one))
    }  # fmt: skip
    payments = {key[1]: row for key, row in world.rows("settlement", "payment", (bill["id"],))}
    assert set(payments) == set(paid)
    for token_id, payment in payments.items():
        token = tokens[token_id]
        assert (payment["status"] == "cancelled") == (token["status"] == "reversed")
        payee = world.row("pledge", "pledge", payment["pledge"])["pledgee"] if payment["pledge"] else token["holder"]
        if payment["kind"] == "financing":
            payee = payment["party"]
            assert payee in financiers_of(world, token)
        if payment["kind"] == "order":
            payee = world.row("legal", "order", payment["order"])["beneficiary"]
        elif payment["kind"] == "court":
            payee = payment["bank"]
        forgone = world.row("prepayment", "prepayment", token_id)["forgone"] if payment["kind"] == "prepaid" else 0
        assert (payment["party"], payment["amount"] + forgone) == (payee, token["hi"] - token["lo"])
    received = [row for _, row in world.rows("settlement", "receipt") if row["bill"] == bill["id"]]
    early = sum(row["amount"] + row["result"]["forgone"] for row in received if row["kind"] == "prepaid")
    received = [row for row in received if row["kind"] == "settlement" and row["status"] == "standing"]
    step = check_reversals(world, bill, payments, received)
    left = 0 if step is None else step["outstanding"] - bill["face"] + bill["settled"] + bill["diluted"] + bill["void"]
    paid_in = early + sum(row["amount"] for row in received)
    assert paid_in == bill["settled"] + (0 if step is None else step["amount"] - left)


def is_bought_out(world: World, token: dict[str, Any]) -> bool:
    """Whether a guarantor took a token over: it paid its holder."""
    if token["status"] != "moved":
        return False
    hop = world.row("token", "hop", token["into"][0])
    return bool(hop) and hop["kind"] == "guarantee"


def financiers_of(world: World, token: dict[str, Any]) -> set[str]:
    """The banks of its holder's agreements on the bill, one of which paid for a token that the debtor had paid."""
    banks: set[str] = set()
    for _, row in world.rows("finance", "request"):
        if row["holder"] == token["holder"] and row["bill"] == token["bill"] and row["set_aside"]:
            banks.add(world.row("finance", "quote", row["agreed_quote"])["bank"])
    return banks


def check_reversals(world: World, bill: dict[str, Any], payments: Any, standing: list[Any]) -> dict[str, Any] | None:
    """What is counted of a bill's receipts, and the step of a settlement under way, None of a reversal."""
    newest = world.row("settlement", "newest", bill["id"])
    assert (0 if newest is None else newest["count"]) == len(standing)
    assert len(standing) <= 100 or bill["status"] == "settled", "the last one may be one more"
    if newest is not None:
        assert world.row("settlement", "receipt", [newest["bank"], newest["reference"]])["status"] == "standing"
    paid = Counter[tuple[str, str]]()
    for row in payments.values():  # what is paid, and what a court gave
        paid[row["bank"], row["reference"]] += (row["status"] == "paid") + (row["order"] != "")
    for name in {(row["bank"], row["reference"]) for row in payments.values()}:
        assert (world.row("settlement", "paid", list(name)) or {"count": 0})["count"] == paid[name]
    step = world.row("settlement", "step", bill["id"])
    if step is None or "reversal" not in step:
        return step
    assert world.row("settlement", "receipt", [step["bank"], step["reference"]])["status"] == "reversed"
    return {"outstanding": bill["face"] - bill["settled"] - bill["diluted"] - bill["void"], "amount": sum(
        row["amount"] for row in payments.values()
        if (row["bank"], row["reference"]) == (step["bank"], step["reference"]) and row["status"] != "cancelled"
    ) * -1}  # fmt: skip


def check_token(world: World, token: dict[str, Any], tokens: dict[str, Any], hops: dict[str, Any]) -> None:
    """Parents and origins cover, hops say who holds, and what ended names where its cents went."""
    parent, origin = tokens.get(token["parent"]), tokens[token["origin"]]
    assert parent is None or parent["lo"] <= token["lo"] < token["hi"] <= parent["hi"]
    assert (parent is None) == (token["parent"] == "")
    assert origin["lo"] <= token["lo"] < token["hi"] <= origin["hi"]
    assert hops[token["origin"]]["to"] == token["holder"]
    assert hops[token["origin"]]["tier"] == token["tier"]
    assert (token["ended"] == 0) == (token["status"] == "live")
    if token["status"] in ("split", "moved", "reversed"):
        below = sorted((tokens[one]["lo"], tokens[one]["hi"]) for one in token["into"])
        assert below[0][0] <= token["lo"]
        assert token["hi"] <= max(hi for _, hi in below)
    if token["status"] != "live":
        assert token["locks"] == []
        assert token["offered_to"] == ""
    assert token["offered_to"] == "" or _is_offered(token)
    if _is_offered(token):
        assert token["locks"][0]["until"] >= world.today


def _is_offered(token: dict[str, Any]) -> bool:
    return any(lock["kind"] == "offered" for lock in token["locks"])


def check_holdings(world: World, tokens: dict[str, Any], bills: dict[str, Any]) -> None:
    expected: dict[tuple[str, str, str], list[int]] = {}
    for token in tokens.values():
        if token["status"] == "live":
            for party, side in ((token["holder"], "holder"), (bills[token["bill"]]["debtor"], "debtor")):
                entry = expected.setdefault((party, token["currency"], side), [0, 0])
                entry[0] += 1
                entry[1] += token["hi"] - token["lo"]
    for _, payment in world.rows("settlement", "payment"):
        if payment["status"] in ("instructed", "returned", "set_aside"):
            for party, role in ((payment["party"], "payee_open"), (payment["bank"], "paying_bank_open")):
                entry = expected.setdefault((party, payment["currency"], role), [0, 0])
                entry[0] += 1
                entry[1] += payment["amount"]
    for _, guarantee in world.rows("guarantee", "guarantee"):
        assert (guarantee["status"] == "active") == (bills[guarantee["bill"]]["status"] in GUARANTEED)
        if guarantee["status"] == "active":
            entry = expected.setdefault((guarantee["guarantor"], guarantee["currency"], "guarantor"), [0, 0])
            entry[0] += 1
            entry[1] += guarantee["amount"]
    assert {tuple(key): value for key, value in world.rows("core", "holding")} == expected


def check_standings(world: World, bills: dict[str, Any]) -> None:
    """A party's status is that of its orders; what is counted for a bank and a party is what there is."""
    parties = {key[0]: row for key, row in world.rows("party", "party")}
    for party, row in parties.items():
        standing = world.row("standing", "standing", party) or {"suspended": "", "insolvent": "", "open": {}}
        if row["status"] in ("suspended", "insolvent"):
            assert standing[row["status"]] != ""
        else:
            assert (standing["suspended"], standing["insolvent"]) == ("", "")
        assert (row["insolvent_since"] != "") == (standing["insolvent"] != "")
        assert row["administered_on"] == "" or row["status"] == "insolvent"
        for kind, order in standing["open"].items():
            waits = {"entered", "ratified"} if kind == "administrator" else {"entered"}  # whose keys act 72 hours later
            assert order == "" or world.row("standing", "order", order)["status"] in waits
    counted = {
        ("party", "sponsored"): Counter(
            row["sponsor"] for row in parties.values() if row["sponsor"] and row["status"] != "closed"
        ),
        ("party", "pays_for"): Counter(row["paying_bank"] for row in parties.values() if row["paying_bank"]),
        ("bill", "to_pay"): Counter(
            bill["paying_bank"]
            for bill in bills.values()
            if bill["status"] in (*TAKEN_UP, "void") and not bill["closed_on"]
        ),
    }
    for place, expected in counted.items():
        assert {key[0]: row["count"] for key, row in world.rows(*place) if row["count"]} == dict(expected), place
    holders = {key[0]: row for key, row in world.rows("finance", "request")}
    quotes = Counter(
        (holders[row["request"]]["holder"], row["bank"]) for _, row in world.rows("finance", "quote")
        if row["status"] == "offered" or (row["status"] == "agreed" and holders[row["request"]]["status"] == "agreed")
    )  # fmt: skip
    assert {tuple(key): row["count"] for key, row in world.rows("finance", "live_quote")} == dict(quotes)


def check_invoices(world: World, bills: dict[str, Any]) -> None:
    """What bills take is what an invoice says; only a claim that its seller never signed may have lost its place."""
    occupied: Counter[tuple[str, str]] = Counter()
    users: dict[tuple[str, str], set[str]] = {}
    signed: Counter[tuple[str, str]] = Counter()
    rows = {(key[0], key[1]): row for key, row in world.rows("invoice", "invoice")}
    for bill in bills.values():
        for part in bill["invoices"] if bill["status"] in TAKEN_UP else ():
            place = (part["fingerprint"], bill["creditor"])
            if bill["id"] not in rows[place]["bills"]:
                assert (bill["status"], bill["initiator"]) == ("pending_accept", bill["debtor"])
                continue
            assert rows[place]["buyer"] == bill["debtor"]
            occupied[place] += part["amount"]
            users.setdefault(place, set()).add(bill["id"])
            signed[place] += bill["initiator"] == bill["creditor"] or bill["status"] != "pending_accept"
    for place, invoice in rows.items():
        over = invoice["occupied"] > invoice["total"]
        assert invoice["occupied"] == occupied[place]
        assert over == (invoice["over_since"] != "")
        assert (invoice["status"] == "struck") == (invoice["struck_by"] != "") == (invoice["struck_on"] != "")
        assert (invoice["status"] == "over_occupied") == (over and invoice["struck_by"] == "")
        assert not over or invoice["reds"], "only a red-letter note brings a total below what is occupied"
        assert invoice["signed"] == signed[place]
        assert set(invoice["bills"]) == users.get(place, set())
        assert len(invoice["bills"]) == len(set(invoice["bills"]))
    assert {(key[0], key[1]) for key, _ in world.rows("invoice", "seller")} == set(users)
    check_disputes(world)


def kept_places(world: World, contract: str) -> Counter[tuple[str, ...]]:
    """Places of what was taken back today, by party, of a bill by the other side too: they are free tomorrow."""
    kept: Counter[tuple[str, ...]] = Counter()
    for (date, *item), row in world.rows(contract, "agenda"):
        if item[0] == "place":
            assert (date, row["places"] > 0) == (world.plus(1), True)
            kept[item[1],] += row["places"]
            if len(item) == 3:
                kept[item[1], item[2]] += row["places"]
    return kept


def check_disputes(world: World) -> None:
    rows = {key[0]: row for key, row in world.rows("invoice", "dispute")}
    standing = {(key[0], key[1]): row["disputes"] for key, row in world.rows("invoice", "disputed")}
    assert sorted(one for ids in standing.values() for one in ids) == sorted(
        key for key, row in rows.items() if row["status"] in ("open", "upheld")
    )
    assert all(
        place == (rows[one]["fingerprint"], rows[one]["seller"]) for place, ids in standing.items() for one in ids
    )
    counted = Counter(row["by"] for row in rows.values() if row["status"] == "open")
    kept = kept_places(world, "invoice")
    assert {key[0]: row["count"] for key, row in world.rows("invoice", "open_disputes")} == counted + Counter(
        {key[0]: places for key, places in kept.items()}
    )
    assert all(row["until"] >= world.today for row in rows.values() if row["status"] == "open")


def check_financings(world: World, tokens: dict[str, Any], hops: dict[str, Any]) -> None:
    """What is outstanding of a financing is its live cents, whoever holds them and however they were cut."""
    live: Counter[str] = Counter()
    for token in tokens.values():
        kind = hops[token["origin"]]["kind"]  # a court may give to a bank what none financed, and take what one did
        if kind == "sale":
            sold = tokens[tokens[token["origin"]]["parent"]]
            assert all(token[name] == sold[name] for name in ("tier", "financing", "financed_tier"))
        else:
            bank = "bank" in world.row("party", "party", token["holder"])["roles"]
            by_law = kind == "enforce" or (kind == "guarantee" and bank)
            assert kind == "force" or (token["financing"] != "" or by_law) == (token["financed_tier"] > 0)
        assert kind not in ("force", "enforce", "guarantee") or token["financing"] == ""
        if token["financing"]:
            made = tokens[token["financing"]]
            assert made["financing"] == made["id"]
            assert made["lo"] <= token["lo"] < token["hi"] <= made["hi"]
            live[made["id"]] += token["hi"] - token["lo"] if token["status"] == "live" else 0
    assert {key[0]: row["outstanding"] for key, row in world.rows("finance", "financed")} == dict(live)


def check_sales(world: World, tokens: dict[str, Any]) -> None:
    """A token is locked for sale as the newest offer of it says; what was bought is there, and was bought once."""
    rows = {key[0]: row for key, row in world.rows("sale", "sale")}
    locked = {name: lock for name, token in tokens.items() for lock in token["locks"] if lock["ref"] == "sale"}
    for name, lock in locked.items():
        row, token = rows[name], tokens[name]
        assert (row["status"], row["seller"], row["buyer"]) == ("offered", token["holder"], token["offered_to"])
        assert (row["until"], row["amount"]) == (lock["until"], token["hi"] - token["lo"])
        assert row["until"] >= world.today
    for name, row in rows.items():
        assert row["status"] != "offered" or row["until"] >= world.today
        assert (row["status"] == "bought") == (row["bought_token"] != "")
        if row["bought_token"]:
            hop = world.row("token", "hop", row["bought_token"])
            assert (hop["kind"], hop["from"], hop["to"]) == ("sale", row["seller"], row["buyer"])
            assert tokens[name]["into"] == [row["bought_token"]]


def check_claims(world: World, tokens: dict[str, Any]) -> None:
    """What is left under a claim is what lives of its cents with its holder; none outlives its days or its cents."""
    rows = {key[0]: row for key, row in world.rows("recourse", "claim")}
    left: Counter[str] = Counter()
    for token in tokens.values():
        if token["status"] == "live" and token["claim"] != "none" and token["holder"] == rows[token["claim"]]["holder"]:
            left[token["claim"]] += token["hi"] - token["lo"]
    for name, row in rows.items():
        assert (row["status"] == "bought_back") == (row["returned"] != "")
        if row["status"] in ("recourse_asked", "recourse_agreed"):
            assert row["stands_until"] >= world.today
            assert 0 < row["left"] <= row["principal"]
            assert left[name] == row["left"]
        if row["returned"]:
            hop = world.row("token", "hop", row["returned"])
            assert (hop["kind"], hop["from"], hop["to"]) == ("buyback", row["holder"], row["asked"])
