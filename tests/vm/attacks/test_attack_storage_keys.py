"""Keys that pretend to belong to another table, contract, or row."""

from __future__ import annotations

import pytest
from vm.vm_room import Room, assert_fault, assert_rejected, go

from chainbill.state.keys import row_key

TABLE = 'rows = own_table("row")\n'
PUT = TABLE + "@call\ndef go(key):\n    rows.put(key, 1)"


@pytest.mark.parametrize(
    "key",
    [
        "a\0b",
        "\0",
        ["a", "b\0\2c\0"],
        [],
        ["a"],
        [1],
        [[]],
        [["a"]],
        -1,
        2**63,
        [1, -1],
        True,
        [False],
        None,
        b"a",
        {"a": 1},
        "x" * 600,
        ["a"] * 9,
        ["x" * 400] * 3,
    ],
)
def test_bad_keys_are_faults(key: object) -> None:
    assert_fault(PUT, "bad_key", {"key": key}, line=4)


def test_keys_cannot_run_into_each_other() -> None:
    room = Room(PUT)
    keys = [
        "ab",
        ["a", "b"],
        ["ab", ""],
        "a/b",
        "a:b",
        ["a", 1],
        ["a", "1"],
        1,
        "1",
        "",
        [1, 1],
        "ä",
        "金额",
        ["金", "额"],
    ]
    for key in keys:
        room.run({"key": key})
    assert sorted(room.rows.rows) == sorted(row_key("trial", "row", key) for key in keys)
    assert len(room.rows.rows) == len(keys)


def test_a_text_that_has_two_spellings_is_refused_as_a_key() -> None:
    assert_fault(TABLE + '@call\ndef go(a):\n    rows.put("e" + a, 1)', "bad_key", {"a": "\u0301"})


def test_a_text_with_a_control_is_refused_as_a_key() -> None:
    assert_fault(TABLE + '@call\ndef go(a):\n    rows.put(a + "b", 1)', "bad_key", {"a": "x\0"})


def test_table_names_are_plain() -> None:
    for name in ("", "A", "a b", "a.b", "../x", "x" * 41):
        assert_rejected(f"t = own_table({name!r})".replace("\\x00", "\\x00"), "table_wrong")


def test_a_contract_writes_only_its_own_tables() -> None:
    assert_rejected('t = read_table("token", "token")\n' + go('t.put("a", 1)'), "table_not_own", line=4)
    assert_rejected('t = read_table("token", "token")\n' + go('t.delete("a")'), "table_not_own", line=4)
    assert_rejected("t = own_table(ctx.party)\n", "table_wrong")
    assert_rejected(go('return own_table("x")'), "not_a_function", line=3)
    assert_rejected('t = own_table("a")\n' + go("u = t", "return u.get(1)"), "not_a_value", line=4)
