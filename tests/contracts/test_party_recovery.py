"""What stops a stolen key, brings back a lost one, and gives a name to whom it belongs."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.refusals_party import NEWCOMER, OTHER, application, new_key, recover, register
from contracts.test_party_changes import a_change, events
from contracts.test_party_flow import account, party
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    DIGEST,
    S1,
    S2,
    World,
    a_key,
    accepted_bill,
    add_key,
    an_account,
    as_admins,
    change,
    decide_by_vote,
    issue,
    key_of,
    offer,
    order,
    pay,
    proof_of,
    ratify,
    settle,
    signed_application,
    two_people,
    uscc,
)

from chainbill.crypto.keys import PrivateKey
from chainbill.dates import add_days
from chainbill.errors import Refused
from contracts import refusals_party, test_party_changes, test_party_flow


def a_recovery(world: World, recovery: str) -> dict[str, Any]:
    return world.row("recovery", "recovery", recovery)


def under_way(world: World, identity: str) -> dict[str, Any]:
    return a_recovery(world, world.row("recovery", "place", identity)["open"])


LOST = [key_of(S1), key_of(S1, 1)]
NEW = new_key(S1)
NEW_KEY = NEW["key"]["key"]


# --- halt -------------------------------------------------------------------------------------------------------------
def test_one_admin_halts_and_two_lift_it(world: World) -> None:
    """security 9: a party could not stop a stolen key at once."""
    world.send(S1, ("party", "halt", {"reason": "key stolen"}), keys=[key_of(S1, 1)])
    assert party(world, S1)["halted_on"] == world.today
    assert events(world, "halted") == [{"party": S1, "reason": "key stolen"}]
    with pytest.raises(Refused, match="party_halted"):
        issue(world)
    as_admins(world, S1, "lift_halt", party=S1)
    assert party(world, S1)["halted_on"] == ""
    issue(world)


def test_maker_and_checker_of_the_sponsor_lift_a_halt(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    as_admins(world, BANK1, "lift_halt", party=S1)
    assert events(world, "halt_lifted") == [{"party": S1, "by": BANK1}]
    issue(world)


def test_a_halted_party_says_no_takes_back_and_is_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    _, rest = pay(world, token, S2, 40)
    given = offer(world, rest, (S2, 10))
    world.call(S1, "party", "halt", reason="")
    world.call(S1, "token", "recall", token=given["tokens"][0])
    with pytest.raises(Refused, match="party_halted"):
        offer(world, given["remainder"], (S2, 1))
    paid = settle(world, bill, 100)["payments"]
    assert {payment["party"]: payment["amount"] for payment in paid} == {S1: 60, S2: 40}


def test_a_bank_that_halted_itself_still_settles(world: World) -> None:
    bill, _ = accepted_bill(world, face=100)
    world.call(BANK1, "party", "halt", reason="")
    assert settle(world, bill, 100)["outstanding"] == 0


# --- recovery ---------------------------------------------------------------------------------------------------------
def test_the_sponsor_gives_new_keys_after_72_hours(world: World) -> None:
    """security 9: lost keys could not be recovered."""
    watch = StatusWatch()
    watch.check(world)
    announced = recover(world, NEW)
    watch.check(world)
    row = a_recovery(world, announced["recovery"])
    assert (row["kind"], row["announced_by"], row["content"]) == (
        "recover", BANK1, {"keys": [NEW["key"]], "document": DIGEST},
    )  # fmt: skip
    world.day(world.plus(1))
    while world.today < announced["acts_on"]:
        assert party(world, S1)["keys"] == LOST, "recovery without delay"
        world.day(world.plus(1))
    watch.check(world)
    assert party(world, S1)["keys"] == [NEW_KEY]
    assert [world.row("party", "key", key)["status"] for key in LOST] == ["revoked", "revoked"]
    assert world.events[-1] == (
        "recovery", "recovery_ended",
        {"party": S1, "recovery": row["id"], "kind": "recover", "status": "acted"},
    )  # fmt: skip
    assert ("recovery", "announced", "acted") in watch.seen


def test_a_party_keeps_the_keys_that_a_recovery_lists_again(world: World) -> None:
    kept = PrivateKey.from_seed((31).to_bytes(32, "big"))
    maker = add_key(world, S1, 31, ["maker"])
    announced = recover(world, NEW, new_key(S1, "maker", private=kept))
    world.day(announced["acts_on"])
    assert party(world, S1)["keys"] == [NEW_KEY, maker]
    assert world.row("party", "key", maker)["status"] == "active"


def test_what_was_announced_under_the_old_keys_never_acts(world: World) -> None:
    """The thief's key, policy and account would else come after the recovery."""
    thief = PrivateKey.from_seed(b"t" * 32)
    announced = recover(world, NEW)
    world.day(world.plus(1))
    key = a_key(thief.public.hex())
    added = as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, thief))
    change = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", change), keys=LOST)
    world.day(announced["acts_on"])
    assert a_change(world, added["change"])["status"] == "lapsed"
    assert account(world, S1)["next"] is None
    world.day(world.plus(9))
    assert party(world, S1)["keys"] == [NEW_KEY]
    assert party(world, S1)["changes"] == []
    assert account(world, S1)["digest"] == DIGEST


def test_a_bank_that_the_old_keys_asked_to_pay_is_not_taken_by_a_late_answer(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert party(world, ANCHOR)["asked_bank"] == BANK2
    world.day(recover(world, new_key(ANCHOR), party=ANCHOR)["acts_on"])
    assert world.row("party", "mandate", [ANCHOR, BANK2])["status"] == "ended"
    assert (party(world, ANCHOR)["asked_bank"], party(world, ANCHOR)["paying_bank"]) == ("", BANK1)


def test_one_admin_key_vetoes_and_then_a_vote_decides(world: World) -> None:
    watch = StatusWatch()
    announced = recover(world, NEW)
    watch.check(world)
    world.send(S1, ("recovery", "veto", {"recovery": announced["recovery"]}), keys=[key_of(S1, 1)])
    watch.check(world)
    assert ("recovery", "announced", "vetoed") in watch.seen
    world.day(world.plus(9))
    assert party(world, S1)["keys"] == LOST
    decide_by_vote(world, "party_recover", party=S1, new_keys=[NEW], document=DIGEST)
    voted = under_way(world, S1)
    assert (voted["announced_by"], voted["by"]) == ("", [])
    assert party(world, S1)["keys"] == LOST, "a vote gives 72 hours too"
    world.day(voted["acts_on"])
    assert party(world, S1)["keys"] == [NEW_KEY]
    recover(world, new_key(S1, private=OTHER))  # the sponsor may again


def test_a_recovery_is_vetoed_up_to_its_last_day(world: World) -> None:
    """security 9: the whole of the 72 hours is the party's, and not a day more."""
    announced = recover(world, NEW)
    world.day(add_days(announced["acts_on"], -1))
    world.call(S1, "recovery", "veto", recovery=announced["recovery"])
    world.day(announced["acts_on"])
    assert party(world, S1)["keys"] == LOST


def test_a_suspended_or_halted_party_vetoes_too(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    world.call(S1, "recovery", "veto", recovery=recover(world, NEW)["recovery"])


def test_a_bank_recovers_its_keys_by_vote(world: World) -> None:
    decide_by_vote(world, "party_recover", party=BANK3, new_keys=[new_key(BANK3)], document=DIGEST)
    world.day(under_way(world, BANK3)["acts_on"])
    assert party(world, BANK3)["keys"] == [NEW_KEY]


def test_a_vote_ends_what_the_sponsor_had_announced(world: World) -> None:
    first = recover(world, NEW)
    decide_by_vote(world, "party_recover", party=S1, new_keys=[new_key(S1, private=OTHER)], document=DIGEST)
    assert a_recovery(world, first["recovery"])["status"] == "withdrawn"
    assert under_way(world, S1)["content"]["keys"] == [new_key(S1, private=OTHER)["key"]]
    world.day(under_way(world, S1)["acts_on"])
    assert party(world, S1)["keys"] == [OTHER.public.hex()]


def test_a_veto_outlives_a_voted_recovery_that_came_to_nothing(world: World) -> None:
    """Only a vote recovers the party's keys, also once one has lapsed or given way to another."""
    world.call(S1, "recovery", "veto", recovery=recover(world, NEW)["recovery"])
    for private in (OTHER, PrivateKey.from_seed(bytes(31) + b"1")):
        new_keys = [new_key(S1, private=private)]
        decide_by_vote(world, "party_recover", party=S1, new_keys=new_keys, document=DIGEST)
    ratify(world, order(world, S1, "insolvent"))
    world.day(under_way(world, S1)["acts_on"])
    assert party(world, S1)["keys"] == LOST
    assert world.row("recovery", "place", S1) == {"open": "", "vetoed": True}


def test_the_sponsor_takes_its_recovery_back(world: World) -> None:
    announced = recover(world, NEW)
    world.call(BANK1, "recovery", "withdraw", recovery=announced["recovery"])
    recover(world, NEW)


def test_a_recovery_whose_key_was_taken_meanwhile_comes_to_nothing(world: World) -> None:
    announced = recover(world, NEW)
    register(world, application())  # the same key signs for another party
    world.day(announced["acts_on"])
    assert a_recovery(world, announced["recovery"])["status"] == "lapsed"
    assert party(world, S1)["keys"] == LOST
    assert all(world.row("party", "key", key)["status"] == "active" for key in LOST)


def test_a_recovery_of_a_party_that_is_insolvent_by_then_comes_to_nothing(world: World) -> None:
    """security 12: its keys are for an administrator; a sponsor that announced in time must not be before him."""
    announced = recover(world, NEW)
    ratify(world, order(world, S1, "insolvent"))
    world.day(announced["acts_on"])
    assert party(world, S1)["keys"] == LOST
    assert a_recovery(world, announced["recovery"])["status"] == "lapsed"


def test_a_recovery_finds_room_among_the_changes_of_the_party(world: World) -> None:
    for _ in range(10):
        as_admins(world, S1, "set_encryption_key", key="ab" * 32)
    announced = recover(world, NEW)
    world.day(announced["acts_on"])
    assert party(world, S1)["keys"] == [NEW_KEY]
    assert party(world, S1)["encryption_key"] in ("", "ab" * 32)


# --- ids that two claim -----------------------------------------------------------------------------------------------
def test_one_taken_id_of_a_batch_is_named_and_the_others_come_in_without_it(world: World) -> None:
    """security 7: a further id that somebody had taken blocked a batch of 200 applicants."""
    two_people(world, BANK1, "add_identifier", party=S2, scheme="vat", value="CN-1")
    taken = application(identifiers=[{"scheme": "vat", "value": "cn 1"}])
    other = signed_application(
        {**application()["statement"], "id": uscc(501), "keys": [a_key(OTHER.public.hex())]}, OTHER
    )
    with pytest.raises(Refused, match="identifier_taken") as refusal:
        register(world, other, taken)
    assert refusal.value.fields == {"id": NEWCOMER, "scheme": "vat", "value": "CN1"}
    register(world, other)
    register(world, application())
    decide_by_vote(world, "identifier", scheme="vat", value="cn 1", party=NEWCOMER)
    assert world.row("party", "identifier", ["vat", "CN1"]) == {"party": NEWCOMER}
    assert {"scheme": "vat", "value": "CN1"} in party(world, NEWCOMER)["identifiers"]
    assert {"scheme": "vat", "value": "CN1"} not in party(world, S2)["identifiers"]
    told = {"scheme": "vat", "value": "CN1", "party": NEWCOMER, "from": S2}
    assert events(world, "identifier_decided") == [told]


def test_an_identifier_that_nobody_has_is_given_by_vote_too(world: World) -> None:
    decide_by_vote(world, "identifier", scheme="vat", value="CN-2", party=S1)
    assert world.row("party", "identifier", ["vat", "CN2"]) == {"party": S1}


def claimed(**fields: Any) -> dict[str, Any]:
    """The honest company's application, under the id that a false sponsor registered others under."""
    return signed_application(
        {
            "id": NEWCOMER, "name_zh": "真公司", "name_en": "True", "roles": ["supplier"], "identifiers": [],
            "keys": [a_key(OTHER.public.hex())], "accounts": [an_account("CNY", BANK2)], "sponsor": BANK2,
            "until": "2026-12-31", **fields,
        },
        OTHER,
    )  # fmt: skip


def test_a_party_that_a_false_sponsor_registered_goes_by_vote_to_whom_it_belongs(world: World) -> None:
    """security 7: whoever registered an id first had it for good."""
    accounts = [an_account("CNY", BANK1), an_account("EUR", BANK1)]
    register(world, application(accounts=accounts, identifiers=[{"scheme": "vat", "value": "false"}]))
    false_key = party(world, NEWCOMER)["keys"][0]
    two_people(world, BANK1, "add_identifier", party=S2, scheme="vat", value="CN-1")
    identifiers = [{"scheme": "duns", "value": "123456"}, {"scheme": "vat", "value": "CN-1"}]
    decide_by_vote(world, "party_claim", claimed(identifiers=identifiers))
    change = under_way(world, NEWCOMER)
    assert (change["kind"], change["announced_by"]) == ("claim", "")
    assert party(world, NEWCOMER)["sponsor"] == BANK1, "announced, and not at once"
    arguments = {"recovery": change["id"]}
    with pytest.raises(Refused, match="not_your_recovery"):
        world.send(NEWCOMER, ("recovery", "withdraw", arguments), keys=[false_key])
    with pytest.raises(Refused, match="vote_has_no_veto"):
        world.send(NEWCOMER, ("recovery", "veto", arguments), keys=[false_key])
    world.day(change["acts_on"])
    row = party(world, NEWCOMER)
    assert (row["sponsor"], row["keys"], row["roles"]) == (BANK2, [OTHER.public.hex()], ["supplier"])
    assert row["names"][-1] == {"zh": "真公司", "en": "True", "from": world.today}
    assert world.row("party", "key", false_key)["status"] == "revoked"
    assert row["identifiers"] == [
        {"scheme": "uscc", "value": NEWCOMER}, {"scheme": "duns", "value": "123456"},
    ]  # fmt: skip
    assert world.row("party", "identifier", ["vat", "FALSE"]) is None
    assert (account(world, NEWCOMER)["bank"], account(world, NEWCOMER)["status"]) == (BANK2, "active")
    assert account(world, NEWCOMER, "EUR") is None
    with pytest.raises(Refused, match="not_the_sponsor"):
        two_people(world, BANK1, "rename", party=NEWCOMER, name_zh="假", name_en="")


def test_a_claimed_party_keeps_no_halt_and_no_policy_of_those_before_and_counts_with_its_new_sponsor(
    world: World,
) -> None:
    """security 7: who was there under a false name could leave the party halted, or its sponsor's places used up."""
    register(world, application())
    false_keys = list(party(world, NEWCOMER)["keys"])

    def sponsored() -> list[int]:
        return [(world.row("party", "sponsored", bank) or {"count": 0})["count"] for bank in (BANK1, BANK2)]

    before = sponsored()
    policy = {"rules": [{"action": "any", "currency": "CNY", "above": 0}]}
    world.send(NEWCOMER, ("party", "set_policy", {"policy": policy}), keys=false_keys)
    world.send(NEWCOMER, ("party", "set_encryption_key", {"key": "cd" * 32}), keys=false_keys)
    world.day(world.plus(5))
    row = party(world, NEWCOMER)
    assert (row["policy"], row["encryption_key"]) == (policy, "cd" * 32)
    decide_by_vote(world, "party_claim", claimed())
    world.send(NEWCOMER, ("party", "halt", {"reason": "spite"}), keys=false_keys)
    world.day(under_way(world, NEWCOMER)["acts_on"])
    row = party(world, NEWCOMER)
    assert (row["policy"], row["encryption_key"], row["halted_on"]) == ({"rules": []}, "", "")
    assert sponsored() == [before[0] - 1, before[1] + 1]
    act = ("invoice", "dispute", {"fingerprint": "ef" * 32, "seller": S1, "document": DIGEST})
    assert world.send(NEWCOMER, act, keys=[OTHER.public.hex()])[0]["dispute"]


def test_the_debts_of_a_claimed_party_stay(world: World) -> None:
    _, token = accepted_bill(world)
    register(world, application())
    offer(world, token, (NEWCOMER, 10))
    decide_by_vote(world, "party_claim", claimed())
    world.day(world.plus(4))
    assert [row["offered_to"] for _, row in world.rows("token", "token") if row["offered_to"]] == [NEWCOMER]
    assert party(world, ANCHOR)["status"] == "active"


# --- broken contracts -------------------------------------------------------------------------------------------------
def _waits(world: World) -> None:
    """Monday 2026-03-02: to Thursday, so both act on Friday."""
    assert as_admins(world, S1, "set_policy", policy={"rules": []})["acts_on"] == "2026-03-06"
    assert recover(world, NEW)["acts_on"] == "2026-03-06"


WAIT = 'acts_on = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)'
AT_ONCE = "acts_on = add_days(ctx.today, 1)"
MUTANTS: dict[str, Mutant] = {
    "an account is attested unseen": (
        "account", '    require(shown["alg"] == alg and shown["digest"] == digest_hex, "nothing_to_attest")\n', "",
        test_party_flow.test_a_first_account_acts_with_its_attestation,
    ),
    "nobody shows possession of a new key": (
        "party", '    require(signed, "possession_not_proved", {"id": party, "key": key["key"]})\n', "",
        is_refused(refusals_party.recover_with_a_key_of_which_nobody_shows_possession),
    ),
    "nobody shows possession of an applicant's key": (
        "party", '        require(signed, "possession_not_proved", lacking)\n', "",
        is_refused(refusals_party.register_what_was_changed_after_signing),
    ),
    "one admin is enough": (
        "general", '        require(are_two_people(signed), "second_admin_needed")\n', "",
        test_party_changes.test_an_admin_cannot_get_rid_of_the_need_for_a_second,
    ),
    "one person with two keys is enough": (
        "general", "if not is_one_person(signer, signers[0]):", 'if signer["key"] != signers[0]["key"]:',
        test_party_changes.test_two_admin_keys_of_one_person_are_one_admin,
    ),
    "a change acts at once": ("party", WAIT, AT_ONCE, _waits),
    "a recovery acts at once": ("recovery", WAIT, AT_ONCE, _waits),
    "a maker vetoes": (
        "recovery", '    require_capability("admin")\n', "", is_refused(refusals_party.veto_as_a_maker),
    ),
    "a sponsor tries again after a veto": (
        "recovery", '    require(not place["vetoed"], "recovery_vetoed")\n', "",
        is_refused(refusals_party.recover_after_a_veto),
    ),
    "what the old keys announced acts after the recovery": (
        "party", '        end_change(changes.get(change), "lapsed")\n', "        pass\n",
        test_what_was_announced_under_the_old_keys_never_acts,
    ),
    "a halted party goes on": (
        "general", '    require(row["halted_on"] == "", "party_halted"', '    require(True, "party_halted"',
        test_one_admin_halts_and_two_lift_it,
    ),
    "a revoked key stays taken": (
        "party", 'known is None or known["status"] == "revoked" or', "known is None or",
        test_party_changes.test_a_key_that_was_revoked_is_free_for_who_can_sign_with_it,
    ),
    "a claim leaves the false account": (
        "account", "        accounts.delete(entry[0])\n", "        pass\n",
        test_a_party_that_a_false_sponsor_registered_goes_by_vote_to_whom_it_belongs,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant])
