"""Whether seller and buyer of an invoice are creditor and debtor of a bill, by one of their registered ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chainbill.ids import normalise_identifier
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice.model import Identifier, Invoice, Trader
from chainbill_cli.invoice.payee import plain_name
from chainbill_cli.texts import LANGUAGES, bracketed, enumerated, language

UNSAID = {"", "id", "legal", "endpoint"}
"""Schemes that only say where an identifier stood in the invoice, not who gave it out."""


def matching_identifier(trader: Trader, party: Mapping[str, Any]) -> Identifier | None:
    """The identifier by which a trader is this registered party, None if it is not."""
    registered = [(str(party.get("id", "")), "")]
    registered += [(str(one["value"]), str(one["scheme"])) for one in party.get("identifiers") or ()]
    for identifier in trader.identifiers:
        for value, scheme in registered:
            if normalise_identifier(value) == identifier.value and _schemes_agree(identifier.scheme, scheme):
                return identifier
    return None


def _schemes_agree(first: str, second: str) -> bool:
    return first == second or first in UNSAID or second in UNSAID


def check_parties(
    invoice: Invoice, creditor: Mapping[str, Any], debtor: Mapping[str, Any], by_name: Collection[str] = ()
) -> None:
    """Refuse an invoice whose seller is not the creditor or whose buyer is not the debtor, naming both sides.

    by_name: the sides ("seller", "buyer") of which the signer says that the name is the registered party's. It counts
    where the invoice has no identifier of that side, or none that the ledger could know and the registered name.
    """
    for key, side, trader, party in (
        ("invoice.not_the_creditor", "seller", invoice.seller, creditor),
        ("invoice.not_the_debtor", "buyer", invoice.buyer, debtor),
    ):
        if matching_identifier(trader, party) is not None:
            continue
        could_be = bool(party) and may_be_by_name(trader, party)
        if could_be and side in by_name:
            continue
        told = {"trader": trader.label(), "party": party_label(party), "id": str(party.get("id", "")), "side": side}
        if could_be:
            raise fail(Exit.REFUSED, "invoice.only_a_name", code="invoice_party_by_name", **told)
        raise fail(Exit.REFUSED, key, code="invoice_parties_differ", **told)


def may_be_by_name(trader: Trader, party: Mapping[str, Any]) -> bool:
    """Whether only the name says who a trader is: no identifier, or none to compare and the registered name."""
    if not trader.identifiers:
        return True
    known = {str(one["scheme"]) for one in party.get("identifiers") or ()} | {"uscc", "lei"} | UNSAID
    names = party.get("names") or ()
    registered = {plain_name(str(one.get(code) or "")) for one in names for code in LANGUAGES} - {""}
    return plain_name(trader.name) in registered and all(one.scheme not in known for one in trader.identifiers)


def party_label(party: Mapping[str, Any]) -> str:
    """Name and identifiers of a registered party, for messages."""
    names = party.get("names") or [{}]
    newest = names[-1] if isinstance(names, list) else names
    name = newest.get(language()) or newest.get("en") or newest.get("zh") or ""
    ids = [str(party.get("id", ""))]
    ids += [f"{one['scheme']}:{one['value']}" for one in party.get("identifiers") or ()]
    return bracketed(name, enumerated(dict.fromkeys(one for one in ids if one)))
