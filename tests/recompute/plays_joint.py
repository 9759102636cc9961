"""What a history may try beside its other acts: a bill moves to another bank. It draws from a chance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recompute.chain import BANKS

if TYPE_CHECKING:
    from recompute.histories import History

PAYABLE = ("active", "due", "overdue")


def move(past: History) -> None:
    """Somebody answers what is open, or takes it back; else a debtor asks."""
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
    if bills:
        bill, bank = chance.choice(bills), past.party(chance.choice(BANKS))
        past.act(bill["debtor"], "bill.ask_paying_bank", bill=bill["id"], bank=bank, reason="another bank")
