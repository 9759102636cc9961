"""Identifiers: of parties (USCC, LEI), of objects on the ledger, and the types that keep them apart.

Sources: GB 32100-2015 (USCC), GB 11714-1997 (its inner organisation code), ISO 17442-1 with ISO/IEC 7064 MOD 97-10
(LEI), ISO/IEC 7064 MOD 37,36 (object ids), Crockford's base 32.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256

from chainbill.crypto.hashing import domain_prefix, tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_IDENTIFIER_TEXT
from chainbill.text_rule import check_code_points, upper_case

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_ID_CHARS = 16
_BITS_PER_CHAR = 5
OBJECT_ID_LENGTH = 1 + _ID_CHARS + 1
_PAIRS = [one + other for one in _CROCKFORD for other in _CROCKFORD]
_PAIR_SHIFTS = range(2 * _BITS_PER_CHAR * (_ID_CHARS // 2 - 1), -1, -2 * _BITS_PER_CHAR)
_OBJECT_ID = domain_prefix("object-id")
_CARRIES = [
    {char: ((carry + value) % 36 or 36) * 2 % 37 for value, char in enumerate(_ALPHANUMERIC)} for carry in range(37)
]
"""MOD 37,36: the carry that follows a carry and a character."""
_PAIR_CARRIES = [
    [after[other] for one in _CROCKFORD for after in (_CARRIES[step[one]],) for other in _CROCKFORD]
    for step in _CARRIES
]
"""The carry that follows a carry and two characters of an object id, by their ten bits."""


def make_id(prefix: str, seed: bytes) -> str:
    """An object id of 18 characters: a capital letter, 16 characters of H("object-id", seed), a check character."""
    if len(prefix) != 1 or prefix not in _CAPITALS:
        raise Malformed(Reason.IDENTIFIER_MALFORMED, f"prefix {prefix!r} is not one capital letter")
    number = int.from_bytes(sha256(_OBJECT_ID + seed).digest()[: _ID_CHARS * _BITS_PER_CHAR // 8], "big")
    carry = _CARRIES[36][prefix]
    text = prefix
    for shift in _PAIR_SHIFTS:
        pair = number >> shift & 1023
        carry = _PAIR_CARRIES[carry][pair]
        text += _PAIRS[pair]
    return text + _ALPHANUMERIC[(37 - carry) % 36]


def is_object_id(text: object) -> bool:
    """Is this an id as `make_id` makes them, check character included?"""
    return (
        type(text) is str
        and len(text) == OBJECT_ID_LENGTH
        and text[0] in _CAPITALS
        and all(char in _CROCKFORD for char in text[1:-1])
        and text[-1] == mod_37_36_check_char(text[:-1])
    )


def mod_37_36_check_char(text: str) -> str:
    """ISO/IEC 7064 MOD 37,36 over 0-9A-Z: finds every single wrong character and almost all swaps.

    A12425GABC1234002 has M.
    """
    carry = 36
    try:
        for char in text:
            carry = _CARRIES[carry][char]
    except KeyError:
        raise Malformed(Reason.IDENTIFIER_MALFORMED, f"{char!r} is not 0-9 or A-Z") from None
    return _ALPHANUMERIC[(37 - carry) % 36]


def valid_uscc(text: object) -> bool:
    """Is this a unified social credit code: 18 characters, region digits, check character (GB 32100-2015)?"""
    return (
        type(text) is str
        and len(text) == 18
        and all(char in _USCC for char in text)
        and _DIGITS.issuperset(text[2:8])
        and text[17] == uscc_check_char(text[:17])
    )


def uscc_check_char(first_17: str) -> str:
    """The 18th character for the first 17: (31 - Σ value·3^i mod 31) mod 31 (GB 32100-2015, 4.5).

    91350100M000100Y4 has 3.
    """
    values = [_USCC.find(char) for char in first_17]
    if len(values) != 17 or min(values) < 0:
        raise Malformed(Reason.IDENTIFIER_MALFORMED, "needs 17 characters of 0-9 A-Z without I O S V Z")
    total = sum(value * pow(3, position, 31) for position, value in enumerate(values))
    return _USCC[-total % 31]


def organisation_check_char(first_8: str) -> str:
    """The 9th character of an organisation code, positions 9 to 17 of a USCC (GB 11714-1997): D2143569 has X."""
    values = [_ALPHANUMERIC.find(char) for char in first_8]
    if len(values) != 8 or min(values) < 0:
        raise Malformed(Reason.IDENTIFIER_MALFORMED, "needs 8 characters of 0-9 A-Z")
    total = sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11]


def make_test_uscc(seed: bytes) -> str:
    """A USCC for tests and demos: valid check characters, and a region (99) that no authority has."""
    number = int.from_bytes(tagged_hash("test-uscc", seed), "big")
    body = "".join(_USCC[number // 31**position % 31] for position in range(8))
    first_17 = "91990000" + body + organisation_check_char(body)
    return first_17 + uscc_check_char(first_17)


def valid_lei(text: object) -> bool:
    """Is this a legal entity identifier: 18 characters and two check digits, ≡ 1 mod 97 (ISO 17442-1)?

    Letters count as 10 to 35: 5493001KJTIIGC8Y1R12 is one.
    """
    if type(text) is not str or len(text) != 20 or not _DIGITS.issuperset(text[18:]):
        return False
    values = [_ALPHANUMERIC.find(char) for char in text]
    return min(values) >= 0 and int("".join(map(str, values))) % 97 == 1


def normalise_identifier(text: str) -> str:
    """How identifiers are compared: NFKC, upper case, NFKC; then letters and decimal digits only, NFKC again.

    "" when nothing is left. Malformed: too long, or a code point that no text may hold. Upper case is the full mapping
    of Unicode 14.0 ("ß" gives "SS"), a letter is category L, a decimal digit category Nd; for what 14.0 assigns none of
    these differs from 14.0 to 18.0 but upper case, which `text_rule` pins. Worked: " 9135-0100 ß" gives "91350100SS".
    """
    if len(text) > MAX_IDENTIFIER_TEXT:
        raise Malformed(Reason.IDENTIFIER_MALFORMED, f"longer than {MAX_IDENTIFIER_TEXT} characters")
    check_code_points(text)
    upper = unicodedata.normalize("NFKC", upper_case(unicodedata.normalize("NFKC", text)))
    kept = "".join([char for char in upper if unicodedata.category(char)[0] == "L" or char.isdecimal()])
    return unicodedata.normalize("NFKC", kept)
