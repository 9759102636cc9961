"""Which types of UBL invoices are a claim of their seller (BT-3, codes of UNTDID 1001 as EN 16931 lists them)."""

from __future__ import annotations

from collections.abc import Sequence

from chainbill_cli.failure import Exit, fail

CREDIT = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
"""Credit notes: 502 self-billed factored, 503 for a prepayment."""
ASSIGNED = {"393", "501", "472", "473"}
"""Factored invoices, 501 and 473 self-billed, 472 and 473 corrective: a factor holds the claim already."""
CORRECTED = {"384", "471"}
"""Corrected invoices, 471 self-billed: they ask once more for what an invoice before them asked for."""
NO_CLAIM = {"325", "751"}
"""Proforma invoices and those for accounting only: nobody owes anything for them."""


def check_kind(kind: str, preceding: Sequence[tuple[str, str]], path: str) -> None:
    """Refuse a type of invoice that is no claim, or that its seller holds no longer; an unnamed type is taken.

    preceding: the invoices that it says it corrects; a corrected one without any asks for nobody knows what.
    """
    for kinds, key in (
        (CREDIT, "invoice.credit_note"), (ASSIGNED, "invoice.assigned"), (NO_CLAIM, "invoice.no_claim"),
    ):  # fmt: skip
        if kind in kinds:
            raise fail(Exit.FAILED, key, path=path, type=kind)
    if kind in CORRECTED and not preceding:
        raise fail(Exit.FAILED, "invoice.corrects_nothing", code="original_unknown", path=path)
