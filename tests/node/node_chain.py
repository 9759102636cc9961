"""A chain of one validator without processes: blocks are prepared, certified and committed in memory."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.home.config import FilesConfig
from chainbill_node.home.keys import load_private_key
from chainbill_node.setup.local import create_local_network
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.ledger_reader import TransactionRecord
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Store

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.transaction import Call, Transaction, decode_transaction, encode_body, sign_transaction
from chainbill.ledger.vote import VoteType, sign_vote

START_MS = 1_790_000_000_000


class LocalChain:
    """The ledger of a local network of one validator over a store."""

    def __init__(self, directory: Path, store: Store | None = None, **options: Any) -> None:
        self.network = create_local_network(directory, validators=1, genesis_time_ms=START_MS, **options)
        self.genesis = self.network.genesis
        self.key = load_private_key(self.network.nodes[0].home / FilesConfig().validator_key)
        self.store = store or MemoryStore()
        self.ledger = LedgerApplication(ChainDatabase(self.store))
        self.ledger.init_chain(self.genesis)
        self.time_ms = START_MS

    def keys_of(self, alias: str) -> list[PrivateKey]:
        """A party's key, and that of its second person."""
        party = self.network.parties[alias]
        return [load_private_key(path) for path in (party.key, party.checker) if path is not None]

    def sign(self, alias: str, *calls: tuple[str, str, dict[str, Any]], nonce: bytes = b"") -> Transaction:
        return self.sign_by(self.keys_of(alias)[:1], self.party(alias), *calls, nonce=nonce)

    def sign_by(
        self,
        keys: list[PrivateKey],
        party: str,
        *calls: tuple[str, str, dict[str, Any]],
        nonce: bytes = b"",
        valid_ms: int = 600_000,
    ) -> Transaction:
        """Signed with all of these keys of a party."""
        body = encode_body(
            network=self.genesis.hash,
            party=party,
            valid_until_ms=self.time_ms + valid_ms,
            nonce=nonce or secrets.token_bytes(16),
            calls=[Call(*call) for call in calls],
            keys=[key.public for key in keys],
            threshold=len(keys),
        )
        return decode_transaction(sign_transaction(body, keys))

    def party(self, alias: str) -> str:
        return self.network.parties[alias].party

    def propose(
        self,
        *transactions: Transaction,
        may_leave_out: frozenset[bytes] = frozenset(),
        evidence: tuple[bytes, ...] = (),
    ) -> Any:
        return self.ledger.prepare_proposal(
            ProposalRequest(
                height=self.ledger.info().height + 1,
                time_ms=self.time_ms + 1_000,
                proposer=self.key.public,
                evidence=evidence,
                candidates=transactions,
                max_bytes=1_000_000,
                may_leave_out=may_leave_out,
            )
        )

    def decide(self, block: Block) -> tuple[Receipt, ...]:
        assert self.ledger.process_proposal(block).accepted
        finalized = self.ledger.finalize_block(block)
        self.ledger.commit(self.certified(block))
        self.time_ms = block.header.time_ms
        self._are_found(block, finalized.transaction_receipts)
        return finalized.transaction_receipts

    def _are_found(self, block: Block, receipts: tuple[Receipt, ...]) -> None:
        """Each transaction of a block that was decided, by its id and with what became of it."""
        reader = self.ledger.reader(None)
        for place, (wire, receipt) in enumerate(zip(block.transactions, receipts, strict=True)):
            record = TransactionRecord(block.height, place, wire, receipt)
            assert receipt.kind != Kind.TRANSACTION or reader.transaction(receipt.id) == record, record

    def certified(self, block: Block) -> Certificate:
        vote = sign_vote(
            self.key,
            self.genesis.hash,
            type=VoteType.PRECOMMIT,
            height=block.height,
            round=0,
            block_id=block.id,
        )
        return Certificate.from_votes([vote])

    def commit(self, *transactions: Transaction) -> tuple[Receipt, ...]:
        return self.decide(self.propose(*transactions).block)

    def call(self, alias: str, contract: str, function: str, args: dict[str, Any]) -> Any:
        return self._result(self.sign(alias, (contract, function, args)))

    def call_as_two(self, alias: str, contract: str, function: str, args: dict[str, Any]) -> Any:
        """Both people of the party sign."""
        return self._result(self.sign_by(self.keys_of(alias), self.party(alias), (contract, function, args)))

    def _result(self, transaction: Transaction) -> Any:
        receipt = self.commit(transaction)[0]
        assert receipt.ok, (receipt.reason, receipt.details)
        return receipt.results[0]

    def trade(self) -> str:
        """A bill of 100,000.00 that supplier1 holds; 40,000.00 of it are offered to supplier2. The bill's id."""
        issue = {"debtor": self.party("anchor"), "creditor": self.party("supplier1"), "face": 100_000_00,
                 "currency": "CNY", "due_on": "2026-12-31", "invoices": [], "contract_no": "", "delivered_on": "",
                 "terms": {}, "reference": ""}  # fmt: skip
        bill = self.call("supplier1", "bill", "issue", issue)["bill"]
        self.call("anchor", "bill", "confirm", {"bill": bill})
        token = self.call("supplier1", "bill", "accept", {"bill": bill})["token"]
        recipients = [{"party": self.party("supplier2"), "amount": 40_000_00}]
        self.call("supplier1", "token", "transfer", {"tokens": [token], "recipients": recipients})
        self.commit()
        return str(bill)
