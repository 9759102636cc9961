"""Keys, accounts, identifiers and grants at their edges: the last one that is taken, and the first that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import check_all
from contracts.invariants_keys import check_keys
from contracts.refusals_party import NEWCOMER, register
from contracts.refusals_standing import name_administrator
from contracts.test_party_flow import account, party
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    DIGEST,
    MEMBERS,
    PAPERS,
    S1,
    S2,
    World,
    a_key,
    add_key,
    administer,
    administrator_keys,
    an_account,
    as_admins,
    as_two,
    change,
    decide_by_vote,
    key_of,
    member,
    name_paying_bank,
    order,
    private_key,
    proof_of,
    ratify,
    signed_application,
    uscc,
)  # fmt: skip

from chainbill.errors import Refused

AUDITOR = uscc(70)
MINE = [key_of(S1), key_of(S1, 1)]
NAMED = {"bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
SHOWN = {"alg": "sha256", "digest_hex": "cd" * 32}


def act(world: World, keys: list[str], contract: str, function: str, /, **arguments: Any) -> Any:
    return world.send(S1, (contract, function, arguments), keys=keys)[0]


# --- accounts ---------------------------------------------------------------------------------------------------------
def test_accounts_that_another_key_announced_stay_when_a_key_is_revoked(world: World) -> None:
    clerk = add_key(world, S1, 43, ["maker"])
    act(world, MINE[:1], "account", "announce", currency="USD", **NAMED)
    act(world, MINE, "account", "announce", currency="CNY", **NAMED)
    world.events.clear()
    act(world, MINE[:1], "party", "revoke_key", key=clerk)
    assert (account(world, S1, "USD")["status"], account(world, S1)["next"]["by"]) == ("announced", MINE)
    assert "account.account_change_ended" not in world.topics()
    act(world, MINE[1:], "party", "revoke_key", key=MINE[1])
    assert (account(world, S1, "USD")["status"], account(world, S1)["next"]) == ("announced", None)
    world.day(world.plus(5))
    assert (account(world, S1)["digest"], world.failed_items) == (DIGEST, [])


def moves_its_account(world: World, keys: list[str]) -> None:
    acts_on = act(world, keys, "account", "announce", currency="CNY", **NAMED)["from"]
    world.call(BANK2, "account", "attest", party=S1, currency="CNY", **SHOWN)
    world.day(acts_on)
    assert account(world, S1)["digest"] == SHOWN["digest_hex"]


def test_a_party_that_leaves_still_moves_its_account(world: World) -> None:
    """Its bills are paid for years yet."""
    as_two(world, BANK1, "standing", "leave", party=S1)
    moves_its_account(world, MINE)


def test_an_administrator_moves_his_account(world: World) -> None:
    keys = administer(world, S1)
    act(world, keys, "account", "announce", currency="CNY", bank=BANK1, alg="sha256", digest_hex="ee" * 32)
    shown = {"alg": "sha256", "digest_hex": "ee" * 32}
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", **shown)
    moves_its_account(world, keys)


def test_an_account_that_did_not_act_is_not_among_what_comes_back(world: World) -> None:
    world.call(S1, "account", "announce", currency="USD", **NAMED)
    administer(world, S1)
    ratify(world, order(world, S1, "active"))
    assert (account(world, S1, "USD")["status"], account(world, S1)["status"]) == ("ended", "active")
    check_keys(world)


def test_a_bank_attests_an_account_once_and_from_that_day_on(world: World) -> None:
    world.call(S1, "account", "announce", currency="USD", **NAMED)
    world.day(world.plus(1))
    world.call(BANK2, "account", "attest", party=S1, currency="USD", **SHOWN)
    assert account(world, S1, "USD")["from"] == world.today
    as_two(world, S1, "account", "announce", currency="CNY", **NAMED)
    world.call(BANK2, "account", "attest", party=S1, currency="CNY", **SHOWN)
    with pytest.raises(Refused, match="nothing_to_attest"):
        world.call(BANK2, "account", "attest", party=S1, currency="CNY", **SHOWN)


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("not_a_bank", {"bank": S2}), ("account_digest_not_valid", {"digest_hex": "CD" * 32}),
        ("algorithm_unknown", {"alg": "md5"}), ("currency_unknown", {"currency": "XXX"}),
    ],
)  # fmt: skip
def test_a_change_of_account_names_what_there_is(world: World, reason: str, fields: dict[str, str]) -> None:
    with pytest.raises(Refused, match=reason):
        as_two(world, S1, "account", "announce", **{"currency": "CNY", **NAMED, **fields})


# --- keys -------------------------------------------------------------------------------------------------------------
def test_the_next_administrator_leaves_a_key_that_the_first_gave_away(world: World) -> None:
    """attack: a key of before is another party's by now; with the next administrator it would rest there."""
    mine = add_key(world, S1, 41)
    first = administer(world, S1)
    listed = administrator_keys(S1, 41, 901, 902)
    world.day(ratify(world, name_administrator(world, keys=listed))["acts_on"])
    world.send(S1, ("party", "revoke_key", {"key": mine}), keys=first)
    assert add_key(world, S2, 41) == mine
    world.day(ratify(world, name_administrator(world, keys=administrator_keys(S1, 905)))["acts_on"])
    row = world.row("party", "key", mine)
    assert (row["party"], row["status"]) == (S2, "active")
    check_keys(world)


def test_nobody_revokes_a_key_that_is_nobody_s(world: World) -> None:
    with pytest.raises(Refused, match="key_unknown"):
        as_admins(world, S1, "revoke_key", key="ab" * 32)


def test_a_single_admin_key_is_told(world: World) -> None:
    """With one admin one stolen key decides: of an administrator, and of the party that comes back."""
    act(world, MINE[1:], "party", "revoke_key", key=MINE[1])
    for admins in ([905], [906, 907]):
        world.events.clear()
        administer(world, S1, *admins)
        assert ("party.few_admin_keys" in world.topics()) == (len(admins) == 1)
        world.events.clear()
        ratify(world, order(world, S1, "active"))
        assert "party.few_admin_keys" in world.topics()


def test_a_key_that_is_another_party_s_is_not_announced(world: World) -> None:
    add_key(world, S2, 41)
    new = a_key(private_key(41).public.hex())
    with pytest.raises(Refused, match="key_taken"):
        as_admins(world, S1, "rotate_key", old=MINE[0], new=new, proof=proof_of(S1, new, private_key(41)))


def test_a_party_does_not_announce_a_key_that_it_has(world: World) -> None:
    mine = add_key(world, S1, 41)
    key = a_key(mine)
    with pytest.raises(Refused, match="key_taken"):
        as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, private_key(41)))


@pytest.mark.parametrize(("number", "reason"), [(20, ""), (21, "too_many_keys")])
def test_a_party_comes_in_with_twenty_keys_and_no_more(world: World, number: int, reason: str) -> None:
    keys = [private_key(500 + one) for one in range(number)]
    statement = {
        "id": NEWCOMER, "name_zh": "新", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(key.public.hex()) for key in keys], "accounts": [], "sponsor": BANK1, "until": "2026-12-31",
    }  # fmt: skip
    if reason:
        with pytest.raises(Refused, match=reason):
            register(world, signed_application(statement, *keys))
    else:
        register(world, signed_application(statement, *keys))
        assert len(party(world, NEWCOMER)["keys"]) == number


def test_two_others_lift_the_halt_of_a_thief_who_then_does_not_halt_alone(world: World) -> None:
    """attack: a third admin key is stolen, and a clerk's; the other two admins lift the halt themselves."""
    thief = add_key(world, S1, 41)
    clerk = add_key(world, S1, 42, ["maker"])
    act(world, [clerk, thief], "party", "halt", reason="")
    as_admins(world, S1, "lift_halt", party=S1)
    for keys in ([thief], [thief, clerk]):
        with pytest.raises(Refused, match="second_admin_needed"):
            act(world, keys, "party", "halt", reason="")
    with pytest.raises(Refused, match="text_not_one_line"):
        act(world, MINE, "party", "halt", reason="a\nb")
    act(world, [thief, MINE[1]], "party", "halt", reason="")


# --- the paying bank --------------------------------------------------------------------------------------------------
def test_a_debtor_that_leaves_by_then_asks_no_bank(world: World) -> None:
    asked = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    as_two(world, ANCHOR, "standing", "leave", party=ANCHOR)
    world.day(asked["acts_on"])
    assert world.row("party", "change", asked["change"])["status"] == "lapsed"
    assert party(world, ANCHOR)["asked_bank"] == ""


def test_a_bank_that_is_stopped_by_then_is_not_asked(world: World) -> None:
    asked = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    decide_by_vote(world, "party_status", party=BANK2, status="suspended", reason="", **PAPERS["suspended"])
    world.day(asked["acts_on"])
    assert world.row("party", "change", asked["change"])["status"] == "lapsed"
    assert party(world, ANCHOR)["asked_bank"] == ""


def test_a_bank_accepts_a_mandate_on_the_last_day(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    world.day(world.row("party", "mandate", [ANCHOR, BANK2])["until"])
    as_two(world, BANK2, "party", "accept_mandate", debtor=ANCHOR)
    assert party(world, ANCHOR)["paying_bank"] == BANK2


def test_a_closed_debtor_has_no_bank_any_more(world: World) -> None:
    name_paying_bank(world, ANCHOR, BANK2)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK3)
    as_two(world, ANCHOR, "standing", "leave", party=ANCHOR)
    world.day(world.plus(5))
    as_two(world, BANK1, "standing", "close", party=ANCHOR)
    mandates = [world.row("party", "mandate", [ANCHOR, bank])["status"] for bank in (BANK2, BANK3)]
    assert (mandates, world.row("party", "pays_for", BANK2)["count"]) == (["ended", "ended"], 0)
    check_all(world)
    check_keys(world)


@pytest.mark.parametrize(("before", "reason"), [((9, 10), ""), ((10, 10), "succession_too_long")])
def test_a_bank_stands_in_the_place_of_twenty(world: World, before: tuple[int, int], reason: str) -> None:
    """All in whose place the predecessor stood count, and it, too."""
    rows = []
    for number, (bank, count) in enumerate(zip((BANK4, BANK3), before, strict=True)):
        others = [uscc(300 + 100 * number + one) for one in range(count)]
        rows += [(("succession", "predecessor", bank), {"banks": others})]
        rows += [(("succession", "successor", one), {"named": bank, "successor": bank, "from": ""}) for one in others]
    world.seed(*rows)
    as_two(world, BANK3, "succession", "accept", bank=BANK4)
    if reason:
        with pytest.raises(Refused, match=reason):
            as_two(world, BANK4, "succession", "name", bank=BANK3)
    else:
        as_two(world, BANK4, "succession", "name", bank=BANK3)
        assert len(world.row("succession", "predecessor", BANK3)["banks"]) == 20


# --- names, identifiers, customers ------------------------------------------------------------------------------------
def test_no_party_is_renamed_to_nothing(world: World) -> None:
    with pytest.raises(Refused, match="name_missing"):
        as_two(world, BANK1, "party", "rename", party=S1, name_zh="", name_en="")


def test_a_vote_gives_no_party_more_than_twenty_identifiers(world: World) -> None:
    for number in range(18):
        as_two(world, BANK1, "party", "add_identifier", party=S1, scheme="local", value=f"X{number}00")
    decide_by_vote(world, "identifier", scheme="vat", value="DE811907980", party=S1)
    assert len(party(world, S1)["identifiers"]) == 20
    content = {"scheme": "vat", "value": "DE811907981", "party": S1}
    with pytest.raises(Refused, match="too_many_identifiers"):
        world.call(BANK1, "governance", "propose", kind="identifier", content=content)


def test_who_gives_up_an_identifier_keeps_the_same_value_of_another_scheme(world: World) -> None:
    for scheme in ("local", "duns"):
        as_two(world, BANK1, "party", "add_identifier", party=S1, scheme=scheme, value="X100")
    as_admins(world, S1, "give_up_identifier", scheme="local", value="X100")
    assert party(world, S1)["identifiers"][1:] == [{"scheme": "duns", "value": "X100"}]


def test_a_sponsor_has_as_many_customers_as_the_limit_says(backend: str) -> None:
    """Six members of the genesis; four more make ten."""
    world = World(backend, parameters={"sponsored_parties": 10})
    for number in range(5):
        key = private_key(500 + number)
        statement = {
            "id": uscc(900 + number), "name_zh": "新", "name_en": "New", "roles": ["supplier"], "identifiers": [],
            "keys": [a_key(key.public.hex())], "accounts": [an_account()], "sponsor": BANK1, "until": "2026-12-31",
        }  # fmt: skip
        if number == 4:
            with pytest.raises(Refused, match="too_many_sponsored"):
                register(world, signed_application(statement, key))
        else:
            register(world, signed_application(statement, key))


# --- grants -----------------------------------------------------------------------------------------------------------
BILL = "B" * 32
SCOPES = [
    ("", "all", ""), ("", [BILL], ""), ("", [BILL] * 500, ""), ("", "all", "2026-03-02"),
    ("scope_not_valid", "some", ""), ("scope_not_valid", [], ""), ("scope_not_valid", [1], ""),
    ("scope_not_valid", [BILL + "B"], ""), ("scope_not_valid", {BILL: 1}, ""), ("scope_not_valid", [BILL] * 501, ""),
    ("date_not_valid", "all", "2026-03-01"), ("date_not_valid", "all", "never"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "scope", "last_day"), SCOPES)
def test_a_grant_says_what_and_until_when(backend: str, reason: str, scope: Any, last_day: str) -> None:
    world = World(backend, members=[*MEMBERS, member(AUDITOR, "auditor", sponsor="")])
    grant = {"auditor": AUDITOR, "scope": scope, "first_day": "2026-03-02", "last_day": last_day}
    if reason:
        with pytest.raises(Refused, match=reason):
            as_two(world, S1, "audit", "grant", **grant)
        return
    as_two(world, S1, "audit", "grant", **grant)
    with pytest.raises(Refused, match="date_not_valid"):
        as_two(world, S1, "audit", "grant", **{**grant, "first_day": "today", "last_day": ""})
    world.call(S1, "audit", "revoke_grant", auditor=AUDITOR)
    with pytest.raises(Refused, match="grant_unknown"):
        world.call(S1, "audit", "revoke_grant", auditor=AUDITOR)


# --- papers of orders -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["reason", "authority", "number"])
def test_each_text_of_an_order_is_one_line(world: World, field: str) -> None:
    with pytest.raises(Refused, match="text_not_one_line"):
        order(world, S1, "suspended", **{field: "a\nb"})


def test_papers_are_a_list_and_as_many_as_the_order_has(world: World) -> None:
    for documents in (DIGEST, [DIGEST] * 3, [DIGEST]):
        with pytest.raises(Refused, match="documents_needed"):
            order(world, S1, "insolvent", documents=documents)
    ratify(world, order(world, S1, "insolvent"))
    name_administrator(world, documents=[DIGEST, DIGEST])


def test_nobody_objects_to_what_is_over_or_in_more_than_a_line(world: World) -> None:
    entered = order(world, S1, "suspended")
    with pytest.raises(Refused, match="text_not_one_line"):
        world.call(S1, "standing", "object_to", order=entered["order"], reason="a\nb")
    order(world, S1, "active")
    with pytest.raises(Refused, match="status_order_over"):
        world.call(S1, "standing", "object_to", order=entered["order"], reason="")


def test_nothing_is_open_of_who_is_nobody(world: World) -> None:
    with pytest.raises(Refused, match="party_unknown"):
        world.view("standing", "open_items", party="nobody")
