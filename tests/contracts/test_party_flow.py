"""Parties: how they come in, change, and are paid."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    DIGEST,
    MEMBERS,
    S1,
    World,
    a_key,
    accepted_bill,
    add_key,
    an_account,
    as_admins,
    as_two,
    change,
    key_of,
    member,
    order,
    proof_of,
    settle,
    signed_application,
    two_people,
    uscc,
)  # fmt: skip

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Refused
from chainbill.state.keys import row_key

LEI = "529900T8BM49AURSDO55"
OTHER_DIGEST = "cd" * 32


def application(number: int, **fields: Any) -> dict[str, Any]:
    key = PrivateKey.from_seed(number.to_bytes(32, "big"))
    statement = {
        "id": uscc(1_000 + number), "name_zh": f"供应商{number}", "name_en": "", "roles": ["supplier"],
        "identifiers": [{"scheme": "vat", "value": f"cn-{number:06d}"}],
        "keys": [a_key(key.public.hex())],
        "accounts": [an_account(bank=BANK2)], "sponsor": BANK1, "until": "2026-03-02", **fields,
    }  # fmt: skip
    return signed_application(statement, key)


def party(world: World, identity: str) -> dict[str, Any]:
    return world.row("party", "party", identity)


def account(world: World, identity: str, currency: str = "CNY") -> dict[str, Any]:
    return world.row("account", "account", [identity, currency])


def attest(world: World, bank: str, identity: str, digest: str = DIGEST, currency: str = "CNY") -> None:
    """The account's bank attests the account that it was shown."""
    shown = {"alg": "sha256", "digest_hex": digest}
    world.call(bank, "account", "attest", party=identity, currency=currency, **shown)


def test_a_bank_attests_signed_applications(world: World) -> None:
    signed = application(1, roles=["supplier", "anchor"])
    identity = signed["statement"]["id"]
    assert two_people(world, BANK1, "register", applications=[signed]) == {"parties": [identity]}
    row = party(world, identity)
    assert (row["sponsor"], row["status"], row["since"]) == (BANK1, "active", world.today)
    assert row["roles"] == ["supplier", "anchor"]
    assert row["identifiers"] == [{"scheme": "uscc", "value": identity}, {"scheme": "vat", "value": "CN000001"}]
    assert world.row("party", "identifier", ["vat", "CN000001"]) == {"party": identity}
    assert world.row("party", "key", signed["statement"]["keys"][0]["key"])["party"] == identity
    assert account(world, identity)["status"] == "announced"
    attest(world, BANK2, identity)
    assert account(world, identity)["status"] == "active"


def test_accounts_at_the_sponsor_are_attested_with_the_application(world: World) -> None:
    signed = application(2, sponsor=BANK2)
    two_people(world, BANK2, "register", applications=[signed])
    assert account(world, signed["statement"]["id"])["status"] == "active"


def test_a_batch_of_two_hundred(world: World) -> None:
    before = world.row("party", "sponsored", BANK1)["count"]
    batch = [application(number) for number in range(10, 210)]
    assert len(two_people(world, BANK1, "register", applications=batch)["parties"]) == 200
    assert world.row("party", "sponsored", BANK1)["count"] == before + 200, "each counts, or batches had no bound"
    with pytest.raises(Refused, match="batch_size"):
        two_people(world, BANK1, "register", applications=[application(number) for number in range(300, 501)])


def test_a_party_may_be_known_by_its_lei(world: World) -> None:
    two_people(world, BANK1, "register", applications=[application(3, id=LEI)])
    assert party(world, LEI)["identifiers"][0] == {"scheme": "lei", "value": LEI}


def test_one_bad_application_refuses_the_whole_batch(world: World) -> None:
    good, bad = application(4), application(5)
    bad["statement"]["name_zh"] = "另一名称"
    with pytest.raises(Refused, match="possession_not_proved"):
        two_people(world, BANK1, "register", applications=[good, bad])
    assert party(world, good["statement"]["id"]) is None


def test_a_changed_account_acts_after_two_business_days_once_it_is_attested(world: World) -> None:
    watch = StatusWatch()
    arguments = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": OTHER_DIGEST}
    announced = world.send(S1, ("account", "announce", arguments), keys=[key_of(S1), key_of(S1, 1)])[0]
    assert announced["from"] == "2026-03-04"
    assert "account.account_change_announced" in world.topics()
    attest(world, BANK2, S1, OTHER_DIGEST)
    world.day("2026-03-03")
    assert account(world, S1)["digest"] == DIGEST
    world.day("2026-03-04")
    row = account(world, S1)
    assert (row["digest"], row["bank"], row["from"], row["next"]) == (OTHER_DIGEST, BANK2, "2026-03-04", None)
    watch.check(world)


def test_a_change_that_is_attested_late_acts_then(world: World) -> None:
    arguments = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": OTHER_DIGEST}
    world.send(S1, ("account", "announce", arguments), keys=[key_of(S1), key_of(S1, 1)])
    world.day("2026-03-05")
    assert account(world, S1)["digest"] == DIGEST
    attest(world, BANK2, S1, OTHER_DIGEST)
    assert account(world, S1)["digest"] == OTHER_DIGEST


def test_a_newer_announcement_takes_the_place_of_the_older(world: World) -> None:
    keys = [key_of(S1), key_of(S1, 1)]
    for digest in (OTHER_DIGEST, "ef" * 32):
        arguments = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": digest}
        world.send(S1, ("account", "announce", arguments), keys=keys)
        world.day(world.plus(1))
    with pytest.raises(Refused, match="nothing_to_attest"):
        attest(world, BANK2, S1, OTHER_DIGEST)
    attest(world, BANK2, S1, "ef" * 32)
    world.day("2026-03-04")
    assert account(world, S1)["digest"] == DIGEST
    world.day("2026-03-05")
    assert account(world, S1)["digest"] == "ef" * 32


def test_a_newer_announcement_is_not_attested_by_what_was_said_of_the_older(world: World) -> None:
    """security 3: else who may announce shows the bank a good account, and puts another in its place."""
    for digest in (OTHER_DIGEST, "ef" * 32):
        arguments = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": digest}
        world.send(S1, ("account", "announce", arguments), keys=[key_of(S1), key_of(S1, 1)])
        if digest == OTHER_DIGEST:
            attest(world, BANK2, S1, digest)
    assert account(world, S1)["next"]["attested"] is False
    world.day(world.plus(9))
    assert account(world, S1)["digest"] == DIGEST


def test_a_first_account_acts_with_its_attestation(world: World) -> None:
    """security 3: a clerk of the payee swapped an account that waited, and the bank attested the new one unseen."""
    world.call(S1, "account", "announce", currency="USD", bank=BANK2, alg="sha256", digest_hex=DIGEST)
    world.call(S1, "account", "announce", currency="USD", bank=BANK2, alg="sha256", digest_hex=OTHER_DIGEST)
    with pytest.raises(Refused, match="nothing_to_attest"):
        attest(world, BANK2, S1, DIGEST, "USD")
    attest(world, BANK2, S1, OTHER_DIGEST, "USD")
    assert (account(world, S1, "USD")["status"], account(world, S1, "USD")["digest"]) == ("active", OTHER_DIGEST)
    assert len(world.rows("account", "account", (S1,))) == 3


def test_a_payee_without_an_account_is_instructed_all_the_same(backend: str) -> None:
    world = World(backend)
    bill, _ = accepted_bill(world, face=10)
    world.overlay.delete(row_key("account", "account", [S1, "CNY"]))
    settle(world, bill, 10)
    assert [row["account"] for _, row in world.rows("settlement", "payment")] == [""]


def test_keys_are_added_rotated_and_revoked(world: World) -> None:
    new = add_key(world, S1, 12, ["maker"], unit="上海分行", operator="ab" * 32, certificate="cd" * 32)
    row = world.row("party", "key", new)
    assert (row["alg"], row["unit"], row["operator"], row["certificate"]) == (
        "ed25519", "上海分行", "ab" * 32, "cd" * 32,
    )  # fmt: skip
    private = PrivateKey.from_seed(b"n" * 32)
    newer = private.public.hex()
    key = a_key(newer, ["maker"])
    change(world, S1, "rotate_key", old=new, new=key, proof=proof_of(S1, key, private))
    assert world.row("party", "key", new)["status"] == "revoked"
    assert world.row("party", "key", newer)["capabilities"] == ["maker"]
    world.call(S1, "party", "revoke_key", key=newer)
    assert party(world, S1)["keys"] == [key_of(S1), key_of(S1, 1)]


def test_a_party_with_one_admin_key_is_warned(world: World) -> None:
    change(world, S1, "set_policy", policy={"rules": []})
    assert "party.few_admin_keys" not in world.topics()
    as_admins(world, S1, "revoke_key", key=key_of(S1, 1))
    assert "party.few_admin_keys" in world.topics()


def test_names_keep_their_dates(world: World) -> None:
    two_people(world, BANK1, "rename", party=S1, name_zh="改名公司", name_en="Renamed")
    names = party(world, S1)["names"]
    assert names[-1] == {"zh": "改名公司", "en": "Renamed", "from": world.today}
    assert len(names) == 2


def test_the_sponsor_suspends_and_lifts(world: World) -> None:
    watch = StatusWatch()
    watch.check(world)
    for status in ("suspended", "active", "insolvent", "active"):
        order(world, S1, status)
        watch.check(world)
    assert len([step for step in watch.seen if step[0] == "party"]) == 4


@pytest.mark.parametrize("status", ["suspended", "insolvent"])
def test_a_key_can_be_revoked_whatever_the_status(world: World, status: str) -> None:
    order(world, S1, status)
    as_admins(world, S1, "revoke_key", key=key_of(S1, 1))
    assert world.row("party", "key", key_of(S1, 1))["status"] == "revoked"
    with pytest.raises(Refused, match="party_not_active"):
        world.call(S1, "party", "rotate_key", old=key_of(S1), new=a_key("0c" * 32), proof="")


def test_a_party_lets_an_auditor_read_and_ends_it(backend: str) -> None:
    world = World(backend, members=[*MEMBERS, member(uscc(70), "auditor")])
    grant = {"auditor": uscc(70), "scope": "all", "first_day": world.today, "last_day": ""}
    watch = StatusWatch()
    as_two(world, ANCHOR, "audit", "grant", **grant)
    watch.check(world)
    row = world.row("audit", "grant", [uscc(70), ANCHOR])
    by = row.pop("by")
    assert row == {"scope": "all", "from": world.today, "until": "", "status": "active"}
    assert [world.row("party", "key", key)["party"] for key in by] == [ANCHOR, ANCHOR]
    world.call(ANCHOR, "audit", "revoke_grant", auditor=uscc(70))
    watch.check(world)
    as_two(world, ANCHOR, "audit", "grant", **{**grant, "scope": ["B1"], "last_day": world.plus(9)})
    watch.check(world)
    assert len(watch.seen) == 2
