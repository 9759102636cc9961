"""New versions of contracts: swapped in at their height, and migrated in bounded steps.

A row `governance/contract_next` name → {"source", "hash", "version", "active_from"} takes effect first thing in
the block of its height, together with all others that are due, if they compile and link with the rest and their first
migration steps go through; otherwise everything stays as it was, and an event says so. An @migrate function takes
nothing and is done when it returns, or takes a cursor (None at first) and returns the next one, None when it is done.
Further steps run in this block and the following ones while gas is left; transactions go on meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.programs import LoadedProgram
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.units import Unit, failed_receipt, with_core_event
from chainbill.limits import MAX_CONTRACTS
from chainbill.state.keys import split_key
from chainbill.vm.machine import Machine

if TYPE_CHECKING:
    from chainbill.ledger.execution import Execution


def activate_contracts(run: Execution) -> list[Receipt]:
    """Swap in the contracts whose height has come: no receipt if there are none, else one."""
    waiting = run.overlay.scan(core_rows.NEXT_CONTRACTS, limit=MAX_CONTRACTS)
    due = {str(split_key(key)[2][0]): row for key, row in waiting if row["active_from"] <= run.height}
    if not due:
        return []
    unit = run.own_unit(Kind.ACTIVATION, tagged_hash("activation", run.height.to_bytes(8, "big")))
    names = sorted(due)
    try:
        loaded = run.env.programs.build({**_sources(run), **{name: due[name]["source"] for name in names}}, run.code)
    except (Refused, Malformed) as error:  # ContractRejected, or a name that makes no key
        receipt = failed_receipt(unit, error, 0)
    else:
        receipt = _take_over(run, unit, loaded, due)
    for name in names:
        run.overlay.delete(core_rows.next_contract_key(name))
    topic = "contracts_activated" if receipt.ok else "activation_failed"
    return [with_core_event(receipt, topic, {"contracts": names})]


def _sources(run: Execution) -> dict[str, str]:
    return {name: run.overlay.get(core_rows.contract_key(name))["source"] for name, _ in run.loaded.identity}


def _take_over(run: Execution, unit: Unit, loaded: LoadedProgram, due: dict[str, Any]) -> Receipt:
    before = run.loaded
    run.use(loaded)
    migrating = [name for name in sorted(due) if name in loaded.migrations]
    receipt = run.run(unit, lambda machine: [_step(run, machine, name, None) for name in migrating])
    if not receipt.ok:
        run.use(before)
        return receipt
    for name in sorted(due):
        run.overlay.put(core_rows.contract_key(name), due[name])
    run.overlay.put(core_rows.PROGRAM, [[name, hashed] for name, hashed in loaded.identity])
    return receipt


def run_migrations(run: Execution, gas_left: int) -> tuple[list[Receipt], bool]:
    """Go on with migrations until the gas is used up: (receipts in order, whether any is still under way)."""
    receipts: list[Receipt] = []
    for key, row in run.overlay.scan(core_rows.MIGRATIONS, limit=MAX_CONTRACTS):
        name = str(split_key(key)[2][0])
        current = row
        while current is not None:
            if gas_left <= 0:
                return receipts, True
            receipt = _run_step(run, name, current["cursor"], len(receipts))
            receipts.append(receipt)
            gas_left -= max(receipt.gas, 1)
            if not receipt.ok:
                run.overlay.delete(key)
            current = run.overlay.get(key)
    return receipts, False


def _run_step(run: Execution, name: str, cursor: Any, index: int) -> Receipt:
    seed = run.height.to_bytes(8, "big") + index.to_bytes(4, "big")
    unit = run.own_unit(Kind.MIGRATION, tagged_hash("migration", seed, name.encode("utf-8")))
    receipt = run.run(unit, lambda machine: [_step(run, machine, name, cursor)])
    return receipt if receipt.ok else with_core_event(receipt, "migration_failed", {"contract": name})


def _step(run: Execution, machine: Machine, name: str, cursor: Any) -> Any:
    entry = run.loaded.migrations[name]
    arguments = dict.fromkeys(entry.arguments, cursor)
    following = machine.run(name, entry.function, arguments, kind="migrate")
    key = core_rows.migration_key(name)
    if following is None or not entry.arguments:
        run.overlay.delete(key)
        return None
    run.overlay.put(key, {"cursor": following})
    return following
