"""Which invoice a typed fingerprint means."""

from __future__ import annotations

from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.invoice.fingerprints import BEGINNING, WHOLE
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated


def fingerprint_of(session: Session, typed: str) -> str:
    """The fingerprint that was meant: whole, or the beginning of one that the ledger holds."""
    if WHOLE.match(typed):
        return typed.lower()
    begun = BEGINNING.match(typed)
    if begun is None or session.offline:
        raise usage("invoice.bad_fingerprint", value=typed)
    listed = (str(one["fingerprint"]) for one in session.client.pages("/v1/invoices"))
    found = sorted({one for one in listed if one.startswith(begun[1].lower())})
    if not found:
        raise fail(Exit.FAILED, "error.id_none", code="not_found", value=typed)
    if len(found) > 1:
        raise usage("error.id_many", value=typed, ids=enumerated(found[:5]))
    return found[0]
