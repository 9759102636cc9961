"""What a filter names must be there: a mistyped id or currency must not read as "nothing is owed"."""

from __future__ import annotations

from chainbill.ids import normalise_identifier
from chainbill_node.rest.problems import not_found, parameter_problem
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row


def party_id(text: str) -> str:
    """Give the id a text stands for: normalised as identifiers are, "" where it cannot be one."""
    return normalise_identifier(text) if 0 < len(text) <= 64 and text.isprintable() else ""


def known_party(view: View, text: str) -> str:
    """Give the id of a party that is there; Problem not_found (404)."""
    party = party_id(text)
    if not party or view.party(party) is None:
        raise not_found("party", text, view.height)
    return party


def asked_party(view: View, text: str | None) -> str | None:
    """Give the party that a filter names, None where it was left out; Problem not_found (404)."""
    return None if text is None else known_party(view, text)


def asked_bill(view: View, text: str | None) -> str | None:
    """Give the bill that a filter names; Problem not_found (404), also where it is not the reader's to see."""
    return None if text is None else str(view.bill(text)["id"])


def asked_token(view: View, text: str | None) -> str | None:
    """Give the token that a filter names, likewise."""
    return None if text is None else str(view.token(text)["id"])


def sees_product(view: View, row: Row) -> bool:
    """Say whether a product shows: to its anchor, and to each supplier with its own parts."""
    return view.viewer.is_or_reads_for(str(row["anchor"]), *(str(part["supplier"]) for part in row["parts"]))


def asked_product(view: View, text: str | None) -> str | None:
    """Give the product that a filter names, likewise."""
    if text is None:
        return None
    row = view.row("product", "product", text)
    if row is None or not sees_product(view, row):
        raise not_found("product", text, view.height)
    return text


def asked_scheme(view: View, text: str | None) -> str | None:
    """Give the scheme of labels that a filter names; Problem not_found (404) for one that was never voted."""
    if text is not None and view.row("governance", "label_scheme", text) is None:
        raise not_found("label_scheme", text, view.height)
    return text


def asked_currency(view: View, text: str | None) -> str | None:
    """Give the currency that a filter names; Problem bad_parameter (400) for one that the ledger cannot have."""
    if text is not None and text not in view.currencies():
        raise parameter_problem("currency", "parameter_currency")
    return text
