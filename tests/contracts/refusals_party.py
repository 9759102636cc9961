"""Refusals of party."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.world import ALL, ANCHOR, BANK1, BANK2, BANKS, DIGEST, NETWORK, S1, S2, World, key_of, member, uscc

from chainbill.crypto.keys import PrivateKey
from chainbill.state.keys import row_key
from chainbill.statement import sign_statement

APPLICANT = PrivateKey.from_seed(b"a" * 32)
NEWCOMER = uscc(500)


def statement(**fields: Any) -> dict[str, Any]:
    return {
        "id": NEWCOMER, "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [{"key": APPLICANT.public.hex(), "capabilities": ALL}],
        "accounts": [{"currency": "CNY", "bank": BANK1, "digest": DIGEST}], **fields,
    }  # fmt: skip


def application(**fields: Any) -> dict[str, Any]:
    content = statement(**fields)
    signature = sign_statement(APPLICANT, NETWORK, "party", "application", content).hex()
    return {"statement": content, "key": APPLICANT.public.hex(), "signature": signature}


def register(world: World, *applications: dict[str, Any], by: str = BANK1) -> Any:
    return world.call(by, "party", "register", applications=list(applications))


@refuses("batch_size")
def register_nobody(world: World) -> None:
    register(world)


@refuses("not_a_bank")
def register_as_a_supplier(world: World) -> None:
    register(world, application(), by=S1)


@refuses("party_not_active")
def register_as_a_suspended_bank(world: World) -> None:
    row = {**world.row("party", "party", BANK2), "status": "suspended"}
    world.overlay.put(row_key("party", "party", BANK2), row)
    register(world, application(), by=BANK2)


@refuses("application_key_not_its_own")
def register_with_a_signature_of_a_stranger(world: World) -> None:
    other = PrivateKey.from_seed(b"b" * 32)
    content = statement()
    signature = sign_statement(other, NETWORK, "party", "application", content).hex()
    register(world, {"statement": content, "key": other.public.hex(), "signature": signature})


@refuses("application_signature_wrong")
def register_what_was_changed_after_signing(world: World) -> None:
    signed = application()
    signed["statement"]["name_en"] = "Newer"
    register(world, signed)


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


@refuses("no_key")
def admit_without_a_key(world: World) -> None:
    content = {"statement": statement(roles=["regulator"], keys=[])}
    proposal = world.call(BANK1, "governance", "propose", kind="party", content=content)["proposal"]
    for bank in BANKS:
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")


@refuses("key_not_valid")
def add_a_short_key(world: World) -> None:
    world.call(S1, "party", "add_key", key="12", capabilities=ALL)


@refuses("capability_unknown")
def add_a_key_for_everything(world: World) -> None:
    world.call(S1, "party", "add_key", key="12" * 32, capabilities=["everything"])


@refuses("key_taken")
def add_the_key_of_another_party(world: World) -> None:
    world.call(S1, "party", "add_key", key=key_of(S2), capabilities=ALL)


@refuses("too_many_keys")
def add_keys_without_end(world: World) -> None:
    for number in range(21):
        world.call(S1, "party", "add_key", key=f"{number:064x}", capabilities=ALL)


@refuses("key_unknown")
def revoke_the_key_of_another_party(world: World) -> None:
    world.call(S1, "party", "revoke_key", key=key_of(S2))


@refuses("key_already_revoked")
def revoke_a_key_twice(world: World) -> None:
    world.call(S1, "party", "revoke_key", key=key_of(S1, 1))
    world.call(S1, "party", "revoke_key", key=key_of(S1, 1))


@refuses("last_admin_key")
def revoke_the_last_admin_key(world: World) -> None:
    world.call(S1, "party", "revoke_key", key=key_of(S1, 1))
    world.call(S1, "party", "revoke_key", key=key_of(S1))


@refuses("capability_missing")
def add_a_key_as_a_maker_only(world: World) -> None:
    world.call(S1, "party", "add_key", key="34" * 32, capabilities=["maker"])
    world.send(S1, ("party", "add_key", {"key": "56" * 32, "capabilities": ALL}), keys=["34" * 32])


@refuses("not_the_sponsor")
def rename_a_party_of_another_bank(world: World) -> None:
    world.call(BANK2, "party", "rename", party=S1, name_zh="新", name_en="")


@refuses("party_unknown")
def rename_a_stranger(world: World) -> None:
    world.call(BANK1, "party", "rename", party=NEWCOMER, name_zh="新", name_en="")


@refuses("party_transition")
def close_a_party(world: World) -> None:
    world.call(BANK1, "party", "set_status", party=S1, status="closed", reason="")


@refuses("scheme_not_valid")
def add_an_identifier_in_capitals(world: World) -> None:
    world.call(BANK1, "party", "add_identifier", party=S1, scheme="VAT", value="DE123456789")


@refuses("identifier_too_short")
def add_a_short_identifier(world: World) -> None:
    world.call(BANK1, "party", "add_identifier", party=S1, scheme="vat", value="- 1 -")


@refuses("identifier_not_valid")
def add_a_wrong_lei(world: World) -> None:
    world.call(BANK1, "party", "add_identifier", party=S1, scheme="lei", value="529900T8BM49AURSDO56")


@refuses("identifier_taken")
def add_an_identifier_of_another_party(world: World) -> None:
    for party in (S1, S2):
        world.call(BANK1, "party", "add_identifier", party=party, scheme="vat", value="DE 123.456.789")


@refuses("too_many_identifiers")
def add_identifiers_without_end(world: World) -> None:
    for number in range(20):
        world.call(BANK1, "party", "add_identifier", party=S1, scheme="other", value=f"N{number:04d}")


@refuses("policy_not_valid")
def set_a_policy_below_zero(world: World) -> None:
    rule = {"action": "any", "currency": "CNY", "above": -1}
    world.call(S1, "party", "set_policy", policy={"rules": [rule]})


@refuses("policy_act_unknown")
def set_a_policy_for_a_misspelt_act(world: World) -> None:
    rule = {"action": "token.transfr", "currency": "CNY", "above": 1}
    world.call(S1, "party", "set_policy", policy={"rules": [rule]})


@refuses("key_not_valid")
def add_a_key_in_capitals(world: World) -> None:
    world.call(S1, "party", "add_key", key="AB" * 32, capabilities=["admin"])


@refuses("currency_unknown")
def set_a_policy_in_no_currency(world: World) -> None:
    rule = {"action": "any", "currency": "XQQ", "above": 1}
    world.call(S1, "party", "set_policy", policy={"rules": [rule]})


def announce(world: World, currency: str = "USD", bank: str = BANK2, digest: str = DIGEST) -> Any:
    return world.call(S1, "party", "announce_account", currency=currency, bank=bank, digest_hex=digest)


@refuses("account_digest_not_valid")
def announce_an_account_in_the_open(world: World) -> None:
    announce(world, digest="6222 0000 1111")


@refuses("account_exists")
def register_two_accounts_in_one_currency(world: World) -> None:
    account = {"currency": "CNY", "bank": BANK1, "digest": DIGEST}
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
        {"currency": currency, "bank": BANK1, "digest": DIGEST} for currency in CURRENCIES
    ]))  # fmt: skip


@refuses("maker_and_checker_needed")
def change_an_account_alone(world: World) -> None:
    announce(world, "CNY")


@refuses("account_unknown")
def attest_no_account(world: World) -> None:
    world.call(BANK1, "party", "attest_account", party=S1, currency="USD")


@refuses("not_the_accounts_bank")
def attest_an_account_at_another_bank(world: World) -> None:
    announce(world)
    world.call(BANK1, "party", "attest_account", party=S1, currency="USD")


@refuses("nothing_to_attest")
def attest_an_active_account(world: World) -> None:
    world.call(BANK1, "party", "attest_account", party=S1, currency="CNY")


@refuses("not_an_auditor")
def grant_to_a_supplier(world: World) -> None:
    world.call(ANCHOR, "party", "grant", auditor=S1, scope="all", first_day=world.today, last_day="")


AUDITED = [member(ANCHOR, "anchor"), member(S1, "auditor"), member(BANK1, "bank", accounts=[])][::-1]


@refuses("scope_not_valid", members=AUDITED)
def grant_nothing(world: World) -> None:
    world.call(ANCHOR, "party", "grant", auditor=S1, scope=[], first_day=world.today, last_day="")


@refuses("date_not_valid", members=AUDITED)
def grant_until_before_it_begins(world: World) -> None:
    world.call(ANCHOR, "party", "grant", auditor=S1, scope="all", first_day=world.today, last_day=world.plus(-1))


@refuses("grant_unknown")
def revoke_no_grant(world: World) -> None:
    world.call(ANCHOR, "party", "revoke_grant", auditor=S1)
