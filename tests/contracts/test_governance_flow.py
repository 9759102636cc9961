"""Governance: what a vote decides, when, and what it may not do to the network."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import source, sources
from contracts.invariants import StatusWatch
from contracts.refusals_governance import CALLEE, CALLER, SOURCE, candidate, decide, deploy, entry, propose, vote
from contracts.refusals_party import application
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    BANKS,
    S1,
    SEAT,
    VALIDATORS,
    World,
    issue,
    key_of,
    private_key,
    seat,
)

from chainbill.errors import Refused
from chainbill.vm.natives import digest


def proposal_of(world: World, identity: str) -> dict[str, Any]:
    return world.row("governance", "proposal", identity)


def validator(world: World, key: str) -> dict[str, Any]:
    return world.row("governance", "validator", key)


def test_three_of_four_decide(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=100)
    assert vote(world, proposal, BANK1, BANK2)["status"] == "open"
    assert world.row("governance", "parameter", "min_split") == {"value": 1}
    result = vote(world, proposal, BANK4)
    assert result == {"proposal": proposal, "status": "accepted", "yes": 3, "no": 0, "needed": 3}
    assert world.row("governance", "parameter", "min_split") == {"value": 100}
    assert world.bill(issue(world))["terms"]["min_split"] == 100
    assert world.rows("governance", "agenda") == []


def test_two_of_four_prevent(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=100)
    vote(world, proposal, BANK1, choice="no")
    assert vote(world, proposal, BANK1, BANK2, choice="yes")["no"] == 0
    assert vote(world, proposal, BANK2, BANK3, choice="no")["status"] == "rejected"
    assert proposal_of(world, proposal)["votes"] == {BANK1: "yes", BANK2: "no", BANK3: "no"}


def test_an_undecided_proposal_expires(world: World) -> None:
    watch = StatusWatch()
    proposal, added = propose(world, "parameter", name="min_split", value=100), candidate(world)
    watch.check(world)
    world.day(world.plus(29))
    assert proposal_of(world, proposal)["status"] == "open"
    world.day(world.plus(1))
    assert proposal_of(world, proposal)["status"] == proposal_of(world, added)["status"] == "expired"
    assert validator(world, SEAT) is None
    candidate(world)
    watch.check(world)


def test_a_seat_counts_not_a_party(world: World) -> None:
    for number in range(3):
        proposal = candidate(world, private_key(number + 100), party=BANK1)
        world.call(BANK1, "governance", "ready")
        vote(world, proposal, *BANKS[:3])
    proposal = propose(world, "parameter", name="min_split", value=100)
    assert vote(world, proposal, BANK1)["yes"] == 4
    assert vote(world, proposal, BANK2)["status"] == "accepted"


def test_a_validator_is_added_and_removed(world: World) -> None:
    watch = StatusWatch()
    proposal = candidate(world)
    watch.check(world)
    assert validator(world, SEAT)["status"] == "candidate"
    vote(world, proposal, BANK1, BANK2, BANK3)
    watch.check(world)
    assert validator(world, SEAT)["status"] == "active"
    vote(world, propose(world, "validator_remove", key=SEAT), BANK1, BANK2, BANK3)
    watch.check(world)
    assert validator(world, SEAT) is None


def test_a_candidate_that_is_ready_counts_as_live(world: World) -> None:
    world.recent = tuple(VALIDATORS[:3])
    proposal = candidate(world)
    vote(world, proposal, BANK1, BANK2)
    with pytest.raises(Refused, match="too_few_live_validators") as refusal:
        vote(world, proposal, BANK3)
    assert refusal.value.fields == {"live": 3, "needed": 4}
    assert world.call(BANK1, "governance", "ready") == {"validators": [SEAT]}
    assert vote(world, proposal, BANK3)["status"] == "accepted"


def observer(world: World, **fields: Any) -> str:
    return propose(world, "observer_add", **seat(**{"name": "observer", "party": S1, **fields}))


def test_an_observer_comes_in_by_vote_and_goes_by_vote(world: World) -> None:
    proposal = observer(world)
    assert validator(world, SEAT) is None
    again = observer(world)
    vote(world, proposal, BANK1, BANK2, BANK3)
    assert validator(world, SEAT)["status"] == "observer"
    vote(world, again, BANK1, BANK2)
    with pytest.raises(Refused, match="validator_exists"):
        vote(world, again, BANK3)
    assert vote(world, propose(world, "parameter", name="min_split", value=2), BANK1)["needed"] == 3
    vote(world, propose(world, "validator_remove", key=SEAT), BANK1, BANK2, BANK3)
    assert validator(world, SEAT) is None


def test_an_observer_that_is_ready_becomes_a_validator(world: World) -> None:
    watch = StatusWatch()
    vote(world, observer(world, party=BANK1), BANK1, BANK2, BANK3)
    watch.check(world)
    world.recent = tuple(VALIDATORS[:3])
    lost = candidate(world)
    assert validator(world, SEAT)["status"] == "observer"
    vote(world, lost, BANK1, BANK2, choice="no")
    assert validator(world, SEAT)["status"] == "observer"
    world.call(BANK1, "governance", "ready")
    vote(world, candidate(world), BANK1, BANK2, BANK3)
    watch.check(world)
    assert validator(world, SEAT)["status"] == "active"


def test_who_left_before_the_vote_is_not_voted_in(world: World) -> None:
    vote(world, observer(world, party=BANK1), BANK1, BANK2, BANK3)
    proposal = candidate(world)
    vote(world, propose(world, "validator_remove", key=SEAT), BANK1, BANK2, BANK3)
    vote(world, proposal, BANK1, BANK2)
    with pytest.raises(Refused, match="validator_unknown"):
        vote(world, proposal, BANK3)


def test_readiness_grows_old(world: World) -> None:
    world.recent = tuple(VALIDATORS[:3])
    proposal = candidate(world)
    world.call(BANK1, "governance", "ready")
    world.height += 30
    vote(world, proposal, BANK1, BANK2)
    with pytest.raises(Refused, match="too_few_live_validators"):
        vote(world, proposal, BANK3)


def waiting(world: World) -> dict[tuple[int, str], Any]:
    return {tuple(key): row for key, row in world.rows("governance", "contract_set")}


def test_a_set_waits_for_its_height(world: World) -> None:
    proposal = deploy(world, entry("caller", CALLER), entry("callee", CALLEE))
    content = proposal_of(world, proposal)["content"]
    entries = [{"name": "caller", "hash": digest(CALLER)}, {"name": "callee", "hash": digest(CALLEE)}]
    height = content["active_height"]
    assert content == {"contracts": entries, "removed": [], "replaces": "", "active_height": height}
    assert waiting(world) == {}
    vote(world, proposal, BANK1, BANK2, BANK3)
    assert waiting(world) == {(height, proposal): {"contracts": entries, "removed": []}}
    assert world.row("governance", "source", digest(CALLER)) == {"source": CALLER, "stored_by": [], "named": 1}
    decided = next(
        fields for contract, topic, fields in world.events if (contract, topic) == ("governance", "set_decided")
    )
    assert decided == {"set": proposal, **content}


def test_a_refused_set_says_what_does_not_fit_and_where(world: World) -> None:
    with pytest.raises(Refused, match="source_refused") as refusal:
        deploy(world, entry("caller", CALLER))
    assert refusal.value.fields == {"problem": "invoke_unknown", "contract": "caller", "line": 7}
    assert world.row("governance", "source", digest(CALLER)) is None


def test_a_change_of_the_general_part_is_examined_with_all_who_import_it(world: World) -> None:
    changed = source("general").replace("def require_amount(amount)", "def require_amount(amount, most)")
    with pytest.raises(Refused, match="source_refused") as refusal:
        deploy(world, entry("general", changed))
    assert refusal.value.fields["problem"] == "arguments_wrong"
    deploy(world, entry("general", source("general").replace("LONGEST_TEXT = 200", "LONGEST_TEXT = 100")))


def test_the_whole_rule_book_is_one_set_of_stored_sources(world: World) -> None:
    world.gas = 16_000_000  # by a vote on gas_transaction: the book takes more than a transaction may at first use
    for text in sources().values():
        assert world.call(BANK1, "governance", "store_source", source=text) == {"hash": digest(text)}
    assert len(world.row("governance", "stored", BANK1)["hashes"]) == len(sources())
    deploy(world, *({"name": name, "hash": digest(text)} for name, text in sources().items()))
    assert len(world.row("governance", "stored", BANK1)["hashes"]) == len(sources())
    assert all((row["stored_by"], row["named"]) == ([BANK1], 1) for _, row in world.rows("governance", "source"))


def test_stored_sources_that_nobody_else_keeps_give_way(world: World) -> None:
    texts = [f'"""Source {number}."""\nfrom chainbill.vm.prelude import *\n' for number in range(67)]
    for text in texts[:64]:
        world.call(BANK1, "governance", "store_source", source=text)
    world.call(BANK1, "governance", "store_source", source=texts[63])
    world.call(BANK2, "governance", "store_source", source=texts[0])
    deploy(world, {"name": "kept", "hash": digest(texts[1])})
    for text in texts[64:]:
        world.call(BANK1, "governance", "store_source", source=text)
    hashes = [digest(text) for text in texts]
    gone = [number for number, hashed in enumerate(hashes) if world.row("governance", "source", hashed) is None]
    assert gone == [2]
    assert world.row("governance", "source", hashes[0])["stored_by"] == [BANK2]
    assert world.row("governance", "source", hashes[1]) == {"source": texts[1], "stored_by": [], "named": 1}
    assert world.row("governance", "stored", BANK1) == {"hashes": hashes[3:]}


def test_sources_of_a_set_that_failed_go_unless_another_names_them(world: World) -> None:
    """security 16: a seat that proposes code again and again leaves nothing behind."""
    hashed = digest(CALLEE)
    first, second = deploy(world, entry("callee", CALLEE)), deploy(world, entry("callee", CALLEE))
    assert world.row("governance", "source", hashed)["named"] == 2
    vote(world, first, BANK2, BANK3, choice="no")
    assert world.row("governance", "source", hashed)["named"] == 1
    world.day(world.plus(31))
    assert proposal_of(world, second)["status"] == "expired"
    assert world.row("governance", "source", hashed) is None
    third = deploy(world, entry("callee", CALLEE))
    vote(world, third, BANK1, BANK2, BANK3)
    assert world.row("governance", "source", hashed)["named"] == 1, "what was accepted keeps its source"


def test_readiness_goes_with_a_candidate_that_failed(world: World) -> None:
    proposal = candidate(world)
    world.call(BANK1, "governance", "ready")
    assert len(world.rows("governance", "ready")) == 1
    vote(world, proposal, BANK2, BANK3, choice="no")
    assert world.rows("governance", "ready") == []


def test_a_set_that_replaces_another_takes_its_place_whole(world: World) -> None:
    first = decide(world, entry("caller", CALLER), entry("callee", CALLEE))
    second = decide(world, entry("caller", SOURCE), replaces=first)
    assert [key[1] for key in waiting(world)] == [second]
    decide(world, entry("callee", CALLEE))
    propose(world, "contracts", contracts=[], replaces=second, active_height=0)
    assert len(waiting(world)) == 2


def test_a_set_that_waits_is_taken_back_by_vote(world: World) -> None:
    first = decide(world)
    back = propose(world, "contracts", contracts=[], replaces=first, active_height=0)
    vote(world, back, BANK1, BANK2, BANK3)
    assert waiting(world) == {}


def test_regulators_come_in_by_vote(world: World) -> None:
    admitted = application(roles=["regulator"], accounts=[], sponsor="")
    vote(world, propose(world, "party", **admitted), BANK1, BANK2, BANK3)
    row = world.row("party", "party", admitted["statement"]["id"])
    assert (row["roles"], row["sponsor"], row["status"]) == (["regulator"], "", "active")


def test_a_bank_comes_in_by_vote_and_its_account_waits_for_attestation(world: World) -> None:
    admitted = application(roles=["bank"], sponsor="")
    vote(world, propose(world, "party", **admitted), BANK1, BANK2, BANK3)
    assert world.row("account", "account", [admitted["statement"]["id"], "CNY"])["status"] == "announced"


def test_a_vote_admits_nobody_whose_keys_did_not_sign(world: World) -> None:
    """formats S3: who came in by vote signed nothing, and what it had signed did not say for how long."""
    unsigned = {**application(roles=["bank"], sponsor=""), "signatures": []}
    with pytest.raises(Refused, match="possession_not_proved"):
        propose(world, "party", **unsigned)
    to_a_bank = application(roles=["bank"])
    with pytest.raises(Refused, match="application_for_another_sponsor"):
        propose(world, "party", **to_a_bank)
    late = propose(world, "party", **application(roles=["bank"], sponsor="", until=world.today))
    world.day(world.plus(1))
    with pytest.raises(Refused, match="application_expired"):
        vote(world, late, BANK1, BANK2, BANK3)


def test_a_calendar_is_decided_by_vote(world: World) -> None:
    content = {"year": 2027, "holidays": ["2027-10-04", "2027-10-01"], "workdays": ["2027-10-09"]}
    vote(world, propose(world, "calendar", **content), BANK1, BANK2, BANK3)
    expected = {"holidays": ["2027-10-01", "2027-10-04"], "workdays": ["2027-10-09"]}
    assert world.row("calendar", "year", 2027) == expected


def test_the_adjustable_clock_only_moves_forward(world: World) -> None:
    first = world.call(BANK3, "governance", "advance_clock", milliseconds=86_400_000, to_ms=0)
    assert first == {"offset_ms": 86_400_000}
    target = world.time_ms + 5_000
    second = world.call(BANK3, "governance", "advance_clock", milliseconds=0, to_ms=target)
    assert second == {"offset_ms": 86_400_000 + 4_000}
    assert world.row("governance", "clock", "offset") == second


def test_parameters_of_the_genesis_stay(backend: str) -> None:
    world = World(backend, parameters={"pending_days": 3})
    assert world.bill(issue(world))["expires_on"] == world.plus(4)
    assert world.row("governance", "parameter", "offer_business_days") == {"value": 5}


def test_votes_need_an_admin_key(world: World) -> None:
    proposal = propose(world, "parameter", name="min_split", value=2)
    world.send(BANK2, ("governance", "vote", {"proposal": proposal, "choice": "yes"}), keys=[key_of(BANK2, 1)])
    assert proposal_of(world, proposal)["votes"] == {BANK2: "yes"}
