"""Every price is taken where it says, for as much as is done, and before it is done."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from vm.vm_room import Room, contract

from chainbill.errors import InternalFault
from chainbill.vm import ContractFault, Machine, Meter, Program, compile_contract, natives
from chainbill.vm.grammar import NATIVES
from chainbill.vm.rules import STANDARD_RUN, Prices

PRICES = STANDARD_RUN.prices
ITEMS = 40
DEARER = 1_000
LONG = 60_000
VIEW = contract("@view\ndef f():\n    return 1")
OTHER = "@view\ndef none(x):\n    return None\n\n\n@view\ndef echo(x):\n    return x"
TABLE = (
    f'rows = own_table("row")\nKEYS = {[f"k{n}" for n in range(ITEMS)]!r}\n\n\n'
    '@call\ndef fill(text):\n    for n in range(3):\n        rows.put(["r", n], 1)\n    rows.put("long", text)\n\n\n'
)


def gas(statement: str, prices: Prices = PRICES, **args: Any) -> int:
    """What `go` with this statement uses, over three small rows and a long one."""
    go = f"@call\ndef go({', '.join(args)}):\n    " + statement.replace("\n", "\n    ")
    room = Room(finance=TABLE + go, other=OTHER)
    room.run({"text": "x" * LONG}, name="finance", function="fill")
    meter = Meter()
    rules = replace(STANDARD_RUN, prices=prices)
    machine = Machine(room.program, room.rows, room.context, meter, b"seed", rules=rules)
    machine.call("finance", "go", args)  # a contract of that name has statements
    return meter.used


TAKEN = [
    ("gas_get", 'z = rows.get("none")', 1),
    ("gas_get", 'z = rows.has("none")', 1),
    ("gas_put", 'rows.put("a", 1)', 1),
    ("gas_delete", 'rows.delete("none")', 1),
    ("gas_scan", "z = rows.scan([], 2)", 1),
    ("gas_scanned_row", 'z = rows.scan(["r"], 2)', 2),
    ("gas_emit", 'emit("a", {"b": 1})', 1),
    ("gas_context_list", "z = ctx.signers", 1),
    ("gas_context_list", "z = ctx.recent_proposers", 1),
    ("gas_source_character", f'z = set_problem({{"third": {VIEW!r}}}, [])', len(VIEW)),
    ("gas_guarded_byte", f'z = set_problem({{"third": {VIEW!r}}}, [])', compile_contract("other", VIEW).size),
    ("gas_compare", 'z = "none" in KEYS', ITEMS),
    ("gas_compare", "z = KEYS == KEYS + []", ITEMS),
    ("gas_compare", "z = sorted(KEYS)", ITEMS // 2),
]  # fmt: skip


@pytest.mark.parametrize(("price", "statement", "times"), TAKEN)
def test_a_price_is_taken_once_for_each_that_is_met(price: str, statement: str, times: int) -> None:
    dearer = replace(PRICES, **{price: getattr(PRICES, price) + DEARER})
    assert gas(statement, dearer) - gas(statement) >= DEARER * times


BY_SIZE = [
    ("bytes_a_gas", "z = text", 0),
    ("bytes_a_gas", 'z = rows.get("long")', 1),
    ("bytes_a_gas", 'z = rows.has("long")', 1),
    ("bytes_a_gas", 'rows.put("long", 1)', 1),
    ("bytes_a_gas", 'rows.delete("long")', 1),
    ("bytes_a_gas", "z = rows.scan([], 1)", 1),
    ("bytes_a_gas", 'rows.put("a", text)', 1),
    ("bytes_a_gas", 'emit("a", {"b": text})', 1),
    ("bytes_a_gas", 'z = invoke("other", "none", [text])', 1),
    ("bytes_a_gas", 'z = invoke("other", "echo", [text])', 2),
    ("bytes_a_gas", "return [text]", 1),
    ("hash_bytes_a_gas", "z = digest(text)", 1),
    ("hash_bytes_a_gas", 'z = statement_hash("bid", text)', 1),
    ("hash_bytes_a_gas", 'z = signed_by("ed25519", "", "bid", text, "")', 1),
    ("characters_a_gas", "z = text + text", 2),
    ("characters_a_gas", "z = text[1:]", 1),
    ("characters_a_gas", 'z = "y" in text', 1),
    ("characters_a_gas", 'z = text == text + ""', 2),
    ("characters_a_gas", "z = max(text, text)", 2),
    ("characters_a_gas", "z = min([text, text])", 2),
    ("characters_a_gas", "z = sorted([text, text, text, text])", 12),  # each is compared three times
    ("characters_a_gas", "z = sorted([[text], [text], [text], [text]])", 12),
]


@pytest.mark.parametrize(("price", "statement", "times"), BY_SIZE)
def test_a_price_by_size_is_taken_for_all_of_it(price: str, statement: str, times: int) -> None:
    cheap = replace(PRICES, **{price: 1 << 30})
    paid = [gas(statement, prices, text="x" * LONG) for prices in (PRICES, cheap)]
    argument = LONG // PRICES.bytes_a_gas if price == "bytes_a_gas" else 0
    assert paid[0] - paid[1] - argument >= (LONG - 1) * times // getattr(PRICES, price)


def test_a_long_key_is_paid_for_by_its_bytes() -> None:
    key = ["\u5e94" * 64] * 5
    read = [gas("z = rows.get(key)", key=key), gas("z = key", key=key), gas("z = rows.get(1)"), gas("z = 1")]
    assert read[0] - read[1] - (read[2] - read[3]) >= 5 * 64 * 3 // PRICES.bytes_a_gas


def test_every_price_is_tried() -> None:
    assert {price for price, _, _ in (*TAKEN, *BY_SIZE)} == {one.name for one in fields(Prices)}


def test_maps_of_other_keys_are_paid_for_as_those_of_the_same() -> None:
    """They are told apart by looking at all of their keys."""
    maps = "d = {}\ne = {}\nf = {}\nfor k in KEYS:\n    d[k] = 1\n    e[k] = 1\n    f[k + 'x'] = 1\n"
    assert gas(maps + "z = d == f") - gas(maps) >= ITEMS * PRICES.gas_compare // 2


def test_a_text_that_may_grow_is_normalised_at_a_price_for_what_it_becomes() -> None:
    text = "\ufdfa" * 200
    grown = len(natives.normalise_identifier(text[:1])) * len(text)
    used = [gas(line, text=text) for line in ("z = normalise_identifier(text)", "z = text")]
    assert used[0] - used[1] >= grown > 10 * len(text)


SHORT_ONLY = {
    "add_days": ["add_days(text, 1)"],
    "add_months": ["add_months(text, 1)"],
    "days_between": ["days_between(text, date)", "days_between(date, text)"],
    "days_30_360": ["days_30_360(text, date)", "days_30_360(date, text)"],
    "weekday": ["weekday(text)"],
    "valid_uscc": ["valid_uscc(text)"],
    "valid_lei": ["valid_lei(text)"],
    "normalise_identifier": ["normalise_identifier(text)"],
    "currency_digits": ["currency_digits(text)"],
    "statement_hash": ["statement_hash(text, 1)"],
    "signed_by": ['signed_by("ed25519", "", text, 1, "")'],
}
"""Calls with a long text where the price goes by no size."""
OTHERWISE = {"date_of", "digest", "is_date", "kind_of", "new_id", "set_problem"}
"""Take numbers, pay by size, or look at the length first."""


def test_a_native_that_is_not_paid_by_size_reads_and_remembers_no_long_text() -> None:
    assert SHORT_ONLY.keys() | OTHERWISE == NATIVES.keys()
    for call in (one for calls in SHORT_ONLY.values() for one in calls):
        with pytest.raises(ContractFault, match=r"^bad_argument: .*: the text is longer than 256"):
            gas(f"date = '2026-01-01'\nz = {call}", text="2" * LONG)


class Begun(Exception):  # noqa: N818 - no error: where the work begins
    """What was paid until here was paid before."""


def begin(*_args: object) -> None:
    raise Begun


@pytest.mark.parametrize(
    ("owner", "work", "statement", "least"),
    [
        (natives, "normalise_identifier", "z = normalise_identifier(text)", 2 * LONG),
        (natives, "digest_of", "z = digest(text)", LONG // PRICES.hash_bytes_a_gas),
        (natives, "statement_hash", 'z = statement_hash("bid", text)', LONG // PRICES.hash_bytes_a_gas),
        (natives, "signed_by", 'z = signed_by("ed25519", "", "bid", text, "")', LONG // PRICES.hash_bytes_a_gas),
        (Program, "examine", 'z = set_problem({"other": text}, [])', LONG * PRICES.gas_source_character),
    ],
)
def test_work_by_size_is_paid_for_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, owner: Any, work: str, statement: str, least: int
) -> None:
    """Whoever has no gas left would else have it done, and pay for a part of it only."""
    used: dict[int, int] = {}
    monkeypatch.setattr(owner, work, begin)
    for length in (0, LONG):
        room = Room(f"@call\ndef go(text):\n    {statement}")
        with pytest.raises(InternalFault) as caught:
            room.run({"text": "x" * length})
        assert isinstance(caught.value.__cause__, Begun)
        used[length] = room.meter.used
    assert used[LONG] - used[0] >= LONG // PRICES.bytes_a_gas + least
