"""The fingerprint of an invoice: byte by byte, what tells two invoices apart, and what does not."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainbill import fingerprint as module
from chainbill.codec import decode, encode
from chainbill.errors import Malformed
from chainbill.fingerprint import invoice_fingerprint, plain_number
from chainbill.ids import make_test_uscc

KEY = b"k" * 32
SELLER = make_test_uscc(b"seller")
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "fingerprint.json").read_text(encoding="utf-8"))


def test_byte_by_byte() -> None:
    """fixarray of five; 2; fixstr 18; fixstr 9; fixstr 0; uint 16 2027."""
    content = b"\x95\x02\xb2" + SELLER.encode() + b"\xa92026-0417\xa0\xcd\x07\xeb"
    expected = hmac.new(KEY, content, sha256).hexdigest()
    assert invoice_fingerprint(KEY, SELLER, "2026-0417", "", "2027-03-01") == expected


@pytest.mark.parametrize(
    "other",
    [
        (b"l" * 32, SELLER, "2026-0417", "", "2027-03-01"),
        (KEY, make_test_uscc(b"another"), "2026-0417", "", "2027-03-01"),
        (KEY, SELLER, "2026-0418", "", "2027-03-01"),
        (KEY, SELLER, "20260417", "", "2027-03-01"),
        (KEY, SELLER, "2026-0417", "1", "2027-03-01"),
        (KEY, SELLER, "2026-0417", "", "2028-03-01"),
    ],
)
def test_key_creditor_number_code_and_year_each_count(other: tuple[bytes, str, str, str, str]) -> None:
    assert invoice_fingerprint(*other) != invoice_fingerprint(KEY, SELLER, "2026-0417", "", "2027-03-01")


def test_the_day_and_the_kind_of_separator_do_not_count() -> None:
    first = invoice_fingerprint(KEY, SELLER, "2026-0417", "", "2027-03-01")
    assert invoice_fingerprint(KEY, SELLER, " 2026 / 0417.", "", "2027-12-31") == first


def test_separators_count_where_they_stand() -> None:
    assert plain_number("2029/1-11") == "2029-1-11" != plain_number("2029/11-1")


@given(st.text(st.characters(max_codepoint=0x2FFF, categories=["L", "Nd", "Pd", "Po", "Zs", "Mn"]), max_size=20))
def test_a_plain_number_stays_as_it_is(text: str) -> None:
    try:
        plain = plain_number(text)
    except Malformed:
        return
    assert plain_number(plain) == plain
    assert "--" not in plain
    assert plain == plain.strip("-")


HANGUL_AND_MARKS = st.text("\u1100\u1112\u1161\u11a8\u11ab\uac00\u0301\u0300\u200d\u0327aeç-", max_size=8)


@given(st.one_of(HANGUL_AND_MARKS, st.text(max_size=20)))
def test_every_number_that_is_taken_has_canonical_bytes(text: str) -> None:
    """What is left when marks are left out may join: it is put into form C again, or it could not be encoded."""
    try:
        plain = plain_number(text)
    except Malformed:
        return
    assert decode(encode(plain)) == plain
    if plain:
        invoice_fingerprint(KEY, SELLER, text, "", "2027-03-01")


def test_letters_join_where_a_mark_stood_between_them() -> None:
    assert plain_number("\u1100\u0301\u1161") == "\uac00"


def test_a_core_that_drops_separators_takes_two_invoices_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def both() -> set[str]:
        return {invoice_fingerprint(KEY, SELLER, one, "", "2029-03-01") for one in ("2029/1-11", "2029/11-1")}

    assert len(both()) == 2
    monkeypatch.setattr(module, "SEPARATOR", "")
    assert len(both()) == 1


def test_the_vectors() -> None:
    key = bytes.fromhex(VECTORS["key"])
    for case in VECTORS["numbers"]:
        assert plain_number(case["number"]) == case["plain"]
    for case in VECTORS["fingerprints"]:
        arguments = [case[name] for name in ("creditor", "number", "code", "issued_on")]
        assert invoice_fingerprint(key, *arguments) == case["fingerprint"]
        assert hmac.new(key, bytes.fromhex(case["content"]), sha256).hexdigest() == case["fingerprint"]
    for case in VECTORS["refused"]:
        arguments = [case[name] for name in ("creditor", "number", "code", "issued_on")]
        with pytest.raises(Malformed, match=f"^{case['reason']}"):
            invoice_fingerprint(bytes.fromhex(case["key"]), *arguments)
