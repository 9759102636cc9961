"""Audit (授权审计查阅): what a party lets an auditor read of its business, and until when. What was read is logged."""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    GRANT_STEPS,
    keys_that_signed,
    may_begin,
    require_able,
    require_admins,
    require_capability,
    require_date,
    require_party,
)

grants = own_table("grant")  # [auditor, party] -> {"scope", "from", "until", "status", "by"}

MOST_GRANTED_BILLS = 500
LONGEST_BILL_ID = 32


@call
def grant(auditor, scope, first_day, last_day):
    """Let an auditor read what the sender may read (授权审计查阅); a new grant takes the place of an earlier one.

    scope: "all" or a list of bill ids. first_day, last_day: dates, both included; last_day "" for no end. It lasts no
    longer than the keys that give it: else who stole them, or had a party that is another's, read on by it for ever.
    """
    if kind_of(scope) == "text":
        require(scope == "all", "scope_not_valid")
    else:
        require(kind_of(scope) == "list" and len(scope) >= 1 and len(scope) <= MOST_GRANTED_BILLS, "scope_not_valid")
        for bill in scope:
            require(kind_of(bill) == "text" and len(bill) <= LONGEST_BILL_ID, "scope_not_valid")
    require_date(first_day)
    if last_day != "":
        require(is_date(last_day) and last_day >= first_day, "date_not_valid", {"date": last_day})
    require_admins(require_able(ctx.party))
    row = require_party(auditor)
    require("auditor" in row["roles"], "not_an_auditor", {"id": auditor})
    grants.put([auditor, ctx.party], {
        "scope": scope,
        "from": first_day,
        "until": last_day,
        "status": "active",
        "by": keys_that_signed(),
    })  # fmt: skip
    emit("granted", {"party": ctx.party, "auditor": auditor, "from": first_day, "until": last_day})
    return {"auditor": auditor}


@call
def revoke_grant(auditor):
    """End a grant at once."""
    row = grants.get([auditor, ctx.party])
    require(row is not None, "grant_unknown", {"id": auditor})
    require_capability("admin")
    require(may_begin(GRANT_STEPS, "audit.revoke_grant", row), "grant_unknown", {"id": auditor})
    row["status"] = "revoked"
    grants.put([auditor, ctx.party], row)
    emit("grant_revoked", {"party": ctx.party, "auditor": auditor})
    return {"auditor": auditor}
