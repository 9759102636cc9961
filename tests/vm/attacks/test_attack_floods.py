"""Events, writes, reads and scans without end."""

from __future__ import annotations

from vm.vm_room import Room, assert_fault, assert_metered, go

TABLE = 'rows = own_table("row")\n'


def test_event_floods_end() -> None:
    flood = go('for i in range(100000000):\n    emit("a", {"i": i})')
    assert_metered(flood, gas_limit=100_000)
    assert_metered(flood, reason="too_many_events", gas_limit=10**9)
    assert_metered(flood, reason="too_many_events", gas_limit=10**9, event_limit=3)


def test_write_floods_end() -> None:
    flood = TABLE + go("for i in range(100000000):\n    rows.put(i, i)")
    assert_metered(flood, gas_limit=100_000)
    assert_metered(flood, reason="too_many_writes", gas_limit=10**9)
    assert_metered(
        TABLE + go("for i in range(100000000):\n    rows.delete(i)"), reason="too_many_writes", gas_limit=10**9
    )


def test_read_floods_end() -> None:
    """By gas, and before that by memory: what was asked for is kept while a block runs, there or not."""
    for read in ("get(i)", "has(i)", "scan([], 1000)"):
        assert_metered(TABLE + go(f"for i in range(100000000):\n    x = rows.{read}"), allocation_limit=2**40)
    for read in ("get(i)", "has(i)"):
        flood = TABLE + go(f"for i in range(100000000):\n    x = rows.{read}")
        assert_metered(flood, reason="out_of_memory_allowance", gas_limit=10**9)


def test_scans_are_bounded_and_paid_by_row() -> None:
    fill = "@call\ndef fill():\n    for i in range(2000):\n        rows.put(i, {})\n\n\n"
    room = Room(TABLE + fill + "@call\ndef go(limit):\n    return len(rows.scan([], limit))")
    room.run(function="fill")
    assert room.run({"limit": 1000}) == 1000
    thousand = room.meter.used
    assert room.run({"limit": 10}) == 10
    assert thousand - room.meter.used > 15_000
    for limit in (0, 1001, -1, True, "1", None):
        assert_fault(
            TABLE + "@call\ndef go(limit):\n    return rows.scan([], limit)", "bad_limit", {"limit": limit}, line=4
        )


def test_empty_loops_end() -> None:
    assert_metered(go("for i in range(1000000000000000000000000000000):\n    pass"))
    assert_metered(go("for i in range(100000):\n    for j in range(100000):\n        continue"))


def test_ids_hashes_and_signatures_have_their_price() -> None:
    assert_metered(go('for i in range(1000000):\n    x = new_id("T")'))
    assert_metered(go('for i in range(1000000):\n    x = digest("a")'))
    for use in ('signed_by("ed25519", "", "bid", 1, "")', 'statement_hash("bid", "a")'):
        assert_metered(go(f"for i in range(1000000):\n    x = {use}"), name="finance")
    assert_metered(go('for i in range(10000):\n    x = set_problem({"a": "b"}, [])'))
