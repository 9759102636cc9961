"""Labels (标签): what an attestor whom the validators chose says of a bill, such as that its trade is green.

A vote names a scheme and its attestors (`label_scheme`). Each of them attests a bill under it: a grade, a paper, and
the last day on which that holds. A bank may ask in its quote for a label of one grade; the holder sees it before it
agrees, and the label must stand then and when the bank has paid. A label moves nothing and locks nothing.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_CIRCULATING,
    LABEL_STEPS,
    may_lead,
    require_active,
    require_capability,
    require_date,
    require_digest,
    require_label_name,
    require_maker_and_checker,
)

labels = own_table("label")  # [bill, scheme] -> label row
agenda = own_table("agenda")
bills = read_table("bill", "bill")
schemes = read_table("governance", "label_scheme")

MOST_LABELS = 20  # schemes under which one bill is ever labelled
LONGEST_LABEL_DAYS = 1096  # three years


@call
def attest(bill, scheme, grade, document, until):
    """Attest a bill under a scheme, as one of its attestors (认证). Two people of the attestor.

    grade: 1 to 64 characters, compared as it is written. document: digest of the paper behind it. until: the last day
    on which it holds, from today to 1,096 days on. Whatever stood under this scheme gives way to it, whoever of the
    attestors said it. The bill circulates: a label is for those who finance it.
    """
    require_label_name(scheme)
    require_label_name(grade)
    require_digest(document)
    require_date(until)
    found = bills.get(bill)
    require(found is not None, "bill_unknown")
    require(schemes.has(scheme), "label_scheme_unknown", {"scheme": scheme})
    require(is_attestor(scheme), "not_an_attestor", {"scheme": scheme})
    require_active(ctx.party)
    require_maker_and_checker()
    require(found["status"] in BILL_CIRCULATING, "bill_not_active", {"status": found["status"]})
    most = add_days(ctx.today, LONGEST_LABEL_DAYS)
    require(ctx.today <= until <= most, "label_end_not_valid", {"today": ctx.today, "most": most})
    known = labels.get([bill, scheme])
    created = {"height": ctx.height, "transaction": ctx.transaction}
    if known is None:
        full = len(labels.scan([bill], MOST_LABELS)) == MOST_LABELS
        require(not full, "too_many_labels", {"most": MOST_LABELS})
    else:
        created = known["created"]
        forget_label(known)
    labels.put([bill, scheme], {
        "bill": bill,
        "scheme": scheme,
        "grade": grade,
        "document": document,
        "by": ctx.party,
        "until": until,
        "said_on": ctx.today,
        "status": "active",
        "created": created,
    })  # fmt: skip
    agenda.put([add_days(until, 1), bill, scheme], {"bill": bill, "scheme": scheme})
    emit("labelled", {"bill": bill, "scheme": scheme, "by": ctx.party, "grade": grade, "until": until})
    return {"bill": bill, "scheme": scheme}


@call
def revoke(bill, scheme):
    """Take a label back: who attested it, or any attestor of its scheme now (撤销). Always open.

    Money that had left up to this day still counts: its bank could not know.
    """
    row = labels.get([bill, scheme])
    require(row is not None, "label_unknown")
    require(row["by"] == ctx.party or is_attestor(scheme), "not_an_attestor", {"scheme": scheme})
    require_capability("maker")
    standing = may_lead(LABEL_STEPS, "label.revoke", row, "revoked")
    require(standing, "label_transition", {"from": row["status"], "to": "revoked"})
    require(ctx.today <= row["until"], "label_transition", {"from": "expired", "to": "revoked"})
    forget_label(row)
    row["status"] = "revoked"
    row["said_on"] = ctx.today
    labels.put([bill, scheme], row)
    emit("label_revoked", {"bill": bill, "scheme": scheme, "by": ctx.party})
    return {"bill": bill, "scheme": scheme}


@each_day("agenda")
def on_day(date, item, row):
    """Let a label end behind its last day. Who relies on it compares dates, and does not wait for this."""
    found = labels.get([row["bill"], row["scheme"]])
    found["status"] = "expired"
    labels.put([row["bill"], row["scheme"]], found)
    emit("label_ended", {"bill": row["bill"], "scheme": row["scheme"]})


def forget_label(row):
    """A label is not looked at any more on the day after its last one; nothing where that day has been."""
    agenda.delete([add_days(row["until"], 1), row["bill"], row["scheme"]])


def is_attestor(scheme):
    """Say whether the sender attests under a scheme now; nobody does under one that is retired."""
    row = schemes.get(scheme)
    return row is not None and ctx.party in row["attestors"]
