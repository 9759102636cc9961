"""What an act's answer says is the same in two worlds that differ only in what its sender may not read.

Every act of the contracts, and further scenes of it, × what others do unseen: tried out, handed in, and asked about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from chainbill_node.rest.access import OPEN_VIEWER
from chainbill_node.rest.told import GAS_STEP, OPEN_ITEMS, told
from chainbill_node.rest.view import View
from contracts.acts_ready import ACTS, ADMIN, OTHER_ADMIN, sent, world_of_people
from contracts.world import ANCHOR, BANK1, BANK2, BANK4, OTHER_ANCHOR, S1, S3, S4, World, accepted_bill, ask, offer
from rest.hidden_things import DISTURBANCES
from rest.scenes_of_acts import SCENES
from rest.two_worlds import Act, Answers, WorldNode, answers, moved_on, party_of, read_by, run, without

from chainbill.ledger.transaction import decode_transaction

pytestmark = pytest.mark.untraced

Scene = Callable[[World], Act]


def _ready(name: str, world: World) -> Act:
    ready = ACTS[name].ready(world)
    return Act(ready.sender, name, ready.arguments, ACTS[name].signs)


ALL_SCENES: dict[str, Scene] = {**{name: partial(_ready, name) for name in ACTS}, **SCENES}
CANNOT = {
    ("ask_dilution by the debtor", "token_locked"),
    ("answer to a dilution by the debtor", "token_locked"),
    ("ask_void by the debtor", "bill_part_used"),
}
"""Acts that what others do unseen makes impossible, and the reason that then must be said: it says no more."""
THERE = {
    "settlement.settle": {"tokens_are_offered", "others_banks_are_asked", "others_agree_on_money"},
    "settle by a bank that sponsors nobody": {"pledges_are_offered", "pledges_stand"},
    "ask_dilution by the debtor": {"pledges_stand", "tokens_are_offered", "courts_freeze", "others_trade"},
    "finance.quote": {"rivals_quote", "rivals_decline"},
    "finance.decline": {"rivals_quote", "rivals_decline", "keys_are_recovered"},
    "settle late by such a bank": {"tokens_are_written_off"},
    "issue over a claimed invoice": {"others_claim_invoices"},
}  # fmt: skip
"""What is really there in a scene, and hidden from its sender: else nothing would be compared."""


def worlds_of(scene: Scene) -> dict[str, tuple[World, Act]]:
    """The world of a scene, and those in which something else is there that its sender does not read."""
    plain = world_of_people("plain")
    act = scene(plain)
    reader = party_of(moved_on(plain), act.sender)
    seen = read_by(plain, reader)
    found = {"": (plain, act)}
    for name, disturbance in DISTURBANCES.items():
        world = world_of_people("plain")
        assert scene(world) == act
        if disturbance(world, act.sender) and read_by(moved_on(world), reader) == seen:
            found[name] = world, act
    return found


@pytest.mark.parametrize("name", ALL_SCENES)
def test_an_answer_says_nothing_that_its_sender_does_not_read(name: str) -> None:
    by_outcome: dict[str, dict[str, Answers]] = defaultdict(dict)
    usual = ""
    for world_name, (world, act) in worlds_of(ALL_SCENES[name]).items():
        found = answers(world, act)
        usual = usual or found.outcome
        by_outcome[found.outcome][world_name] = found
    assert {(name, outcome) for outcome in by_outcome if outcome != usual} <= CANNOT
    for alike in by_outcome.values():
        first_name, first = next(iter(alike.items()))
        for other_name, other in alike.items():
            assert other.tried == first.tried, (first_name, other_name)
            if other.reads == first.reads:
                assert other.done == first.done, (first_name, other_name)


@pytest.mark.parametrize("name", THERE)
def test_what_is_hidden_is_there(name: str) -> None:
    assert THERE[name] <= set(worlds_of(ALL_SCENES[name]))


STRANGERS = {"a supplier": S4, "a bank": BANK4, "an anchor": OTHER_ANCHOR}
SEEN = {
    *((act, "a bank") for act in ("legal.ratify", "legal.refuse", "standing.ratify", "standing.object_to")),
    *((f"entry.{act}_entry", "a bank") for act in ("ratify", "refuse", "object_to")),
    *((act, who) for act in ("governance.vote", "governance.withdraw", "entry.lift") for who in STRANGERS),
}
"""Acts on what strangers see: orders and entries that wait for a second bank, defaults, and proposals."""
AN_ID = re.compile(r"[A-Z][0-9A-Z]{17}")


def _missed(value: Any) -> Any:
    """Arguments with other ids of objects, of which there are none."""
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1") if AN_ID.fullmatch(value) else value
    if isinstance(value, dict):
        return {name: _missed(inner) for name, inner in value.items()}
    return [_missed(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ACTS)
def test_an_act_does_not_tell_whether_there_is_what_it_names(name: str) -> None:
    for who, party in STRANGERS.items():
        found = []
        for absent in (False, True):
            world = world_of_people("plain")
            act = _ready(name, world)
            arguments = {key: value for key, value in act.arguments.items() if key not in ("party", "debtor")}
            if act.sender == party or _missed(arguments) == arguments:
                break
            named = {**act.arguments, **(_missed(arguments) if absent else {})}
            found.append(answers(moved_on(world), act._replace(sender=party, arguments=named)))
        if found and (name, who) not in SEEN:
            here, gone = (without(one.tried, {"id"}) for one in found)
            assert here == gone, who


def test_a_holder_is_told_by_what_its_token_is_locked_and_its_debtor_is_not() -> None:
    said = []
    for sender in (S1, ANCHOR):
        world = world_of_people("plain")
        act = SCENES["ask_dilution by the debtor"](world)._replace(sender=sender)
        request = ask(world, str(act.arguments["token"]), BANK2, amount=5_000)["request"]
        said.append(answers(moved_on(world), act).tried)
    assert [one["reason"] for one in said] == ["token_locked"] * 2
    token = act.arguments["token"]
    assert (said[0]["details"]["token"], said[0]["details"]["locks"][0]["ref"]) == (token, request)
    assert said[1]["details"] == {"token": token}


def test_a_bank_that_asks_for_a_vote_is_not_told_what_a_party_holds() -> None:
    """Its sponsor is: it reads it otherwise, too."""
    for bank, names in ((BANK2, {"party"}), (BANK1, {"party", *OPEN_ITEMS})):
        said = []
        for face in (1_000, 2_000):
            world = world_of_people("plain")
            accepted_bill(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, creditor=S4, face=face)
            sent(world, S4, "standing.leave", [ADMIN, OTHER_ADMIN], party=S4)
            act = Act(bank, "governance.propose", {"kind": "party_close", "content": {"party": S4}}, "A")
            said.append(answers(moved_on(world), act).tried)
        assert {one["reason"] for one in said} == {"open_items"}
        assert set(said[0]["details"]) == names
        assert (said[0] == said[1]) is (bank == BANK2)


def test_who_sees_everything_is_told_everything() -> None:
    world = world_of_people("plain")
    act = SCENES["settle by a bank that sponsors nobody"](world)
    for row in [row for _, row in world.rows("token", "token") if row["status"] == "live"]:
        offer(world, row["id"], (S3, row["hi"] - row["lo"]))
    node, receipt = WorldNode(moved_on(world)), run(world, act)
    view = View(node, node.reader(None), OPEN_VIEWER)
    assert told(view, receipt, decode_transaction(act.wire).calls, tried=True) is receipt
    assert ["token", "lapsed"] in [one[:2] for one in receipt.events]
    paying = View(node, node.reader(None), party_of(world, BANK2))
    shown = told(paying, receipt, decode_transaction(act.wire).calls)
    assert sorted(one[:2] for one in shown.events) == [["bill", "settled"], ["settlement", "received"]]
    assert (shown.gas, shown.gas >= receipt.gas) == (GAS_STEP, True)
