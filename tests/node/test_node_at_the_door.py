"""What a node says at its door goes by the newest block, however long it has been running.

A node that has just been started has read nothing yet: whatever blocks have changed, one that has been running since
the genesis says the same of every transaction.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chainbill_node.application.application import LedgerApplication
from chainbill_node.storage.chain.database import ChainDatabase
from node_chain import LocalChain
from test_node_upgrades import decide

from chainbill.errors import Refused
from chainbill.ledger.envelope import read_envelope
from chainbill.ledger.transaction import Transaction
from chainbill.limits import DAY_MS, HOUR_MS

PARTIES = ("anchor", "supplier1", "supplier2", "bank1")
BEGINS_SOMETHING = ("token", "transfer", {"tokens": ["T1"], "recipients": []})
PAPERS = {"reason": "review", "authority": "", "number": "", "documents": ["ab" * 32]}

Answers = dict[str, tuple[str, ...]]


def said(ledger: LedgerApplication, transaction: Transaction, now_ms: int) -> tuple[str, ...]:
    """Before signatures are verified, after that, and who vouches for the party."""
    try:
        shut = ledger.screen(read_envelope(transaction.wire), now_ms)
    except Refused as error:
        shut = error
    try:
        ledger.check_tx(transaction, now_ms)
        admitted = ""
    except Refused as error:
        admitted = error.reason
    return "" if shut is None else shut.reason, admitted, ledger.sponsor_of(transaction.party)


class Door:
    """A chain with one node that runs all the time; after each block every party knocks."""

    def __init__(self, chain: LocalChain) -> None:
        self.chain = chain
        self.told: list[Answers] = []

    def knock(self) -> None:
        chain = self.chain
        fresh = LedgerApplication(ChainDatabase(chain.store))
        fresh.open_chain(chain.genesis)
        transactions = {
            f"{alias} by key {number} within {valid_ms}": chain.sign_by(
                [key], chain.party(alias), BEGINS_SOMETHING, valid_ms=valid_ms
            )
            for alias in PARTIES for number, key in enumerate(chain.keys_of(alias))
            for valid_ms in (HOUR_MS // 2, DAY_MS // 2)
        }  # fmt: skip
        running, started = (
            {name: said(ledger, one, chain.time_ms) for name, one in transactions.items()}
            for ledger in (chain.ledger, fresh)
        )
        assert running == started, f"height {chain.ledger.info().height}"
        self.told.append(running)

    def act(self, alias: str, contract: str, function: str, **arguments: Any) -> None:
        self.chain.call_as_two(alias, contract, function, arguments)
        self.knock()

    def answers(self, name: str) -> list[str]:
        """What a transaction was told at last, each answer once where it stays."""
        given = [answers[name][1] for answers in self.told]
        return [one for place, one in enumerate(given) if place == 0 or one != given[place - 1]]


def test_who_is_let_in_is_the_same_after_every_block_as_after_a_start(tmp_path: Path) -> None:
    """Parties and keys that were seen stopped and go on, that were seen at work and are stopped, and a rule."""
    chain = LocalChain(tmp_path)
    door = Door(chain)
    door.knock()
    supplier = chain.party("supplier1")
    for _ in range(2):
        door.act("supplier1", "party", "halt", reason="a key is lost")
        door.act("supplier1", "party", "lift_halt", party=supplier)
    for status in ("suspended", "active"):
        door.act("bank1", "standing", "set_status", party=supplier, status=status, **PAPERS)
    door.act("supplier2", "party", "revoke_key", key=chain.keys_of("supplier2")[1].public.hex())
    at = chain.ledger.info().height + 4
    decide(chain, "rules", changes={"replay_window_ms": HOUR_MS}, currencies={}, python=[], active_height=at)
    while chain.ledger.info().height <= at:
        chain.commit()
        door.knock()
    stops = ["", "party_halted", "", "party_halted", "", "party_not_active"]
    for within, late in ((HOUR_MS // 2, []), (DAY_MS // 2, ["transaction_too_early"])):
        assert door.answers(f"anchor by key 0 within {within}") == ["", *late]
        assert door.answers(f"supplier1 by key 0 within {within}") == [*stops, "", *late]
        assert door.answers(f"supplier2 by key 1 within {within}") == ["", "key_not_active", *late]
