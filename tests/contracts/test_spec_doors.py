"""Written from the specification: who signs each act, and in which order an act is refused (ACTS 0, OFFICE 14)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from chainbill_contracts.declared_acts import acts as declared
from contracts.acts_ready import ACTS, ADMIN, ALONE, ALONE_TOO, CHECKER, MAKER, SIGNERS, sent, stopped, world_of_people
from contracts.expected import door, refused
from contracts.world import S3, S4, World, uscc

from chainbill.errors import Refused

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "acts"
NOT_ENOUGH = {
    "M": [[CHECKER], [ADMIN], [CHECKER, ADMIN]],
    "MC": [[MAKER], [CHECKER], [ADMIN], [MAKER, ADMIN], [ALONE], [ALONE, ALONE_TOO]],
    "A": [[MAKER], [CHECKER], [MAKER, CHECKER]],
    "AA": [[MAKER], [MAKER, CHECKER], [ADMIN], [ADMIN, MAKER], [ALONE], [ALONE, ALONE_TOO]],
    "any": [],
}
"""Signers who may not, each kind of act by all that falls short of it; two keys of one person are one person."""
LACKING = {
    "M": {"capability_missing"},
    "MC": {"capability_missing", "maker_and_checker_needed"},
    "A": {"capability_missing"},
    "AA": {"capability_missing", "second_admin_needed"},
}


@pytest.fixture
def place(backend: str) -> World:
    return world_of_people(backend)


def test_every_act_is_here() -> None:
    pages = [page.read_text(encoding="utf-8") for page in REFERENCE.glob("[a-z]*.md") if ".zh" not in page.name]
    assert {act for page in pages for act in re.findall(r"^## (\w+\.\w+)$", page, re.M)} == set(ACTS)


def test_every_act_says_who_signs_it() -> None:
    assert {place: act.signs for place, act in declared().items()} == {act: spec.signs for act, spec in ACTS.items()}


@pytest.mark.parametrize("act", ACTS)
def test_who_signs_an_act_and_nobody_less(place: World, act: str) -> None:
    spec = ACTS[act]
    ready = spec.ready(place)
    for signers in NOT_ENOUGH[spec.signs]:
        with pytest.raises(Refused) as caught:
            sent(place, ready.sender, act, signers, **ready.arguments)
        assert caught.value.reason in LACKING[spec.signs], (signers, caught.value)
    sent(place, ready.sender, act, SIGNERS[spec.signs], **ready.arguments)


ROWS = {
    "product": "product_unknown", "pledge": "pledge_unknown",
    "bill": "bill_unknown", "token": "token_unknown", "request": "request_unknown", "quote": "quote_unknown",
    "dispute": "dispute_unknown", "change": "change_unknown", "recovery": "recovery_unknown",
    "order": "status_order_unknown", "entry": "entry_unknown", "lifts": "entry_unknown",
    "proposal": "proposal_unknown", "party": "party_unknown",
}  # fmt: skip
"""The argument that names the row an act is about, and what is said where there is none."""


NAMES_TWO = {
    "settlement.pay_result": "not_the_instructing_bank", "settlement.acknowledge": "not_the_payee",
    "account.attest": "not_a_bank", "label.revoke": "label_unknown",
    "legal.ratify": "order_unknown", "legal.refuse": "order_unknown", "legal.object_to": "order_unknown",
    "sale.buy": "sale_unknown", "prepayment.agree_prepayment": "prepayment_unknown",
    "settlement.settle_prepaid": "prepayment_unknown", "guarantee.demand": "guarantee_unknown",
}  # fmt: skip
"""Acts about a row of two names; whose account it is, is no stranger's business."""

GONE = {
    "token.accept": "not_offered_to_you",
    "token.reject": "not_offered_to_you",
    "party.end_mandate": "mandate_unknown",
    "party.give_up_identifier": "identifier_unknown",
}
"""Where the sender's right ended with the state, so that the state is what there is to say."""


def about(act: str, arguments: dict[str, Any]) -> str:
    """The argument that names the row an act is about, or ""."""
    return next((name for name in ROWS if name in arguments), "")


def reason(world: World, sender: str, act: str, signers: list[int], /, **arguments: Any) -> str:
    with pytest.raises(Refused) as caught:
        sent(world, sender, act, signers, **arguments)
    return caught.value.reason


@pytest.mark.parametrize("act", ACTS)
def test_that_there_is_no_such_row_is_said_before_all_else(place: World, act: str) -> None:
    ready = ACTS[act].ready(place)
    name = about(act, ready.arguments)
    if not name:
        return
    stopped(place, S4)
    missing = {**ready.arguments, name: uscc(999) if name == "party" else "X" * 18}
    assert reason(place, S4, act, [CHECKER], **missing) == NAMES_TWO.get(act, ROWS[name])


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_hears_of_his_right_before_his_status_and_his_key(place: World, act: str) -> None:
    ready = ACTS[act].ready(place)
    if not about(act, ready.arguments):
        return
    stranger = S4 if ready.sender != S4 else S3
    stopped(place, stranger)
    said = reason(place, stranger, act, [CHECKER], **ready.arguments)
    others = ("bank_not_asked", "order_on_another_party", "entry_on_another_party", "role_missing")
    assert said.startswith(("not_", *others)), said


@pytest.mark.parametrize("act", ACTS)
def test_a_stopped_sender_hears_of_its_status_before_its_key(place: World, act: str) -> None:
    spec = ACTS[act]
    ready = spec.ready(place)
    wrong = [ADMIN] if spec.signs.startswith("M") else [MAKER]
    if act == "standing.object_to" or spec.signs == "any":  # it is about a stop itself; no key is wrong
        return
    stopped(place, ready.sender)
    if not spec.open:
        refused("party_not_active", door, place, ready.sender, act, **ready.arguments)
        return
    said = reason(place, ready.sender, act, wrong, **ready.arguments)
    assert said in LACKING[spec.signs], said


@pytest.mark.parametrize("act", ACTS)
def test_who_has_the_wrong_key_does_not_hear_of_the_state(place: World, act: str) -> None:
    spec = ACTS[act]
    if not NOT_ENOUGH[spec.signs]:
        return
    ready = spec.ready(place)
    sent(place, ready.sender, act, SIGNERS[spec.signs], **ready.arguments)
    known = "reference" in ready.arguments and act not in ("bill.issue", "settlement.reverse")
    if known or act == "product.event":  # who sends a receipt, or an event, again hears what became of it
        assert sent(place, ready.sender, act, NOT_ENOUGH[spec.signs][0], **ready.arguments)["repeated"]
        return
    said = reason(place, ready.sender, act, NOT_ENOUGH[spec.signs][0], **ready.arguments)
    assert said in LACKING[spec.signs] | {GONE.get(act)}, said
