"""The checks on random lives are worth something: each broken contract is found, the real ones pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest
from chainbill_contracts import source
from contracts.invariants import check_all
from contracts.lives import LIFE
from contracts.mutants import Mutant, assert_it_dies
from contracts.test_life_of_bills import BillLife
from contracts.world import ANCHOR, BANK1, OTHER_ANCHOR, S2, S3, World, accepted_bill, finance, issue, offer
from hypothesis import Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import run_state_machine_as_test

from chainbill.errors import Refused

ENDS_OPEN = 'elif not waits and row["status"] in REQUEST_WAITING:'
PAYEE = 'share = {"party": row["holder"], "amount": amount, "pledge": ""}'
MUTANTS = {
    "the last cents of a part payment go to nobody": (
        "general",
        "parts[number] += 1",
        "pass",
    ),
    "an offered token is paid to the recipient": ("general", PAYEE, PAYEE.replace("holder", "offered_to")),
    "a rest forgets its lock": ("token", '    rest["locks"] = row["locks"]\n', '    rest["locks"] = []\n'),
    "a returned token keeps its tier": ("token", '["tier", "origin", "financing",', '["origin", "financing",'),
    "an exit keeps the invoice": ("invoice", '        row["occupied"] -= part["amount"]\n', ""),
    "an invoice is occupied beyond its total": (
        "invoice",
        'row["occupied"] + part["amount"] <= row["total"]',
        "True",
    ),
    "a draft that ended still counts": (
        "bill",
        "    else:\n        free_draft(row)\n    end_before_acceptance",
        "    end_before_acceptance",
    ),
    "a lapsed offer still counts": (
        "token",
        '        count_offers(token["holder"], -1)\n        rejoin(token)',
        "        rejoin(token)",
    ),
    "a place that was kept is never free": ("token", '        count_offers(row["holder"], -row["places"])\n', ""),
    "a receipt is not added up": ("bill", '    row["settled"] += amount\n', ""),
    "a paid request stays open": ("finance", ENDS_OPEN, "elif False:"),
    "a request is not told of a part payment": ("finance", '        row["amount"] = amount\n', ""),
    "an expired bill stays pending with its invoices free": (
        "bill",
        '    row["status"] = status\n    row["closed_on"]',
        '    row["closed_on"]',
    ),
}


MOST_LIVES = 4_000
"""Most are found within some hundred; a mutant that only a rare life shows needs the room."""


@pytest.fixture
def _same_draws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is drawn depends on nothing but the test: hypothesis mixes in the constants of all modules that happen to be
    loaded, and with some of them a mutant was not found in five minutes."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    providers.CONSTANTS_CACHE.cache.clear()
    yield
    providers.CONSTANTS_CACHE.cache.clear()


@pytest.mark.usefixtures("_same_draws")
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_checks_find_a_broken_contract(mutant: str) -> None:
    name, before, after = MUTANTS[mutant]
    assert source(name).count(before) == 1
    machine: Any = type("Broken", (BillLife,), {"changes": MappingProxyType({name: (before, after)})})
    search = settings(
        LIFE, max_examples=MOST_LIVES, phases=[Phase.generate], derandomize=True, print_blob=False, database=None
    )
    with pytest.raises((AssertionError, Refused, KeyError, IndexError)):
        run_state_machine_as_test(machine, settings=search)


def _cut_after_financing(world: World) -> None:
    _, token = accepted_bill(world)
    bought, _ = finance(world, token, BANK1, 60_000_000)
    world.call(BANK1, "token", "split", token=bought, amounts=[10_000_000])
    check_all(world)


def _claim_after_acceptance(world: World) -> None:
    part = [{"fingerprint": "7" * 64, "amount": 1, "total": 2}]
    accepted_bill(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=1, invoices=part)
    with suppress(Refused):
        world.call(ANCHOR, "bill", "confirm", bill=issue(world, face=1, invoices=part))
    check_all(world)


def _refusal_beside_an_offer(world: World) -> None:
    _, token = accepted_bill(world)
    first, _ = offer(world, token, (S2, 10), (S3, 20))["tokens"]
    world.call(S2, "token", "reject", token=first, reason="")
    check_all(world)


RARE: dict[str, Mutant] = {
    "a cut forgets its financing": (
        "general", '"financing": like["financing"],', '"financing": "",', _cut_after_financing,
    ),
    "a seller who agreed still gives way": (
        "invoice", 'row["signed"] == 0 and ', "", _claim_after_acceptance,
    ),
    "a lapse joins over locked pieces": (
        "token", 'alike = other["locks"] == row["locks"] and other', "alike = other", _refusal_beside_an_offer,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", RARE)
def test_the_checks_find_what_random_lives_seldom_show(mutant: str) -> None:
    """By a life of its own: random ones come there so seldom that the search took minutes."""
    assert_it_dies(RARE[mutant])
