"""What a run keeps it has paid for, with at least what Python takes for it, in whatever way and place it was made.

The attacks on memory run until nothing is left (attacks/test_attack_prices.py): a price that is forgotten at one place
is too little to be seen there.
"""

from __future__ import annotations

import tracemalloc

import pytest
from msgspec.structs import replace
from vm.vm_room import Room, go

TURNS = 60
PYTHON = 4 * 1024
"""Bytes of frames and other things of Python that no contract makes."""
FIELDS = [f"k{n}" for n in range(40)]
NUMBER = "i + 1000"
"""One that Python does not share."""
VALUES = {
    "list": f"[{', '.join([NUMBER] * 40)}]",
    "tuple": f"({', '.join([NUMBER] * 40)})",
    "map": f"{{{', '.join(f'{name!r}: {NUMBER}' for name in FIELDS)}}}",
    "nested": f"[{', '.join(['[i]'] * 40)}]",
}
PLACES = {
    "assignment": "y = {}\nx = [x, y]",
    "place of a map": 'd = {{"a": 1}}\nd["a"] = {}\nx = [x, d]',
    "new entry of a map": 'd = {{}}\nd["a"] = {}\nx = [x, d]',
    "what a list grows by": "y = []\ny += [{}]\nx = [x, y]",
    "sequence of a for": "for y in [{}]:\n    x = [x, y]",
    "sequence of a numbered for": "for n, y in enumerate([{}]):\n    x = [x, y]",
    "larger branch of an if": "if i < 0:\n    y = []\nelse:\n    y = {}\nx = [x, y]",
    "argument of a function": "x = [x, same({})]",
    "condition": "y = {} if i >= 0 else []\nx = [x, y]",
}
GROWN = {
    "entries of a map": f"d = {{}}\nfor k in KEYS:\n    d[k] = {NUMBER}\nx = [x, d]",
    "items of a list": f"y = []\nfor k in KEYS:\n    y += [{NUMBER}]\nx = [x, y]",
    "what a list takes in": "y = []\ny += LONG\nx = [x, y]",
    "joined lists": "x = [x, LONG + LONG]",
    "joined tuples": "x = [x, PAIR + PAIR]",
    "joined texts": "x = [x, TEXT + TEXT]",
    "a part of a list": "x = [x, LONG[1:]]",
    "a part of a tuple": "x = [x, PAIR[1:]]",
    "a part of a text": "x = [x, TEXT[1:]]",
    "a list in order": "x = [x, sorted(LONG)]",
    "a map in order": "x = [x, sorted(MAP)]",
    "a row": "x = [x, rows.get(i)]",
    "a row of a scan": "x = [x, rows.scan([i], 1)]",
    "signers": "x = [x, ctx.signers]",
    "an argument and an answer": 'x = [x, invoke("other", "echo", LONG)]',
}
HEAD = (
    f'rows = own_table("row")\nROW = {[[]] * 40!r}\n'
    f"KEYS = {FIELDS!r}\nLONG = {list(range(40))!r}\nPAIR = {tuple(range(40))!r}\nTEXT = {'应' * 200!r}\n"
    f"MAP = {dict.fromkeys(FIELDS, 1)!r}\n\n\ndef same(y):\n    return y\n\n\n"
    f"@call\ndef fill():\n    for i in range({TURNS}):\n        rows.put(i, ROW)\n\n\n"
)
LARGE = "most = 1\nfor i in range(254):\n    most *= 2"
OTHER = "@view\ndef echo(y):\n    return y"
SIGNER = {"key": "ef" * 32, "capabilities": ["maker"], "operator": "", "unit": ""}
KEPT = {
    **{f"{name}, {place}": line.format(value) for place, line in PLACES.items() for name, value in VALUES.items()},
    **GROWN,
}


def kept_and_paid(turn: str) -> tuple[int, int]:
    """Bytes that Python had allocated at most, and what the run paid for."""
    turns = f"for i in range({TURNS}):\n    " + turn.replace("\n", "\n    ")
    room = Room(trial=HEAD + go("x = []", LARGE, turns, "return len(x)"), other=OTHER)
    room.context = replace(room.context, signers=(SIGNER,) * 4)
    room.run(function="fill")
    room.run()  # what is made once only is there now
    tracemalloc.start()
    try:
        assert room.run() == 2
        return tracemalloc.get_traced_memory()[1] - PYTHON, room.meter.allocated
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("turn", KEPT.values(), ids=KEPT)
def test_what_is_kept_was_paid_for(turn: str) -> None:
    kept, paid = kept_and_paid(turn)
    assert kept <= paid


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_places_that_hold_the_largest_numbers_take_half_as_much_again_at_most(place: str) -> None:
    """They are paid for as those that hold any other number: of 32 MiB a run may so make 48."""
    kept, paid = kept_and_paid(place.format(f"[{', '.join(['most - i'] * 40)}]"))
    assert paid < kept <= paid * 3 // 2
