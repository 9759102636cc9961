"""Identifiers against examples from outside and against single errors."""

from __future__ import annotations

import pytest
from core.texts import LETTERS
from hypothesis import example, given
from hypothesis import strategies as st

from chainbill.errors import Malformed
from chainbill.ids import (
    is_object_id,
    make_id,
    make_test_uscc,
    mod_37_36_check_char,
    normalise_identifier,
    organisation_check_char,
    uscc_check_char,
    valid_lei,
    valid_uscc,
)

PUBLISHED_USCC = [
    "91350100M000100Y43",  # a widely published example
    "91110000600037341L",  # Lenovo (Beijing)
    "911100001000044477",  # ICBC
    "91440300708461136T",  # Tencent Computer
    "914403001922038216",  # Huawei
]
PUBLISHED_LEI = ["5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "506700GE1G29325QX363", "HWUPKR0MPOU8FGXBT394"]
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("code", PUBLISHED_USCC)
def test_published_usccs(code: str) -> None:
    assert valid_uscc(code)
    assert uscc_check_char(code[:17]) == code[17]


def test_every_single_wrong_character_of_a_uscc_is_found() -> None:
    code = PUBLISHED_USCC[0]
    for at in range(18):
        for char in ALPHANUMERIC:
            assert valid_uscc(code[:at] + char + code[at + 1 :]) is (char == code[at])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91350100M000100Y4",
        "91350100m000100y43",
        "91350100M000100Y43 ",
        "９1350100M000100Y43",
        None,
        9,
        b"91350100M000100Y43",
    ],
)
def test_no_uscc(text: object) -> None:
    assert not valid_uscc(text)


def test_letters_in_the_region_are_no_uscc() -> None:
    first = "91AB0100M000100Y4"
    assert not valid_uscc(first + uscc_check_char(first))


def test_uscc_check_char_refuses_other_input() -> None:
    for text in ("", "9135010", "91350100M000100YI", "91350100M000100y4"):
        with pytest.raises(Malformed):
            uscc_check_char(text)


@given(st.binary())
def test_test_usccs_are_valid_and_recognisable(seed: bytes) -> None:
    code = make_test_uscc(seed)
    assert valid_uscc(code)
    assert code.startswith("91990000")
    assert organisation_check_char(code[8:16]) == code[16]
    assert make_test_uscc(seed) == code


@pytest.mark.parametrize(
    ("first", "check"), [("D2143569", "X"), ("60003734", "1"), ("70846113", "6"), ("10000444", "7")]
)
def test_organisation_codes_of_gb_11714(first: str, check: str) -> None:
    assert organisation_check_char(first) == check


def test_organisation_check_char_refuses_other_input() -> None:
    for text in ("", "D214356", "D214356-"):
        with pytest.raises(Malformed):
            organisation_check_char(text)


@pytest.mark.parametrize("code", PUBLISHED_LEI)
def test_published_leis(code: str) -> None:
    assert valid_lei(code)
    for at in range(20):
        for char in "059" if code[at].isdigit() else "AKZ":
            assert valid_lei(code[:at] + char + code[at + 1 :]) is (char == code[at])


@pytest.mark.parametrize(
    "text", ["", "5493001KJTIIGC8Y1R1", "5493001kjtiigc8y1r12", "5493001KJTIIGC8Y1RAA", None, "5" * 20]
)
def test_no_lei(text: object) -> None:
    assert not valid_lei(text)


@given(st.sampled_from("BTRQ"), st.binary(max_size=64))
def test_object_ids(prefix: str, seed: bytes) -> None:
    text = make_id(prefix, seed)
    assert len(text) == 18
    assert text[0] == prefix
    assert is_object_id(text)
    for at in range(18):
        for char in "0ZK":
            if char != text[at]:
                assert not is_object_id(text[:at] + char + text[at + 1 :])


def are_neighbours(one: str, other: str) -> bool:
    """Whether two characters follow each other in 0-9A-Z, or are its first and last."""
    return abs(ALPHANUMERIC.index(one) - ALPHANUMERIC.index(other)) in (1, 35)


def test_of_all_swaps_of_two_characters_one_at_most_is_missed_behind_each_beginning() -> None:
    for before in ALPHANUMERIC:  # each leads to another carry, and all carries are among them
        missed = [
            (one, other)
            for place, one in enumerate(ALPHANUMERIC)
            for other in ALPHANUMERIC[place + 1 :]
            if mod_37_36_check_char(before + one + other) == mod_37_36_check_char(before + other + one)
        ]
        assert len(missed) <= 1
        assert all(are_neighbours(*pair) for pair in missed)


@given(st.binary(max_size=64), st.integers(1, 16))
@example(b"\x8c}\x02~\x80\x03\x0eZ\xc0\xae\x04\x7f\x9d\xfa\xcavt", 11)  # …PQ…, one that is missed
def test_a_swap_of_neighbours_in_an_id_is_missed_for_neighbours_in_the_alphabet_alone(seed: bytes, at: int) -> None:
    text = make_id("B", seed)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if is_object_id(swapped) and swapped != text:
        assert are_neighbours(text[at], text[at + 1])


def test_object_ids_refuse_other_input() -> None:
    for prefix in ("", "b", "BB", "1", "Ä"):
        with pytest.raises(Malformed):
            make_id(prefix, b"")
    for text in ("", "B", None, 3, make_id("B", b"").lower(), make_id("B", b"") + "0"):
        assert not is_object_id(text)


def test_mod_37_36_published_examples() -> None:
    assert mod_37_36_check_char("A12425GABC1234002") == "M"  # ISO 7064 MOD 37,36 in the GRid standard
    with pytest.raises(Malformed):
        mod_37_36_check_char("a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 9135-0100 m000100y43 ", "91350100M000100Y43"),
        ("ＤＥ１２３．４５６", "DE123456"),
        ("(91)AB/c", "91ABC"),
        ("甲乙 丙", "甲乙丙"),
        ("straße", "STRASSE"),
        ("ﬁ", "FI"),
        ("Ⅳ²", "IV2"),
        ("---", ""),
        ("e\u0301", "É"),
    ],
)
def test_normalised_identifiers(text: str, expected: str) -> None:
    assert normalise_identifier(text) == expected


@given(LETTERS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_identifier(text)
    assert normalise_identifier(once) == once
    assert normalise_identifier(text.swapcase().swapcase()) == normalise_identifier(text) or not text.isascii()


def test_identifiers_are_bounded() -> None:
    with pytest.raises(Malformed):
        normalise_identifier("x" * 257)
