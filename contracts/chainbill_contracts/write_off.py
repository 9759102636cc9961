"""Write-offs (核销): a holder marks an overdue claim whose money it does not expect any more.

A mark changes no figure and bars nothing: the claim on the debtor goes on, and who books by the mark does so outside.
What is paid on marked cents later is recovered (收回). A mark is on cents of one path of holders and follows them
through every cut and merger, by the `origin` of their tokens. It ends when its holder takes it back, and when any of
its cents go to somebody else without money of the debtor.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_OVERDUE,
    MARK_STEPS,
    TOKEN_USABLE,
    counted,
    may_lead,
    require_able,
    require_digest,
    require_maker_and_checker,
    require_text,
)

marks = own_table("mark")  # the token that was written off -> mark
filed = own_table("filed")  # [origin, lo] -> {"token"}: the marks on cents of one path of holders that count
written = own_table("written")  # bill -> {"count"} of its marks that count
bills = read_table("bill", "bill")
tokens_read = read_table("token", "token")

MOST_MARKS = 20  # on cents of one origin: a settlement looks at all of them


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def write_off(token, document):
    """Mark a token of an overdue bill as written off (核销), as its holder: maker and checker.

    document: digest of the holder's own decision. Locks are no bar, and no figure of bill or token changes.
    """
    require_digest(document)
    row = require_own_token(token)
    require_able(ctx.party)
    require_maker_and_checker()
    require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
    bill = bills.get(row["bill"])
    require(bill["status"] in BILL_OVERDUE, "bill_not_overdue", {"status": bill["status"]})
    for mark in marks_on(row, {}):
        require(False, "write_off_transition", {"from": mark["status"], "to": "written_off"})
    few = len(filed.scan([row["origin"]], MOST_MARKS)) < MOST_MARKS
    require(few, "too_many_write_offs", {"most": MOST_MARKS})

    known = marks.get(token)
    created = {"height": ctx.height, "transaction": ctx.transaction}
    marks.put(token, {
        "token": token,
        "bill": row["bill"],
        "holder": ctx.party,
        "currency": row["currency"],
        "origin": row["origin"],
        "lo": row["lo"],
        "hi": row["hi"],
        "amount": row["hi"] - row["lo"],
        "recovered": 0,
        "document": document,
        "reason": "",
        "written_on": ctx.today,
        "changed_on": ctx.today,
        "status": "written_off",
        "created": created if known is None else known["created"],
    })  # fmt: skip
    filed.put([row["origin"], row["lo"]], {"token": token})
    count_marks(row["bill"], 1)
    emit("written_off", {"token": token, "bill": row["bill"], "holder": ctx.party, "amount": row["hi"] - row["lo"]})
    return {"token": token}


@call
def undo_write_off(token, reason):
    """Take back that cents of a token were written off (撤销核销), as their holder: maker and checker.

    token: the one that was written off, or one that has cents of it now. What was recovered stays told.
    """
    require_text(reason)
    row = require_own_token(token)
    require_able(ctx.party)
    require_maker_and_checker()
    found = marks_on(row, {})
    undone = 0
    for mark in found:
        if may_lead(MARK_STEPS, "write_off.undo_write_off", mark, "none"):
            end_mark(mark, reason)
            undone += 1
    now = found[0]["status"] if len(found) > 0 else "none"
    require(undone > 0, "write_off_transition", {"from": now, "to": "none"})
    return {"token": token}


# --- what others decide -----------------------------------------------------------------------------------------------
@internal("recourse", "settlement")
def cents_paid(bill, tokens):
    """Cents were paid, or bought back: what of them was written off is recovered. tokens: ids of those."""
    found = cents_marked(bill, tokens)
    for name in sorted(found):
        mark = found[name]["mark"]
        mark["recovered"] += found[name]["cents"]
        if mark["recovered"] == mark["amount"]:
            mark["status"] = "recovered"
        keep_mark(mark)
        emit("recovered", {
            "token": name,
            "bill": bill,
            "holder": mark["holder"],
            "amount": found[name]["cents"],
            "left": mark["amount"] - mark["recovered"],
        })  # fmt: skip


@internal("settlement")
def cents_back(bill, tokens):
    """A receipt was reversed: what of its cents was recovered is written off again. tokens: of the receipt."""
    found = cents_marked(bill, tokens)
    for name in sorted(found):
        mark = found[name]["mark"]
        mark["recovered"] -= found[name]["cents"]
        mark["status"] = "written_off"
        keep_mark(mark)
        emit("recovery_reversed", {"token": name, "holder": mark["holder"], "amount": found[name]["cents"]})


@internal("bill", "finance", "legal", "pledge", "sale")
def cents_given(token):
    """A token goes to somebody else, without money of the debtor: the marks on its cents end."""
    row = tokens_read.get(token)
    if written.has(row["bill"]):
        for mark in marks_on(row, {}):
            if mark["status"] == "written_off":
                end_mark(mark, "")


# --- steps ------------------------------------------------------------------------------------------------------------
def cents_marked(bill, tokens):
    """Which marks are on cents of these tokens, and how many cents each: {its name: {"mark", "cents"}}."""
    found = {}
    if not written.has(bill):
        return found
    known = {}
    for token in tokens:
        row = tokens_read.get(token)
        for mark in marks_on(row, known):
            name = mark["token"]
            if name not in found:
                found[name] = {"mark": mark, "cents": 0}
            found[name]["cents"] += min(mark["hi"], row["hi"]) - max(mark["lo"], row["lo"])
    return found


def marks_on(row, known):
    """The marks that count on cents of a token, by lo. row: the token's.

    [0, 100) was written off and cut at 40: the mark on it is on [40, 100), too. known: origin -> all its marks, as far
    as this run has read them.
    """
    origin = row["origin"]
    if origin not in known:
        known[origin] = []
        for entry in filed.scan([origin], MOST_MARKS):
            known[origin] += [marks.get(entry[1]["token"])]
    found = []
    for mark in known[origin]:
        if mark["lo"] < row["hi"] and row["lo"] < mark["hi"]:
            found += [mark]
    return found


def end_mark(mark, reason):
    """End a mark: its cents are not written off any more."""
    filed.delete([mark["origin"], mark["lo"]])
    count_marks(mark["bill"], -1)
    mark["status"] = "none"
    mark["reason"] = reason
    keep_mark(mark)
    emit("write_off_undone", {"token": mark["token"], "bill": mark["bill"], "holder": mark["holder"]})


def keep_mark(mark):
    """Write a mark that changed today."""
    mark["changed_on"] = ctx.today
    marks.put(mark["token"], mark)


def count_marks(bill, change):
    """Keep count of a bill's marks that count: a settlement of one that has none looks for none."""
    count = counted(written.get(bill), change)
    if count > 0:
        written.put(bill, {"count": count})
    else:
        written.delete(bill)


def require_own_token(token):
    """A token that the sender holds, or held when it ended; answers its row."""
    row = tokens_read.get(token)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    return row
