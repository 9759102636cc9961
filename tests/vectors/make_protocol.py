"""Vectors of protocol 1: what the contract machine answers and charges, and the tables that it works by.

`programs`: contracts and calls of them, each on empty tables, with what came of it: the answer or the reason, the gas,
the events. `digest` is H("protocol", canonical [version, tables, programs]): it names the version in a genesis, in the
state and in votes. Whatever changes here changes what blocks do:
tests/core/test_protocols.py compares it with the code.
"""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import ChainbillError
from chainbill.ids import uscc_check_char
from chainbill.ledger.rules import RULES, STANDARD_RULES
from chainbill.protocols import PROTOCOL_1
from chainbill.vm import Context, Machine, Meter, compile_contract, link
from chainbill.vm.context import CONTEXT_FIELDS
from chainbill.vm.grammar import BUILTINS, NATIVES, STATEMENTS
from chainbill.vm.linker import CORE_TABLES
from chainbill.vm.testing import MemoryRows

HEAD = '"""A contract of the vectors."""\nfrom chainbill.vm.prelude import *\n\n'
CONTEXT = Context(
    party="P", height=7, time_ms=1_772_000_000_000, today="2026-02-25", transaction="ab" * 32, chain_id="vectors",
    zone_offset_minutes=480, proposer="cd" * 32, recent_proposers=("cd" * 32,),
    signers=({"key": "ef" * 32, "capabilities": ["maker"]},),
)  # fmt: skip
USCC = "91310000000000001" + uscc_check_char("91310000000000001")
Cases = list[dict[str, Any]]
PROGRAMS: list[tuple[str, str, Cases]] = [
    (
        "numbers",
        """
@call
def go(a, b):
    found = [a + b, a - b, a * b, -a, abs(a), min(a, b), max(a, b), a < b, a == b, a >= b, a in [1, 2, b]]
    found += [a // b, a % b]
    return found
""",
        [
            {"a": 7, "b": 2}, {"a": -7, "b": 2}, {"a": 7, "b": -2}, {"a": 0, "b": 1}, {"a": 1, "b": 0},
            {"a": "x", "b": 1},
        ],
    ),
    (
        "texts",
        """
@call
def go(a, b):
    kind = kind_of(a)
    return {"both": a + b, "part": a[1:3], "first": a[0], "less": a < b, "has": b in a, "len": len(a), "kind": kind}
""",
        [{"a": "汇票 bill", "b": "bill"}, {"a": "abc", "b": "abd"}, {"a": "", "b": ""}, {"a": "e", "b": "\u0301"}],
    ),
    (
        "lists",
        """
@call
def go(items):
    out = []
    total = 0
    for number, item in enumerate(items, 1):
        if item > 2:
            total += item * number
        elif item == 1:
            continue
        else:
            out += [item]
    for number in range(3):
        total -= number
    return {"sorted": sorted(items), "out": out, "total": total, "same": items == sorted(items), "min": min(items)}
""",
        [{"items": [3, 1, 2]}, {"items": [1, 2, 3, 4]}, {"items": []}, {"items": ["a"]}, {"items": {"a": 1}}],
    ),
    (
        "maps",
        """
@call
def go(map, key):
    map[key] = 1
    names = []
    for name in sorted(map):
        names += [name]
    low, high = [len(map), map[key]]
    return [names, low, high, key in map, map == {"a": 1, "b": {"c": [1, 2]}}]
""",
        [
            {"map": {"b": {"c": [1, 2]}}, "key": "a"}, {"map": {}, "key": "z"}, {"map": {}, "key": 1},
            {"map": [], "key": 0},
        ],
    ),
    (
        "dates",
        """
@call
def go(date, count):
    later = add_days(date, count)
    return [later, add_months(date, count), days_between(date, later), days_30_360(date, later), weekday(date),
            is_date(date), date_of(ctx.time_ms), ctx.today]
""",
        [
            {"date": "2026-01-31", "count": 1}, {"date": "2028-02-29", "count": 12},
            {"date": "2026-03-31", "count": -1}, {"date": "2026-02-30", "count": 1},
            {"date": "2026-01-01", "count": 10_000_000},
        ],
    ),
    (
        "ids",
        """
@call
def go(text):
    return [valid_uscc(text), valid_lei(text), normalise_identifier(text), currency_digits(text), digest(text),
            new_id("B"), new_id("T")]
""",
        [
            {"text": USCC}, {"text": "5493001KJTIIGC8Y1R12"}, {"text": "CNY"}, {"text": "JPY"},
            {"text": "KWD"}, {"text": "XXX"}, {"text": "ｃｎｙ-01 ß"},
        ],
    ),
    (
        "tables",
        """
rows = own_table("row")


@call
def go(key, value):
    require(not rows.has(key), "row_exists")
    rows.put([key, 1], value)
    rows.put([key, 2], {"value": value, "by": ctx.party})
    emit("stored", {"key": key, "value": value})
    found = rows.scan([key], 10)
    rows.delete([key, 1])
    require(kind_of(value) != "text" or value != "refuse me", "value_refused", {"value": value})
    return [found, rows.get([key, 1]), rows.get([key, 2])]
""",
        [
            {"key": "a", "value": 1}, {"key": "b", "value": {"x": [1, "二", None, True]}},
            {"key": "c", "value": "refuse me"}, {"key": "d", "value": None}, {"key": 1, "value": 1},
            {"key": [], "value": 1},
        ],
    ),
    (
        "context",
        """
@call
def go():
    return [ctx.party, ctx.height, ctx.time_ms, ctx.today, ctx.gap_ms, ctx.transaction, ctx.signers, ctx.chain_id,
            ctx.zone_offset_minutes, ctx.proposer, ctx.recent_proposers, ctx.clock, ctx.caller]
""",
        [{}],
    ),
    (
        "gas",
        """
@call
def go(turns):
    total = 0
    for number in range(turns):
        total += helper(number, "abcdefgh")
    return total


def helper(number, text):
    return number * 2 + len(text + text) if number % 2 == 0 else -1
""",
        [{"turns": 0}, {"turns": 1}, {"turns": 1_000}, {"turns": 1_000_000}],
    ),
]  # fmt: skip


def make() -> dict[str, Any]:
    """The version, its tables, its programs, its digest."""
    tables, programs = _tables(), [_program(*one) for one in PROGRAMS]
    version = PROTOCOL_1.version
    return {
        "version": version,
        "digest": tagged_hash("protocol", encode([version, tables, programs])).hex(),
        "tables": tables,
        "programs": programs,
    }


def _tables() -> dict[str, Any]:
    named = {**BUILTINS, **NATIVES, **STATEMENTS}
    return {
        "rules": [[one.name, one.standard, one.least, one.most] for one in RULES.values()],
        "currencies": dict(STANDARD_RULES.currencies),
        "functions": {name: [one.least, one.most] for name, one in named.items()},
        "context": list(CONTEXT_FIELDS),
        "core_tables": sorted(CORE_TABLES),
    }


def _program(name: str, body: str, calls: Cases) -> dict[str, Any]:
    source = HEAD + body.lstrip()
    program = link({name: compile_contract(name, source)}, PROTOCOL_1.natives)
    results = []
    for args in calls:
        meter = Meter()
        machine = Machine(program, MemoryRows(), CONTEXT, meter, b"seed")
        outcome: dict[str, Any]
        try:
            outcome = {"answer": machine.call(name, "go", args)}
        except ChainbillError as error:
            outcome = {"reason": error.reason}
        events = [[contract, topic, fields] for contract, topic, fields in machine.events]
        results.append({"args": args, **outcome, "gas": meter.used, "events": events})
    return {"name": name, "source": source, "calls": results}
