"""What the specification says of parties, accounts and policies (its domain, section 2), one test a rule."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import both, refused, status
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    MEMBERS,
    S1,
    S2,
    World,
    a_key,
    accepted_bill,
    administrator_keys,
    an_account,
    change,
    decide_by_vote,
    issue,
    key_of,
    member,
    offer,
    order,
    private_key,
    settle,
    signed_application,
    two_people,
    uscc,
)  # fmt: skip

NEW = uscc(777)


def application(number: int = 31, signers: tuple[int, ...] | None = None, **fields: Any) -> dict[str, Any]:
    statement = {
        "id": NEW, "name_zh": "新公司", "name_en": "New Company", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(private_key(number).public.hex())], "accounts": [an_account("CNY", BANK1)], "sponsor": BANK1,
        "until": "2026-03-31", **fields,
    }  # fmt: skip
    return signed_application(statement, *(private_key(one) for one in signers or (number,)))


def register(world: World, *applications: dict[str, Any], by: str = BANK1) -> Any:
    return two_people(world, by, "register", applications=list(applications))


# --- registration -----------------------------------------------------------------------------------------------------
def test_a_sponsor_attests_an_application_and_its_account(world: World) -> None:
    register(world, application())
    row = world.row("party", "party", NEW)
    assert (row["status"], row["sponsor"], row["roles"]) == ("active", BANK1, ["supplier"])
    assert world.row("account", "account", [NEW, "CNY"])["status"] == "active"
    refused("party_exists", register, world, application(32))


def test_an_account_at_another_bank_waits_for_that_bank(world: World) -> None:
    register(world, application(accounts=[an_account("CNY", BANK2)]))
    assert world.row("account", "account", [NEW, "CNY"])["status"] == "announced"
    bill = issue(world, by=ANCHOR, creditor=NEW)
    world.call(ANCHOR, "bill", "confirm", bill=bill)

    def accept() -> Any:
        return world.send(NEW, ("bill", "accept", {"bill": bill}), keys=[private_key(31).public.hex()])

    refused("account_missing", accept)
    attested = {"party": NEW, "currency": "CNY", "alg": "sha256", "digest_hex": "ab" * 32}
    refused("not_the_accounts_bank", world.call, BANK1, "account", "attest", **attested)
    refused("nothing_to_attest", world.call, BANK2, "account", "attest", **{**attested, "digest_hex": "cd" * 32})
    world.call(BANK2, "account", "attest", **attested)
    accept()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sponsor": BANK2}, "application_for_another_sponsor"),
        ({"until": "2026-03-01"}, "application_expired"),
        ({"id": NEW[:-1] + ("A" if NEW[-1] != "A" else "B")}, "identity_not_valid"),
        ({"roles": ["bank"]}, "role_needs_a_vote"),
        ({"roles": ["regulator"]}, "role_needs_a_vote"),
        ({"roles": ["auditor"]}, "role_needs_a_vote"),
        ({"roles": []}, "role_unknown"),
        ({"roles": ["emperor"]}, "role_unknown"),
        ({"keys": []}, "no_key"),
        ({"keys": [a_key(private_key(31).public.hex(), ["maker"])]}, "no_admin_key"),
        ({"name_zh": "", "name_en": ""}, "name_missing"),
    ],
)
def test_what_an_application_must_be(world: World, fields: dict[str, Any], code: str) -> None:
    """Security 6: an application was bound to no sponsor, so whoever sent it first became that."""
    refused(code, register, world, application(**fields))
    assert world.row("party", "party", NEW) is None


def test_an_application_is_signed_by_its_keys_and_unchanged(world: World) -> None:
    refused("possession_not_proved", register, world, application(signers=(32,)))
    changed = application()
    changed["statement"]["name_en"] = "Another Company"
    refused("possession_not_proved", register, world, changed)


def test_a_batch_comes_in_whole_or_not(world: World) -> None:
    refused("batch_size", register, world)
    other = application(33, id=uscc(778), keys=[a_key(private_key(33).public.hex())], until="2026-03-01")
    refused("application_expired", register, world, application(), other)
    assert world.row("party", "party", NEW) is None


def test_no_party_but_a_bank_sponsors(world: World) -> None:
    refused("not_a_bank", register, world, application(sponsor=S1), by=S1)


def test_identifiers_are_normalised_and_one_party_s(world: World) -> None:
    """NFKC, upper case, letters and digits only: "ab-12 3" is AB123, full width too."""
    two_people(world, BANK1, "add_identifier", party=S1, scheme="tax", value="ab-12 3")
    assert world.row("party", "identifier", ["tax", "AB123"])["party"] == S1
    taken = {"party": S2, "scheme": "tax"}
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in "AB123")
    for value in ("AB123", "a.b.1.2.3", full_width):
        refused("identifier_taken", two_people, world, BANK1, "add_identifier", value=value, **taken)
    refused("not_the_sponsor", world.call, BANK2, "party", "add_identifier", value="XY99", **taken)


def test_earlier_names_stay_with_their_dates(world: World) -> None:
    world.day("2026-03-04")
    refused("not_the_sponsor", world.call, BANK2, "party", "rename", party=S1, name_zh="新名", name_en="New")
    two_people(world, BANK1, "rename", party=S1, name_zh="新名", name_en="New")
    names = world.row("party", "party", S1)["names"]
    assert [(name["zh"], name["from"]) for name in names][1:] == [("新名", "2026-03-04")]
    assert len(names) == 2


def test_a_key_is_one_party_s(world: World) -> None:
    register(world, application())
    refused("key_taken", register, world, application(id=uscc(778)))


# --- accounts ---------------------------------------------------------------------------------------------------------
CHANGED = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "ee" * 32}
ATTESTED = {"party": S1, "currency": "CNY", "alg": "sha256", "digest_hex": "ee" * 32}


def account(world: World) -> Any:
    return world.row("account", "account", [S1, "CNY"])


def test_an_account_changes_two_business_days_later_with_two_people_and_its_bank(world: World) -> None:
    refused("maker_and_checker_needed", world.call, S1, "account", "announce", **CHANGED)
    assert both(world, S1, "account.announce", **CHANGED)["from"] == "2026-03-04"
    world.call(BANK2, "account", "attest", **ATTESTED)
    world.day("2026-03-03")
    assert account(world)["digest"] == "ab" * 32
    world.day("2026-03-04")
    assert (account(world)["digest"], account(world)["bank"]) == ("ee" * 32, BANK2)


def test_an_account_that_nobody_attests_takes_no_money(world: World) -> None:
    both(world, S1, "account.announce", **CHANGED)
    world.day("2026-03-10")
    bill, _ = accepted_bill(world)
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert payment["account"] == "ab" * 32
    refused("not_the_accounts_bank", world.call, BANK1, "account", "attest", **ATTESTED)
    refused("nothing_to_attest", world.call, BANK2, "account", "attest", **{**ATTESTED, "digest_hex": "dd" * 32})


def test_a_payment_before_the_day_goes_to_the_account_of_before(world: World) -> None:
    bill, _ = accepted_bill(world)
    both(world, S1, "account.announce", **CHANGED)
    world.call(BANK2, "account", "attest", **ATTESTED)
    world.day("2026-03-03")
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert payment["account"] == "ab" * 32


def test_another_announcement_is_not_what_the_bank_attests(world: World) -> None:
    both(world, S1, "account.announce", **CHANGED)
    both(world, S1, "account.announce", **{**CHANGED, "digest_hex": "dd" * 32})
    refused("nothing_to_attest", world.call, BANK2, "account", "attest", **ATTESTED)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("stop", ["suspended", "insolvent", "recovery", "recovery first", "vote"])
def test_no_account_moves_while_its_party_is_stopped_or_gets_new_keys(world: World, stop: str, late: bool) -> None:
    """security: two stolen keys name another account; it would act in two business days, a recovery in 72 hours.

    Attested in time or late, before the stop or behind it, the money goes where it went.
    """
    new_keys = {"party": S1, "new_keys": administrator_keys(S1, 701), "document": "5a" * 32}
    if stop == "recovery first":
        both(world, BANK1, "recovery.recover", **new_keys)
    both(world, S1, "account.announce", **CHANGED)
    if not late:
        world.call(BANK2, "account", "attest", **ATTESTED)
    if stop in ("suspended", "insolvent"):
        order(world, S1, stop)
    elif stop == "recovery":
        both(world, BANK1, "recovery.recover", **new_keys)
    elif stop == "vote":
        decide_by_vote(world, "party_recover", **new_keys)
    world.day("2026-03-04")
    if late:
        world.call(BANK2, "account", "attest", **ATTESTED)
    assert (account(world)["digest"], account(world)["next"]) == ("ab" * 32, None)
    world.day("2026-03-20")
    assert account(world)["digest"] == "ab" * 32
    assert status(world, S1) in ("active", "suspended")


def test_an_account_moves_again_once_nothing_waits(world: World) -> None:
    new_keys = {"party": S1, "new_keys": administrator_keys(S1, 701), "document": "5a" * 32}
    entered = both(world, BANK1, "recovery.recover", **new_keys)["recovery"]
    world.call(S1, "recovery", "veto", recovery=entered)
    both(world, S1, "account.announce", **CHANGED)
    world.call(BANK2, "account", "attest", **ATTESTED)
    world.day("2026-03-04")
    assert account(world)["digest"] == "ee" * 32


def test_one_currency_more_is_no_change(world: World) -> None:
    """A first account acts once its bank attests it."""
    first = {**CHANGED, "currency": "USD"}
    world.call(S1, "account", "announce", **first)
    assert world.row("account", "account", [S1, "USD"])["status"] == "announced"
    world.call(BANK2, "account", "attest", **{**ATTESTED, "currency": "USD"})
    assert world.row("account", "account", [S1, "USD"])["status"] == "active"


# --- policies ---------------------------------------------------------------------------------------------------------
def above(amount: int, action: str = "any") -> dict[str, Any]:
    return {"rules": [{"action": action, "currency": "CNY", "above": amount}]}


def test_above_an_amount_maker_and_checker_sign(world: World) -> None:
    change(world, S1, "set_policy", policy=above(1_000, "token.transfer"))
    _, token = accepted_bill(world)
    refused("maker_and_checker_needed", offer, world, token, (S2, 1_001))
    arguments: dict[str, Any] = {"tokens": [token], "recipients": [{"party": S2, "amount": 1_001}]}
    same = [key_of(S1)]
    refused("maker_and_checker_needed", world.send, S1, ("token", "transfer", arguments), keys=same)
    rest = both(world, S1, "token.transfer", **arguments)["remainder"]
    offer(world, rest, (S2, 1_000))


def test_many_small_recipients_are_one_amount(world: World) -> None:
    """The amount of a transfer is that of the whole act: no maker slips under the limit by naming two recipients."""
    change(world, S1, "set_policy", policy=above(1_000, "token.transfer"))
    _, token = accepted_bill(world)
    refused("maker_and_checker_needed", offer, world, token, (S2, 600), (uscc(103), 600))


def test_two_keys_of_one_person_are_not_maker_and_checker(backend: str) -> None:
    keys = [
        a_key(key_of(S1), operator="01" * 32),
        a_key(key_of(S1, 1), ["checker", "admin"], operator="01" * 32),
        a_key(key_of(S1, 2), ["checker"], operator="02" * 32),
    ]
    members = [one for one in MEMBERS if one["id"] != S1]
    policy = above(0)
    world = World(backend, members=[*members, member(S1, "supplier", keys=keys, policy=policy)])
    arguments: dict[str, Any] = {
        "debtor": ANCHOR, "creditor": S1, "face": 100, "currency": "CNY", "due_on": world.plus(60), "invoices": [],
        "contract_no": "C", "delivered_on": "", "terms": {}, "reference": "",
    }  # fmt: skip
    call = ("bill", "issue", arguments)
    refused("maker_and_checker_needed", world.send, S1, call, keys=[key_of(S1), key_of(S1, 1)])
    world.send(S1, call, keys=[key_of(S1), key_of(S1, 2)])


@pytest.mark.parametrize("act", ["confirm", "settle"])
def test_every_act_with_an_amount_is_under_a_policy(world: World, act: str) -> None:
    change(world, ANCHOR, "set_policy", policy=above(0))
    change(world, BANK1, "set_policy", policy=above(0))
    bill = issue(world)
    if act == "confirm":
        refused("maker_and_checker_needed", world.call, ANCHOR, "bill", "confirm", bill=bill)
        return
    both(world, ANCHOR, "bill.confirm", bill=bill)
    world.call(S1, "bill", "accept", bill=bill)
    refused("maker_and_checker_needed", settle, world, bill, 100_000_000)


@pytest.mark.parametrize("act", ["party.halt", "finance.nothing", "", "*"])
def test_a_policy_names_known_acts(world: World, act: str) -> None:
    refused("policy_act_unknown", change, world, S1, "set_policy", policy=above(0, act))


# --- references -------------------------------------------------------------------------------------------------------
def test_a_reference_is_one_receipt_over_all_contracts(world: World) -> None:
    bill, _ = accepted_bill(world)
    first = settle(world, bill, 1_000, partial=True, reference="R-1")
    again = settle(world, bill, 1_000, partial=True, reference="R-1")
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert world.bill(bill)["settled"] == 1_000
    refused("reference_used_otherwise", settle, world, bill, 1_001, partial=True, reference="R-1")
    other, _ = accepted_bill(world)
    refused("reference_used_otherwise", settle, world, other, 1_000, partial=True, reference="R-1")
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    report = {"bill": bill, "token": payment["token"], "status": "paid", "reference": "R-1"}
    refused("reference_used_otherwise", world.call, BANK1, "settlement", "pay_result", **report)


def test_the_form_comes_before_a_known_reference(world: World) -> None:
    bill, _ = accepted_bill(world)
    settle(world, bill, 1_000, partial=True, reference="R-1")
    refused("amount_not_positive", settle, world, bill, 0, partial=True, reference="R-1")
    refused("reference_not_valid", settle, world, bill, 1_000, partial=True, reference="")
    refused("date_not_valid", settle, world, bill, 1_000, partial=True, reference="R-1", value_date="2026-02-30")


def test_a_bank_comes_in_by_vote(world: World) -> None:
    bank = application(roles=["bank"], sponsor="", accounts=[])
    refused("application_for_another_sponsor", register, world, bank)
    decide_by_vote(world, "party", bank)
    assert status(world, NEW) == "active"
