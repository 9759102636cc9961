"""Tokens that are offered or agreed to be paid early, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.locks import AGREED, is_prepay
from chainbill_cli.lookup import PREPAYMENT
from chainbill_cli.session import Session


def shown_for(session: Session, token: Mapping[str, Any]) -> dict[str, Any]:
    """A token for people: one that is offered or agreed to be paid early goes to nobody, and which of both it is.

    An agreed one is locked beyond the last day of the money, one that is offered not.
    """
    if not is_prepay(token):
        return dict(token)
    pay_by = session.object_row(PREPAYMENT.path, str(token["id"])).get("pay_by")
    locks = [{**lock, AGREED: bool(pay_by and str(lock["until"]) > str(pay_by))} for lock in token["locks"]]
    return {**token, "offered_to": "", "locks": locks}
