"""Functions that contracts may call and that need nothing but their arguments.

The machine and plain Python run these same functions, so they cannot differ. A wrong argument is a contract fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from chainbill import codec, dates, ids
from chainbill import statement as statements
from chainbill.crypto.hashing import tagged_hash
from chainbill.currencies import MINOR_DIGITS
from chainbill.errors import ChainbillError
from chainbill.statement import verify_statement
from chainbill.vm.errors import ContractFault
from chainbill.vm.values import Value, copy_in, fault, kind_of

__all__ = [
    "Reader",
    "add_days",
    "add_months",
    "check_set",
    "currency_digits",
    "date_of_offset",
    "days_30_360",
    "days_between",
    "digest",
    "digest_of",
    "is_date",
    "kind_of",
    "normalise_identifier",
    "object_id",
    "signed_by",
    "statement_hash",
    "valid_lei",
    "valid_uscc",
    "weekday",
]

_Answer = TypeVar("_Answer")
_HEX_DIGITS = frozenset("0123456789abcdef")
MAX_IDENTIFIER = 256
_REMEMBERED = 8192  # answers of pure functions kept; the arguments' types are checked before


def _checked(function: Callable[..., _Answer], *arguments: Any) -> _Answer:
    try:
        return function(*arguments)
    except ContractFault:
        raise
    except (ChainbillError, ValueError, OverflowError) as error:
        name = getattr(function, "__name__", "function")
        raise fault("bad_argument", f"{name}: {error}") from None


def _text(name: str, value: Value, limit: int = MAX_IDENTIFIER) -> str:
    if type(value) is not str:
        raise fault("bad_argument", f"{name}: a text is needed, not {kind_of(value)}")
    if len(value) > limit:
        raise fault("bad_argument", f"{name}: the text is longer than {limit}")
    return value


def _whole(name: str, value: Value, bound: int = 1 << 63) -> int:
    if type(value) is not int:
        raise fault("bad_argument", f"{name}: a whole number is needed, not {kind_of(value)}")
    if not -bound < value < bound:
        raise fault("bad_argument", f"{name}: the number is out of range")
    return value


_add_days = lru_cache(_REMEMBERED)(dates.add_days)
_add_months = lru_cache(_REMEMBERED)(dates.add_months)
_days_between = lru_cache(_REMEMBERED)(dates.days_between)
_weekday = lru_cache(_REMEMBERED)(dates.weekday)
_is_date = lru_cache(_REMEMBERED)(dates.is_date)


def add_days(date: str, days: int) -> str:
    """Return the ISO date `days` after `date`; days may be negative."""
    return _checked(_add_days, _text("add_days", date), _whole("add_days", days, 10_000_000))


def add_months(date: str, months: int) -> str:
    """Return the ISO date `months` calendar months after `date`, clamped to the end of the month."""
    return _checked(_add_months, _text("add_months", date), _whole("add_months", months, 1_000_000))


def days_between(start: str, end: str) -> int:
    """Return the days from `start` to `end` (first in, last out); negative if end is earlier."""
    return _checked(_days_between, _text("days_between", start), _text("days_between", end))


def days_30_360(start: str, end: str) -> int:
    """Return the days from `start` to `end` where every month has 30 days."""
    return _checked(dates.days_30_360, _text("days_30_360", start), _text("days_30_360", end))


def weekday(date: str) -> int:
    """Return 1 for Monday .. 7 for Sunday."""
    return _checked(_weekday, _text("weekday", date))


def is_date(text: str) -> bool:
    """Say whether `text` is an ISO date such as 2027-03-31; anything that is not text is not a date."""
    return type(text) is str and len(text) == 10 and bool(_checked(_is_date, text))


def date_of_offset(time_ms: int, zone_offset_minutes: int) -> str:
    """Return the local ISO date of a time in milliseconds since 1970 UTC."""
    return _checked(dates.date_of, _whole("date_of", time_ms, 1 << 50), zone_offset_minutes)


def valid_uscc(text: str) -> bool:
    """Say whether `text` is a unified social credit code with a right check character (GB 32100-2015)."""
    return bool(_checked(ids.valid_uscc, _text("valid_uscc", text)))


def valid_lei(text: str) -> bool:
    """Say whether `text` is a legal entity identifier with right check digits (ISO 17442)."""
    return bool(_checked(ids.valid_lei, _text("valid_lei", text)))


def normalise_identifier(text: str) -> str:
    """Return the text in NFKC and upper case, letters and digits only."""
    return _checked(ids.normalise_identifier, _text("normalise_identifier", text))


def currency_digits(code: str, currencies: Mapping[str, int] = MINOR_DIGITS) -> int:
    """Return the minor digits of a currency of the network, -1 if it is none; new networks take those of ISO 4217."""
    return currencies.get(_text("currency_digits", code), -1)


def digest(value: Value) -> str:
    """Return the hash of a value in its canonical encoding, as 64 hex digits."""
    return digest_of(copy_in(value)[0])


def digest_of(copied: Value) -> str:
    """Return the hash of a value that `copy_in` gave."""
    return tagged_hash("contract-digest", codec.encode_trusted(copied)).hex()


def _hex_bytes(text: str, length: int) -> bytes:
    if type(text) is not str or len(text) != 2 * length or not _HEX_DIGITS.issuperset(text):
        return b""
    return bytes.fromhex(text)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a statement: the network (64 hex digits) and the contract that runs."""

    network: str
    contract: str


def signed_by(  # noqa: PLR0917  as contracts write it
    reader: Reader, algorithm: str, public_key_hex: str, purpose: str, statement: Value, signature_hex: str
) -> bool:
    """Say whether the key signed the statement for this network, contract and purpose."""
    key, signature = _hex_bytes(public_key_hex, 32), _hex_bytes(signature_hex, 64)
    known = type(algorithm) is str and bool(key) and bool(signature)

    def verified(*said: Any) -> bool:
        return verify_statement(*said, algorithm=algorithm if known else "", key=key, signature=signature)

    return _checked(verified, *_stated(reader, "signed_by", purpose, statement))


def statement_hash(reader: Reader, purpose: str, statement: Value) -> str:
    """Return what a signature or a commitment for this network, contract and purpose is over, as 64 hex digits."""
    return _checked(statements.statement_hash, *_stated(reader, "statement_hash", purpose, statement)).hex()


def _stated(reader: Reader, name: str, purpose: str, statement: Value) -> tuple[bytes, str, str, Value]:
    return bytes.fromhex(reader.network), reader.contract, _text(name, purpose), statement


def check_set(sources: Value, removed: Value) -> None:
    """Refuse arguments of set_problem that are no map of source texts by name and list of names."""
    texts = [*sources.values()] if isinstance(sources, dict) else [None]
    names = removed if isinstance(removed, (list, tuple)) else [None]
    if any(type(text) is not str for text in (*texts, *names)):
        raise fault("bad_argument", "set_problem: a map of sources by contract name and a list of names are needed")


def object_id(prefix: str, id_seed: bytes, counter: int) -> str:
    """Return the id number `counter` of one transaction: `prefix` is one capital letter."""
    if type(prefix) is not str or len(prefix) != 1 or not "A" <= prefix <= "Z":
        raise fault("bad_argument", "new_id: the prefix is one capital letter")
    return ids.make_id(prefix, id_seed + counter.to_bytes(4, "big"))
