"""Reading single values out of an invoice's tree: text, dates, amounts. Every refusal names the field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainbill.dates import is_date
from chainbill.errors import ChainbillError
from chainbill.limits import MAX_IDENTIFIER_TEXT
from chainbill.money import minor_digits, parse_amount
from chainbill_cli.failure import Exit, fail
from chainbill_cli.texts import bracketed, text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_TEXT = MAX_IDENTIFIER_TEXT
MAX_IDENTIFIER = 64
DECIMAL = re.compile(r"^\+?([0-9]+)(?:\.([0-9]*))?$")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an invoice: the key of its name in words, and what its format calls it, which messages put behind."""

    name: str
    code: str

    def __str__(self) -> str:
        return bracketed(text(self.name), self.code)


class Unclear(Exception):  # noqa: N818  told with the file's path by `reading`
    """What a document says so that readers may differ: the key of the text that says how, and the element's name."""

    def __init__(self, key: str, place: str) -> None:
        super().__init__(key)
        self.key = key
        self.place = place.rpartition("/")[2]


def once(element: Element | None, place: str, namespaces: dict[str, str] | None = None) -> Element | None:
    """The element at a place, None if there is none. Unclear where there are several: readers take one or the other."""
    found = element.findall(place, namespaces or {}) if element is not None else []
    if len(found) > 1:
        raise Unclear("invoice.said_twice", place)
    return found[0] if found else None


def text_of(element: Element) -> str:
    """The trimmed text of an element, one line. Unclear where elements stand in it, or it is too long to be told."""
    name = str(element.tag).rpartition("}")[2]
    if len(element):
        raise Unclear("invoice.parts_inside", name)
    said = " ".join((element.text or "").split())
    if len(said) > MAX_TEXT:
        raise Unclear("invoice.long_text", name)
    return said


def text_at(element: Element | None, place: str, namespaces: dict[str, str] | None = None) -> str:
    """The trimmed text at a place, "" if there is none. Unclear as `once` and `text_of`."""
    found = once(element, place, namespaces)
    return "" if found is None else text_of(found)


def needed(value: str, field: Field, path: str) -> str:
    """The value, or a failure that names the field."""
    if not value:
        raise fail(Exit.FAILED, "invoice.missing", path=path, field=str(field))
    return value


def date_from(value: str, field: Field, path: str) -> str:
    """An ISO date from an XML date, which may carry a time or a zone."""
    day = value[:10].replace("/", "-")
    if not is_date(day) or (len(value) > 10 and value[10] not in "TZ +-"):
        raise fail(Exit.FAILED, "invoice.bad_date", path=path, field=str(field), value=value)
    return day


def amount_from(value: str, currency: str, field: Field, path: str) -> int:
    """Minor units of a decimal; trailing zeros beyond the currency's digits are fine, other digits are not."""
    minor = part_from(value, currency, field, path)
    if minor <= 0:
        raise fail(Exit.FAILED, "invoice.nothing_payable", path=path, field=str(field))
    return minor


def part_from(value: str, currency: str, field: Field, path: str) -> int:
    """As `amount_from`, and may be zero: a part of a total."""
    if value.startswith("-"):
        raise fail(Exit.FAILED, "invoice.negative", path=path, field=str(field), value=value)
    found = DECIMAL.match(value)
    if found is None:
        raise fail(Exit.FAILED, "invoice.bad_amount", path=path, field=str(field), value=value, currency=currency)
    try:
        digits = minor_digits(currency)
        whole, fraction = found.group(1).lstrip("0") or "0", (found.group(2) or "").rstrip("0")
        written = f"{whole}.{fraction.ljust(digits, '0')}" if digits or fraction else whole
        return parse_amount(written, currency)
    except ChainbillError as error:
        raise fail(
            Exit.FAILED, "invoice.bad_amount", path=path, field=str(field), value=value, currency=currency
        ) from error
