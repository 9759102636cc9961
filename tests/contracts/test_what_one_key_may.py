"""What one key alone may do: every act of every contract, tried with a key of each capability and no other.

What is expected stands in `acts_ready.py`, with why one key is enough; reasons that can be checked are checked here.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import Any, ClassVar

import pytest
from chainbill_contracts import source
from contracts.acts_ready import (
    ACTS,
    ADMIN,
    CHECKER,
    GUARANTOR,
    MAKER,
    SAYS_NO,
    SIGNERS,
    TAKES_AWAY,
    TWO,
    UNDER_CLEAR,
    UNDER_POLICY,
    members,
    sent,
)
from contracts.test_state_reference import busy_world
from contracts.world import BANK2, MEMBERS, S2, World, a_key, key_of, member, uscc

from chainbill.errors import Refused
from chainbill.ledger.open_acts import ALWAYS_OPEN
from chainbill.state.keys import row_key

AUDITOR = uscc(70)
ALONE = {"maker": 2, "checker": 3, "admin": 4}  # capability -> number of the key that has no other
STRICT = {"rules": [{"action": "any", "currency": currency, "above": 0} for currency in ("CNY", "EUR", "USD")]}


class TriedWorld(World):
    """Tries every call that goes through with lesser keys as well, and keeps which of them would have got through.

    under_policy: whether a maker alone gets a call through where its party's policy asks for two whatever the amount.
    """

    alone: ClassVar = {"maker": MAKER, "checker": CHECKER, "admin": ADMIN}
    """Capability → number of the key of each party that has no other."""

    def __init__(self, **fields: Any) -> None:
        self.through: dict[str, set[frozenset[str]]] = defaultdict(set)
        self.under_policy: dict[str, set[bool]] = defaultdict(set)
        super().__init__(**fields)

    def send(self, party: str, *calls: tuple[str, str, dict[str, Any]], keys: list[str] | None = None) -> list[Any]:
        if self._goes_through(party, calls, keys):
            lesser = {name: [key_of(party, number)] for name, number in self.alone.items()}
            passed = frozenset(name for name, key in lesser.items() if self._goes_through(party, calls, key))
            strict = self._goes_through(party, calls, lesser["maker"], STRICT)
            for contract, function, _ in calls:
                self.through[f"{contract}.{function}"].add(passed)
                if "maker" in passed:
                    self.under_policy[f"{contract}.{function}"].add(strict)
        return super().send(party, *calls, keys=keys)

    def _goes_through(self, party: str, calls: Any, keys: list[str] | None, policy: Any = None) -> bool:
        before = (self.height, self.time_ms, self._seeds, len(self.events))
        self.overlay.begin()
        try:
            if policy is not None:
                row = self.row("party", "party", party)
                self.overlay.put(row_key("party", "party", party), {**row, "policy": policy})
            super().send(party, *calls, keys=keys)
        except Refused:
            return False
        finally:
            self.overlay.rollback()
            self.height, self.time_ms, self._seeds, count = before
            del self.events[count:]
        return True


class BusyWorld(TriedWorld):
    """The usual members, whose first keys may do everything, with lesser ones beside them."""

    alone: ClassVar = ALONE

    def __init__(self) -> None:
        beside = [member(AUDITOR, "auditor"), member(GUARANTOR, "guarantor")]
        super().__init__(members=[with_lesser_keys(one) for one in [*MEMBERS, *beside]])


def with_lesser_keys(party: dict[str, Any]) -> dict[str, Any]:
    lesser = [a_key(key_of(party["id"], number), [capability]) for capability, number in ALONE.items()]
    return {**party, "keys": party["keys"] + lesser}


def a_first_account(world: World) -> None:
    account = {"currency": "USD", "alg": "sha256", "digest_hex": "ef" * 32}
    world.call(S2, "account", "announce", bank=BANK2, **account)


@pytest.fixture(scope="module")
def tried() -> list[TriedWorld]:
    """Worlds in which every act was done."""
    busy = BusyWorld()
    busy_world(busy)
    done: list[TriedWorld] = [busy]
    for act, spec in ACTS.items():
        world = TriedWorld(members=members())
        ready = spec.ready(world)
        sent(world, ready.sender, act, SIGNERS[spec.signs], **ready.arguments)
        done.append(world)
    for scene in (a_first_account,):
        other = BusyWorld()
        scene(other)
        done.append(other)
    return done


def test_one_key_alone_does_what_its_capability_says_and_nothing_else(tried: list[TriedWorld]) -> None:
    """security: an act that forgets to ask for a capability is open to whoever holds any key of the party."""
    through: dict[str, set[frozenset[str]]] = defaultdict(set)
    for world in tried:
        for act, found in world.through.items():
            through[act] |= found
    maker, admin, nobody = frozenset({"maker"}), frozenset({"admin"}), frozenset[str]()
    enough = {"M": maker, "A": admin, "MC": nobody, "AA": nobody, "any": frozenset({"maker", "checker", "admin"})}
    wanted = {act: {enough[spec.signs]} for act, spec in ACTS.items()}
    wanted["account.announce"].add(maker)  # a first one; the table has the change of one
    assert through == wanted


def test_of_each_act_that_one_key_may_do_it_is_said_why() -> None:
    for act, spec in ACTS.items():
        assert (spec.alone == TWO) is (len(SIGNERS[spec.signs]) == 2), act


def test_what_a_maker_does_alone_with_money_its_party_s_policy_stops(tried: list[TriedWorld]) -> None:
    """security: an act on money that no policy reaches is open to one stolen key, whatever the party decided."""
    alone: dict[str, set[bool]] = defaultdict(set)
    for world in tried:
        for act, found in world.under_policy.items():
            alone[act] |= found
    wanted = {act: {spec.alone not in (UNDER_POLICY, UNDER_CLEAR)} for act, spec in ACTS.items() if spec.signs == "M"}
    wanted["account.announce"] = wanted["legal.object_to"] = wanted["entry.object_to_entry"] = {True}
    assert alone == wanted
    named = re.search(r"^ACTS_UNDER_POLICY = (\[.*?^\])", source("general"), re.DOTALL | re.MULTILINE)
    assert named is not None
    assert set(ast.literal_eval(named[1])) == {"any", *(act for act, one in ACTS.items() if one.alone == UNDER_POLICY)}


def test_what_one_key_takes_back_or_away_is_always_open() -> None:
    """What harms nobody may be done in every status: the other way round, what is not so is none of these."""
    assert {act for act, spec in ACTS.items() if spec.alone in (SAYS_NO, TAKES_AWAY)} <= ALWAYS_OPEN
