"""What the core holds about single rows, most of all of tokens and bills, whatever the contracts do.

These are the frozen fields and the allowed changes of docs/reference/core-checks.md. How the ranges of several rows fit
together is in `checks`.
"""

from __future__ import annotations

from typing import Any

from chainbill.errors import Reason, Refused
from chainbill.ledger import core_rows
from chainbill.limits import MAX_AMOUNT

LIVE = "live"
SETTLED = "settled"
REVERSED = "reversed"
LEAVES = frozenset({"live", "settled", "diluted", "void"})
INNER = frozenset({"split", "moved", "reversed"})
STATUSES = LEAVES | INNER
NEXT_STATUSES = {LIVE: STATUSES - {LIVE, REVERSED}, SETTLED: frozenset({REVERSED})}
"""From a token's status to those it may take; from all others there is no way on."""
FIGURES = ("settled", "diluted", "void")
FROZEN_TOKEN = ("id", "bill", "currency", "lo", "hi", "holder", "parent", "financing", "born")
FROZEN_BILL = ("id", "debtor", "currency", "face")
CREATED = "created"
BEFORE_ACCEPTANCE = "pending_accept"
ACCEPTED = frozenset({"active", "due", "overdue", "settled", "void"})

Row = dict[str, Any]


def broken(reason: Reason, detail: str, **fields: Any) -> Refused:
    """The refusal of a transaction whose contracts broke a rule of the core."""
    return Refused(reason, detail, **fields)


def check_created(old: Any, new: Any) -> None:
    """Refused where a row that says when it was created says otherwise now: another object would take its place.

    An id has 80 bits, so about 2^40 tries find two transactions that make objects of one id: a bank could put a worse
    quote under the id of the better one to which the holder is just about to agree.
    """
    if type(old) is not dict or CREATED not in old or new is None:
        return
    if type(new) is not dict or new.get(CREATED) != old[CREATED]:
        raise broken(Reason.CORE_ROW_FIXED, "an id is given once: when a row was created never changes")


def check_token(key: bytes, old: Row | None, new: Row | None, height: int) -> None:
    """Refused unless one token row may change from `old` to `new` at this height."""
    if new is None:
        raise broken(Reason.CORE_ROW_FIXED, "a token is never deleted")
    if type(new) is not dict:
        raise broken(Reason.CORE_ROW_SCHEMA, "a token's row is a map")
    if old is None:
        _check_new_token(key, new, height)
        return
    for name in FROZEN_TOKEN:
        value = new.get(name)
        if value is not old[name] and not _same(value, old[name]):
            raise broken(Reason.CORE_ROW_FIXED, f"{name} of a token never changes", token=old["id"])
    before, after = old["status"], new.get("status")
    if after != before and after not in NEXT_STATUSES.get(before, ()):
        raise broken(
            Reason.CORE_ROW_FIXED,
            "a live token ends, a settled one is reversed, no other changes its status",
            token=old["id"],
        )
    _check_heights(old, new, height)


def _check_heights(old: Row, new: Row, height: int) -> None:
    """`ended` is the height where a token stopped being live and stays; `reversed_at` that of its reversal, else 0."""
    changes = new["status"] != old["status"]
    for name, moves in (("ended", changes and old["status"] == LIVE), ("reversed_at", new["status"] == REVERSED)):
        if changes and moves:
            if not _same(new.get(name), height):
                raise broken(
                    Reason.CORE_ROW_SCHEMA, f"{name} is the height at which the status changed", token=old["id"]
                )
        elif not _same(new.get(name), old[name]):
            raise broken(Reason.CORE_ROW_FIXED, f"{name} changes with the status only", token=old["id"])


def _check_new_token(key: bytes, new: Row, height: int) -> None:
    for name in ("id", "bill", "currency", "holder", "parent", "financing", "status"):
        if type(new.get(name)) is not str:
            raise broken(Reason.CORE_ROW_SCHEMA, f"{name} of a token must be text")
    lo, hi = new.get("lo"), new.get("hi")
    if type(lo) is not int or type(hi) is not int or not 0 <= lo < hi <= MAX_AMOUNT:
        raise broken(Reason.CORE_ROW_SCHEMA, "a token is a range [lo, hi) of cents", token=new["id"])
    if core_rows.token_key(new["id"]) != key:
        raise broken(Reason.CORE_ROW_SCHEMA, "a token stands under its id", token=new["id"])
    if new["status"] not in STATUSES or not new["holder"]:
        raise broken(Reason.CORE_ROW_SCHEMA, "a token has a status and a holder", token=new["id"])
    if new["status"] == REVERSED or not _same(new.get("reversed_at"), 0):
        raise broken(
            Reason.CORE_ROW_SCHEMA, "only a token settled by an earlier transaction is reversed", token=new["id"]
        )
    ended = 0 if new["status"] == LIVE else height
    if not (_same(new.get("born"), height) and _same(new.get("ended"), ended)):
        raise broken(Reason.CORE_ROW_SCHEMA, "born and ended are the heights where it happened", token=new["id"])


def _same(value: Any, other: str | int) -> bool:
    """Equal and of one type: Python says True == 1."""
    return value == other and type(value) is type(other)


def check_parent(token: Row, parent: Row | None, bill: Row) -> None:
    """Refused unless a new token's parent covers it, or it is the whole bill and has none."""
    if not token["parent"]:
        if token["lo"] != 0 or token["hi"] != bill["face"]:
            raise broken(Reason.CORE_CONSERVATION, "only the whole bill has no parent", token=token["id"])
        return
    if parent is None or parent["bill"] != token["bill"]:
        raise broken(Reason.CORE_CONSERVATION, "the parent is a token of the same bill", token=token["id"])
    if not parent["lo"] <= token["lo"] < token["hi"] <= parent["hi"]:
        raise broken(Reason.CORE_CONSERVATION, "the parent covers the token", token=token["id"])


def check_financing(token: Row, financing: Row | None) -> None:
    """Refused unless the token that `financing` names made itself by a financing, and covers this one."""
    if financing is None or financing["bill"] != token["bill"] or financing["financing"] != financing["id"]:
        raise broken(Reason.CORE_ROW_SCHEMA, "financing names a token that a financing made", token=token["id"])
    if not financing["lo"] <= token["lo"] < token["hi"] <= financing["hi"]:
        raise broken(Reason.CORE_ROW_SCHEMA, "the financed token covers its descendants", token=token["id"])


def check_reversed(token: Row, child: Row | None) -> None:
    """Refused unless the child of a token that was reversed gives its cents back: whole, to its holder, not ended."""
    if child is None:
        raise broken(Reason.CORE_CONSERVATION, "a reversed token has one child of the same cents", token=token["id"])
    for name in ("lo", "hi", "holder"):
        if child[name] != token[name]:
            raise broken(Reason.CORE_CONSERVATION, f"a reversal keeps {name}", token=token["id"])
    if child["status"] in LEAVES and child["status"] != LIVE:
        raise broken(Reason.CORE_CONSERVATION, "what was reversed is live again", token=token["id"])


def check_bill(key: bytes, old: Row | None, new: Row | None) -> bool:
    """Refused unless one bill row may change from `old` to `new`; True when this is its acceptance."""
    if new is None:
        raise broken(Reason.CORE_ROW_FIXED, "a bill is never deleted")
    if type(new) is not dict:
        raise broken(Reason.CORE_ROW_SCHEMA, "a bill's row is a map")
    if old is None:
        _check_new_bill(key, new)
        return False
    for name in FROZEN_BILL:
        if not _same(new.get(name), old[name]):
            raise broken(Reason.CORE_ROW_FIXED, f"{name} of a bill never changes", bill=old["id"])
    before, after = old["status"], new.get("status")
    if before in ACCEPTED and after not in ACCEPTED:
        raise broken(Reason.CORE_CONSERVATION, "an accepted bill stays accepted", bill=old["id"])
    if before in ACCEPTED or after not in ACCEPTED:
        return False
    if before != BEFORE_ACCEPTANCE or after != "active":
        raise broken(Reason.CORE_CONSERVATION, "a bill becomes active by its acceptance only", bill=old["id"])
    return True


def _check_new_bill(key: bytes, new: Row) -> None:
    for name in ("id", "debtor", "currency", "status"):
        if type(new.get(name)) is not str:
            raise broken(Reason.CORE_ROW_SCHEMA, f"{name} of a bill must be text")
    face = new.get("face")
    if type(face) is not int or not 0 < face <= MAX_AMOUNT:
        raise broken(Reason.CORE_ROW_SCHEMA, "a face is a positive amount", bill=new["id"])
    if core_rows.bill_key(new["id"]) != key or new["status"] in ACCEPTED:
        raise broken(Reason.CORE_ROW_SCHEMA, "a bill stands under its id and begins unaccepted", bill=new["id"])
