"""Each field of a row is of the kind that `rows/*.toml` declares, behind every act."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chainbill_contracts.declared_rows import Field, rows
from contracts.acts_ready import ACTS, SIGNERS, sent, world_of_people
from contracts.world import World

from chainbill.state.keys import row_key

TEXTS = ("text", "party", "bill", "token", "request", "quote", "order", "proposal", "change", "dispute", "currency")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBERS = ("amount", "count", "rate", "height", "milliseconds")


def fits(field: Field, value: Any) -> bool:
    """Whether a value is one of that field; what has members of its own is a map or a list."""
    if field.late and value is None:
        return True
    if field.listed:
        return isinstance(value, list) and all(fits_one(field, one) for one in value)
    return fits_one(field, value)


def fits_one(field: Field, value: Any) -> bool:
    if field.kind in TEXTS:
        return isinstance(value, str)
    if field.kind in NUMBERS:
        return type(value) is int and value >= 0
    if field.kind == "date":
        return isinstance(value, str) and (value == "" or DAY.fullmatch(value) is not None)
    if field.kind == "hex":
        return isinstance(value, str) and re.fullmatch("([0-9a-f]{2})*", value) is not None
    if field.kind == "yes_no":
        return isinstance(value, bool)
    if field.kind == "created":
        return isinstance(value, dict) and type(value["height"]) is int and len(value["transaction"]) in (0, 64)
    return field.kind != "words" or value in (*field.words, "")


def of_another_kind(world: World) -> list[str]:
    """What is not of its kind, in words."""
    return [
        f"{row.place} {key} {name}: {value!r} is no {row.fields[name].kind}"
        for row in rows().values()
        for key, found in world.rows(*row.place.split("/"))
        for name, value in (found.items() if isinstance(found, dict) else ())
        if name in row.stored and not fits(row.fields[name], value)
    ]


@pytest.mark.parametrize("act", ACTS)
def test_what_an_act_leaves_is_of_the_declared_kinds(act: str) -> None:
    world = world_of_people("plain")
    sender, arguments = ACTS[act].ready(world)
    assert of_another_kind(world) == []
    sent(world, sender, act, SIGNERS[ACTS[act].signs], **arguments)
    assert of_another_kind(world) == []


@pytest.mark.parametrize(
    ("name", "value"), [("insolvent_since", {}), ("insolvent_since", "soon"), ("names", "name"), ("sponsor", 7)]
)
def test_a_value_of_another_kind_is_seen(name: str, value: Any) -> None:
    world = world_of_people("plain")
    [party], row = world.rows("party", "party")[0]
    world.overlay.begin()
    world.overlay.put(row_key("party", "party", party), {**row, name: value})
    assert [told.split()[2] for told in of_another_kind(world)] == [f"{name}:"]
