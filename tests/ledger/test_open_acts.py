"""What a party may send that is not active: the core's table, at admission and in a block, whatever contracts check."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chainbill_contracts import NAMES, source
from contracts.acts_ready import ACTS as EXPECTED
from ledger.real_network import ANCHOR, S1, S2, RealNetwork
from ledger.tiny_network import TinyNetwork

from chainbill.errors import Refused
from chainbill.ledger import authorisation
from chainbill.ledger.admission import admit, simulate
from chainbill.ledger.open_acts import ALWAYS_OPEN, OPEN_ANSWERS, check_standing, is_open
from chainbill.ledger.transaction import Call, decode_transaction
from chainbill.state.overlay import Overlay

ACTS = {f"{name}.{function}" for name in NAMES for function in re.findall(r"@call\ndef (\w+)\(", source(name))}
NOT_ACTIVE = r"^party_not_active"
OPEN_NOW = {act for act, spec in EXPECTED.items() if spec.open}


def call(act: str, **args: Any) -> Call:
    return Call(*act.split("."), args)


def standing(status: str, *calls: Call) -> None:
    check_standing("P", {"id": "P", "status": status}, calls)


def test_the_acts_of_the_table_that_exist_are_spelt_as_in_the_contracts() -> None:
    assert ALWAYS_OPEN & ACTS == OPEN_NOW


@pytest.mark.parametrize("status", ["suspended", "insolvent"])
@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_suspended_or_insolvent_party_sends_open_acts_only(act: str, status: str) -> None:
    if act in OPEN_NOW:
        standing(status, call(act))
        return
    with pytest.raises(Refused, match=NOT_ACTIVE):
        standing(status, call(act))


@pytest.mark.parametrize("status", ["closed", "", "Active", None, 1, []])
@pytest.mark.parametrize("act", ["token.reject", "settlement.settle", "bill.issue"])
def test_in_every_other_status_nothing_is_open(act: str, status: Any) -> None:
    with pytest.raises(Refused, match=NOT_ACTIVE):
        standing(status, call(act))


@pytest.mark.parametrize("status", ["active", "leaving"])
@pytest.mark.parametrize("act", sorted(ACTS))
def test_of_others_contracts_decide(act: str, status: str) -> None:
    standing(status, call(act))


@pytest.mark.parametrize("act", sorted(ACTS))
def test_of_an_administrator_contracts_decide(act: str) -> None:
    check_standing("P", {"id": "P", "status": "insolvent", "administered_on": "2026-03-02"}, [call(act)])
    with pytest.raises(Refused, match=NOT_ACTIVE):
        check_standing("P", {"id": "P", "status": "suspended", "administered_on": "2026-03-02"}, [call("bill.issue")])


@pytest.mark.parametrize("row", [None, {}, [], "active"])
def test_who_is_not_registered_sends_nothing(row: Any) -> None:
    with pytest.raises(Refused, match=NOT_ACTIVE):
        check_standing("P", row, [call("token.reject")])


@pytest.mark.parametrize(("args", "fine"), [({"answer": "no"}, True), ({"answer": "yes"}, False), ({}, False)])
def test_a_joint_act_can_be_answered_with_no(args: dict[str, Any], fine: bool) -> None:
    assert set(OPEN_ANSWERS) == {"bill.answer"}
    assert is_open(call("bill.answer", joint="J1", **args)) is fine


def test_one_closed_act_closes_the_transaction_and_is_named() -> None:
    with pytest.raises(Refused) as refused:
        standing("suspended", call("token.reject"), call("bill.issue"), call("token.accept"))
    assert refused.value.fields == {
        "party": "P", "status": "suspended", "call": 1, "contract": "bill", "function": "issue",
    }  # fmt: skip


@pytest.fixture
def network() -> RealNetwork:
    network = RealNetwork()
    network.standing(S2)
    return network


def test_a_suspended_party_is_refused_at_admission_in_simulation_and_in_a_block(network: RealNetwork) -> None:
    """security 2: it could fill blocks with acts that its contracts refuse after work."""
    wire = network.wire(S2, ("bill", "issue", {}))
    transaction = decode_transaction(wire)
    with pytest.raises(Refused, match=NOT_ACTIVE):
        admit(Overlay(network.view), transaction, network.env, network.time_ms)
    shown = simulate(network.view, transaction, network.env, network.time_ms + 1)
    as_signed = simulate(network.view, transaction, network.env, network.time_ms + 1, signers=[])
    receipt = network.decide(network.block(wire)).receipts[-1]
    assert {shown.reason, as_signed.reason, receipt.reason} == {"party_not_active"}
    assert receipt.details == {
        "party": S2, "status": "suspended", "call": 0, "contract": "bill", "function": "issue",
    }  # fmt: skip
    assert receipt.gas == 1_500, "no contract ran"


def test_a_suspended_party_rejects_and_takes_back_and_revokes() -> None:
    network = RealNetwork()
    issue = {
        "debtor": ANCHOR, "creditor": S1, "face": 100, "currency": "CNY", "due_on": "2026-08-31", "invoices": [],
        "contract_no": "", "delivered_on": "", "terms": {}, "reference": "",
    }  # fmt: skip
    own = network.ok(S1, "bill", "issue", **issue)["bill"]
    _, token = network.accepted_bill(100)
    offer = {"tokens": [token], "recipients": [{"party": S2, "amount": 100}]}
    offered = network.ok(S1, "token", "transfer", **offer)["tokens"][0]
    for party in (S1, S2):
        network.standing(party)
    assert network.run(S2, ("token", "accept", {"token": offered})).reason == "party_not_active"
    network.ok(S2, "token", "reject", token=offered, reason="suspended")
    network.ok(S1, "bill", "withdraw", bill=own, reason="suspended")
    key = network.keys[S1].public.hex()
    assert network.run(S1, ("party", "revoke_key", {"key": key})).reason == "last_admin_key", "past the status"


def test_without_the_gate_a_contract_that_forgets_to_ask_lets_a_suspended_party_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = TinyNetwork()
    issue = ("bill", "issue", {"debtor": "S1", "face": 5})
    network.ok("S2", "party", "set_status", party="S1", status="suspended")
    assert network.run("S1", issue).reason == "party_not_active"
    monkeypatch.setattr(authorisation, "check_standing", lambda *_: None)
    assert network.run("S1", issue).ok


@pytest.mark.parametrize("row", [{"status": "active"}, {"status": "insolvent", "administered_on": "2026-03-02"}])
def test_a_party_that_halted_itself_sends_open_acts_only(row: dict[str, str]) -> None:
    """security 9: nothing stopped a stolen key at once."""
    halted = {**row, "halted_on": "2026-03-03"}
    for act in sorted(ACTS):
        if act in OPEN_NOW:
            check_standing("P", halted, [call(act)])
            continue
        with pytest.raises(Refused, match=r"^party_halted"):
            check_standing("P", halted, [call(act)])
    check_standing("P", {**row, "halted_on": ""}, [call("bill.issue")])


def test_a_halt_is_kept_by_the_core_in_a_block_and_lifted_by_the_sponsor() -> None:
    network = RealNetwork()
    network.ok(ANCHOR, "party", "halt", reason="key stolen")
    grant = {"auditor": S1, "scope": "all", "first_day": "2026-03-02", "last_day": ""}
    assert network.run(ANCHOR, ("audit", "grant", grant)).reason == "party_halted"
    assert network.run(ANCHOR, ("party", "halt", {"reason": ""})).reason == "party_halted", "of the contract"
