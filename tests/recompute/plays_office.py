"""What a history may try now and then: grants, statuses, successors, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recompute.chain import ANCHORS, BANKS, SUPPLIERS
from recompute.days import plus

if TYPE_CHECKING:
    from recompute.histories import History

PAPER = "ab" * 32


def grant(past: History) -> None:
    chance, today = past.random, past.chain.today
    giver = past.party(chance.choice((*ANCHORS, *SUPPLIERS, *BANKS)))
    bills = [row["id"] for row in past.rows("bill", "bill") if giver in (row["debtor"], row["creditor"])]
    scope = chance.choice(("all", "all", chance.sample(bills, min(2, len(bills))) or "all"))
    past.act(
        giver, "audit.grant", auditor=past.party("auditor"), scope=scope,
        first_day=chance.choice((today, plus(today, 3))), last_day=chance.choice(("", "", plus(today, 20))),
    )  # fmt: skip


def revoke(past: History) -> None:
    givers = [record.sender for record in past.records if record.act == "audit.grant"]
    if givers and past.random.random() < 0.3:
        past.act(past.random.choice(givers), "audit.revoke_grant", auditor=past.party("auditor"))


def stop(past: History) -> None:
    """A party is suspended or insolvent, a second bank says so too, or it is over."""
    chance = past.random
    order = past.pick([row for row in past.rows("standing", "order") if row["status"] == "entered"])
    if order is not None and chance.random() < 0.6:
        past.act(past.party(chance.choice(BANKS)), "standing.ratify", order=order["id"])
        return
    rows = [past.row("party", "party", past.party(alias)) or {} for alias in (*SUPPLIERS, ANCHORS[0])]
    stopped = [row for row in rows if row["status"] != "active"]
    if not stopped and chance.random() < 0.6:
        return
    row = chance.choice(stopped or rows)
    wanted = chance.choice(("suspended", "insolvent", "insolvent")) if row["status"] == "active" else "active"
    insolvent = wanted == "insolvent"
    past.act(
        row["sponsor"], "standing.set_status", party=row["id"], status=wanted, reason="" if insolvent else "review",
        authority="court" if insolvent else "", number="1" if insolvent else "",
        documents=[PAPER, "cd" * 32] if insolvent else [PAPER],
    )  # fmt: skip


def succeed(past: History) -> None:
    """A bank names who pays in its place; most histories have that."""
    if past.random.random() < 0.6:
        return
    bank, successor = (past.party(alias) for alias in past.random.sample(BANKS, 2))
    if past.act(successor, "succession.accept", bank=bank) is not None:
        past.act(bank, "succession.name", bank=successor)


def dispute(past: History) -> None:
    bills = [row for row in past.rows("bill", "bill") if row["invoices"]]
    bill = past.pick(bills)
    found = past.pick([row for row in past.rows("invoice", "dispute") if row["status"] in ("open", "upheld")])
    if found is not None and past.random.random() < 0.5:
        sponsor = (past.row("party", "party", found["by"]) or {})["sponsor"]
        if past.random.random() < 0.5:
            past.act(sponsor, "invoice.uphold", dispute=found["id"])
        else:
            past.act(found["by"], "invoice.withdraw_dispute", dispute=found["id"])
    elif bill is not None:
        past.act(
            past.party(past.random.choice(SUPPLIERS)), "invoice.dispute",
            fingerprint=bill["invoices"][0]["fingerprint"], seller=bill["creditor"], document=PAPER,
        )  # fmt: skip


def halt(past: History) -> None:
    """A bank that agreed to pay halts itself; a halted bank lifts that again."""
    halted = [bank for bank in map(past.party, BANKS) if (past.row("party", "party", bank) or {})["halted_on"]]
    agreed = past.pick([row for row in past.rows("finance", "quote") if row["status"] == "agreed"])
    if halted and past.random.random() < 0.5:
        past.act(halted[0], "party.lift_halt", party=halted[0])
    elif agreed is not None and not halted and not agreed["reference"]:
        past.act(agreed["bank"], "party.halt", reason="")


PLAYS = [grant, grant, revoke, stop, stop, stop, succeed, dispute, halt, halt]
