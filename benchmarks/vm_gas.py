"""What one gas costs at worst: loops that each do one thing, run until their gas is spent (aim: at most 100 ns a gas).

    python benchmarks/vm_gas.py

A price that is too low lets a contract hold up a block; the dearest loops come first.
"""

from __future__ import annotations

from time import process_time

from chainbill.vm import Context, Machine, Meter, OutOfGas, compile_contract, link
from chainbill.vm.testing import MemoryRows

GAS = 8_000_000
CONTRACT = "finance"  # its statements have a purpose
HEAD = '"""One loop."""\nfrom chainbill.vm.prelude import *\n\n'
ROWS = 'rows = own_table("row")\n@call\ndef go():\n'
LONG_TEXT = 't = "aaaaaaaaaaaaaaaa"\nfor i in range(13):\n    t += t\n'
NUMBERS = "y = []\nfor i in range(9000):\n    y += [i * 7 % 1000]\n"
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
FOREVER = "for i in range(100000000):\n    "
LOOPS = {
    "empty loop": FOREVER + "pass",
    "arith": "x = 1\nfor i in range(100000000):\n    x = x * 3 % 1000003 + 5 - 2",
    "bigint": "x = 340282366920938463463374607431768211455\nfor i in range(100000000):\n    y = x * x // 7",
    "eq long text": LONG_TEXT + 'u = t + ""\nfor i in range(100000000):\n    z = t == u',
    "lt long text": LONG_TEXT + 'u = t + ""\nfor i in range(100000000):\n    z = t < u',
    "in long text": LONG_TEXT + FOREVER + 'z = "ab" in t',
    "in worst text": LONG_TEXT + 'u = t[:60000] + "b"\nfor i in range(100000000):\n    z = u in t',
    "slice text": LONG_TEXT + FOREVER + "z = t[1:]",
    "concat text": LONG_TEXT + 't = t[:100000]\nfor i in range(100000000):\n    z = t + "b"',
    "nonascii": 't = "应"\nfor i in range(16):\n    t += t\nfor i in range(100000000):\n    z = t + "b"',
    "sorted": NUMBERS + FOREVER + "z = sorted(y)",
    "sorted lists": NUMBERS
    + "w = []\nfor i in y:\n    w += [[1, 1, 1, i]]\nfor i in range(100000000):\n    z = sorted(w)",
    "min": NUMBERS + FOREVER + "z = min(y)",
    "slice list": NUMBERS + FOREVER + "z = y[:]",
    "in list": NUMBERS + FOREVER + "z = -5 in y",
    "eq list": NUMBERS + "v = y[:]\nfor i in range(100000000):\n    z = v == y",
    "lists": FOREVER + "z = [[], [], [], []]",
    "maps": FOREVER + 'z = {"a": {}, "b": {}}',
    "tuples": FOREVER + "a, b, c = (1, 2, 3)",
    "unpack": "y = [1, (2, 3)]\nfor i in range(100000000):\n    a, (b, c) = y",
    "get miss": ROWS + '    for i in range(100000000):\n        z = rows.get("x")',
    "get big": ROWS
    + "    y = []\n    for i in range(5000):\n        y += [[i]]\n"
    + '    rows.put("x", y)\n    for i in range(100000000):\n        z = rows.get("x")',
    "get listkey": ROWS
    + '    for i in range(100000000):\n        z = rows.get(["abc", 5, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])',
    "has": ROWS + "    for i in range(100000000):\n        z = rows.has(i)",
    "put": ROWS + '    for i in range(100000000):\n        rows.put("a", {"a": 1, "b": "x"})',
    "put nonascii": ROWS
    + '    t = "应"\n    for i in range(12):\n        t += t\n'
    + '    for i in range(100000000):\n        rows.put("a", [t])',
    "scan miss": ROWS + '    for i in range(100000000):\n        z = rows.scan(["a", 1], 1)',
    "emit": FOREVER + 'emit("a", {"a": 1})',
    "new_id": FOREVER + 'z = new_id("T")',
    "digest": FOREVER + 'z = digest("a")',
    "digest big": LONG_TEXT + FOREVER + "z = digest(t)",
    "signed_by": f'k = "{KEY}"\ns = "{"0" * 128}"\n' + FOREVER + 'z = signed_by("ed25519", k, "bid", 1, s)',
    "statement_hash": FOREVER + 'z = statement_hash("bid", "a")',
    "statement_hash big": LONG_TEXT + FOREVER + 'z = statement_hash("bid", t)',
    "add_days": 'x = "2026-01-01"\nfor i in range(100000000):\n    x = add_days("2026-01-01", i % 1000000)',
    "add_months": FOREVER + 'x = add_months("2026-01-01", i % 10000)',
    "uscc": FOREVER + 'x = valid_uscc("91350100M000100Y43")',
    "lei": FOREVER + 'x = valid_lei("5493001KJTIIGC8Y1R12")',
    "norm": 't = "ａ"\nfor i in range(7):\n    t += t\nfor i in range(100000000):\n    x = normalise_identifier(t)',
    "dig": FOREVER + 'x = currency_digits("XXQ")',
    "30/360": FOREVER + 'x = days_30_360("2026-01-01", "2027-01-01")',
    "source": FOREVER + 'x = set_problem({"a": "x"}, [])',
    "call": "@call\ndef go():\n    for i in range(100000000):\n        f()\n\n\ndef f():\n    pass",
    "signers": FOREVER + "x = ctx.signers",
    "augitem": 'd = {"a": 1}\nfor i in range(100000000):\n    d["a"] += 1',
    "setitem": "d = [1]\nk = 0\nfor i in range(100000000):\n    d[k] = 1",
    "extend": "d = []\nfor i in range(100000000):\n    d = []\n    d += [1]",
}


def source(loop: str) -> str:
    """Return the contract of a loop."""
    if "@call" in loop:
        return HEAD + loop
    return HEAD + "@call\ndef go():\n    " + loop.replace("\n", "\n    ") + "\n"


def nanoseconds_a_gas(loop: str) -> float:
    """Run a loop to the end of its gas."""
    program = link({CONTRACT: compile_contract(CONTRACT, source(loop))})
    meter = Meter(GAS, 1 << 60, 1 << 60, 1 << 60)
    machine = Machine(program, MemoryRows(), Context(), meter, b"")
    start = process_time()
    try:
        machine.call(CONTRACT, "go", {})
    except OutOfGas:
        return (process_time() - start) / meter.used * 1e9
    raise SystemExit(f"the loop ended by itself: {loop}")


if __name__ == "__main__":
    for nanoseconds, name in sorted(((nanoseconds_a_gas(loop), name) for name, loop in LOOPS.items()), reverse=True):
        print(f"{nanoseconds:8.1f} ns a gas  {name}")
