"""Attacks on prices and memory: contracts that want much for little, and how each has to end.

    python tests/vm/attacks/price_attacks.py

prints what came of each with a million gas as JSON: the same under every hash seed (test_attack_prices.py).
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[3] / "benchmarks")]

from vm.vm_room import contract, go

from chainbill.errors import ChainbillError
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView
from chainbill.vm import Context, Machine, Meter, compile_contract, link
from chainbill.vm.rules import STANDARD_RUN

OK, GAS, MEMORY = "ok", "out_of_gas", "out_of_memory_allowance"
TOO_LARGE, TOO_DEEP = "value_too_large", "value_too_deep"
TABLE = 'rows = own_table("row")\n\n\n'
ECHO = "@view\ndef echo(x):\n    return x"
NONES = "y = [None]\nfor n in range(13):\n    y += y\n"
BOMB = "y = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nfor n in range(14):\n    y = [y, y, y, y, y, y, y, y, y, y]\n"
LONG = 't = "aaaaaaaaaaaaaaaa"\nfor n in range(13):\n    t += t\n'
WIDE = 'w = "\\u1161"\nfor n in range(15):\n    w += w\n'
MANY = "[y, y, y, y, y, y]"
KEEP = "\n    if len(k) > 9000:\n        x = [x, k]\n        k = []"
NUMBERS = "y = []\nfor n in range(9000):\n    y += [n]\n"
FOREVER = "for i in range(100000000):\n    "
POWER = "n = 1\nfor i in range(255):\n    n = n * 2\n"
MAP = "d = {}\nfor n in range(900):\n    d[new_id('T')] = n\n"


class Attack(NamedTuple):
    """A contract `finance` whose `go` is called once, and the reason it ends with."""

    name: str
    body: str
    ends: str
    args: dict[str, Any] = {}  # noqa: RUF012  never changed


def _forever(name: str, before: str, turn: str, ends: str = GAS) -> Attack:
    return Attack(name, TABLE + go(before + FOREVER + turn), ends)


def _once(name: str, statements: str, ends: str, **args: Any) -> Attack:
    body = go(statements).replace("def go():", f"def go({', '.join(args)}):")
    return Attack(name, TABLE + body, ends, args)


USES = {
    "return": "return {}", "put": 'rows.put("a", {})', "emit": 'emit("a", {{"x": {}}})', "digest": "z = digest({})",
    "statement_hash": 'z = statement_hash("bid", {})', "signed_by": 'z = signed_by("ed25519", "", "bid", {}, "")',
    "invoke": 'z = invoke("other", "echo", {})',
}  # fmt: skip
HEAVY = {"[{}] x 900": [{}] * 900, "None x 1900": [None] * 1_900, "wide": "\u1161" * 20_000, "deep": [[[[[[[[1]]]]]]]]}
ATTACKS = (
    # --- what is too large or too deep, by every way out of a contract ----------------------------------------------
    *[_once(f"bomb by {way}", BOMB + use.format("y"), TOO_LARGE) for way, use in USES.items()],
    *[_once(f"many nothings by {way}", NONES + use.format(MANY), TOO_LARGE) for way, use in USES.items()],
    *[
        _once(f"too deep by {way}", "y = 1\nfor n in range(17):\n    y = [y]\n" + use.format("y"), TOO_DEEP)
        for way, use in USES.items()
    ],
    *[_once(f"wide texts by {way}", WIDE + use.format("[w, w, w, w]"), TOO_LARGE) for way, use in USES.items()],
    _once("bomb in details", BOMB + 'require(False, "no", {"x": y})', "bad_details"),
    _once("nothings in details", NONES + 'require(False, "no", {"x": y})', "bad_details"),
    _once("a wide text in details", WIDE + 'require(False, "no", {"x": w})', "bad_details"),
    _once("a key of a map that is long", LONG + "d = {}\nd[t] = 1", "key_not_text"),
    _once("a written key that is long", LONG + "z = {t: 1}", "key_not_text"),
    _once("a row of a size between", NONES + 'rows.put("a", [y, y, y, y, y])\nreturn len(rows.get("a"))', OK),
    _once("a row of too many bytes", LONG + 't = t + ""\nrows.put("a", [t, t, t])', "bad_row"),
    # --- again and again: each turn is paid
    *[
        _forever(f"nothings for ever by {way}", NONES, USES[way].format("y"))
        for way in ("digest", "statement_hash", "signed_by")
    ],
    *[
        _forever(f"nothings for ever by {way}", NONES, USES[way].format("y"), MEMORY)
        for way in ("put", "invoke", "emit")
    ],
    _forever("wide texts for ever by digest", WIDE, "z = digest(w)"),
    _forever("details that are not needed", NONES, 'require(True, "no", {"x": y})', MEMORY),
    _forever("maps compared for ever", MAP + "e = {}\nfor n in sorted(d):\n    e[n] = -1\n", "z = d == e"),
    _forever("maps of other keys for ever", MAP + "e = {}\nfor n in sorted(d):\n    e[n + 'x'] = 1\n", "z = d == e"),
    _forever("a map in order for ever", MAP, "z = sorted(d)"),
    _forever(
        "sorted lists, one of them long",
        NUMBERS + "w = [y]\nfor n in range(4000):\n    w += [[1]]\n", "z = sorted(w)",
    ),
    _forever(
        "one list many times in order",
        "y = []\nfor n in range(9000):\n    y += [n]\nw = []\nfor n in range(9000):\n    w += [y]\n", "z = sorted(w)",
    ),
    _forever("the least of long texts", LONG + "w = []\nfor n in range(9000):\n    w += [t]\n", "z = min(w)"),
    _forever("a long text in a list of itself", LONG + 'u = t + ""\nw = [u, u, u, u]\n', "z = t in w"),
    _forever("identifiers that expand", 't = "ﷺ"\nfor n in range(8):\n    t += t\n', "z = normalise_identifier(t)"),
    _forever(
        "keys of rows that are long",
        'k = "应"\nfor n in range(6):\n    k += k\n', "z = rows.get([k, k, k, i])", MEMORY,
    ),
    # --- rows: what is read, overwritten, stepped over ---------------------------------------------------------------
    _forever("rows that are not there", "", "z = rows.get(i)", MEMORY),
    _forever("rows that are not there, asked", "", "z = rows.has(i)", MEMORY),
    _forever("a large row asked for", NONES + 'rows.put("a", y)\n', 'z = rows.has("a")', MEMORY),
    _forever("a large row read", NONES + 'rows.put("a", y)\n', 'z = rows.get("a")', MEMORY),
    _forever("a large row overwritten", NONES, 'rows.put("a", y)\n    rows.put("a", 1)', MEMORY),
    _forever("a large row deleted", NONES, 'rows.put("a", y)\n    rows.delete("a")', MEMORY),
    _forever("scans after many writes", "for n in range(9000):\n    rows.put(n, 1)\n", "z = rows.scan([], 1)"),
    _forever(
        "scans past deleted rows",
        "for n in range(900):\n    rows.put(n, 1)\n    rows.delete(n)\n", "z = rows.scan([], 1)", MEMORY,
    ),
    _forever(
        "scans of large rows",
        NONES + "for n in range(50):\n    rows.put(n, y)\n", "z = rows.scan([], 50)", MEMORY,
    ),
    _forever("writes between scans", "", "rows.put(i, 1)\n    z = rows.scan([i], 1)", "too_many_writes"),
    _forever("writes for ever", "", "rows.put(i, 1)", "too_many_writes"),
    _forever("deletes for ever", "", "rows.delete(i)", "too_many_writes"),
    # --- memory: what is kept ----------------------------------------------------------------------------------------
    _forever("lists kept", "x = []\n", "x = [x, [], [], [], []]", MEMORY),
    _forever("maps kept", "x = []\n", 'x = [x, {"a": 1}, {"a": 1}, {"a": 1}]', MEMORY),
    _forever("empty maps kept", "x = []\n", "x = [x, {}, {}, {}, {}, {}, {}, {}, {}]", MEMORY),
    _forever("tuples kept", "x = ()\n", "x = (x, (1, i), (2, i), (3, i))", MEMORY),
    _forever(
        "numbers kept",
        "x = []\nk = []\n", "k += [i * 340282366920938463463374607431768211455]" + KEEP, MEMORY,
    ),
    _forever(
        "texts kept",
        "x = []\nk = []\nt = 'a'\n", "k += [t + 'b']" + KEEP, MEMORY,
    ),
    _forever(
        "maps that grow",
        "x = []\nd = {}\n", 'd[new_id("T")] = 1\n    if len(d) > 9000:\n        x = [x, d]\n        d = {}', GAS,
    ),
    _forever("assigned items kept", "x = []\n", 'd = {}\n    d["a"] = i\n    d["b"] = i\n    x = [x, d]', MEMORY),
    _forever("slices kept", LONG + "x = []\n", "x = [x, t[1:]]", MEMORY),
    _forever("slices of lists kept", NONES + "x = []\n", "x = [x, y[1:]]", MEMORY),
    _forever("joined lists kept", NONES + "y = y[:4000]\nx = []\n", "x = [x, y + y]", MEMORY),
    _forever("sorted copies kept", "y = []\nfor n in range(4000):\n    y += [n]\nx = []\n", "x = [x, sorted(y)]", GAS),
    _forever("rows kept", NONES + 'rows.put("a", y)\nx = []\n', 'x = [x, rows.get("a")]', MEMORY),
    _forever("answers kept", NONES + "x = []\n", 'x = [x, invoke("other", "echo", y)]', MEMORY),
    _forever("signers kept", "x = []\n", "x = [x, ctx.signers]", MEMORY),
    _forever("events kept", "", 'emit("a", {"a": {"b": {}}})', "too_many_events"),
    # --- arguments, places, numbers -----------------------------------------------------------------------------------
    *[_once(f"arguments of {name}", "pass", OK, x=value) for name, value in HEAVY.items()],
    _once("an argument that is too deep", "pass", TOO_DEEP, x=[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]),
    _once("a place by a truth", "y = [1, 2]\nreturn y[x]", "wrong_type", x=True),
    _once("a place of a text by a truth", 'y = "ab"\nreturn y[x]', "wrong_type", x=True),
    _once("a place of a map by a truth", 'y = {"a": 1}\nreturn y[x]', "wrong_type", x=True),
    _once("a place set by a truth", "y = [1, 2]\ny[x] = 5\nreturn y", "wrong_type", x=True),
    _once("a place added to by a truth", "y = [1, 2]\ny[x] += 5\nreturn y", "wrong_type", x=True),
    _once("a slice from a truth", "y = [1, 2]\nreturn y[x:]", "wrong_type", x=True),
    _once("a place by a written truth", "y = [1, 2]\nreturn y[True]", "wrong_type"),
    _once(
        "numbered from the last number",
        POWER + "for i, c in enumerate(['a', 'b'], n - 1 + n):\n    n = i", "number_too_large",
    ),
    _once("numbered from afar", POWER + "for i, c in enumerate(['a', 'b'], -n):\n    n = i\nreturn n < 0", OK),
)  # fmt: skip


class Outcome(NamedTuple):
    """How a run ended and what it used; `peak` in bytes of Python's allocations, 0 where they were not traced."""

    ends: str
    gas: int
    memory: int
    writes: int
    peak: int = 0


def run(attack: Attack, *, gas: int = STANDARD_RUN.bounds.gas_transaction, traced: bool = False) -> Outcome:
    """Run one attack over rows as a block has them."""
    other = compile_contract("other", contract(ECHO))
    program = link({"finance": compile_contract("finance", contract(attack.body)), "other": other})
    signer: Any = {"key": "ef" * 32, "capabilities": ["maker"], "operator": "", "unit": ""}
    context = Context(party="P", height=7, today="2026-01-01", signers=(signer,) * 4)
    meter, overlay = Meter(gas), Overlay(MemoryView())
    overlay.begin()
    overlay.set_nonce(b"n")
    machine, ends, peak = Machine(program, overlay, context, meter, b"seed"), OK, 0
    if traced:
        tracemalloc.start()
    try:
        machine.call("finance", "go", attack.args)
    except ChainbillError as error:
        ends = error.reason
    if traced:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return Outcome(ends, meter.used, meter.allocated, meter.writes, peak)


if __name__ == "__main__":
    print(json.dumps([[attack.name, *run(attack, gas=1_000_000)] for attack in ATTACKS]))
