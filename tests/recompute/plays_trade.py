"""What a history may try: bills, tokens, financings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recompute.chain import ANCHORS, BANKS, CURRENCIES, SUPPLIERS
from recompute.days import plus

if TYPE_CHECKING:
    from recompute.histories import History

MONTH_END = "2026-10-31"
"""A Saturday: what is due then is paid in November."""
BASES = ("act/360", "act/365f", "30/360")
TERMS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    {"debtor_pays_interest": True},
    {"non_transferable": True},
    {"min_split": 5},
)


def issue(past: History) -> None:
    chance, today = past.random, past.chain.today
    creditor, debtor = past.party(chance.choice(SUPPLIERS)), past.party(chance.choice(ANCHORS))
    face = chance.choice((chance.randint(1, 99), chance.randint(1_000, 10**11)))
    due_on = plus(today, chance.choice((4, 8, 12, 25, 50, 100)))
    if chance.random() < 0.25 and today < MONTH_END:
        due_on = MONTH_END
    currency = chance.choice(CURRENCIES)
    past.act(
        chance.choice((creditor, debtor)), "bill.issue", debtor=debtor, creditor=creditor, face=face,
        currency=currency, due_on=due_on, invoices=_invoices(past, debtor, creditor, currency, face), contract_no="",
        delivered_on="", terms=chance.choice(TERMS), reference="",
    )  # fmt: skip


def _invoices(past: History, debtor: str, creditor: str, currency: str, face: int) -> list[dict[str, Any]]:
    """None, one of its own, or a part of one that other bills of both name, too."""
    if past.random.random() < 0.5:
        return []
    if past.random.random() < 0.5:
        past.number += 1
        return [{"fingerprint": f"{past.number:064x}", "amount": face, "total": face}]
    number = 2**64 + CURRENCIES.index(currency) + 16 * int(debtor == past.party(ANCHORS[0]))
    return [{"fingerprint": f"{number:064x}", "amount": face, "total": 3 * 10**11}]


def answer_bill(past: History) -> None:
    bills = past.rows("bill", "bill")
    bill = past.pick([one for one in bills if one["status"].startswith("pending")])
    if bill is None:
        return
    by_debtor = bill["status"] == "pending_confirm"
    who = bill["debtor"] if by_debtor else bill["creditor"]
    chance = past.random.random()
    if chance < 0.88:
        past.act(who, "bill.confirm" if by_debtor else "bill.accept", bill=bill["id"])
    elif chance < 0.94:
        past.act(who, "bill.reject", bill=bill["id"], reason="")
    elif by_debtor:
        past.act(bill["initiator"], "bill.withdraw", bill=bill["id"], reason="")
    else:
        past.act(bill["debtor"], "bill.cancel", bill=bill["id"], reason="")


def free_tokens(past: History) -> list[dict[str, Any]]:
    return [row for row in past.rows("token", "token") if row["status"] == "live" and not row["locks"]]


def free_token(past: History) -> dict[str, Any] | None:
    return past.pick([row for row in free_tokens(past) if not row["financed_tier"]])


def transferable(past: History, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fixed = {row["id"] for row in past.rows("bill", "bill") if row["terms"]["non_transferable"]}
    return [row for row in rows if row["bill"] not in fixed and not row["financed_tier"]]


def transfer(past: History) -> None:
    rows = transferable(past, free_tokens(past))
    token = past.pick(rows)
    if token is None:
        return
    same = [row for row in rows if row["holder"] == token["holder"] and row["currency"] == token["currency"]]
    several = list({row["lo"]: row for row in same}.values())[:3]  # of one lo, ids would decide which is first
    tokens = past.random.choice(([token], several))
    amount = past.share(sum(row["hi"] - row["lo"] for row in tokens))
    others = [past.party(alias) for alias in SUPPLIERS if past.party(alias) != token["holder"]]
    past.random.shuffle(others)
    first = past.random.randint(1, amount)
    payees = [{"party": others[0], "amount": first}]
    if amount > first:
        payees.append({"party": others[-1], "amount": amount - first})
    past.act(token["holder"], "token.transfer", tokens=[row["id"] for row in tokens], recipients=payees)


def answer_offer(past: History) -> None:
    token = past.pick([row for row in past.rows("token", "token") if row["offered_to"]], status="live")
    if token is None:
        return
    chance = past.random.random()
    if chance < 0.75:
        past.act(token["offered_to"], "token.accept", token=token["id"])
    elif chance < 0.85:
        past.act(token["offered_to"], "token.reject", token=token["id"], reason="")
    elif chance < 0.92:
        past.act(token["holder"], "token.recall", token=token["id"])


def give_back(past: History) -> None:
    token = past.pick([row for row in free_tokens(past) if row["tier"] > 1 and row["origin"] == row["id"]])
    if token is not None:
        past.act(token["holder"], "token.give_back", token=token["id"])


def split(past: History) -> None:
    token = past.pick([row for row in free_tokens(past) if row["hi"] - row["lo"] > 1])
    if token is None:
        return
    amount = token["hi"] - token["lo"]
    first = past.random.randint(1, amount - 1)
    amounts = past.random.choice(([first], [first, past.random.randint(1, amount - first)]))
    past.act(token["holder"], "token.split", token=token["id"], amounts=amounts)


def merge(past: History) -> None:
    rows = free_tokens(past)
    pairs = [
        (one, other) for one in rows for other in rows
        if (one["bill"], one["hi"], one["origin"]) == (other["bill"], other["lo"], other["origin"])
    ]  # fmt: skip
    if pairs:
        one, other = past.random.choice(pairs)
        past.act(one["holder"], "token.merge", tokens=[other["id"], one["id"]])


def request(past: History) -> None:
    token = free_token(past)
    if token is None:
        return
    banks = [past.party(alias) for alias in past.random.sample(BANKS, past.random.randint(1, 3))]
    amount = past.share(token["hi"] - token["lo"])
    past.act(token["holder"], "finance.request", token=token["id"], banks=banks, amount=amount)


def quote(past: History) -> None:
    chance = past.random
    found = past.pick(past.rows("finance", "request"), status="open")
    if found is None:
        return
    terms = (past.row("bill", "bill", found["bill"]) or {})["terms"]
    payers = ("holder", "debtor") if terms["debtor_pays_interest"] else ("holder",)
    today = past.chain.today
    past.act(
        chance.choice(found["banks"]), "finance.quote", request=found["id"], rate=chance.randint(0, 200_000),
        recourse=chance.random() < 0.5, basis=chance.choice(BASES),
        fee=chance.choice((0, found["amount"] // 1_000, found["amount"] // 30)),
        value_date=chance.choice(("", "", today)), disburse_by="",
        valid_until=chance.choice(("", "", "", today)), interest_payer=chance.choice(payers), needs_label={},
    )  # fmt: skip


def answer_quote(past: History) -> None:
    found = past.pick(past.rows("finance", "quote"), status="offered")
    if found is None:
        return
    holder = (past.row("finance", "request", found["request"]) or {})["holder"]
    chance = past.random.random()
    if chance < 0.8:
        past.act(holder, "finance.agree", quote=found["id"])
    elif chance < 0.9:
        past.act(holder, "finance.decline_quote", quote=found["id"])
    else:
        past.act(found["bank"], "finance.withdraw_quote", quote=found["id"])


def disburse(past: History) -> None:
    """Mostly what was agreed; a bank may also take it back, or pay although the agreement has ended."""
    quotes = past.rows("finance", "quote")
    agreed = [row for row in quotes if row["status"] == "agreed" and not row["reference"]]
    over = [row for row in quotes if row["agreed_on"] and row["status"] in ("expired", "withdrawn")]
    found = past.pick(over if over and past.random.random() < 0.3 else agreed)
    if found is None:
        return
    if found["status"] == "agreed" and past.random.random() < 0.08:
        past.act(found["bank"], "finance.cancel", quote=found["id"], reason="no money")
        return
    past.act(
        found["bank"], "finance.disburse", quote=found["id"], reference=past.reference(),
        value_date=past.random.choice((past.chain.today, found["agreed_on"])),
        amount=past.random.choice((0, 0, found["agreed_net"])), registration="",
    )  # fmt: skip


def end_request(past: History) -> None:
    found = past.pick(past.rows("finance", "request"), status="open")
    if found is None or past.random.random() < 0.5:
        return
    if past.random.random() < 0.4:
        past.act(found["holder"], "finance.withdraw", request=found["id"])
    else:
        past.act(past.random.choice(found["banks"]), "finance.decline", request=found["id"])


PLAYS = [
    issue, issue, issue, answer_bill, answer_bill, answer_bill, answer_bill, transfer, transfer, transfer, answer_offer,
    answer_offer, answer_offer, give_back, split, merge, request, request, quote, quote, quote, answer_quote,
    answer_quote, disburse, disburse, disburse, end_request,
]  # fmt: skip
