"""The chain under a history: one validator on LevelDB, three banks, two anchors, currencies with 0, 2 and 3 digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import chainbill_contracts
from chainbill_node.application.application import LedgerApplication
from chainbill_node.home.config import FilesConfig
from chainbill_node.home.keys import load_private_key
from chainbill_node.setup.local import account_for, local_parties, local_plan
from chainbill_node.setup.network import create_network
from chainbill_node.setup.plan import PartyPlan
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.leveldb import LevelStore
from node_chain import START_MS, LocalChain
from recompute.book import Rules
from recompute.days import Calendar

from chainbill.crypto.keys import PrivateKey
from chainbill.dates import date_of
from chainbill.ids import make_test_uscc
from chainbill.ledger.transaction import Transaction

DAY_MS = 24 * 3_600_000
ZONE = 480
CURRENCIES = ("BHD", "CNY", "JPY", "USD")
SUPPLIERS = ("supplier1", "supplier2", "supplier3")
BANKS = ("bank1", "bank2", "bank3")
ANCHORS = ("anchor", "anchor2")
HOLIDAYS = tuple(f"2026-10-{day:02}" for day in range(1, 8))
WORKDAYS = ("2026-09-27", "2026-10-10")
CALENDAR = Calendar(frozenset(HOLIDAYS), frozenset(WORKDAYS))
PAID_BY = {"anchor": "bank1", "anchor2": "bank2"}


def parties() -> tuple[PartyPlan, ...]:
    """The parties of a local network, one more anchor, so that what a party holds is owed by two, and one more bank."""
    ordinary = local_parties(1, currencies=CURRENCIES)
    [anchor] = [one for one in ordinary if one.alias == "anchor"]
    [bank] = [one for one in ordinary if one.alias == "bank2"]
    accounts = tuple(account_for("anchor2", "bank1", currency) for currency in CURRENCIES)
    return (
        *ordinary, _another(anchor, "anchor2", accounts=accounts, paying_bank="bank2"), _another(bank, "bank3"),
    )  # fmt: skip


def _another(one: PartyPlan, alias: str, **changes: Any) -> PartyPlan:
    keys = {"key": PrivateKey.generate(), "checker": PrivateKey.generate()}
    return replace(one, alias=alias, party=make_test_uscc(alias.encode()), **keys, **changes)


class Chain(LocalChain):
    """A closed chain. Its contracts pay as many leaves at once as the rules say."""

    def __init__(self, directory: Path, rules: Rules) -> None:
        year = {"year": 2026, "holidays": list(HOLIDAYS), "workdays": list(WORKDAYS)}
        governed = ("offer_business_days", "pending_days", "grace_business_days", "gap_limit_ms")
        parameters = {name: getattr(rules, name) for name in governed}
        plan = local_plan(validators=1, genesis_time_ms=START_MS, parameters=parameters, public_reads=False)
        plan = replace(plan, parties=parties(), calendar=(year,))
        with patch.object(chainbill_contracts, "sources", lambda: contracts_with(rules)):
            self.network = create_network(directory / "network", plan)
        self.genesis = self.network.genesis
        self.key = load_private_key(self.network.nodes[0].home / FilesConfig().validator_key)
        self.store = LevelStore(directory / "chain", create=True)
        self.ledger = LedgerApplication(ChainDatabase(self.store))
        self.ledger.init_chain(self.genesis)
        self.time_ms = START_MS
        members = self.network.parties.values()
        self.keys = {one.party: load_private_key(one.key) for one in members}
        self.checkers = {one.party: load_private_key(one.checker) for one in members if one.checker}

    @property
    def today(self) -> str:
        return date_of(self.time_ms + 1_000, ZONE)

    def signed(self, party: str, contract: str, function: str, args: dict[str, Any]) -> Transaction:
        """One call that maker and checker sign."""
        return self.sign_by([self.keys[party], self.checkers[party]], party, (contract, function, args))


_sources: Callable[[], dict[str, str]] = chainbill_contracts.sources


def contracts_with(rules: Rules) -> dict[str, str]:
    """The contracts with the numbers of leaves that one step of a settlement pays."""
    found = _sources()
    for before, most in (
        ("\nMOST_LEAVES = 1500 ", rules.leaves_at_once),
        ("\nMOST_LEAVES_IN_PART = 750 ", rules.leaves_at_once_in_part),
    ):
        assert found["token"].count(before) == 1
        found["token"] = found["token"].replace(before, f"{before.split('=')[0]}= {most} ")
    return found
