"""What a party in its status may send. Written from transactions.md, "Standing"."""

from __future__ import annotations

from second.refused import must
from second.transaction import Call

MAY_SEND = ("active", "leaving")
OPEN_ACTS_ONLY = ("suspended", "insolvent")
ALWAYS_OPEN = {
    "bill": ("reject", "withdraw", "cancel", "withdraw_joint"),
    "token": ("reject", "recall"),
    "finance": ("decline", "decline_quote", "withdraw", "withdraw_quote", "cancel"),
    "recourse": ("refuse_recourse", "withdraw_recourse"),
    "pledge": ("reject", "withdraw", "release", "refuse_enforcement"),
    "legal": ("refuse", "object_to"),
    "invoice": ("withdraw_dispute",),
    "entry": ("refuse_entry", "object_to_entry"),
    "product": ("retire",),
    "label": ("revoke",),
    "approval": ("reject", "withdraw"),
    "party": ("revoke_key", "refuse_mandate", "withdraw_change", "halt", "lift_halt"),
    "audit": ("revoke_grant",),
    "recovery": ("veto", "withdraw"),
    "standing": ("object_to", "stay"),
    "settlement": ("settle", "settle_prepaid", "proceed", "pay_result", "reverse"),
    "governance": ("vote", "ready", "withdraw"),
}


def always_open() -> list[str]:
    """The acts, as contract.function."""
    return [f"{contract}.{function}" for contract, functions in ALWAYS_OPEN.items() for function in functions]


def is_open(call: Call) -> bool:
    """Whether a suspended party may send this call too."""
    contract, function, arguments = call
    if (contract, function) == ("bill", "answer"):
        return arguments.get("answer") == "no"
    return function in ALWAYS_OPEN.get(contract, ())


def check(status: str, administered_on: str, halted_on: str, calls: list[Call]) -> None:
    """Every call of a transaction is allowed to a party of this status ("": not registered)."""
    if status in MAY_SEND or (status == "insolvent" and administered_on):
        must(not halted_on or all(is_open(call) for call in calls), "party_halted", halted_on)
        return
    must(status in OPEN_ACTS_ONLY and all(is_open(call) for call in calls), "party_not_active", status)
