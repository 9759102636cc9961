"""Files of products and of events of production: JSON with amounts and shares as people write them, read for an act.

A product: {"name", "currency", "due_days", "attestor", "most_value", "most_a_day", "parts": [{"part", "supplier",
"share"}], "terms"}; an event: {"product", "order", "serial", "value", "currency", "happened_on", "signature"}. Amounts
are texts in major units, shares texts in percent; `terms` and `signature` may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from chainbill.crypto.algorithms import ED25519
from chainbill.dates import is_date
from chainbill.money import format_rate
from chainbill_cli.causes import cause_of
from chainbill_cli.currencies import currency_code
from chainbill_cli.described import YES_OR_NO
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.given_files import given_text
from chainbill_cli.half_width import half_width
from chainbill_cli.json_text import json_text
from chainbill_cli.members import Members
from chainbill_cli.session import Session
from chainbill_cli.signing import PUBLIC_KEY
from chainbill_cli.values import positive_amount, rate_value

SAID = ("product", "order", "serial", "value", "happened_on")
"""What an attestor signs of an event."""
PRODUCT = ("name", "currency", "due_days", "attestor", "most_value", "most_a_day", "parts")
PART = ("part", "supplier", "share")
TERMS = (*YES_OR_NO, "min_split")
EVENT = ("product", "order", "serial", "value", "currency", "happened_on")


WHOLE = 1_000_000
"""All shares: 100 % in 1/10,000 of a percent."""


def product_of(session: Session, path: str) -> dict[str, Any]:
    """The arguments of `product.register` from a file."""
    found = Members(path, read_file(path)).check(PRODUCT, ("terms",))
    currency = found.read("currency", currency_code)
    amount = partial(positive_amount, currency=currency)
    return {
        "name": found.of_kind("name", str),
        "currency": currency,
        "parts": _within(path, [_part(session, Members(path, one, place)) for place, one in _parts(found)]),
        "due_days": found.of_kind("due_days", int),
        "attestor": {"alg": ED25519, "key": _key(found)},
        "most_value": found.read("most_value", amount),
        "most_a_day": found.read("most_a_day", amount),
        "terms": _terms(found, amount),
    }


def event_of(session: Session, path: str) -> tuple[dict[str, Any], str]:
    """What is said of an event, as it is signed and sent, and its currency, from a file."""
    found = Members(path, read_file(path)).check(EVENT, ("signature",))
    currency = found.read("currency", currency_code)
    said = {name: found.of_kind(name, str) for name in SAID}
    value = found.read("value", partial(positive_amount, currency=currency))
    return {**said, "value": value, "happened_on": found.read("happened_on", session.date)}, currency


def signature_of(path: str) -> str:
    """The signature that an event's file has, "" where it has none."""
    return str(read_file(path).get("signature") or "")


def names_its_day(path: str) -> bool:
    """Whether the file of an event names its day itself, and not by what nodes say today is."""
    return is_date(half_width(str(read_file(path).get("happened_on"))).strip())


def sign_file(path: str, happened_on: str, signature: str) -> None:
    """Put the attestor's signature into the file of an event, and the day that was signed, where it said `today`."""
    content = {**read_file(path), "happened_on": happened_on, "signature": signature}
    try:
        Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=path, why=cause_of(error)) from error


def read_file(path: str) -> dict[str, Any]:
    """The object in a JSON file."""
    content = json_text(given_text(path), path, not_whole="product.not_whole")
    if not isinstance(content, dict):
        raise usage("product.no_object", path=path)
    return content


def apportioned(value: int, parts: Sequence[Mapping[str, Any]]) -> list[int]:
    """What each part of an event's value is, in minor units, computed as `product.event` does.

    Whole cents by share, then one each by largest remainder, ties by position; the sum is value × all shares, half up.
    """
    products = [value * int(part["share"]) for part in parts]
    amounts = [one // WHOLE for one in products]
    missing = (2 * value * sum(int(part["share"]) for part in parts) + WHOLE) // (2 * WHOLE) - sum(amounts)
    for place in sorted(range(len(parts)), key=lambda number: (-(products[number] % WHOLE), number))[:missing]:
        amounts[place] += 1
    return amounts


def _parts(found: Members) -> Iterator[tuple[int, dict[str, Any]]]:
    """The parts of a product and their numbers, from 1."""
    for place, one in enumerate(found.of_kind("parts", list), start=1):
        if not isinstance(one, dict):
            raise found.wrong("parts")
        yield place, one


def _part(session: Session, found: Members) -> dict[str, Any]:
    found.check(PART)
    return {
        "part": found.of_kind("part", str),
        "supplier": found.read("supplier", session.party_id),
        "share": found.read("share", _share),
    }


def _within(path: str, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts, whose shares are all of a product at most."""
    whole = sum(part["share"] for part in parts)
    if whole > WHOLE:
        raise usage("product.shares_over", path=path, total=format_rate(whole))
    return parts


def _share(typed: str) -> int:
    try:
        share = rate_value(typed)
    except Failure as failure:
        raise usage("product.bad_share", value=typed) from failure
    if not share:
        raise usage("product.bad_share", value=typed)
    return share


def _key(found: Members) -> str:
    key = found.of_kind("attestor", str).lower()
    if not PUBLIC_KEY.match(key):
        raise found.wrong("attestor", "product.bad_key", value=key)
    return key


def _terms(found: Members, amount: Callable[[str], int]) -> dict[str, Any]:
    if "terms" not in found.found:
        return {}
    terms = Members(found.path, found.of_kind("terms", dict)).check((), TERMS)
    return {**terms.found, **({"min_split": terms.read("min_split", amount)} if "min_split" in terms.found else {})}
