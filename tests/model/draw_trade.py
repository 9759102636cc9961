"""Random acts of trade: bills, tokens, joint acts, invoices, standing."""

from __future__ import annotations

from typing import Any

from contracts.world import ANCHOR, BANK1, BANK2, BANKS, OTHER_ANCHOR, S1, S2, S3, S4
from model.draw import Draw
from model.network import FIRMS, UNPAID
from model.records import Bill, Joint, Token

Sent = tuple[str, int, dict[str, Any]]
"""Sender, how many people sign, arguments."""
CREDITORS = (S1, S1, S2, S3, OTHER_ANCHOR)
DEBTORS = (ANCHOR,) * 6 + (OTHER_ANCHOR,) * 4 + (BANK2, UNPAID)
FINGERPRINTS = tuple(f"{number:064x}" for number in range(1, 7))


def issue(draw: Draw) -> Sent | None:
    if draw.references and draw.chance(0.08):
        return again(draw, "bill.issue")
    debtor, creditor = draw.party(DEBTORS), draw.party(CREDITORS)
    face = draw.one((1, 2, 7, 100, 999, 100_000, 12_345_678)) if draw.chance(0.5) else draw.rng.randint(1, 5000)
    if draw.chance(0.02):
        face = draw.amount(1)
    terms: dict[str, Any] = {}
    if draw.chance(0.15):
        terms["non_transferable"] = draw.chance(0.7)
    if draw.chance(0.5):
        terms["debtor_pays_interest"] = True
    if draw.chance(0.4):
        terms["transferor_liable"] = True
    if draw.chance(0.2):
        terms["min_split"] = draw.rng.randint(10, 60)
    if draw.chance(0.01):
        terms["color"] = True
    arguments = {
        "debtor": debtor, "creditor": creditor, "face": face,
        "currency": draw.one(("CNY",) * 8 + ("EUR", "EUR") + (("QQQ",) if draw.wrong() else ())),
        "due_on": draw.day(0, 40) if draw.chance(0.9) else draw.day(-3, 2), "invoices": invoice_parts(draw, face),
        "contract_no": "C-1", "delivered_on": "", "terms": terms,
        "reference": draw.reference() if draw.chance(0.3) else "",
    }  # fmt: skip
    sender = draw.sender(draw.one((debtor, creditor, creditor)))
    if sender not in draw.book.parties:
        sender = S1
    if arguments["reference"]:
        draw.references.append(("bill.issue", sender, arguments))
    return sender, 1, arguments


def again(draw: Draw, act: str) -> Sent | None:
    """Something that was sent under a reference before; now and then with another content."""
    known = [(sender, arguments) for name, sender, arguments in draw.references if name == act]
    if not known:
        return None
    sender, arguments = draw.one(known[-12:])
    if draw.chance(0.3):
        other = {
            "bill.issue": {"face": 77, "invoices": []}, "settlement.settle": {"amount": 77},
            "finance.disburse": {"registration": "ZD-77"}, "settlement.pay_result": {"status": "other"},
            "settlement.pay_guarantee": {"value_date": "2026-03-02"},
            "settlement.settle_prepaid": {"value_date": "2026-03-02"},
            "sale.buy": {"registration": "ZD-77"}, "recourse.bought_back": {"amount": 77},
        }  # fmt: skip
        arguments = {**arguments, **other[act]}
    return sender, 1, arguments


def invoice_parts(draw: Draw, face: int) -> list[dict[str, Any]]:
    if draw.chance(0.55) or face < 3:
        return []
    prints = draw.rng.sample(FINGERPRINTS, draw.one((1, 1, 2)))
    first = draw.rng.randint(1, face - 1)
    amounts = [face] if len(prints) == 1 else [first, face - first]
    parts = [
        {"fingerprint": one, "amount": amount, "total": draw.one((amount, amount * 2, max(5000, amount)))}
        for one, amount in zip(prints, amounts, strict=True)
    ]
    if draw.chance(0.03):
        wrong = {"amount": 0}, {"fingerprint": "12"}, {"fingerprint": prints[-1]}, {"amount": amounts[0] + 1}
        parts[0] = {**parts[0], **draw.one(wrong)}
        parts *= draw.one((1, 1, 101))
    for part in parts:
        standing = draw.book.invoices.get((part["fingerprint"], S1))
        if standing is not None and standing.total >= part["amount"] and draw.chance(0.7):
            part["total"] = standing.total
    return parts


def _bill_act(draw: Draw, side: str, *statuses: str, **more: Any) -> Sent | None:
    bill = draw.bill(*statuses)
    if bill is None:
        return None
    name: Any = "B0000000000000000X" if draw.chance(0.01) else bill.id
    return draw.sender(getattr(bill, side)), 1, {"bill": name, **more}


def confirm(draw: Draw) -> Sent | None:
    return _bill_act(draw, "debtor", "pending_confirm")


def accept_bill(draw: Draw) -> Sent | None:
    return _bill_act(draw, "creditor", "pending_accept")


def reject_bill(draw: Draw) -> Sent | None:
    status = draw.one(("pending_confirm", "pending_accept"))
    side = "debtor" if (status == "pending_confirm") != draw.chance(0.1) else "creditor"
    return _bill_act(draw, side, status, reason="no")


def withdraw_bill(draw: Draw) -> Sent | None:
    return _bill_act(draw, "initiator", "pending_confirm", reason="no")


def cancel(draw: Draw) -> Sent | None:
    return _bill_act(draw, "debtor", "pending_accept", reason="no")


# --- joint acts ------------------------------------------------------------------------------------------------------
def ask_void(draw: Draw) -> Sent | None:
    return _bill_act(draw, draw.one(("debtor", "creditor")), "active", reason="void")


def ask_dilution(draw: Draw) -> Sent | None:
    own = [
        leaf for bill in draw.book.bills.values() if bill.payable for leaf in bill.leaves
        if leaf.free and leaf.holder == bill.creditor and leaf.tier == 1 and not leaf.financing
    ]  # fmt: skip
    token = draw.one(own) if own and not draw.wrong() else draw.leaf(free=True)
    if token is None:
        return None
    bill: Bill = token.bill
    if draw.chance(0.03):
        bill = draw.bill("active") or bill
    amount = draw.amount(token.amount)
    parts: list[dict[str, Any]] = []
    if bill.parts and not draw.wrong():
        one = draw.one(bill.parts)
        if amount > one.amount > 0 and not draw.wrong():
            amount = one.amount if one.amount <= token.amount else amount
        parts = [{"fingerprint": one.fingerprint, "amount": amount + draw.wrong()}]
    elif draw.wrong():
        parts = [{"fingerprint": draw.one(FINGERPRINTS), "amount": amount}]
    arguments = {
        "bill": bill.id, "token": token.id, "amount": amount, "credit_note": draw.digest(), "parts": parts,
        "reason": "back",
    }  # fmt: skip
    return draw.sender(draw.one((bill.debtor, bill.creditor))), 1, arguments


def ask_paying_bank(draw: Draw) -> Sent | None:
    return _bill_act(draw, "debtor", "active", "due", "overdue", bank=draw.party(BANKS), reason="other")


def _joint(draw: Draw) -> Joint | None:
    joints = list(draw.book.joints.values())
    return draw.some([one for one in joints if one.status == "open"], joints)


def answer(draw: Draw) -> Sent | None:
    joint = _joint(draw)
    if joint is None:
        return None
    said = "maybe" if draw.chance(0.02) else draw.one(("yes", "yes", "yes", "no"))
    return draw.sender(draw.one(joint.others)), 1, {"joint": joint.id, "answer": said}


def withdraw_joint(draw: Draw) -> Sent | None:
    joint = _joint(draw)
    return None if joint is None else (draw.sender(joint.by), 1, {"joint": joint.id})


# --- tokens ----------------------------------------------------------------------------------------------------------
def transfer(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    tokens = [token]
    if draw.chance(0.2):
        live = [leaf for bill in draw.book.bills.values() for leaf in bill.leaves if leaf.free]
        same = [leaf for leaf in live if leaf.holder == token.holder and leaf is not token]
        tokens += draw.rng.sample(same, min(len(same), draw.rng.randint(1, 2)))
        draw.rng.shuffle(tokens)
    left = sum(one.amount for one in tokens)
    recipients = []
    for _ in range(draw.one((1, 1, 1, 2, 3))):
        if left < 1:
            break
        amount = draw.amount(left)
        recipients.append({"party": draw.party((S1, S2, S3, S4, OTHER_ANCHOR)), "amount": amount})
        left -= max(0, amount)
    if draw.chance(0.01):
        recipients = []
    if draw.chance(0.03):
        recipients = [{"party": S2, "amount": 1}] * min(tokens[0].amount, 60)
    names = [one.id for one in tokens] if not draw.chance(0.005) else []
    if draw.chance(0.01):
        names *= 2
    return draw.sender(token.holder), 1, {"tokens": names, "recipients": recipients}


def _offered(draw: Draw) -> Token | None:
    tokens = [
        leaf for bill in draw.book.bills.values() for leaf in bill.leaves if leaf.status == "live" and leaf.offered_to
    ]  # fmt: skip
    return draw.one(tokens) if tokens and not draw.wrong() else draw.leaf(free=True)


def accept_token(draw: Draw) -> Sent | None:
    token = _offered(draw)
    return None if token is None else (draw.sender(token.offered_to or token.holder), 1, {"token": token.id})


def reject_token(draw: Draw) -> Sent | None:
    sent = accept_token(draw)
    return None if sent is None else (sent[0], 1, {**sent[2], "reason": "no"})


def recall(draw: Draw) -> Sent | None:
    token = _offered(draw)
    return None if token is None else (draw.sender(token.holder), 1, {"token": token.id})


def give_back(draw: Draw) -> Sent | None:
    deep = [
        leaf for bill in draw.book.bills.values() for leaf in bill.leaves
        if leaf.free and leaf.tier > 1 and not leaf.financed_tier
    ]  # fmt: skip
    token = draw.one(deep) if deep and not draw.wrong() else draw.leaf(free=True)
    return None if token is None else (draw.sender(token.holder), 1, {"token": token.id})


def split(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    amounts = [draw.amount(token.amount) for _ in range(draw.one((1, 1, 2, 3)))]
    if draw.chance(0.7):
        amounts = [max(1, amount // (len(amounts) + 1)) for amount in amounts]
    if draw.chance(0.01):
        amounts = []
    return draw.sender(token.holder), 1, {"token": token.id, "amounts": amounts}


def merge(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    leaves = token.bill.leaves
    at = next((number for number, leaf in enumerate(leaves) if leaf is token), 0)
    found = leaves[at : at + draw.one((2, 2, 3))]
    if not draw.chance(0.7):
        found = draw.rng.sample(leaves, min(len(leaves), 2))
    if draw.chance(0.02):
        found = [token, token]
    return draw.sender(token.holder), 1, {"tokens": [one.id for one in found]}


# --- invoices --------------------------------------------------------------------------------------------------------
def dispute(draw: Draw) -> Sent:
    arguments = {"fingerprint": draw.one(FINGERPRINTS), "seller": draw.party((S1, S2)), "document": draw.digest()}
    return draw.sender(draw.one(FIRMS)), 1, arguments


def _dispute(draw: Draw) -> Any:
    disputes = list(draw.book.disputes.values())
    return draw.some([one for one in disputes if one.status != "ended"], disputes)


def uphold(draw: Draw) -> Sent | None:
    one = _dispute(draw)
    return None if one is None else (draw.sender(BANK1), draw.one((2, 2, 2, 1)), {"dispute": one.id})


def withdraw_dispute(draw: Draw) -> Sent | None:
    one = _dispute(draw)
    if one is None:
        return None
    return draw.sender(draw.one((one.by, one.by, BANK1))), draw.one((1, 2)), {"dispute": one.id}
