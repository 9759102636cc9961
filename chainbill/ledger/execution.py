"""The effects of one block on the state, step by step: what `apply_block` and `prepare` have in common.

Order (docs/reference/blocks-and-certificates.md): clock, contracts whose height has come, migration steps, evidence,
day items, transactions. Each step is made of units that take effect or leave nothing behind but a receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from chainbill.crypto.hashing import tagged_hash
from chainbill.dates import date_of
from chainbill.errors import InternalFault, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.activation import activate_contracts, run_migrations
from chainbill.ledger.authorisation import signers_of
from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.days import item_date, item_id, run_due_items
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.evidence_rows import record_evidence
from chainbill.ledger.in_force import InForce, in_force
from chainbill.ledger.programs import Agenda, Code, LoadedProgram
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.rule_activation import take_up_rules
from chainbill.ledger.rules import Rules
from chainbill.ledger.stored_calls import run_call
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.units import Unit, failed_transaction, run_unit, with_core_event
from chainbill.state.keys import split_key
from chainbill.state.known_rows import KnownRows
from chainbill.state.overlay import Overlay
from chainbill.state.view import View
from chainbill.vm.context import Context, Signer
from chainbill.vm.machine import Machine
from chainbill.vm.meter import Meter
from chainbill.vm.originals import Original

Work = Callable[[Machine], list[Any]]


class Execution:
    """One block under way over one view: its overlay, its program, and the facts that contracts may know.

    known: what other blocks have read; none where this one is only tried out, maybe in a thread.
    """

    def __init__(
        self,
        view: View,
        env: BlockEnv,
        *,
        time_ms: int,
        proposer: bytes,
        holds: InForce | None = None,
        known: KnownRows | None = None,
    ) -> None:
        self.in_force = in_force(view, env.height, env.programs.protocols) if holds is None else holds
        self.rules = self.in_force.rules
        self.code = Code(self.rules.run.code, self.in_force.protocol)
        known = KnownRows() if known is None else known
        known.begin()
        self.overlay = Overlay(view, self.rules.block.row_bytes, known)
        self.env = env
        self.height = env.height
        self.time_ms = time_ms
        self.today = date_of(time_ms, env.genesis.zone_offset_minutes)
        self.opening: list[Receipt] = []
        self.has_more_work = False
        self.loaded = env.programs.active(self.overlay, self.code)
        self._proposer = proposer.hex()
        self._network = env.genesis.hash.hex()
        self._recent = _recent_proposers(env, self.rules)
        self._gap_ms = 0
        self._nonces: list[bytes] = []
        self._originals: dict[bytes, Original] = known.notes
        self._seed: bytes = self.overlay.get(core_rows.DAY_SEED) or env.genesis.hash
        self.use(self.loaded)

    def use(self, loaded: LoadedProgram) -> None:
        """Go on with this program."""
        self.loaded = loaded
        agendas = [agenda.prefix for agenda in loaded.agendas]
        adjustable = self.env.genesis.clock == "adjustable"
        self._checks = CoreChecks(self.overlay, self.height, self.today, agendas, adjustable_clock=adjustable)

    # --- the steps -------------------------------------------------------------------------------------------------
    def open(self, evidence: Sequence[bytes]) -> None:
        """Everything before the transactions. Refused or Malformed: evidence that does not belong into this block."""
        self._note_clock()
        self.opening += take_up_rules(self)
        self.opening += activate_contracts(self)
        day_work = self.rules.block.gas_day_work
        steps, migrating = run_migrations(self, -(-day_work // 2))
        self.opening += steps
        for data in evidence:
            self.opening.append(record_evidence(data, self.overlay, self.env, self.rules.block, self.time_ms))
        spent = sum([receipt.gas for receipt in self.opening])
        gas_left = max(day_work - spent, day_work // 2)  # however long contracts migrate, what falls due goes on
        items, left = run_due_items(self.overlay, self.loaded, self.today, gas_left, self._run_item)
        self.opening += items
        self.has_more_work = migrating or left

    def run_transaction(self, transaction: Transaction) -> Receipt:
        """Run one transaction whose signatures are good: its receipt, failed if a rule said no."""
        try:
            signers = signers_of(transaction, self.overlay)
        except (Refused, Malformed) as error:
            return failed_transaction(transaction, error, base_gas(transaction, self.rules))
        receipt = self.run_calls(transaction, signers)
        if receipt.ok:
            self._nonces.append(transaction.nonce)
        return receipt

    def run_calls(self, transaction: Transaction, signers: Sequence[Signer]) -> Receipt:
        """Run the calls of a transaction for these signers; the arguments of all are paid for before the first runs."""
        context = self.context(transaction.party, transaction.id.hex(), signers)
        gas, most = base_gas(transaction, self.rules), self.rules.run.bounds.gas_transaction
        unit = Unit(Kind.TRANSACTION, transaction.id, transaction.nonce, context, most, gas)

        calls = transaction.calls

        def work(machine: Machine) -> list[Any]:
            taken = [replace(call, args=machine.take(call.contract, call.function, call.args)) for call in calls]
            return [run_call(machine, self.overlay, call) for call in taken]

        return self.run(unit, work)

    def close(self) -> None:
        """What follows the transactions: their nonces go into the seed that later day items salt with."""
        if self._nonces:
            self.overlay.put(core_rows.DAY_SEED, tagged_hash("day-seed", self._seed, *self._nonces))

    # --- for the steps ---------------------------------------------------------------------------------------------
    def run(self, unit: Unit, work: Work) -> Receipt:
        """Run one unit in the block's program."""
        rules = self.rules.run
        meter = Meter.of(rules.bounds, unit.gas_limit, unit.base_gas)
        machine = Machine(
            self.loaded.program, self.overlay, unit.context, meter, unit.id, rules=rules, originals=self._originals
        )
        return run_unit(self.overlay, self._checks, machine, unit, work)

    def own_unit(self, kind: Kind, unit_id: bytes) -> Unit:
        """A unit of the core's own: no party, no signers, a nonce that outsiders cannot guess."""
        nonce = tagged_hash("day-nonce", self._seed, unit_id)
        return Unit(kind, unit_id, nonce, self.context("", "", ()), self.rules.block.gas_day_item)

    def context(self, party: str, transaction: str, signers: Sequence[Signer]) -> Context:
        """What contracts may know in this block."""
        return Context(
            party=party,
            height=self.height,
            time_ms=self.time_ms,
            today=self.today,
            gap_ms=self._gap_ms,
            transaction=transaction,
            signers=signers,
            chain_id=self.env.genesis.chain_id,
            network=self._network,
            zone_offset_minutes=self.env.genesis.zone_offset_minutes,
            proposer=self._proposer,
            recent_proposers=self._recent,
            clock=self.env.genesis.clock,
        )

    def _note_clock(self) -> None:
        """The gap since the parent, less what the adjustable clock was moved; the offset is kept for the next block.

        The date of a gap above `gap_limit_ms` is kept too: the day items that it concerns may run in later blocks only;
        so is the sum of all such gaps, for what waits counts no time in which the network stood still.
        """
        now = self.overlay.get(core_rows.CLOCK_OFFSET) or {"offset_ms": 0}
        last = self.overlay.get(core_rows.LAST_OFFSET) or {"offset_ms": 0}
        moved = now["offset_ms"] - last["offset_ms"]
        self._gap_ms = max(0, self.time_ms - self.env.parent_time_ms - moved)
        if moved:
            self.overlay.put(core_rows.LAST_OFFSET, {"offset_ms": now["offset_ms"]})
        limit = self.overlay.get(core_rows.GAP_LIMIT)
        if limit is not None and self._gap_ms > limit["value"] and self.env.previous is not None:
            before = self.overlay.get(core_rows.LAST_GAP) or {"stood_ms": 0}
            stood_ms = before["stood_ms"] + self._gap_ms
            self.overlay.put(core_rows.LAST_GAP, {"date": self.today, "stood_ms": stood_ms})

    def _run_item(self, agenda: Agenda, key: bytes, row: Any) -> Receipt:
        self.overlay.delete(key)
        parts = split_key(key)[2]
        arguments = dict(zip(agenda.arguments, (item_date(key), parts[1:], row), strict=True))
        receipt = self.run(
            self.own_unit(Kind.DAY_ITEM, item_id(self.height, key)),
            lambda machine: [machine.run(agenda.contract, agenda.function, arguments, kind="each_day")],
        )
        if receipt.ok:
            return receipt
        return with_core_event(receipt, "day_item_failed", {"contract": agenda.contract, "item": parts})


def _recent_proposers(env: BlockEnv, rules: Rules) -> tuple[str, ...]:
    """Hex keys of the proposers of the last 4n headers, newest last; all of them, or nodes would differ."""
    wanted = rules.block.proposers_a_validator * len(env.validators)
    if len(env.recent_proposers) < min(wanted, env.height - 1):
        raise InternalFault(Reason.INTERNAL, "the environment lacks proposers of the last 4n headers")
    return tuple([key.hex() for key in env.recent_proposers[-wanted:]])


def base_gas(transaction: Transaction, rules: Rules) -> int:
    """What a transaction costs before its calls begin."""
    return rules.block.gas_signature * transaction.threshold
