"""Two persons on a local network: acts that ask for a second key are signed with both where both are in the home."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import chainbill_contracts
import pytest
from chainbill_cli import contract_constants
from chainbill_cli.home import load_key, load_profiles, save_profiles
from chainbill_cli.second_key import asked_of_second
from cli.cli_desk import Desk

from chainbill.ledger.transaction import Call

CHANGE = ("party", "account", "--announce", "CNY:bank2:6222000011112222")


def asked(name: str) -> frozenset[str]:
    contract, _, function = name.partition(".")
    return asked_of_second([Call(contract, function, {})])


def test_which_acts_ask_for_a_second_key_stands_in_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked("account.announce") == {"checker"}
    assert asked("bill.confirm") == frozenset(), "a policy asks above an amount only"
    assert asked("nothing.known") == asked("bill.nothing") == frozenset()
    source = """
def admins():
    require(False, "second_admin_needed")

def both(depth):
    admins()
    require_maker_and_checker()
    both(depth)

def one():
    require_policy()
"""
    real = chainbill_contracts.source
    monkeypatch.setattr(chainbill_contracts, "NAMES", (*chainbill_contracts.NAMES, "trial"))
    monkeypatch.setattr(chainbill_contracts, "source", lambda name: source if name == "trial" else real(name))
    assert asked("trial.admins") == {"admin"}
    assert asked("trial.both") == {"admin", "checker"}
    assert asked("trial.one") == frozenset()


def test_every_party_of_a_local_network_has_a_second_person(desk: Desk) -> None:
    profiles = load_profiles(desk.home)
    for name in ("anchor", "supplier1", "supplier2", "supplier3", "bank1", "bank2", "regulator", "auditor"):
        first, second = profiles[name], profiles[f"{name}-checker"]
        assert second.party == first.party
        assert load_key(second.key).public != load_key(first.key).public
        rows = {row["key"]: row["capabilities"] for row in desk.json(name, "party", "show", name)["keys"]}
        assert rows[load_key(second.key).public.hex()] == ["checker", "admin"]
    assert profiles["anchor2"].key == profiles["anchor-checker"].key


def test_an_act_of_two_is_signed_with_both_keys_of_the_home(desk: Desk, tmp_path: Path) -> None:
    changed = desk.json("anchor", *CHANGE)
    shown = desk.json("anchor", "tx", "show", changed["transaction"])
    profiles = load_profiles(desk.home)
    both = {load_key(profiles[name].key).public.hex() for name in ("anchor", "anchor-checker")}
    assert set(shown["signers"]) == both
    assert desk.json("anchor-checker", *CHANGE)["status"] == "committed", "the maker signs too"
    assert desk.json("anchor", *CHANGE, "--dry-run")["status"] == "simulated"
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "500", "--due", "+120d")
    assert len(desk.json("supplier1", "tx", "show", bill["transaction"])["signers"]) == 1

    save_profiles(desk.home, {name: one for name, one in profiles.items() if name not in ("anchor-checker", "anchor2")})
    assert desk.json("anchor", *CHANGE, expect=3)["code"] == "maker_and_checker_needed"
    assert "--for-checker FILE" in desk.err
    path = str(tmp_path / "two.tx")
    assert desk.json("anchor", *CHANGE, "--for-checker", path)["status"] == "to_be_checked"
    save_profiles(desk.home, profiles)
    desk.text("--as", "anchor2", "tx", "sign", path)
    assert json.loads(desk.text("tx", "send", path, "-o", "json"))["status"] == "committed"


def test_a_revoked_or_missing_second_key_is_passed_over(desk: Desk) -> None:
    desk.json("anchor", "party", "key", "revoke", "anchor-checker")
    assert desk.json("anchor", *CHANGE, expect=3)["code"] == "maker_and_checker_needed"
    load_profiles(desk.home)["bank1-checker"].key.unlink()
    assert desk.json("bank1", "party", "account", "--announce", "CNY:bank2:6222")["status"] == "committed", "the first"
    assert desk.json("bank1", "party", "account", "--announce", "CNY:bank2:6223")["status"] == "committed", "unattested"


def test_contracts_are_parsed_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.11 counts the depth of all parsing threads in one place: three writers ended in a SystemError."""
    contract_constants._tree.cache_clear()
    inside, most = [0], [0]
    parse = contract_constants.ast.parse

    def slow(source: str) -> Any:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        inside[0] -= 1
        return parse(source)

    with monkeypatch.context() as patched, ThreadPoolExecutor(4) as threads:
        patched.setattr(contract_constants.ast, "parse", slow)
        trees = list(threads.map(contract_constants.contract_tree, ["bill", "token", "bill", "invoice"]))
    assert trees[0] is trees[2]
    assert most[0] == 1
