"""What a history may try beside its other acts: a bill moves to another bank, a note lowers an invoice, invoices come.

It draws from a chance of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recompute.chain import BANKS

if TYPE_CHECKING:
    from recompute.histories import History

PAYABLE = ("active", "due", "overdue")


def move(past: History) -> None:
    """Somebody answers what is open, or takes it back; else a side of a bill asks."""
    chance = past.aside
    joints = [row for row in past.rows("bill", "joint") if row["status"] == "open"]
    if joints and chance.random() < 0.8:
        joint = chance.choice(joints)
        if chance.random() < 0.06:
            past.act(joint["by"], "bill.withdraw_joint", joint=joint["id"])
            return
        waits = [one for one in joint["others"] if one not in joint["answers"]]
        said = chance.choice(("yes", "yes", "yes", "yes", "yes", "yes", "no"))
        past.act(chance.choice(waits or joint["others"]), "bill.answer", joint=joint["id"], answer=said)
        return
    bills = [row for row in past.rows("bill", "bill") if row["status"] in PAYABLE]
    if not bills:
        return
    bill = chance.choice(bills)
    ask = chance.choice((_another_bank, _another_bank, _red_letter, _invoices))
    ask(past, bill)


def _another_bank(past: History, bill: dict[str, Any]) -> None:
    bank = past.party(past.aside.choice(BANKS))
    past.act(bill["debtor"], "bill.ask_paying_bank", bill=bill["id"], bank=bank, reason="another bank")


def _side(past: History, bill: dict[str, Any]) -> str:
    return str(past.aside.choice((bill["debtor"], bill["creditor"])))


def _red_letter(past: History, bill: dict[str, Any]) -> None:
    """Of one of its invoices: to somewhat less, to less than is occupied, or to nothing."""
    if not bill["invoices"]:
        return
    part = past.aside.choice(bill["invoices"])
    new_total = past.aside.choice((part["total"] - 1, part["amount"] // 2, 0))
    past.act(
        _side(past, bill), "bill.ask_red_letter", bill=bill["id"], fingerprint=part["fingerprint"],
        new_total=max(0, new_total), red=f"{past.aside.getrandbits(256):064x}", bank="", reason="goods came back",
    )  # fmt: skip


def _invoices(past: History, bill: dict[str, Any]) -> None:
    """One comes for what has none yet, or in the place of one that is occupied beyond its total."""
    rows = {one["fingerprint"]: past.row("invoice", "invoice", [one["fingerprint"], bill["creditor"]])
            for one in bill["invoices"]}  # fmt: skip
    over = [one for one in bill["invoices"] if rows[one["fingerprint"]]["status"] == "over_occupied"]
    free = bill["face"] - bill["diluted"] - sum(one["amount"] for one in bill["invoices"])
    amount = free if free else sum(one["amount"] for one in over)
    if amount:
        part = {"fingerprint": f"{past.aside.getrandbits(256):064x}", "amount": amount, "total": amount}
        leaving = [] if free else [one["fingerprint"] for one in over]
        past.act(_side(past, bill), "bill.ask_invoices", bill=bill["id"], parts=[part], replaces=leaving, reason="")
