"""Calls that an approval stored: the core runs them in the approving transaction, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from ledger import tiny_contracts
from ledger.ledger_kit import key
from ledger.tiny_network import PARTIES, TinyNetwork, genesis
from msgspec.structs import replace

from chainbill.errors import Reason, Refused
from chainbill.ledger import execution, stored_calls
from chainbill.ledger.core_rows import party_key_key
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.stored_calls import asked_calls
from chainbill.vm.machine import Machine

MAKER, CHECKER, THIRD = PARTIES["S1"], key(31), key(32)
APPROVAL = f'''"""A small approval: the maker stores calls, another key of the party has them run."""
{tiny_contracts.HEAD}
approvals = own_table("approval")
run = own_table("run")
agenda = own_table("agenda")


@call
def propose(calls):
    approval = new_id("A")
    maker = ctx.signers[0]["key"]
    approvals.put(approval, {{"party": ctx.party, "maker": maker, "calls": calls, "status": "open"}})
    return {{"approval": approval}}


@call
def approve(approval):
    row = approvals.get(approval)
    require(row["party"] == ctx.party and row["status"] == "open", "approval_unknown")
    signers = [row["maker"]]
    for signer in ctx.signers:
        require(signer["key"] != row["maker"], "approver_is_maker")
        signers += [signer["key"]]
    row["status"] = "done"
    approvals.put(approval, row)
    emit("approved", {{"approval": approval}})
    run.put("calls", {{"calls": row["calls"], "signers": signers}})
    return {{"approval": approval, "status": "done"}}


@call
def ask(name, row):
    run.put(name, row)
    return {{"asked": True}}


@call
def ask_without_a_map(row):
    run.put("calls", row)
    return "asked"


@call
def plan(date):
    agenda.put([date, "x"], {{}})


@each_day("agenda")
def on_day(date, item, row):
    run.put("calls", {{"calls": [["diary", "note", {{"name": "day", "value": 1}}]], "signers": ["00"]}})


@internal("helper")
def ask_for(row):
    run.put("calls", row)
'''
HELPER = f'''"""Asks on its own, and through the approval; keeps a table of the same name."""
{tiny_contracts.HEAD}
run = own_table("run")


@call
def ask(row):
    run.put("calls", row)
    return {{"asked": True}}


@call
def ask_through_the_approval(row):
    invoke("approval", "ask_for", row)
    return {{"asked": True}}
'''
PROGRAMS = ProgramCache()


class TwoPersons(TinyNetwork):
    """S1 has three keys; there is an approval contract, and one that would like to be one."""

    def __init__(self) -> None:
        members = [{"id": name, "keys": [one.public.hex()]} for name, one in PARTIES.items()]
        for member in members:
            if member["id"] == "S1":
                member["keys"] = [one.public.hex() for one in (MAKER, CHECKER, THIRD)]
        contracts = {**tiny_contracts.ALL, "approval": APPROVAL, "helper": HELPER}
        chosen = genesis(contracts=tuple(sorted(contracts.items())), init={"party": {"members": members}})
        super().__init__(chosen, PROGRAMS)

    def propose(self, *calls: list[Any]) -> str:
        approval: str = self.ok("S1", "approval", "propose", calls=list(calls))["approval"]
        return approval

    def approve(self, approval: str, *more: tuple[str, str, dict[str, Any]], by: Any = CHECKER) -> Receipt:
        return self.run("S1", ("approval", "approve", {"approval": approval}), *more, keys=[by])

    def ask(self, *calls: list[Any], signers: Any = None, **fields: Any) -> Receipt:
        named = [MAKER.public.hex()] if signers is None else signers
        row = {"calls": list(calls) or [note()], "signers": named, **fields}
        return self.run("S1", ("approval", "ask", {"name": "calls", "row": row}))


@pytest.fixture
def network() -> TwoPersons:
    return TwoPersons()


def note(name: str = "a", value: Any = 1) -> list[Any]:
    return ["diary", "note", {"name": name, "value": value}]


CONTEXT: list[Any] = ["diary", "context", {}]


def test_the_core_runs_what_was_stored_with_the_signers_of_the_whole_approval(network: TwoPersons) -> None:
    approval = network.propose(note("a"), CONTEXT)
    assert network.row("diary", "fact", "a") is None
    receipt = network.approve(approval, ("diary", "context", {}))
    assert receipt.ok
    done, after = receipt.results
    assert (done["approval"], done["status"], done["results"][0]) == (approval, "done", None)
    seen = done["results"][1]
    assert seen["party"] == "S1"
    assert [signer["key"] for signer in seen["signers"]] == [MAKER.public.hex(), CHECKER.public.hex()]
    assert seen["transaction"] == receipt.id.hex()
    assert [signer["key"] for signer in after["signers"]] == [CHECKER.public.hex()], "the next call is the approver's"
    assert network.row("diary", "fact", "a") == {"value": 1}
    assert network.row("approval", "run", "calls") is None


def test_it_runs_once(network: TwoPersons) -> None:
    approval = network.propose(note())
    assert network.approve(approval).ok
    assert network.approve(approval).reason == "approval_unknown"


def test_two_approvals_in_one_transaction_run_each_after_its_own_act(network: TwoPersons) -> None:
    first, second = network.propose(note("a", 1)), network.propose(note("a", 2))
    receipt = network.approve(first, ("approval", "approve", {"approval": second}))
    assert [len(result["results"]) for result in receipt.results] == [1, 1]
    assert network.row("diary", "fact", "a") == {"value": 2}


def test_a_refusal_undoes_the_approval_and_names_the_call(network: TwoPersons) -> None:
    approval = network.propose(note(), ["bill", "accept", {"bill": "B404"}])
    receipt = network.approve(approval)
    assert (receipt.status, receipt.reason) == ("refused", "bill_unknown")
    assert receipt.details == {"bill": "B404", "call": 1, "contract": "bill", "function": "accept"}
    assert network.row("diary", "fact", "a") is None
    assert network.row("approval", "approval", approval)["status"] == "open"


def test_a_fault_says_where_it_was_and_in_which_call(network: TwoPersons) -> None:
    receipt = network.approve(network.propose(note(), ["diary", "fail", {"key": "x"}]))
    assert (receipt.status, receipt.details["call"], receipt.details["function"]) == ("fault", 1, "fail")
    receipt = network.approve(network.propose(["diary", "nothing", {}]))
    assert (receipt.status, receipt.reason, receipt.details["call"]) == ("fault", "unknown_function", 0)


def test_all_share_one_gas_limit(network: TwoPersons) -> None:
    turns = 400_000
    assert network.run("S1", ("diary", "spin", {"turns": turns})).ok
    spin = ["diary", "spin", {"turns": turns}]
    receipt = network.approve(network.propose(spin, spin, spin, spin, spin, spin, spin, spin, spin, spin))
    assert receipt.status == "out_of_gas"
    assert network.row("diary", "fact", "a") is None


def test_the_core_checks_stand_behind_stored_calls(network: TwoPersons) -> None:
    bill = network.ok("ANCHOR", "bill", "issue", debtor="ANCHOR", face=1000)["bill"]
    token = network.ok("S1", "bill", "accept", bill=bill)["token"]
    receipt = network.approve(network.propose(note(), ["token", "mint", {"token": token, "amount": 1}]))
    assert receipt.reason == "core_conservation"
    assert network.row("diary", "fact", "a") is None


def test_they_run_under_the_standing_of_the_day_they_are_approved(network: TwoPersons) -> None:
    approval = network.propose(note())
    network.ok("S2", "party", "set_status", party="S1", status="suspended")
    assert network.approve(approval).reason == "party_not_active"


def test_a_stored_call_does_not_get_around_a_suspension(monkeypatch: pytest.MonkeyPatch, network: TwoPersons) -> None:
    """Were an act of approvals open to suspended parties, what it runs would still not be."""
    approval = network.propose(note())
    network.ok("S2", "party", "set_status", party="S1", status="suspended")
    monkeypatch.setattr("chainbill.ledger.authorisation.check_standing", lambda *_: None)
    receipt = network.approve(approval)
    assert (receipt.reason, receipt.details["contract"]) == ("party_not_active", "diary")


def test_a_key_that_was_revoked_meanwhile_is_left_out(network: TwoPersons) -> None:
    approval = network.propose(CONTEXT)
    network.ok("S1", "party", "retire", key=MAKER.public.hex())
    seen = network.approve(approval).results[0]["results"][0]
    assert [signer["key"] for signer in seen["signers"]] == [CHECKER.public.hex()]


# --- attacks ---------------------------------------------------------------------------------------------------------
def test_no_other_contract_is_listened_to(network: TwoPersons) -> None:
    row = {"calls": [note()], "signers": [MAKER.public.hex()]}
    receipt = network.run("S1", ("helper", "ask", {"row": row}))
    assert receipt.results == [{"asked": True}]
    assert network.row("diary", "fact", "a") is None
    assert network.row("helper", "run", "calls") == row, "a table like any other"


def test_nobody_asks_through_the_approval(network: TwoPersons) -> None:
    row = {"calls": [note()], "signers": [MAKER.public.hex()]}
    through = ("helper", "ask_through_the_approval", {"row": row})
    assert network.run("S1", through).reason == "core_row_fixed"
    approval = network.propose(["helper", "ask_through_the_approval", {"row": row}])
    assert network.approve(approval).reason == "core_row_fixed"
    assert network.row("diary", "fact", "a") is None


def test_a_request_left_by_an_earlier_call_is_not_run_as_if_it_were_the_acts_own(network: TwoPersons) -> None:
    """Or an act that asks for nothing, such as a rejection, would run what somebody else wrote."""
    row = {"calls": [note("stolen")], "signers": [CHECKER.public.hex()]}
    first = ("helper", "ask_through_the_approval", {"row": row})
    approval = network.propose(note())
    for act in (("approval", "approve", {"approval": approval}), ("approval", "propose", {"calls": []})):
        assert network.run("S1", first, act, keys=[CHECKER]).reason == "core_approval"
    assert network.row("diary", "fact", "stolen") is None


def test_a_day_item_asks_in_vain(network: TwoPersons) -> None:
    network.ok("S1", "approval", "plan", date="2026-02-26")
    applied = network.decide(network.block(time_ms=network.time_ms + 86_400_000))
    failed = [receipt for receipt in applied.receipts if not receipt.ok]
    assert [receipt.reason for receipt in failed] == ["core_row_fixed"]
    assert network.row("diary", "fact", "day") is None


def test_the_row_stands_under_one_name(network: TwoPersons) -> None:
    row = {"calls": [note()], "signers": [MAKER.public.hex()]}
    assert network.run("S1", ("approval", "ask", {"name": "other", "row": row})).reason == "core_row_fixed"


def test_an_approval_approves_no_approval(network: TwoPersons) -> None:
    assert network.ask(["approval", "propose", {"calls": []}]).reason == "core_approval"
    assert network.ask(note(), ["approval", "approve", {"approval": "A"}]).reason == "core_approval"


@pytest.mark.parametrize(
    "signers",
    [
        [],
        "0" * 64,
        ["00"],
        [7],
        [[]],
        ["z" * 64],
        [PARTIES["S2"].public.hex()],
        [MAKER.public.hex(), PARTIES["ANCHOR"].public.hex()],
        [MAKER.public.hex(), key(99).public.hex()],
        [MAKER.public.hex(), MAKER.public.hex()],
        [CHECKER.public.hex()],
        [MAKER.public.hex().upper()],
        [MAKER.public.hex()] * 17,
    ],
)
def test_signers_are_keys_of_the_party_and_one_of_them_signs_now(network: TwoPersons, signers: Any) -> None:
    assert network.ask(signers=signers).reason == "core_approval"
    assert network.row("diary", "fact", "a") is None


@pytest.mark.parametrize(
    "calls",
    [
        [],
        "calls",
        [note()] * 101,
        [["diary", "note"]],
        [["diary", "note", []]],
        [["", "note", {}]],
        [["d" * 41, "note", {}]],
        [note(value="x" * 65_536)],
    ],
)
def test_calls_have_the_form_and_the_bounds_of_a_transactions(calls: Any) -> None:
    rows = {party_key_key(MAKER.public): {"party": "S1", "status": "active"}}
    row = {"calls": calls, "signers": [MAKER.public.hex()]}
    with pytest.raises(Refused, match=f"^{Reason.CORE_APPROVAL}"):
        asked_calls(row, "S1", {MAKER.public.hex()}, rows)


@pytest.mark.parametrize("fields", [{"party": "S2"}, {"gas": 1}])
def test_a_request_says_nothing_else(network: TwoPersons, fields: dict[str, Any]) -> None:
    assert network.ask(**fields).reason == "core_approval"


def test_an_act_that_asks_answers_with_a_map(network: TwoPersons) -> None:
    row = {"calls": [note()], "signers": [MAKER.public.hex()]}
    assert network.run("S1", ("approval", "ask_without_a_map", {"row": row})).reason == "core_approval"


def test_the_party_is_that_of_the_transaction(network: TwoPersons) -> None:
    approval = network.propose(CONTEXT)
    assert network.run("S2", ("approval", "approve", {"approval": approval})).reason == "approval_unknown"
    row = {"calls": [CONTEXT], "signers": [MAKER.public.hex()]}
    assert network.run("S2", ("approval", "ask", {"name": "calls", "row": row})).reason == "core_approval"


# --- mutants ---------------------------------------------------------------------------------------------------------
def test_without_the_name_any_contract_is_run(monkeypatch: pytest.MonkeyPatch, network: TwoPersons) -> None:
    row = {"calls": [note()], "signers": [MAKER.public.hex()]}
    monkeypatch.setattr(stored_calls, "APPROVAL", "helper")
    assert network.run("S1", ("helper", "ask_through_the_approval", {"row": row})).ok
    assert network.row("diary", "fact", "a") == {"value": 1}


def test_without_the_check_of_what_is_left_a_day_item_leaves_calls_for_the_next_transaction(
    monkeypatch: pytest.MonkeyPatch, network: TwoPersons
) -> None:
    monkeypatch.setattr("chainbill.ledger.core_rows.ASKED", b"\xff")
    network.ok("S1", "approval", "plan", date="2026-02-26")
    network.decide(network.block(time_ms=network.time_ms + 86_400_000))
    assert network.row("approval", "run", "calls") is not None


def test_a_core_that_keeps_the_transactions_signers_is_found(
    monkeypatch: pytest.MonkeyPatch, network: TwoPersons
) -> None:
    right = stored_calls.run_call

    def keeps_signers(machine: Machine, overlay: Any, call: Any) -> Any:
        monkeypatch.setattr(stored_calls, "replace", lambda context, **_: replace(context))
        return right(machine, overlay, call)

    monkeypatch.setattr(execution, "run_call", keeps_signers)
    seen = network.approve(network.propose(CONTEXT)).results[0]["results"][0]
    assert [signer["key"] for signer in seen["signers"]] != [MAKER.public.hex(), CHECKER.public.hex()]
