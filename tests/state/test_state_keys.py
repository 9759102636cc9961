"""Row keys: order, prefixes, round trip, refusals."""

from __future__ import annotations

import pytest
from core.texts import TEXTS
from hypothesis import given
from hypothesis import strategies as st

from chainbill.errors import Malformed
from chainbill.limits import MAX_KEY_BYTES, MAX_KEY_PARTS
from chainbill.state.keys import head_of, row_key, split_key, table_head, table_prefix

PARTS = st.lists(st.one_of(TEXTS, st.integers(0, 2**63 - 1)), min_size=1, max_size=MAX_KEY_PARTS)


def rank(parts: list[str | int]) -> list[tuple[int, int, bytes]]:
    return [(0, part, b"") if isinstance(part, int) else (1, 0, part.encode()) for part in parts]


@given(PARTS)
def test_round_trip(parts: list[str | int]) -> None:
    encoded = row_key("token", "range", parts)
    assert split_key(encoded) == ("token", "range", parts)
    assert head_of(encoded) == table_head("token", "range") == b"token\0range\0"


@given(PARTS, PARTS)
def test_bytes_sort_as_parts_do(left: list[str | int], right: list[str | int]) -> None:
    encoded = row_key("a", "b", left), row_key("a", "b", right)
    assert (encoded[0] < encoded[1]) == (rank(left) < rank(right))
    assert (encoded[0] == encoded[1]) == (left == right)


@given(PARTS, PARTS)
def test_a_prefix_matches_whole_parts_only(leading: list[str | int], parts: list[str | int]) -> None:
    begins = parts[: len(leading)] == leading
    assert row_key("a", "b", parts).startswith(table_prefix("a", "b", leading)) == begins


def test_one_part_alone_is_a_list_of_one() -> None:
    assert row_key("a", "b", "x") == row_key("a", "b", ["x"]) == row_key("a", "b", ("x",)) == b"a\0b\0\x02x\0"
    assert row_key("a", "b", 5) == row_key("a", "b", [5]) == b"a\0b\0\x01\0\0\0\0\0\0\0\x05"
    assert table_prefix("a", "b") == b"a\0b\0"
    assert row_key("a", "b", "") == b"a\0b\0\x02\0"


@pytest.mark.parametrize(
    "key",
    [
        [],
        (),
        "a\0b",
        ["a", "\0"],
        -1,
        2**63,
        True,
        ["a", True],
        None,
        1.0,
        b"x",
        [["a"]],
        {"a": 1},
        "e\u0301",
        "\ud800",
        ["x"] * (MAX_KEY_PARTS + 1),
        "x" * MAX_KEY_BYTES,
    ],
)
def test_refused_keys(key: object) -> None:
    with pytest.raises(Malformed, match=r"state_key_|codec_text_"):
        row_key("a", "b", key)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "A", "1a", "_a", "a-b", "a.b", "a\0", "ä", "a" * 41, "a b"])
def test_refused_names(name: str) -> None:
    with pytest.raises(Malformed, match="state_key_malformed"):
        row_key(name, "b", "x")
    with pytest.raises(Malformed, match="state_key_malformed"):
        row_key("a", name, "x")


@pytest.mark.parametrize(
    "encoded",
    [b"", b"a", b"a\0", b"a\0b\0", b"a\0b\0\x02x", b"a\0b\0\x01\0", b"a\0b\0\x03", b"A\0b\0\x02\0", b"a\0b\0\x02\xff\0",
     b"a\0b\0\x01\xff\0\0\0\0\0\0\0"],
)  # fmt: skip
def test_split_key_refuses_what_row_key_would_not_make(encoded: bytes) -> None:
    with pytest.raises(Malformed, match="state_key_malformed"):
        split_key(encoded)


@given(st.binary(max_size=40))
def test_split_key_never_crashes(tail: bytes) -> None:
    try:
        contract, table, parts = split_key(b"a\0b\0" + tail)
    except Malformed:
        return
    assert row_key(contract, table, parts) == b"a\0b\0" + tail
