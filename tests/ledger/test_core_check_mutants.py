"""The tests of the core checks can fail: each broken core lets something through that the whole-state walk finds."""

from __future__ import annotations

from typing import Any

import pytest
from ledger.tiny_network import TinyNetwork, bill_of
from ledger.token_world import TokenWorld

from chainbill.errors import InternalFault, Refused
from chainbill.ledger import checks, token_rules, transition
from chainbill.ledger.holdings import HoldingChange
from chainbill.ledger.whole_state import check_state


def minted(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    network.run("S1", ("token", "mint", {"token": token, "amount": 1}))


def copied(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    network.run("S1", ("token", "copy", {"token": token}))


def lost(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    network.run("S1", ("token", "lose", {"token": token}))


def moved(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    network.run("S1", ("token", "transfer", {"token": token, "recipient": "S2", "amount": 300}))


def settled(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    network.run("S1", ("token", "settle", {"token": token}))


def nothing(*_: Any) -> None:
    return None


MUTANTS = {
    "ranges made are not compared": (checks, "same_cents", lambda *_: True, copied),
    "lost ranges are not seen": (checks, "same_cents", lambda *_: True, lost),
    "minted ranges are not seen": (checks, "same_cents", lambda *_: True, minted),
    "ranges are not derived": (checks._TokenChange, "_derive_ranges", nothing, moved),
    "holdings are not derived": (HoldingChange, "_write_one", nothing, settled),
}


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_walk_over_the_state_kills_a_broken_core(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, mutant, history = MUTANTS[name]
    history(TinyNetwork())  # the sound core passes the same history
    monkeypatch.setattr(owner, attribute, mutant)
    if name.startswith("minted"):
        monkeypatch.setattr(checks, "check_parent", nothing)
    with pytest.raises(InternalFault, match="core_"):
        history(TinyNetwork())


def test_a_core_without_frozen_fields_lets_a_token_change_its_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    world = TokenWorld()
    world.bill()
    stolen = world.end("T1", "live")[0], {**world.token("T1"), "holder": "S2"}
    with pytest.raises(Refused, match="core_row_fixed"):
        world.act(stolen)
    monkeypatch.setattr(token_rules, "FROZEN_TOKEN", ())
    world.act(stolen)
    world.next_block()
    with pytest.raises(InternalFault, match="core_holdings"):
        check_state(world.view)


def test_a_core_without_the_replay_window_takes_a_transaction_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def pays_twice() -> bool:
        network = TinyNetwork()
        once = network.wire("S1", ("diary", "note", {"name": "a", "value": 1}))
        network.decide(network.block(once))
        late = network.block(once, time_ms=network.time_ms + 90_000_000)
        network.used.clear()  # what a pruned node has forgotten after 24 hours
        try:
            network.decide(late)
        except Refused as error:
            return error.reason != "transaction_expired"
        return True

    assert not pays_twice()
    monkeypatch.setattr(transition, "check_window", nothing)
    assert pays_twice()
