"""One ledger in memory: blocks of transactions, one after another, with the checks of every block behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ledger import tiny_contracts
from ledger.ledger_kit import CHAIN, certificate_of, key, validator_keys, validators, wire

from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.merkle import Frontier
from chainbill.ledger import core_rows
from chainbill.ledger.block import Block
from chainbill.ledger.engine import ENGINE
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.genesis_state import make_genesis_state
from chainbill.ledger.header_check import make_block
from chainbill.ledger.in_force import in_force
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.transition import Applied, apply_block, prepare
from chainbill.ledger.whole_state import check_state
from chainbill.state import rows
from chainbill.state.keys import row_key
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView

START_MS = 1_772_000_000_000  # 2026-02-25T06:13:20Z
DAY_MS = 86_400_000
PARTIES = {"ANCHOR": key(1), "S1": key(2), "S2": key(3), "BANK0": key(4)}
PROGRAMS = ProgramCache()


def genesis(**changes: Any) -> Genesis:
    members = [{"id": name, "keys": [one.public.hex()]} for name, one in PARTIES.items()]
    fields: dict[str, Any] = {
        "chain_id": CHAIN,
        "time_ms": START_MS,
        "validators": validators(),
        "contracts": tuple(tiny_contracts.ALL.items()),
        "init": {"party": {"members": members}},
        "zone_offset_minutes": 480,
        "clock": "adjustable",
    }
    return Genesis(**{**fields, **changes})


def first_env(genesis: Genesis, programs: ProgramCache, receipts_root: bytes, receipts_count: int) -> BlockEnv:
    """The surroundings of block 1; `receipts_root` and `receipts_count` are those of the genesis receipts."""
    return BlockEnv(
        genesis=genesis,
        programs=programs,
        previous=None,
        receipts_root=receipts_root,
        receipts_count=receipts_count,
        parent_certificate=None,
        parent_validators=genesis.validators,
        history=Frontier(),
        validators=genesis.validators,
        next_validators=genesis.validators,
        recent_proposers=(),
        seen=lambda _id: False,
    )


class TinyNetwork:
    """The state, its tree, the surroundings of the next block, and everything that was decided."""

    keys = PARTIES

    def __init__(self, the_genesis: Genesis | None = None, programs: ProgramCache = PROGRAMS) -> None:
        self.genesis = the_genesis or genesis()
        self.view = MemoryView()
        self.tree = StateTree()
        self.applied = make_genesis_state(self.genesis, programs)
        self._keep(self.applied)
        self.blocks: list[Block] = []
        self.results: list[Applied] = []
        self.used: set[bytes] = set()
        first = first_env(self.genesis, programs, self.applied.receipts_root, self.applied.receipts_count)
        self.env: BlockEnv = replace(first, seen=self.used.__contains__)
        self.nonce = 0
        self.time_ms = START_MS

    def wire(
        self, party: str, *calls: tuple[str, str, dict[str, Any]], keys: Sequence[PrivateKey] = (), **more: Any
    ) -> bytes:
        self.nonce += 1
        fields = {
            "network": self.genesis.hash, "valid_until_ms": self.time_ms + 3_600_000, "nonce": self.nonce, **more,
        }  # fmt: skip
        return wire(*calls, party=party, keys=tuple(keys) or (self.keys[party],), **fields)

    def block(self, *wires: bytes, time_ms: int | None = None, evidence: Sequence[bytes] = (), **header: Any) -> Block:
        """The next block, by default one second later."""
        at = self.time_ms + 1_000 if time_ms is None else time_ms
        proposer = self.env.validators.proposer(self.env.height, 0).key
        version = in_force(self.view, self.env.height, self.env.programs.protocols).protocol.version
        made = make_block(
            self.env,
            self.tree.root,
            protocol=version,
            time_ms=at,
            proposer=proposer,
            transactions=wires,
            evidence=evidence,
        )
        return replace(made, header=replace(made.header, **header)) if header else made

    def apply(self, block: Block) -> Applied:
        """Apply without deciding."""
        return apply_block(self.view, self.tree, block, self.env)

    def decide(self, block: Block, applied: Applied | None = None) -> Applied:
        """Apply and keep a block, and check the whole state after it."""
        done = self.apply(block) if applied is None else applied
        self._keep(done)
        check_state(self.view)
        self.blocks.append(block)
        self.results.append(done)
        self.used.update(done.used_ids)
        self.env = self.env.after(
            block,
            self.certificate(block),
            receipts_root=done.receipts_root,
            receipts_count=done.receipts_count,
            next_validators=done.next_validators,
        )
        self.time_ms = block.header.time_ms
        self.applied = done
        return done

    def check_replay(self, fresh: TinyNetwork) -> None:
        """Every block decided here gives the same roots on a ledger that begins anew, and on one that goes on there and
        has compiled and verified nothing before."""
        for block, result in zip(self.blocks, self.results, strict=True):
            env = fresh.env
            fresh.env = replace(env, programs=ProgramCache(env.programs.protocols), verified={})
            started = fresh.apply(block)
            fresh.env = env
            for applied in (started, fresh.decide(block)):
                assert (applied.app_hash, applied.receipts_root) == (result.app_hash, result.receipts_root)

    def certificate(self, block: Block) -> bytes | None:
        """That of a block by the validators of the height at work; None under another engine."""
        if self.genesis.engine != ENGINE:
            return None
        signers = [one for one in validator_keys() if one.public in self.env.validators]
        return certificate_of(block, self.genesis.hash, signers).encode()

    def run(self, party: str, *calls: tuple[str, str, dict[str, Any]], **more: Any) -> Receipt:
        """One transaction in a block of its own: its receipt."""
        return self.decide(self.block(self.wire(party, *calls, **more))).receipts[-1]

    def ok(self, party: str, contract: str, function: str, /, **args: Any) -> Any:
        """One call that must go through: its result."""
        receipt = self.run(party, (contract, function, args))
        assert receipt.ok, receipt
        return receipt.results[0]

    def prepare(self, wires: Sequence[bytes], **more: Any) -> Any:
        """A proposer's run over candidates."""
        fields = {"time_ms": self.time_ms + 1_000, "max_bytes": 1_000_000, **more}
        proposer = self.env.validators.proposer(self.env.height, 0).key
        candidates: list[Transaction] = [decode_transaction(one) for one in wires]
        return prepare(self.view, self.tree, candidates, self.env, proposer=proposer, **fields)

    def row(self, contract: str, table: str, row: Any) -> Any:
        raw = self.view.get(row_key(contract, table, row))
        return None if raw is None else rows.value(raw)

    def rows_but_receipts(self) -> dict[bytes, bytes]:
        """The stored rows, without that of the last receipts, which every block changes that has any."""
        return {key: raw for key, raw in self.view.rows.items() if key != core_rows.LAST_RECEIPTS}

    def _keep(self, applied: Applied) -> None:
        self.view.apply(applied.changes, applied.delta)
        self.tree.commit(applied.delta)
        assert self.tree.root == applied.app_hash


def bill_of(network: TinyNetwork, face: int = 1000) -> tuple[str, str]:
    """A bill of ANCHOR that S1 accepted: (bill, token)."""
    bill = network.ok("ANCHOR", "bill", "issue", debtor="ANCHOR", face=face)["bill"]
    return bill, network.ok("S1", "bill", "accept", bill=bill)["token"]
