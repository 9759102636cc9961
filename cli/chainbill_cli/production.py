"""Files of products and of events of production: JSON with amounts and shares as people write them, read for an act.

A product: {"name", "currency", "due_days", "attestor", "most_value", "most_a_day", "parts": [{"part", "supplier",
"share"}], "terms"}; an event: {"product", "order", "serial", "value", "currency", "happened_on", "signature"}. Amounts
are texts in major units, shares texts in percent; `terms` and `signature` may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chainbill.crypto.algorithms import ED25519
from chainbill_cli.causes import cause_of
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.json_text import json_text
from chainbill_cli.session import Session
from chainbill_cli.values import positive_amount, rate_value

SAID = ("product", "order", "serial", "value", "happened_on")
"""What an attestor signs of an event."""
PRODUCT = ("name", "currency", "due_days", "attestor", "most_value", "most_a_day", "parts")
TERMS = ("non_transferable", "debtor_pays_interest", "min_split")
EVENT = ("product", "order", "serial", "value", "currency", "happened_on")


def product_of(session: Session, path: str) -> dict[str, Any]:
    """The arguments of `product.register` from a file."""
    found = _members(read_file(path), path, PRODUCT, ("terms",))
    currency = currency_code(_text(found, "currency", path))
    if type(found["due_days"]) is not int:
        raise usage("product.bad_member", path=path, member="due_days")
    return {
        "name": _text(found, "name", path),
        "currency": currency,
        "parts": [_part(session, one, path) for one in _list(found, "parts", path)],
        "due_days": found["due_days"],
        "attestor": {"alg": ED25519, "key": _text(found, "attestor", path).lower()},
        "most_value": positive_amount(_text(found, "most_value", path), currency),
        "most_a_day": positive_amount(_text(found, "most_a_day", path), currency),
        "terms": _terms(found.get("terms", {}), currency, path),
    }


def event_of(session: Session, path: str) -> tuple[dict[str, Any], str]:
    """What is said of an event, as it is signed and sent, and its currency, from a file."""
    found = _members(read_file(path), path, EVENT, ("signature",))
    currency = currency_code(_text(found, "currency", path))
    said = {name: _text(found, name, path) for name in SAID}
    value, happened_on = positive_amount(said["value"], currency), session.date(said["happened_on"])
    return {**said, "value": value, "happened_on": happened_on}, currency


def signature_of(path: str) -> str:
    """The signature that an event's file has, "" where it has none."""
    return str(read_file(path).get("signature") or "")


def sign_file(path: str, happened_on: str, signature: str) -> None:
    """Put the attestor's signature into the file of an event, and the day that was signed, where it said `today`."""
    content = {**read_file(path), "happened_on": happened_on, "signature": signature}
    try:
        Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=path, why=cause_of(error)) from error


def read_file(path: str) -> dict[str, Any]:
    """The object in a JSON file."""
    try:
        source = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise fail(Exit.FAILED, "error.file", path=path, why=cause_of(error)) from error
    content = json_text(source, path)
    if not isinstance(content, dict):
        raise usage("product.no_object", path=path)
    return content


def _members(found: Mapping[str, Any], path: str, needed: Iterable[str], more: tuple[str, ...]) -> Mapping[str, Any]:
    missing = [name for name in needed if name not in found]
    unknown = sorted(set(found) - {*needed, *more})
    if missing or unknown:
        raise usage("product.bad_member", path=path, member=(missing + unknown)[0])
    return found


def _text(found: Mapping[str, Any], name: str, path: str) -> str:
    if not isinstance(found[name], str):
        raise usage("product.bad_member", path=path, member=name)
    return str(found[name])


def _list(found: Mapping[str, Any], name: str, path: str) -> list[Any]:
    if not isinstance(found[name], list) or not all(isinstance(one, dict) for one in found[name]):
        raise usage("product.bad_member", path=path, member=name)
    return list(found[name])


def _part(session: Session, found: Mapping[str, Any], path: str) -> dict[str, Any]:
    _members(found, path, ("part", "supplier", "share"), ())
    try:
        share = rate_value(_text(found, "share", path))
    except Failure as failure:
        raise usage("product.bad_share", path=path, value=str(found["share"])) from failure
    supplier = session.party_id(_text(found, "supplier", path))
    return {"part": _text(found, "part", path), "supplier": supplier, "share": share}


def _terms(found: Any, currency: str, path: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise usage("product.bad_member", path=path, member="terms")
    _members(found, path, (), TERMS)
    least = {"min_split": positive_amount(_text(found, "min_split", path), currency)} if "min_split" in found else {}
    return {**found, **least}
