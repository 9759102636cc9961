"""Refusals of governance."""

from __future__ import annotations

from typing import Any

from chainbill_contracts import sources
from contracts.refusals import refuses
from contracts.refusals_party import application
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    BANKS,
    PAPERS,
    S1,
    S2,
    SEAT,
    VALIDATORS,
    World,
    add_key,
    administrator_keys,
    as_two,
    key_of,
    private_key,
    seat,
    uscc,
)

from chainbill.crypto.keys import PrivateKey
from chainbill.state.keys import row_key
from chainbill.vm.natives import digest

SOURCE = '"""Nothing yet."""\nfrom chainbill.vm.prelude import *\n'
CALLER = SOURCE + '\n\n@call\ndef ask():\n    return invoke("callee", "answer")\n'
CALLEE = SOURCE + '\n\n@internal("caller")\ndef answer():\n    return 42\n'


def propose(world: World, kind: str, by: str = BANK1, **content: Any) -> str:
    return str(world.call(by, "governance", "propose", kind=kind, content=content)["proposal"])


def vote(world: World, proposal: str, *banks: str, choice: str = "yes") -> Any:
    result = None
    for bank in banks:
        result = world.call(bank, "governance", "vote", proposal=proposal, choice=choice)
    return result


def entry(name: str = "deposit", source: str = SOURCE, **fields: Any) -> dict[str, Any]:
    return {"name": name, "source": source, "hash": digest(source), **fields}


def deploy(world: World, *entries: dict[str, Any], **fields: Any) -> str:
    content = {"contracts": list(entries) or [entry()], "active_height": world.height + 50, **fields}
    return propose(world, "contracts", **content)


def decide(world: World, *entries: dict[str, Any], **fields: Any) -> str:
    proposal = deploy(world, *entries, **fields)
    vote(world, proposal, BANK1, BANK2, BANK3)
    return proposal


def candidate(world: World, private: PrivateKey | None = None, **fields: Any) -> str:
    return propose(world, "validator_add", **seat(private, **fields))


@refuses("not_a_validators_party")
def propose_as_a_supplier(world: World) -> None:
    propose(world, "parameter", by=S1, name="min_split", value=2)


@refuses("capability_missing")
def propose_without_an_admin_key(world: World) -> None:
    maker = add_key(world, BANK1, 34, ["maker"])
    arguments = {"kind": "parameter", "content": {"name": "min_split", "value": 2}}
    world.send(BANK1, ("governance", "propose", arguments), keys=[maker])


@refuses("kind_unknown")
def propose_anything(world: World) -> None:
    propose(world, "anything")


@refuses("parameter_unknown")
def propose_an_unknown_parameter(world: World) -> None:
    propose(world, "parameter", name="speed", value=1)


@refuses("parameter_out_of_range")
def propose_a_parameter_out_of_range(world: World) -> None:
    propose(world, "parameter", name="min_split", value=0)


@refuses("parameter_out_of_range")
def propose_a_parameter_in_words(world: World) -> None:
    propose(world, "parameter", name="min_split", value="two")


@refuses("validator_unknown")
def propose_to_remove_a_stranger(world: World) -> None:
    propose(world, "validator_remove", key=SEAT)


@refuses("validator_exists")
def propose_a_validator_again(world: World) -> None:
    candidate(world, key=VALIDATORS[0])


@refuses("algorithm_unknown")
def propose_a_validator_with_a_key_of_an_unknown_algorithm(world: World) -> None:
    candidate(world, alg="sm2")


@refuses("key_not_valid")
def propose_a_validator_with_a_key_in_capitals(world: World) -> None:
    candidate(world, key="F" * 64)


@refuses("party_unknown")
def propose_a_validator_of_a_stranger(world: World) -> None:
    candidate(world, party=uscc(999))


@refuses("not_a_bank")
def propose_a_validator_of_a_supplier(world: World) -> None:
    candidate(world, party=S1)


@refuses("text_expected")
def propose_a_validator_named_by_a_number(world: World) -> None:
    candidate(world, name=5)


@refuses("text_too_long")
def propose_a_validator_without_a_name(world: World) -> None:
    candidate(world, name="")


@refuses("text_not_one_line")
def propose_a_validator_of_two_lines(world: World) -> None:
    candidate(world, name="bank5\nbank1")


@refuses("too_many_proposals", parameters={"open_proposals": 2})
def propose_without_end(world: World) -> None:
    """security 16"""
    for _ in range(3):
        propose(world, "parameter", name="min_split", value=2)


@refuses("fields_not_valid")
def propose_with_a_field_of_its_own(world: World) -> None:
    """security 16"""
    propose(world, "parameter", name="min_split", value=2, note="x" * 60_000)


@refuses("fields_not_valid")
def propose_without_a_field(world: World) -> None:
    propose(world, "parameter", name="min_split")


@refuses("fields_not_valid")
def propose_a_text(world: World) -> None:
    world.call(BANK1, "governance", "propose", kind="parameter", content="min_split")


@refuses("fields_not_valid")
def propose_a_contract_with_a_remark(world: World) -> None:
    deploy(world, {"name": "c", "hash": digest(SOURCE), "source": SOURCE, "remark": ""})


@refuses("fields_not_valid")
def propose_an_applicant_with_a_remark(world: World) -> None:
    propose(world, "party", **application(sponsor="", remark="x" * 20_000))


@refuses("content_too_large")
def propose_a_candidate_with_a_long_address(world: World) -> None:
    """security 16"""
    candidate(world, address="x" * 2_000)


@refuses("content_too_large")
def propose_a_change_that_is_nested_without_end(world: World) -> None:
    value: Any = 2
    for _ in range(10):
        value = [value]
    propose(world, "parameter", name="min_split", value=value)


@refuses("content_too_large")
def propose_to_remove_long_names(world: World) -> None:
    propose(world, "contracts", contracts=[], removed=["x" * 30_000], replaces="", active_height=world.height + 50)


@refuses("too_many_candidates")
def propose_candidates_without_end(world: World) -> None:
    for number in range(4):
        candidate(world, private_key(number + 1000))


@refuses("too_many_validators")
def propose_a_validator_beyond_the_last_seat(world: World) -> None:
    world.overlay.begin()
    for number in range(96):
        row = {"alg": "ed25519", "name": "more", "party": BANK1, "address": "", "status": "active"}
        world.overlay.put(row_key("governance", "validator", f"{number + 1000:064x}"), row)
    world.overlay.commit()
    candidate(world)


@refuses("capability_missing")
def advance_the_clock_with_a_checkers_key(world: World) -> None:
    step = {"milliseconds": 1, "to_ms": 0}
    world.send(BANK1, ("governance", "advance_clock", step), keys=[key_of(BANK1, 1)])


@refuses("clock_step_not_valid")
def advance_the_clock_to_the_end_of_time(world: World) -> None:
    for _ in range(100):
        world.call(BANK1, "governance", "advance_clock", milliseconds=315_576_000_000, to_ms=0)
        world.time_ms += 315_576_000_000


@refuses("parameter_out_of_range")
def propose_that_accounts_change_at_once(world: World) -> None:
    propose(world, "parameter", name="account_change_business_days", value=0)


@refuses("too_many_holidays")
def propose_a_year_without_business_days(world: World) -> None:
    holidays = [f"2027-{month:02}-{day:02}" for month in (3, 4, 5) for day in range(1, 31)]
    propose(world, "calendar", year=2027, holidays=holidays, workdays=[])


@refuses("party_exists")
def propose_a_party_again(world: World) -> None:
    propose(world, "party", **application(id=S1, sponsor=""))


@refuses("contract_name_not_valid")
def propose_a_contract_without_a_name(world: World) -> None:
    deploy(world, entry(name=""))


@refuses("hash_not_of_source")
def propose_a_contract_with_another_hash(world: World) -> None:
    deploy(world, entry(hash="0" * 64))


@refuses("source_refused")
def propose_a_contract_that_does_not_parse(world: World) -> None:
    deploy(world, entry(source=SOURCE + "def f(:\n"))


@refuses("source_refused")
def propose_one_half_of_what_belongs_together(world: World) -> None:
    """formats S7: the other half would come in another proposal, and neither could be the first."""
    deploy(world, entry(name="caller", source=CALLER))


@refuses("source_refused")
def propose_to_remove_what_others_need(world: World) -> None:
    deploy(world, removed=["calendar"])


@refuses("source_refused")
def propose_to_remove_what_is_not_there(world: World) -> None:
    deploy(world, removed=["deposits"])


@refuses("governance_stays")
def propose_to_remove_everything(world: World) -> None:
    """Nothing needs governance when nothing else is left: linking alone does not refuse it."""
    deploy(world, removed=sorted(sources()))


@refuses("set_not_valid")
def propose_a_contract_twice(world: World) -> None:
    deploy(world, entry(), entry())


@refuses("set_not_valid")
def propose_more_contracts_than_a_set_has(world: World) -> None:
    deploy(world, *(entry(name=f"c{number}") for number in range(65)))


@refuses("set_not_valid")
def propose_no_list(world: World) -> None:
    propose(world, "contracts", contracts="all", active_height=world.height + 50)


@refuses("set_not_valid")
def propose_nothing(world: World) -> None:
    propose(world, "contracts", contracts=[], active_height=world.height + 50)


@refuses("source_unknown")
def propose_a_hash_that_nobody_stored(world: World) -> None:
    deploy(world, {"name": "deposit", "hash": "0" * 64})


@refuses("text_expected")
def propose_a_source_that_is_no_text(world: World) -> None:
    deploy(world, {"name": "deposit", "source": 5, "hash": "0" * 64})


@refuses("text_expected")
def store_a_source_that_is_no_text(world: World) -> None:
    world.call(BANK1, "governance", "store_source", source=5)


@refuses("not_a_validators_party")
def store_a_source_as_a_supplier(world: World) -> None:
    world.call(S1, "governance", "store_source", source=SOURCE)


@refuses("capability_missing")
def store_a_source_without_an_admin_key(world: World) -> None:
    maker = add_key(world, BANK1, 34, ["maker"])
    world.send(BANK1, ("governance", "store_source", {"source": SOURCE}), keys=[maker])


@refuses("set_overlaps")
def propose_a_change_of_what_is_to_change(world: World) -> None:
    decide(world)
    deploy(world, entry(name="other"), entry())


@refuses("set_overlaps")
def decide_two_changes_of_the_same(world: World) -> None:
    first, second = deploy(world), deploy(world)
    vote(world, first, BANK1, BANK2, BANK3)
    vote(world, second, BANK1, BANK2, BANK3)


@refuses("set_unknown")
def replace_a_set_that_does_not_wait(world: World) -> None:
    deploy(world, replaces="G0")


@refuses("set_unknown")
def decide_to_replace_a_set_that_waits_no_more(world: World) -> None:
    waiting = decide(world)
    first, second = (propose(world, "contracts", contracts=[], replaces=waiting, active_height=0) for _ in range(2))
    vote(world, first, BANK1, BANK2, BANK3)
    vote(world, second, BANK1, BANK2, BANK3)


@refuses("too_many_sets")
def decide_sets_without_end(world: World) -> None:
    for number in range(17):
        decide(world, entry(name=f"c{number}"))


@refuses("height_not_in_future")
def propose_a_contract_for_the_past(world: World) -> None:
    deploy(world, active_height=1)


@refuses("height_not_in_future")
def propose_a_contract_for_no_height(world: World) -> None:
    deploy(world, active_height="soon")


@refuses("height_not_in_future")
def decide_a_contract_too_late(world: World) -> None:
    proposal = deploy(world, active_height=world.height + 4)
    vote(world, proposal, BANK1, BANK2)
    world.height += 9
    vote(world, proposal, BANK3)


@refuses("proposal_unknown")
def vote_on_nothing(world: World) -> None:
    vote(world, "G0", BANK1)


@refuses("proposal_closed")
def vote_after_the_decision(world: World) -> None:
    vote(world, propose(world, "parameter", name="min_split", value=2), *BANKS)


@refuses("proposal_closed")
def vote_too_late(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=2)
    world.time_ms += 30 * 86_400_000
    vote(world, proposal, BANK1)


@refuses("choice_unknown")
def vote_perhaps(world: World) -> None:
    vote(world, propose(world, "parameter", name="min_split", value=2), BANK1, choice="perhaps")


@refuses("too_few_live_validators")
def remove_a_live_validator_among_sleeping_ones(world: World) -> None:
    world.recent = tuple(VALIDATORS[:3])
    vote(world, propose(world, "validator_remove", key=VALIDATORS[0]), BANK1, BANK2, BANK4)


@refuses("last_validator")
def remove_the_last_validator(world: World) -> None:
    for number in (3, 2, 1, 0):
        proposal = propose(world, "validator_remove", key=VALIDATORS[number])
        vote(world, proposal, *BANKS[: 2 * (number + 1) // 3 + 1])


@refuses("validator_unknown")
def remove_a_validator_twice(world: World) -> None:
    first, second = (propose(world, "validator_remove", key=VALIDATORS[3]) for _ in range(2))
    vote(world, first, BANK1, BANK2, BANK3)
    vote(world, second, BANK1, BANK2, BANK3)


@refuses("no_candidate_of_sender")
def be_ready_for_nothing(world: World) -> None:
    world.call(BANK1, "governance", "ready")


@refuses("clock_not_adjustable")
def advance_a_real_clock(world: World) -> None:
    world.clock = "real"
    world.call(BANK1, "governance", "advance_clock", milliseconds=1, to_ms=0)


@refuses("clock_step_not_valid")
def advance_the_clock_backwards(world: World) -> None:
    world.call(BANK1, "governance", "advance_clock", milliseconds=0, to_ms=world.time_ms - 5)


@refuses("clock_step_not_valid")
def advance_the_clock_in_two_ways(world: World) -> None:
    world.call(BANK1, "governance", "advance_clock", milliseconds=1, to_ms=world.time_ms + 5_000)


@refuses("not_a_validators_party")
def advance_the_clock_as_a_supplier(world: World) -> None:
    world.call(S1, "governance", "advance_clock", milliseconds=1, to_ms=0)


@refuses("possession_not_proved")
def propose_a_key_that_did_not_agree(world: World) -> None:
    propose(world, "validator_add", **{**seat(), "address": "10.0.0.1:1"})


@refuses("possession_not_proved")
def propose_an_observer_whose_key_did_not_agree(world: World) -> None:
    propose(world, "observer_add", **{**seat(), "party": S1})


@refuses("not_the_proposer")
def withdraw_the_proposal_of_another(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=2)
    world.call(BANK2, "governance", "withdraw", proposal=proposal)


@refuses("proposal_closed")
def withdraw_a_proposal_twice(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=2)
    for _ in range(2):
        world.call(BANK1, "governance", "withdraw", proposal=proposal)


@refuses("party_transition")
def propose_to_lift_nothing(world: World) -> None:
    propose(world, "party_status", party=S1, status="active", reason="", **PAPERS["active"])


@refuses("open_items")
def propose_to_close_a_bank_with_a_seat(world: World) -> None:
    as_two(world, BANK4, "standing", "leave", party=BANK4)
    propose(world, "party_close", party=BANK4)


@refuses("party_transition")
def propose_to_close_an_active_bank(world: World) -> None:
    propose(world, "party_close", party=BANK4)


@refuses("insolvency_not_ratified")
def propose_an_administrator_of_an_active_party(world: World) -> None:
    keys = administrator_keys(S1, 901)
    propose(world, "party_administrator", party=S1, keys=keys, authority="C", number="1", documents=["5e" * 32])


@refuses("dispute_transition")
def propose_to_end_a_dispute_that_has_ended(world: World) -> None:
    raised = world.call(S1, "invoice", "dispute", fingerprint="1" * 64, seller=S2, document="d" * 64)["dispute"]
    world.call(S1, "invoice", "withdraw_dispute", dispute=raised)
    propose(world, "dispute", dispute=raised)


@refuses("bank_in_business")
def propose_the_successor_of_a_bank_in_business(world: World) -> None:
    as_two(world, BANK3, "succession", "accept", bank=BANK4)
    propose(world, "successor", bank=BANK4, successor=BANK3)
