"""Words for tests that are written from a text: what is refused, who is stopped at the door, what was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.world import World, as_two

from chainbill.errors import Refused
from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Call


def refused(code: str, act: Callable[..., Any], /, *arguments: Any, **named: Any) -> dict[str, Any]:
    """Hold that the act is refused for this reason; the details of the refusal."""
    with pytest.raises(Refused) as caught:
        act(*arguments, **named)
    assert caught.value.reason == code, caught.value
    return dict(caught.value.fields)


def door(world: World, party: str, act: str, /, **arguments: Any) -> None:
    """What the core asks before a contract runs: whether the party's standing allows this act, contract.function."""
    contract, function = act.split(".")
    check_standing(party, world.row("party", "party", party), [Call(contract, function, arguments)])


def status(world: World, party: str) -> str:
    return str(world.row("party", "party", party)["status"])


def told(world: World, topic: str) -> list[dict[str, Any]]:
    """What all events of one topic said, contract.topic."""
    return [data for contract, name, data in world.events if f"{contract}.{name}" == topic]


def both(world: World, party: str, act: str, /, **arguments: Any) -> Any:
    """An act that maker and checker of a party sign."""
    contract, function = act.split(".")
    return as_two(world, party, contract, function, **arguments)
