"""Two sides that hold the same list: one changes what the other has already checked."""

from __future__ import annotations

from vm.vm_room import Room, answer, assert_rejected, go, plain

TABLE = 'rows = own_table("row")\n'


def test_get_and_put_copy() -> None:
    body = TABLE + go(
        'x = {"l": [1]}',
        'rows.put("a", x)',
        'x["l"] += [2]',
        'y = rows.get("a")',
        'y["l"] += [3]',
        'return [x, y, rows.get("a")]',
    )
    assert answer(body) == plain(body) == [{"l": [1, 2]}, {"l": [1, 3]}, {"l": [1]}]


def test_scan_copies() -> None:
    body = TABLE + go(
        'rows.put("a", [1])',
        "found = rows.scan([], 5)",
        "row = found[0][1]",
        "row += [2]",
        'return [found, rows.get("a")]',
    )
    assert answer(body) == plain(body) == [[[["a"], [1, 2]]], [1]]


def test_arguments_of_the_transaction_stay_as_they_were() -> None:
    args = {"x": [1, {"a": 1}]}
    body = '@call\ndef go(x):\n    x += [2]\n    x[1]["a"] = 5\n    return x'
    assert answer(body, args) == [1, {"a": 5}, 2]
    assert args == {"x": [1, {"a": 1}]}


def test_invoke_hands_over_copies_both_ways() -> None:
    callee = 'KEEP = [1]\n\n\n@internal("trial")\ndef change(x):\n    x += [2]\n    return KEEP'
    caller = go(
        "x = [1]",
        'y = invoke("other", "change", x)',
        "y += [5]",
        'z = invoke("other", "change", x)',
        "return [x, y, z]",
    )
    assert Room(trial=caller, other=callee).run() == [[1], [1, 5], [1]]


def test_events_and_answers_do_not_change_afterwards() -> None:
    room = Room(go('x = {"a": [1]}', 'emit("e", x)', 'x["a"] += [2]', "return x"))
    result = room.run()
    result["a"] += [3]
    assert room.events == [("trial", "e", {"a": [1]})]


def test_the_context_cannot_be_changed() -> None:
    room = Room(go("x = ctx.recent_proposers", 'x += ["me"]', "return ctx.recent_proposers"))
    assert room.run() == []
    assert_rejected(go('ctx.party = "me"'), "not_in_the_language", line=3)
