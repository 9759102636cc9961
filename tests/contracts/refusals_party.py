"""Refusals of party."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.world import (
    ALL,
    ANCHOR,
    BANK1,
    BANK2,
    BANKS,
    DIGEST,
    NETWORK,
    S1,
    S2,
    World,
    a_key,
    add_key,
    an_account,
    as_admins,
    as_two,
    decide_by_vote,
    issue,
    key_of,
    member,
    order,
    proof_of,
    ratify,
    signed_application,
    two_people,
    uscc,
)  # fmt: skip

from chainbill.crypto.keys import PrivateKey
from chainbill.state.keys import row_key
from chainbill.statement import sign_statement

APPLICANT = PrivateKey.from_seed(b"a" * 32)
OTHER = PrivateKey.from_seed(b"b" * 32)
NEWCOMER = uscc(500)
BOTH = [a_key(APPLICANT.public.hex()), a_key(OTHER.public.hex(), ["checker"])]


def statement(**fields: Any) -> dict[str, Any]:
    return {
        "id": NEWCOMER, "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(APPLICANT.public.hex())], "accounts": [an_account()], "sponsor": BANK1, "until": "2026-12-31",
        **fields,
    }  # fmt: skip


def application(**fields: Any) -> dict[str, Any]:
    return signed_application(statement(**fields), APPLICANT)


def register(world: World, *applications: dict[str, Any], by: str = BANK1) -> Any:
    return two_people(world, by, "register", applications=list(applications))


@refuses("too_many_sponsored", parameters={"sponsored_parties": 10})
def register_without_end(world: World) -> None:
    """security 16"""
    for number in range(11):
        key = PrivateKey.from_seed(number.to_bytes(32, "big"))
        said = statement(id=uscc(900 + number), keys=[a_key(key.public.hex())])
        register(world, signed_application(said, key))


@refuses("batch_size")
def register_nobody(world: World) -> None:
    register(world)


@refuses("batch_size")
def register_a_text(world: World) -> None:
    two_people(world, BANK1, "register", applications="application")


@refuses("batch_size")
def register_one_that_is_in_no_list(world: World) -> None:
    two_people(world, BANK1, "register", applications={"statement": {}, "signatures": []})


@refuses("not_a_bank")
def register_as_a_supplier(world: World) -> None:
    register(world, application(), by=S1)


@refuses("party_not_active")
def register_as_a_suspended_bank(world: World) -> None:
    row = {**world.row("party", "party", BANK2), "status": "suspended"}
    world.overlay.put(row_key("party", "party", BANK2), row)
    register(world, application(), by=BANK2)


@refuses("application_for_another_sponsor")
def register_what_was_meant_for_another_bank(world: World) -> None:
    """formats S3: an application bound no sponsor."""
    register(world, application(sponsor=BANK2))


@refuses("application_for_another_sponsor")
def register_what_was_meant_for_a_vote(world: World) -> None:
    register(world, application(sponsor=""))


@refuses("application_expired")
def register_an_application_of_last_year(world: World) -> None:
    """formats S3: an application bound no time."""
    register(world, application(until=world.plus(-1)))


@refuses("date_not_valid")
def register_an_application_without_an_end(world: World) -> None:
    register(world, application(until=""))


@refuses("possession_not_proved")
def register_with_a_signature_of_a_stranger(world: World) -> None:
    register(world, signed_application(statement(), OTHER))


@refuses("possession_not_proved")
def register_a_key_that_signs_under_anothers_name(world: World) -> None:
    signed = signed_application(statement(), OTHER)
    signed["signatures"][0]["key"] = APPLICANT.public.hex()
    register(world, signed)


@refuses("possession_not_proved")
def register_two_keys_of_which_one_signs(world: World) -> None:
    """formats S3: a key that nobody has shown to hold could be listed."""
    register(world, signed_application(statement(keys=BOTH), APPLICANT))


@refuses("possession_not_proved")
def register_two_keys_of_which_the_first_signs_for_the_second(world: World) -> None:
    signed = signed_application(statement(keys=BOTH), APPLICANT, OTHER)
    signed["signatures"][1]["signature"] = signed["signatures"][0]["signature"]
    register(world, signed)


@refuses("possession_not_proved")
def register_two_keys_that_sign_in_another_order(world: World) -> None:
    register(world, signed_application(statement(keys=BOTH), OTHER, APPLICANT))


@refuses("possession_not_proved")
def register_what_was_changed_after_signing(world: World) -> None:
    signed = application()
    signed["statement"]["name_en"] = "Newer"
    register(world, signed)


@refuses("possession_not_proved")
def register_what_was_signed_for_another_network(world: World) -> None:
    """formats S3: an application bound no network."""
    signed = application()
    other = sign_statement(APPLICANT, bytes(32), "party", "application", signed["statement"])
    signed["signatures"][0]["signature"] = other.hex()
    register(world, signed)


@refuses("possession_not_proved")
def register_what_was_signed_for_another_purpose(world: World) -> None:
    signed = application()
    other = sign_statement(APPLICANT, NETWORK, "party", "key", signed["statement"])
    signed["signatures"][0]["signature"] = other.hex()
    register(world, signed)


@refuses("too_many_signatures")
def register_with_more_signatures_than_keys(world: World) -> None:
    register(world, signed_application(statement(), APPLICANT, OTHER))


@refuses("algorithm_unknown")
def register_a_key_of_an_algorithm_to_come(world: World) -> None:
    register(world, application(keys=[a_key(APPLICANT.public.hex(), alg="sm2")]))


@refuses("algorithm_unknown")
def register_an_account_whose_digest_is_of_an_algorithm_to_come(world: World) -> None:
    register(world, application(accounts=[an_account(alg="sm3")]))


@refuses("key_digest_not_valid")
def register_a_key_with_a_staff_number_in_the_open(world: World) -> None:
    register(world, application(keys=[a_key(APPLICANT.public.hex(), operator="4711")]))


@refuses("key_digest_not_valid")
def register_a_key_with_a_certificate_in_capitals(world: World) -> None:
    register(world, application(keys=[a_key(APPLICANT.public.hex(), certificate="AB" * 32)]))


@refuses("role_needs_a_vote")
def register_a_bank(world: World) -> None:
    register(world, application(roles=["bank"]))


@refuses("role_unknown")
def register_without_a_role(world: World) -> None:
    register(world, application(roles=[]))


@refuses("identity_not_valid")
def register_with_a_wrong_check_digit(world: World) -> None:
    register(world, application(id=NEWCOMER[:-1] + ("0" if NEWCOMER[-1] != "0" else "1")))


@refuses("party_exists")
def register_twice(world: World) -> None:
    register(world, application(), application())


@refuses("name_missing")
def register_without_a_name(world: World) -> None:
    register(world, application(name_zh="", name_en=""))


@refuses("text_too_long")
def register_with_an_endless_name(world: World) -> None:
    register(world, application(name_en="x" * 201))


@refuses("text_not_one_line")
def register_with_a_name_of_two_lines(world: World) -> None:
    register(world, application(name_en="Acme\nBank 1"))


@refuses("text_not_one_line")
def add_an_identifier_with_a_tab(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="local", value="12\t34567")


@refuses("no_key")
def admit_without_a_key(world: World) -> None:
    content = signed_application(statement(roles=["regulator"], keys=[], sponsor=""))
    proposal = world.call(BANK1, "governance", "propose", kind="party", content=content)["proposal"]
    for bank in BANKS:
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")


@refuses("key_not_valid")
def add_a_short_key(world: World) -> None:
    as_admins(world, S1, "add_key", key=a_key("12"), proof="")


@refuses("capability_unknown")
def add_a_key_for_everything(world: World) -> None:
    add_key(world, S1, 12, ["everything"])


@refuses("key_taken")
def add_the_key_of_another_party(world: World) -> None:
    register(world, application())
    key = a_key(APPLICANT.public.hex())
    as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, APPLICANT))


@refuses("possession_not_proved")
def add_a_key_that_another_key_signs_for(world: World) -> None:
    """formats S3: whoever brought in a key showed nothing."""
    key = a_key(APPLICANT.public.hex())
    as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, OTHER))


@refuses("possession_not_proved")
def add_a_key_that_signed_for_another_party(world: World) -> None:
    key = a_key(APPLICANT.public.hex())
    as_admins(world, S1, "add_key", key=key, proof=proof_of(S2, key, APPLICANT))


@refuses("possession_not_proved")
def add_a_key_that_signed_to_be_a_maker_as_an_admin(world: World) -> None:
    key = a_key(APPLICANT.public.hex(), ["maker"])
    as_admins(world, S1, "add_key", key={**key, "capabilities": ALL}, proof=proof_of(S1, key, APPLICANT))


@refuses("possession_not_proved")
def add_a_key_under_another_operator_than_it_signed(world: World) -> None:
    key = a_key(APPLICANT.public.hex(), operator="ab" * 32)
    as_admins(world, S1, "add_key", key={**key, "operator": "cd" * 32}, proof=proof_of(S1, key, APPLICANT))


@refuses("possession_not_proved")
def rotate_to_a_key_that_has_not_signed(world: World) -> None:
    as_admins(world, S1, "rotate_key", old=key_of(S1), new=a_key(APPLICANT.public.hex()), proof="00" * 64)


@refuses("rotation_changes_capabilities")
def rotate_a_checker_into_a_maker(world: World) -> None:
    new = a_key(APPLICANT.public.hex(), ["maker", "admin"])
    as_admins(world, S1, "rotate_key", old=key_of(S1, 1), new=new, proof=proof_of(S1, new, APPLICANT))


@refuses("too_many_keys")
def add_keys_without_end(world: World) -> None:
    for number in range(19):
        add_key(world, S1, 100 + number)


@refuses("key_unknown")
def revoke_the_key_of_another_party(world: World) -> None:
    world.call(S1, "party", "revoke_key", key=key_of(S2))


@refuses("key_already_revoked")
def revoke_a_key_twice(world: World) -> None:
    for _ in range(2):
        as_admins(world, S1, "revoke_key", key=key_of(S1, 1))


@refuses("last_admin_key")
def revoke_the_last_admin_key(world: World) -> None:
    as_admins(world, S1, "revoke_key", key=key_of(S1, 1))
    world.call(S1, "party", "revoke_key", key=key_of(S1))


@refuses("capability_missing")
def add_a_key_as_a_maker_only(world: World) -> None:
    maker = add_key(world, S1, 34, ["maker"])
    key = a_key(APPLICANT.public.hex())
    arguments = {"key": key, "proof": proof_of(S1, key, APPLICANT)}
    world.send(S1, ("party", "add_key", arguments), keys=[maker])


@refuses("second_admin_needed")
def empty_the_policy_alone(world: World) -> None:
    """security 8: one admin key alone emptied the policy."""
    world.call(S1, "party", "set_policy", policy={"rules": []})


@refuses("second_admin_needed")
def bring_in_a_second_key_alone(world: World) -> None:
    """security 8: one admin key alone added a maker and a checker."""
    key = a_key(APPLICANT.public.hex())
    world.call(S1, "party", "add_key", key=key, proof=proof_of(S1, key, APPLICANT))


@refuses("second_admin_needed")
def rotate_the_other_admin_away(world: World) -> None:
    key = a_key(APPLICANT.public.hex(), ["checker", "admin"])
    world.call(S1, "party", "rotate_key", old=key_of(S1, 1), new=key, proof=proof_of(S1, key, APPLICANT))


@refuses("second_admin_needed")
def name_an_encryption_key_alone(world: World) -> None:
    world.call(S1, "party", "set_encryption_key", key="")


@refuses("second_admin_needed")
def revoke_the_other_admin_alone(world: World) -> None:
    world.call(S1, "party", "revoke_key", key=key_of(S1, 1))


@refuses("second_admin_needed")
def be_two_admins_with_two_keys_of_one_person(world: World) -> None:
    keys = [add_key(world, S1, number, operator="ab" * 32) for number in (31, 32)]
    world.send(S1, ("party", "set_policy", {"policy": {"rules": []}}), keys=keys)


@refuses("second_admin_needed")
def be_two_admins_with_a_checker(world: World) -> None:
    keys = [key_of(S1), add_key(world, S1, 31, ["maker", "checker"])]
    world.send(S1, ("party", "set_policy", {"policy": {"rules": []}}), keys=keys)


@refuses("key_not_valid")
def name_an_encryption_key_that_is_none(world: World) -> None:
    as_admins(world, S1, "set_encryption_key", key="12")


@refuses("too_many_changes")
def announce_changes_without_end(world: World) -> None:
    for _ in range(11):
        as_admins(world, S1, "set_encryption_key", key="")


@refuses("party_halted")
def issue_as_a_halted_party(world: World) -> None:
    world.call(S1, "party", "halt", reason="key stolen")
    issue(world)


@refuses("party_halted")
def change_the_policy_of_a_halted_party(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    as_admins(world, S1, "set_policy", policy={"rules": []})


@refuses("party_halted")
def register_as_a_halted_bank(world: World) -> None:
    world.call(BANK1, "party", "halt", reason="")
    register(world, application())


@refuses("party_halted")
def halt_twice(world: World) -> None:
    for _ in range(2):
        world.call(S1, "party", "halt", reason="")


@refuses("capability_missing")
def halt_as_a_maker(world: World) -> None:
    maker = add_key(world, S1, 34, ["maker"])
    world.send(S1, ("party", "halt", {"reason": ""}), keys=[maker])


@refuses("second_admin_needed")
def lift_a_halt_alone(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    world.call(S1, "party", "lift_halt", party=S1)


@refuses("not_the_sponsor")
def lift_the_halt_of_a_party_of_another_bank(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    as_admins(world, BANK2, "lift_halt", party=S1)


@refuses("maker_and_checker_needed")
def lift_a_halt_as_a_clerk_of_the_sponsor(world: World) -> None:
    world.call(S1, "party", "halt", reason="")
    world.call(BANK1, "party", "lift_halt", party=S1)


@refuses("not_halted")
def lift_no_halt(world: World) -> None:
    as_admins(world, S1, "lift_halt", party=S1)


def new_key(party: str, *capabilities: str, private: PrivateKey = APPLICANT) -> dict[str, Any]:
    """A key that is to take the place of all others, with its proof."""
    key = a_key(private.public.hex(), list(capabilities) or ALL)
    return {"key": key, "proof": proof_of(party, key, private)}


def recover(world: World, *new_keys: Any, by: str = BANK1, party: str = S1, document: str = DIGEST) -> Any:
    listed = list(new_keys or [new_key(party)])
    arguments = {"party": party, "new_keys": listed, "document": document}
    return world.send(by, ("recovery", "recover", arguments), keys=[key_of(by), key_of(by, 1)])[0]


@refuses("not_the_sponsor")
def recover_the_keys_of_a_party_of_another_bank(world: World) -> None:
    recover(world, by=BANK2)


@refuses("not_the_sponsor")
def recover_the_keys_of_a_bank(world: World) -> None:
    recover(world, by=BANK2, party=BANK1)


@refuses("maker_and_checker_needed")
def recover_as_a_clerk_of_the_sponsor(world: World) -> None:
    arguments = {"party": S1, "new_keys": [new_key(S1)], "document": DIGEST}
    world.call(BANK1, "recovery", "recover", **arguments)


@refuses("document_not_valid")
def recover_without_a_document(world: World) -> None:
    recover(world, document="")


@refuses("no_key")
def recover_without_a_key(world: World) -> None:
    arguments = {"party": S1, "new_keys": [], "document": DIGEST}
    world.send(BANK1, ("recovery", "recover", arguments), keys=[key_of(BANK1), key_of(BANK1, 1)])


@refuses("no_admin_key")
def recover_without_an_admin_key(world: World) -> None:
    recover(world, new_key(S1, "maker", "checker"))


@refuses("no_admin_key")
def register_without_an_admin_key(world: World) -> None:
    register(world, application(keys=[a_key(APPLICANT.public.hex(), ["maker", "checker"])]))


@refuses("possession_not_proved")
def recover_with_a_key_that_signed_for_another_party(world: World) -> None:
    recover(world, new_key(S2))


@refuses("possession_not_proved")
def recover_with_a_key_of_which_nobody_shows_possession(world: World) -> None:
    """security 7."""
    recover(world, new_key(S1), {**new_key(S1, private=OTHER), "proof": new_key(S1)["proof"]})


@refuses("key_taken")
def recover_with_a_key_twice(world: World) -> None:
    recover(world, new_key(S1), new_key(S1))


@refuses("key_taken")
def recover_with_a_key_of_another_party(world: World) -> None:
    register(world, application())
    recover(world, new_key(S1))


@refuses("party_not_active")
def recover_the_keys_of_an_insolvent_party(world: World) -> None:
    """Its administrator names them."""
    ratify(world, order(world, S1, "insolvent"))
    recover(world)


@refuses("recovery_under_way")
def recover_twice(world: World) -> None:
    for _ in range(2):
        recover(world)


@refuses("recovery_vetoed")
def recover_after_a_veto(world: World) -> None:
    world.call(S1, "recovery", "veto", recovery=recover(world)["recovery"])
    recover(world)


@refuses("capability_missing")
def veto_as_a_maker(world: World) -> None:
    maker = add_key(world, S1, 34, ["maker"])
    world.send(S1, ("recovery", "veto", {"recovery": recover(world)["recovery"]}), keys=[maker])


@refuses("not_your_recovery")
def veto_the_recovery_of_another_party(world: World) -> None:
    world.call(S2, "recovery", "veto", recovery=recover(world)["recovery"])


@refuses("recovery_unknown")
def veto_what_is_no_recovery(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.call(S1, "recovery", "veto", recovery=announced["change"])


@refuses("not_your_recovery")
def withdraw_a_recovery_instead_of_vetoing_it(world: World) -> None:
    world.call(S1, "recovery", "withdraw", recovery=recover(world)["recovery"])


@refuses("recovery_closed")
def withdraw_a_recovery_twice(world: World) -> None:
    announced = recover(world)
    for _ in range(2):
        world.call(BANK1, "recovery", "withdraw", recovery=announced["recovery"])


@refuses("recovery_closed")
def veto_a_recovery_once_its_day_has_come(world: World) -> None:
    announced = recover(world)
    world.time_ms += 5 * 86_400_000
    world.call(S1, "recovery", "veto", recovery=announced["recovery"])


@refuses("vote_has_no_veto")
def veto_what_was_voted(world: World) -> None:
    decide_by_vote(world, "party_recover", party=S1, new_keys=[new_key(S1)], document=DIGEST)
    world.call(S1, "recovery", "veto", recovery=world.row("recovery", "place", S1)["open"])


@refuses("no_admin_key")
def propose_a_recovery_without_an_admin_key(world: World) -> None:
    content = {"party": S1, "new_keys": [new_key(S1, "maker")], "document": DIGEST}
    world.call(BANK1, "governance", "propose", kind="party_recover", content=content)


@refuses("identifier_taken")
def propose_to_give_an_identifier_to_who_has_it(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="vat", value="DE1234")
    content = {"scheme": "vat", "value": "de 1234", "party": S1}
    world.call(BANK1, "governance", "propose", kind="identifier", content=content)


@refuses("identifier_is_an_id")
def propose_to_give_the_id_of_a_party_away(world: World) -> None:
    content = {"scheme": "uscc", "value": S1, "party": S2}
    world.call(BANK1, "governance", "propose", kind="identifier", content=content)


@refuses("party_unknown")
def claim_a_party_that_is_not_there(world: World) -> None:
    world.call(BANK1, "governance", "propose", kind="party_claim", content=application())


@refuses("party_without_sponsor")
def claim_a_bank(world: World) -> None:
    world.call(BANK1, "governance", "propose", kind="party_claim", content=application(id=BANK2))


@refuses("role_needs_a_vote")
def claim_a_party_and_make_it_a_bank(world: World) -> None:
    world.call(BANK1, "governance", "propose", kind="party_claim", content=application(id=S1, roles=["bank"]))


@refuses("not_a_bank")
def claim_a_party_without_a_sponsor(world: World) -> None:
    content = application(id=S1, sponsor=S2)
    world.call(BANK1, "governance", "propose", kind="party_claim", content=content)


@refuses("change_unknown")
def withdraw_no_change(world: World) -> None:
    world.call(S1, "party", "withdraw_change", change="C1")


@refuses("not_your_change")
def withdraw_the_change_of_another_party(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.call(S2, "party", "withdraw_change", change=announced["change"])


@refuses("capability_missing")
def withdraw_a_change_as_a_maker(world: World) -> None:
    maker = add_key(world, S1, 34, ["maker"])
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.send(S1, ("party", "withdraw_change", {"change": announced["change"]}), keys=[maker])


@refuses("change_closed")
def withdraw_a_change_twice(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    for _ in range(2):
        world.call(S1, "party", "withdraw_change", change=announced["change"])


@refuses("change_closed")
def withdraw_a_change_once_its_day_has_come(world: World) -> None:
    """Whether or not the day's work has come to it: rules compare dates."""
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.time_ms += 5 * 86_400_000
    world.call(S1, "party", "withdraw_change", change=announced["change"])


@refuses("not_the_sponsor")
def rename_a_party_of_another_bank(world: World) -> None:
    world.call(BANK2, "party", "rename", party=S1, name_zh="新", name_en="")


@refuses("party_unknown")
def rename_a_stranger(world: World) -> None:
    two_people(world, BANK1, "rename", party=NEWCOMER, name_zh="新", name_en="")


@refuses("scheme_not_valid")
def add_an_identifier_in_capitals(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="VAT", value="DE123456789")


@refuses("identifier_too_short")
def add_a_short_identifier(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="vat", value="- 1 -")


@refuses("identifier_not_valid")
def add_a_wrong_lei(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="lei", value="529900T8BM49AURSDO56")


@refuses("identifier_taken")
def add_an_identifier_of_another_party(world: World) -> None:
    for party in (S1, S2):
        two_people(world, BANK1, "add_identifier", party=party, scheme="vat", value="DE 123.456.789")


@refuses("too_many_identifiers")
def add_identifiers_without_end(world: World) -> None:
    for number in range(20):
        two_people(world, BANK1, "add_identifier", party=S1, scheme="other", value=f"N{number:04d}")


@refuses("policy_not_valid")
def set_a_policy_below_zero(world: World) -> None:
    rule = {"action": "any", "currency": "CNY", "above": -1}
    as_admins(world, S1, "set_policy", policy={"rules": [rule]})


@refuses("policy_act_unknown")
def set_a_policy_for_a_misspelt_act(world: World) -> None:
    rule = {"action": "token.transfr", "currency": "CNY", "above": 1}
    as_admins(world, S1, "set_policy", policy={"rules": [rule]})


@refuses("key_not_valid")
def add_a_key_in_capitals(world: World) -> None:
    as_admins(world, S1, "add_key", key=a_key("AB" * 32, ["admin"]), proof="")


@refuses("currency_unknown")
def set_a_policy_in_no_currency(world: World) -> None:
    rule = {"action": "any", "currency": "XQQ", "above": 1}
    as_admins(world, S1, "set_policy", policy={"rules": [rule]})


def announce(world: World, currency: str = "USD", bank: str = BANK2, digest: str = DIGEST) -> Any:
    account = {"currency": currency, "bank": bank, "alg": "sha256", "digest_hex": digest}
    return world.call(S1, "account", "announce", **account)


@refuses("account_digest_not_valid")
def announce_an_account_in_the_open(world: World) -> None:
    announce(world, digest="6222 0000 1111")


@refuses("account_exists")
def register_two_accounts_in_one_currency(world: World) -> None:
    account = an_account()
    register(world, application(accounts=[account, account]))


CURRENCIES = [
    "AED", "ARS", "AUD", "BRL", "CAD", "CHF", "CLP", "COP", "CZK", "DKK", "GBP",
    "HKD", "HUF", "IDR", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD",
]  # fmt: skip


@refuses("too_many_accounts")
def announce_accounts_without_end(world: World) -> None:
    for currency in CURRENCIES:
        announce(world, currency)


@refuses("too_many_accounts")
def register_accounts_without_end(world: World) -> None:
    register(world, application(accounts=[
        an_account(currency) for currency in CURRENCIES
    ]))  # fmt: skip


@refuses("maker_and_checker_needed")
def change_an_account_with_two_keys_of_one_person(world: World) -> None:
    """Two keys of one operator are one person (branches and people)."""
    keys = [add_key(world, S1, number, ["maker", "checker"], operator="ab" * 32) for number in (31, 32)]
    account = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": DIGEST}
    world.send(S1, ("account", "announce", account), keys=keys)


@refuses("maker_and_checker_needed")
def change_an_account_alone(world: World) -> None:
    announce(world, "CNY")


def attest(world: World, currency: str, bank: str = BANK1, **fields: str) -> None:
    shown = {"alg": "sha256", "digest_hex": DIGEST, **fields}
    world.call(bank, "account", "attest", party=S1, currency=currency, **shown)


@refuses("account_unknown")
def attest_no_account(world: World) -> None:
    attest(world, "USD")


@refuses("nothing_to_attest")
def attest_an_account_that_was_replaced_meanwhile(world: World) -> None:
    """security 3: attest_account named no digest."""
    announce(world)
    announce(world, digest="cd" * 32)
    attest(world, "USD", BANK2)


@refuses("nothing_to_attest")
def attest_a_digest_of_another_algorithm(world: World) -> None:
    announce(world)
    attest(world, "USD", BANK2, alg="sm3")


@refuses("nothing_to_attest")
def attest_another_change_than_the_one_that_waits(world: World) -> None:
    account = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", account), keys=[key_of(S1), key_of(S1, 1)])
    attest(world, "CNY", BANK2)


@refuses("not_the_accounts_bank")
def attest_an_account_at_another_bank(world: World) -> None:
    announce(world)
    attest(world, "USD")


@refuses("nothing_to_attest")
def attest_an_active_account(world: World) -> None:
    attest(world, "CNY")


@refuses("account_cannot_begin")
def attest_a_first_account_of_a_party_that_is_to_get_new_keys(world: World) -> None:
    recover(world)
    announce(world)
    attest(world, "USD", BANK2)


@refuses("not_an_auditor")
def grant_to_a_supplier(world: World) -> None:
    as_two(world, ANCHOR, "audit", "grant", auditor=S1, scope="all", first_day=world.today, last_day="")


AUDITED = [member(ANCHOR, "anchor"), member(S1, "auditor"), member(BANK1, "bank", accounts=[])][::-1]


@refuses("scope_not_valid", members=AUDITED)
def grant_nothing(world: World) -> None:
    as_two(world, ANCHOR, "audit", "grant", auditor=S1, scope=[], first_day=world.today, last_day="")


@refuses("date_not_valid", members=AUDITED)
def grant_until_before_it_begins(world: World) -> None:
    as_two(world, ANCHOR, "audit", "grant", auditor=S1, scope="all", first_day=world.today, last_day=world.plus(-1))


@refuses("grant_unknown")
def revoke_no_grant(world: World) -> None:
    world.call(ANCHOR, "audit", "revoke_grant", auditor=S1)


@refuses("identity_stays")
def give_up_the_own_id(world: World) -> None:
    as_admins(world, S1, "give_up_identifier", scheme="uscc", value=S1)


@refuses("identifier_unknown")
def give_up_the_identifier_of_another(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S2, scheme="vat", value="DE1234")
    as_admins(world, S1, "give_up_identifier", scheme="vat", value="DE1234")


@refuses("second_admin_needed")
def give_up_an_identifier_alone(world: World) -> None:
    two_people(world, BANK1, "add_identifier", party=S1, scheme="vat", value="DE1234")
    world.call(S1, "party", "give_up_identifier", scheme="vat", value="DE1234")


@refuses("second_admin_needed")
def grant_alone(world: World) -> None:
    """security 9: one admin of two lets strangers read the whole business."""
    world.call(ANCHOR, "audit", "grant", auditor=S1, scope="all", first_day=world.today, last_day="")
