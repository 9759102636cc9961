"""Labels of a bill as commands read and tell them: which stand, and the one that a quote asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chainbill_contracts.declared_reads import reads

from chainbill.dates import add_days
from chainbill_cli.call_text import need_said
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Failure, usage
from chainbill_cli.foreseen_parties import Refusal, elsewhere, stopped
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.shapes import columns
from chainbill_cli.texts import bracketed, text

Row = Mapping[str, Any]
PATH, SCHEMES = reads()["labels"].path, reads()["label_schemes"].path
OF_ONE_BILL = columns(
    "label/label",
    "scheme:id=label_scheme grade until=label_until status by=label_by",
    "scheme grade until status by",
)


def need_of(typed: str) -> dict[str, str]:
    """What a quote asks for, typed as SCHEME:GRADE; {} for nothing."""
    scheme, colon, grade = (part.strip() for part in typed.partition(":"))
    if typed and not (colon and scheme and grade):
        raise usage("finance.label_said", value=typed)
    return {"scheme": scheme, "grade": grade} if typed else {}


def labels_of(session: Session, bill: str) -> list[dict[str, Any]] | None:
    """All labels of a bill; None where they cannot be read from here."""
    return _all(session, PATH, bill=bill) if bill else None


def tell_labels(session: Session, preview: Preview, bill: str) -> None:
    """Each label of a bill that stands, with its last day; of a bill that does not show, what one attested oneself."""
    found = labels_of(session, bill)
    if found is None:
        found = [one for one in _all(session, PATH, by=session.party) or () if one["bill"] == bill]
    for one in found:
        if one["status"] == "active" and one["until"] >= session.today():
            preview.line("preview.label", bracketed(need_said(one), text("preview.label_until", date=one["until"])))


def show_labels(session: Session, bill: str, at: str | None) -> None:
    """Below a bill that was shown to a person: its labels, where there are any."""
    found = _all(session, PATH, bill=bill, at=at)
    if found:
        session.out.rows(found, OF_ONE_BILL)


def missing(session: Session, offer: Row, value_date: str = "") -> Iterator[Refusal]:
    """The refusal where the label that a quote asks for does not stand. value_date: of money that has left."""
    need = offer.get("needs_label") or {}
    found = labels_of(session, str(offer.get("bill") or "")) if need else None
    if found is None:
        return
    [label, *_] = [one for one in found if one["scheme"] == need["scheme"]] or [{}]
    day = value_date or session.today()
    stands = label.get("grade") == need["grade"] and label["status"] != "revoked" and day <= label["until"]
    left = bool(label) and bool(value_date) and value_date <= label["said_on"]
    if not (stands or left):
        yield "label_missing", dict(need)


def unknown_scheme(session: Session, need: Row) -> Iterator[Refusal]:
    """The refusal where no scheme has the name that a quote asks for."""
    known = _all(session, SCHEMES) if need else None
    if known is not None and need["scheme"] not in {one["scheme"] for one in known}:
        yield "label_scheme_unknown", {"scheme": need["scheme"]}


def to_attest(session: Session, said: Row) -> Iterator[Refusal | None]:
    """Whether the sender may attest this now: the scheme, its attestors, the sender, the bill, the last day."""
    known = _all(session, SCHEMES)
    if known is None:
        return
    yield from unknown_scheme(session, said)
    attestors = {str(one["scheme"]): one["attestors"] for one in known}[said["scheme"]]
    if session.party not in attestors:
        yield "not_an_attestor", {"scheme": said["scheme"]}
    yield stopped(session.registered(session.party))
    yield elsewhere("bill/bill", "label.attest", session.object_row("/v1/bills", str(said["bill"])).get("status"))
    today = session.today()
    most = add_days(today, contract_constant("label", "LONGEST_LABEL_DAYS"))
    if not today <= said["until"] <= most:
        yield "label_end_not_valid", {"today": today, "most": most}


def to_revoke(session: Session, said: Row) -> Iterator[Refusal | None]:
    """Whether a label of this scheme stands, for the sender to take back."""
    found, known = labels_of(session, str(said["bill"])), _all(session, SCHEMES)
    if found is None or known is None:
        return
    [label, *_] = [one for one in found if one["scheme"] == said["scheme"]] or [{}]
    if not label:
        yield "label_unknown", {}
    attestors = next((one["attestors"] for one in known if one["scheme"] == said["scheme"]), ())
    if session.party not in (label.get("by"), *attestors):
        yield "not_an_attestor", {"scheme": said["scheme"]}
    status = "expired" if label.get("status") == "active" and label["until"] < session.today() else label.get("status")
    if status != "active":
        yield "label_transition", {"from": status, "to": "revoked"}


def _all(session: Session, path: str, **asked: Any) -> list[dict[str, Any]] | None:
    try:
        return None if session.offline else [dict(one) for one in session.client.pages(path, **asked)]
    except Failure:
        return None
