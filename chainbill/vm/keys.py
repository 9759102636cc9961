"""Keys of table rows as contracts write them: a text, a whole number, or a list of two or more of these.

A list of one is refused: it would be another way to write the same key, and what a sender names as ["X"] would pass
for the row of "X" and yet be unlike "X" wherever a contract compares or stores it.
"""

from __future__ import annotations

from chainbill.errors import ChainbillError
from chainbill.state.keys import row_key, table_prefix
from chainbill.vm.bounds import MAX_KEY_TEXT
from chainbill.vm.natives import is_date
from chainbill.vm.values import Value, fault, kind_of

__all__ = ["check_agenda_key", "checked_limit", "checked_parts", "leading_prefix", "quick_key", "stored_key"]

MAX_KEY_PARTS = 8
MAX_KEY_NUMBER = (1 << 63) - 1
_PLAIN_TEXT = 128


def checked_parts(key: Value) -> list[str | int]:
    """Return the parts of a key; raises ContractFault when it is none."""
    parts = key if isinstance(key, (list, tuple)) else (key,)
    if len(parts) > MAX_KEY_PARTS:
        raise fault("bad_key", f"a key has at most {MAX_KEY_PARTS} parts")
    for part in parts:
        if type(part) is str:
            if len(part) > MAX_KEY_TEXT:
                raise fault("bad_key", f"a text in a key has at most {MAX_KEY_TEXT} characters")
        elif type(part) is not int:
            raise fault("bad_key", f"a key is text, a whole number or a list of these, not {kind_of(part)}")
        elif not 0 <= part <= MAX_KEY_NUMBER:
            raise fault("bad_key", "a number in a key is between 0 and 2**63-1")
    return list(parts)


def stored_key(contract: str, table: str, key: Value) -> bytes:
    """Return the bytes under which the row is stored."""
    parts = checked_parts(key)
    if not parts:
        raise fault("bad_key", "a key has at least one part")
    if len(parts) == 1 and parts[0] is not key:
        raise fault("bad_key", "a key of one part is written without a list")
    try:
        return row_key(contract, table, parts)
    except (ChainbillError, UnicodeEncodeError) as error:
        raise fault("bad_key", str(error)) from None


def quick_key(head: bytes, key: Value) -> bytes | None:
    """Return what `stored_key` would for the usual short ASCII texts and numbers, None for anything else."""
    if type(key) is str:
        return head + b"\x02" + key.encode() + b"\0" if _is_plain(key) else None
    if type(key) is int:
        return head + b"\x01" + key.to_bytes(8, "big") if 0 <= key <= MAX_KEY_NUMBER else None
    if type(key) is not list or not 1 < len(key) <= 4:
        return None
    encoded = head
    for part in key:
        if type(part) is str and _is_plain(part):
            encoded += b"\x02" + part.encode() + b"\0"
        elif type(part) is int and 0 <= part <= MAX_KEY_NUMBER:
            encoded += b"\x01" + part.to_bytes(8, "big")
        else:
            return None
    return encoded


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) <= _PLAIN_TEXT and text.isprintable()


def leading_prefix(contract: str, table: str, leading: Value) -> bytes:
    """Return the bytes with which the keys begin whose first parts are `leading`."""
    if not isinstance(leading, (list, tuple)):
        raise fault("bad_key", "scan needs a list of leading key parts")
    try:
        return table_prefix(contract, table, tuple(checked_parts(leading)))
    except (ChainbillError, UnicodeEncodeError) as error:
        raise fault("bad_key", str(error)) from None


def checked_limit(limit: Value, most: int) -> int:
    """Return the limit of a scan; raises ContractFault when it is not between 1 and `most`."""
    if type(limit) is not int or not 1 <= limit <= most:
        raise fault("bad_limit", f"the limit of a scan is between 1 and {most}")
    return limit


def check_agenda_key(key: Value, today: str) -> None:
    """Refuse an agenda key whose first part is not a date after today."""
    first = key[0] if isinstance(key, (list, tuple)) and key else key
    if type(first) is not str or not is_date(first) or first <= today:
        raise fault("agenda_not_in_future", "an agenda key begins with an ISO date after ctx.today")
