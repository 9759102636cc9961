"""The state of height 0: the rows of the core, then every contract's @init function, in the order of the genesis."""

from __future__ import annotations

from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.dates import date_of, start_of_day_ms
from chainbill.errors import Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.days import next_date
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.governed_rows import validator_row, validator_set
from chainbill.ledger.programs import Code, LoadedProgram, ProgramCache, source_hash
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.shapes import as_int
from chainbill.ledger.transition import Applied
from chainbill.ledger.units import Unit, run_unit
from chainbill.limits import MAX_AMOUNT
from chainbill.state.keys import row_key
from chainbill.state.overlay import Overlay
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView
from chainbill.vm.context import Context
from chainbill.vm.machine import Machine
from chainbill.vm.meter import Meter

CLOCK_OFFSET_PARAMETER = "clock_offset_ms"
"""Parameter of an adjustable clock's genesis: where it stands at first, in ms ahead of the real clock (also behind)."""


def make_genesis_state(genesis: Genesis, programs: ProgramCache) -> Applied:
    """The state of height 0, on an empty view and tree.

    Refused: a contract does not compile or link (ContractRejected), an @init function failed, or the rows name other
    validators than the genesis. The core writes `governance/validator`, `governance/contract` and
    `governance/parameter` rows before the @init functions run.
    """
    rules = genesis.rules
    overlay = Overlay(MemoryView(), rules.block.row_bytes)
    loaded = programs.build(dict(genesis.contracts), genesis_code(genesis, programs))
    _write_rows(genesis, loaded, overlay)
    today = date_of(genesis.time_ms, genesis.zone_offset_minutes)
    agendas = [agenda.prefix for agenda in loaded.agendas]
    checks = CoreChecks(overlay, 0, today, agendas, adjustable_clock=genesis.clock == "adjustable")
    receipts = []
    for name, _ in genesis.contracts:
        if name in loaded.inits:
            receipts.append(_run_init(genesis, loaded, overlay, checks, name))
    if validator_set(overlay) != genesis.validators:
        raise Refused(Reason.GENESIS_MALFORMED, "the state's validators are not those of the genesis")
    encoded = tuple([receipt.encode() for receipt in receipts])
    receipts_root = merkle.root(encoded)
    if encoded:
        overlay.put(core_rows.LAST_RECEIPTS, core_rows.receipts_row(0, len(encoded), receipts_root))
    changes = overlay.finish(0)
    delta = StateTree().stage(MemoryView(), changes)
    day = next_date(overlay, loaded)
    return Applied(
        height=0,
        changes=changes,
        receipts=tuple(receipts),
        receipt_bytes=encoded,
        opening=len(receipts),
        receipts_root=receipts_root,
        app_hash=delta.root,
        delta=delta,
        next_validators=genesis.validators,
        has_more_work=False,
        next_day_ms=None if day is None else start_of_day_ms(day, genesis.zone_offset_minutes),
        used_ids=(),
    )


def genesis_code(genesis: Genesis, programs: ProgramCache) -> Code:
    """By what the contracts of the genesis are compiled. Refused where this software lacks its protocol."""
    found = programs.protocols.get(genesis.protocol.version, genesis.protocol.digest)
    if found is None:
        detail = f"the network begins with protocol {genesis.protocol.version} ({genesis.protocol.digest[:16]})"
        raise Refused(Reason.PROTOCOL_UNKNOWN, detail, version=genesis.protocol.version, height=0)
    return Code(genesis.rules.run.code, found)


def _write_rows(genesis: Genesis, loaded: LoadedProgram, overlay: Overlay) -> None:
    for validator in genesis.validators.validators:
        overlay.put(core_rows.validator_key(validator.key), validator_row(validator))
    for name, source in genesis.contracts:
        row = {"source": source, "hash": source_hash(source), "version": 1, "active_from": 0}
        overlay.put(core_rows.contract_key(name), row)
    for name, value in genesis.parameters.items():
        overlay.put(row_key("governance", "parameter", name), {"value": value})
    if genesis.clock == "adjustable" and CLOCK_OFFSET_PARAMETER in genesis.parameters:
        offset = as_int(genesis.parameters[CLOCK_OFFSET_PARAMETER], CLOCK_OFFSET_PARAMETER, low=-MAX_AMOUNT)
        overlay.put(core_rows.CLOCK_OFFSET, {"offset_ms": offset})
        overlay.put(core_rows.LAST_OFFSET, {"offset_ms": offset})
    overlay.put(core_rows.RULES, genesis.rules.row())
    overlay.put(core_rows.PROTOCOL, genesis.protocol.row())
    overlay.put(core_rows.PROGRAM, [[name, hashed] for name, hashed in loaded.identity])


def _run_init(genesis: Genesis, loaded: LoadedProgram, overlay: Overlay, checks: CoreChecks, name: str) -> Receipt:
    context = Context(
        time_ms=genesis.time_ms,
        today=date_of(genesis.time_ms, genesis.zone_offset_minutes),
        chain_id=genesis.chain_id,
        network=genesis.hash.hex(),
        zone_offset_minutes=genesis.zone_offset_minutes,
        clock=genesis.clock,
    )
    unit_id = tagged_hash("genesis-init", genesis.hash, name.encode("ascii"))
    rules, most = genesis.rules.run, genesis.rules.block.gas_init
    unit = Unit(Kind.GENESIS, unit_id, unit_id, context, most)
    machine = Machine(loaded.program, overlay, context, Meter.of(rules.bounds, most), unit_id, rules=rules)
    arguments = genesis.init.get(name, {})
    function = loaded.inits[name].function
    receipt = run_unit(
        overlay, checks, machine, unit, lambda machine: [machine.run(name, function, arguments, kind="init")]
    )
    if not receipt.ok:
        raise Refused(Reason.GENESIS_MALFORMED, f"init of {name} failed: {receipt.reason}", receipt.details)
    return receipt
