"""Stored rows, closed fields, and reads at earlier heights."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainbill.codec import encode
from chainbill.errors import InternalFault
from chainbill.state import rows
from chainbill.state.history import history_key, history_prefix, read_at, split_history_key
from chainbill.state.keys import row_key
from chainbill.state.rows import (
    CLOSED_FIELDS,
    pack,
    row_hash,
    salt_for,
    unpack,
    value,
    value_bytes,
)

TOKEN, OPEN = row_key("token", "token", "T"), row_key("bill", "bill", "B")
FIELDS = {"id": "T", "holder": "who", "offered_to": "", "tier": 2, "from": "f", "to": "t", "price": {}}


def h(domain: str, *parts: bytes) -> bytes:
    return sha256(bytes([len(domain)]) + domain.encode() + b"".join(parts)).digest()


@given(
    st.integers(0, 2**64 - 1), st.binary(max_size=32), st.one_of(st.integers(0, 9), st.text(max_size=3).map(str.upper))
)
def test_pack_round_trip(since: int, salt: bytes, content: Any) -> None:
    raw = pack(since, salt, b"\xc4\x01x")
    assert unpack(raw) == (since, salt, b"\xc4\x01x")
    assert value_bytes(raw) == b"\xc4\x01x"
    assert value(raw) == b"x"


@pytest.mark.parametrize("raw", [b"", bytes(8), bytes(9), bytes(8) + b"\x04sal", bytes(8) + b"\x04salt"])
def test_a_row_cut_short_is_our_own_fault(raw: bytes) -> None:
    with pytest.raises(InternalFault, match="row_malformed"):
        unpack(raw)


def test_a_salt_has_a_bound() -> None:
    with pytest.raises(InternalFault, match="row_malformed"):
        pack(1, bytes(33), b"\xc0")


@pytest.mark.parametrize("table", CLOSED_FIELDS, ids="/".join)
def test_closed_rows_hash_in_two_halves(table: tuple[str, str]) -> None:
    closed = CLOSED_FIELDS[table]
    key = row_key(*table, "T")
    fields = {**FIELDS, **dict.fromkeys(closed, "hidden")}
    nonce = bytes(range(16))
    salt = hmac.new(nonce, key, sha256).digest()
    assert salt_for(nonce, key) == salt
    hidden = encode({name: part for name, part in fields.items() if name in closed})
    shown = {name: part for name, part in fields.items() if name not in closed}
    expected = h("row-open", encode(shown), h("row-closed", salt, hidden))
    assert row_hash(key, pack(7, salt, encode(fields))) == expected


@pytest.mark.parametrize("table", CLOSED_FIELDS, ids="/".join)
def test_a_closed_row_without_one_of_its_closed_fields_hides_the_others(table: tuple[str, str]) -> None:
    """As one that was written before the table had it."""
    key, salt = row_key(*table, "T"), bytes(32)
    for left in CLOSED_FIELDS[table]:
        hidden = {name: "hidden" for name in CLOSED_FIELDS[table] if name != left}
        expected = h("row-open", encode({"height": 7}), h("row-closed", salt, encode(hidden)))
        assert row_hash(key, pack(7, salt, encode({"height": 7, **hidden}))) == expected


def test_the_closed_fields_are_those_of_the_reference() -> None:
    """One list for everybody: a table that is missing in a second implementation gives it another state root."""
    text = (Path(__file__).parents[2] / "docs" / "reference" / "state-and-proofs.md").read_text(encoding="utf-8")
    table = text[text.index("| contract | table | closed fields |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert {(one, other): tuple(fields.split(", ")) for one, other, fields in cells} == CLOSED_FIELDS


def test_a_table_left_out_of_the_list_shows_what_it_should_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    key = row_key("deposit", "balance", ["BANK1", "S1", "CNY"])
    salts = [salt_for(bytes([number]) * 16, key) for number in range(2)]
    hashes = {row_hash(key, pack(7, salt, encode({"balance": 5}))) for salt in salts}
    assert len(hashes) == 2, "whoever does not know the salt cannot try balances"
    monkeypatch.setattr(rows, "_CLOSED_HEADS", tuple(head for head in rows._CLOSED_HEADS if b"balance" not in head))
    assert row_hash(key, pack(7, salts[0], encode({"balance": 5}))) == h("row", encode({"balance": 5}))


def test_open_rows_hash_their_value_alone() -> None:
    assert row_hash(OPEN, pack(7, b"", encode(FIELDS))) == h("row", encode(FIELDS))
    assert row_hash(TOKEN, pack(7, b"", encode([1]))) == h("row", encode([1])), "no map, nothing to close"
    near = row_key("token", "tokens", "T"), row_key("tokens", "token", "T"), row_key("token", "hop2", "T")
    assert all(row_hash(key, pack(7, b"", encode(FIELDS))) == h("row", encode(FIELDS)) for key in near)


EVENTS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([None, b"a", b"b", b"c"])), max_size=12)


@given(EVENTS)
def test_reads_at_every_height(events: list[tuple[int, bytes | None]]) -> None:
    live: bytes | None = None
    kept: dict[int, bytes] = {}
    truth: list[bytes | None] = [None]
    for gap, content in events:
        truth += [truth[-1]] * (gap - 1)
        height = len(truth)
        new = None if content is None else pack(height, b"", encode(content))
        if live is not None and (new is None or value_bytes(live) != value_bytes(new)):
            kept[height - 1] = live
            live = new
        elif live is None:
            live = new
        truth.append(content)
    for height, content in enumerate(truth):
        first = next((kept[last] for last in sorted(kept) if last >= height), None)
        raw = read_at(live, first, height)
        assert (None if raw is None else value(raw)) == content


def test_history_keys_sort_by_height_and_stay_within_their_row() -> None:
    longer = row_key("bill", "bill", ["B", "x"])
    keys = [history_key(OPEN, 1), history_key(OPEN, 255), history_key(OPEN, 256), history_key(longer, 0)]
    assert keys == sorted(keys)
    assert split_history_key(keys[1]) == (OPEN, 255)
    assert all(key.startswith(history_prefix(OPEN)) for key in keys[:3])
    assert not keys[3].startswith(history_prefix(OPEN))
