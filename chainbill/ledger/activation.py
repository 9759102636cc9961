"""Sets of contracts: swapped in together at their height, and migrated in bounded steps.

A row `governance/contract_set` [height, proposal] → {"contracts": [{"name", "hash"}], "removed": [name]} takes effect
first thing in the block of its height: all of it, if the sources (`governance/source`) compile and link with what runs
and the first migration steps go through; otherwise nothing of it, and an event says so. Several sets of one height come
one after the other, in order of their proposals: one that fails takes no other with it.

An @migrate function takes nothing and is done when it returns, or takes a cursor (None at first) and returns the next
one, None when it is done. Contracts of a set migrate in linked order, what is invoked before what invokes. Further
steps run in this block and the following ones while gas is left; transactions go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.programs import LoadedProgram, source_hash
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.token_rules import broken
from chainbill.ledger.units import Unit, failed_receipt, with_core_event
from chainbill.limits import MAX_CONTRACTS
from chainbill.state.keys import split_key
from chainbill.vm.machine import Machine

if TYPE_CHECKING:
    from chainbill.ledger.execution import Execution


def activate_contracts(run: Execution) -> list[Receipt]:
    """Activate the sets whose height has come: one receipt each."""
    receipts = []
    for key, row in run.overlay.scan(core_rows.CONTRACT_SETS, limit=MAX_CONTRACTS):
        height, proposal = split_key(key)[2]
        if int(height) > run.height:
            break
        receipts.append(_activate(run, key, str(proposal), row))
    return receipts


def _activate(run: Execution, key: bytes, proposal: str, row: Any) -> Receipt:
    unit = run.own_unit(Kind.ACTIVATION, tagged_hash("activation", run.height.to_bytes(8, "big"), key))
    changed = {entry["name"]: entry["hash"] for entry in row["contracts"]}
    try:
        loaded = run.env.programs.build(_sources(run, changed, row["removed"]), run.code)
    except (Refused, Malformed) as error:  # ContractRejected, or a name that makes no key
        receipt = failed_receipt(unit, error, 0)
    else:
        receipt = _take_over(run, unit, loaded, changed, row["removed"])
    run.overlay.delete(key)
    facts = {"set": proposal, "contracts": sorted(changed), "removed": row["removed"]}
    return with_core_event(receipt, "contracts_activated" if receipt.ok else "activation_failed", facts)


def _sources(run: Execution, changed: Mapping[str, str], removed: list[str]) -> dict[str, str]:
    """The sources of the program that the set makes of the one that runs."""
    sources = {name: run.overlay.get(core_rows.contract_key(name))["source"] for name, _ in run.loaded.identity}
    for name in removed:
        if sources.pop(name, None) is None:
            raise broken(Reason.CORE_ROW_SCHEMA, "a contract that is removed runs until then", contract=name)
    for name, hashed in changed.items():
        row = run.overlay.get(core_rows.source_key(hashed))
        if row is None or source_hash(row["source"]) != hashed:
            raise broken(Reason.CORE_ROW_SCHEMA, "the source of a contract stands under its hash", contract=name)
        sources[name] = row["source"]
    return sources


def _take_over(
    run: Execution, unit: Unit, loaded: LoadedProgram, changed: Mapping[str, str], removed: list[str]
) -> Receipt:
    before = run.loaded
    run.use(loaded)
    receipt = run.run(unit, lambda machine: _first_steps(run, machine, [*changed, *removed]))
    if not receipt.ok:
        run.use(before)
        return receipt
    for name in removed:
        run.overlay.delete(core_rows.contract_key(name))
    for name, hashed in changed.items():
        key = core_rows.contract_key(name)
        running = run.overlay.get(key) or {"version": 0}
        run.overlay.put(
            key,
            {
                "source": run.overlay.get(core_rows.source_key(hashed))["source"],
                "hash": hashed,
                "version": running["version"] + 1,
                "active_from": run.height,
            },
        )
    run.overlay.put(core_rows.PROGRAM, [[name, hashed] for name, hashed in loaded.identity])
    return receipt


def _first_steps(run: Execution, machine: Machine, names: list[str]) -> list[Any]:
    """The first step of each migration of a set; one of an earlier version that is still under way ends here."""
    for name in names:
        run.overlay.delete(core_rows.migration_key(name))
    migrating = [name for name in run.loaded.program.order if name in names and name in run.loaded.migrations]
    return [_step(run, machine, name, None) for name in migrating]


def run_migrations(run: Execution, gas_left: int) -> tuple[list[Receipt], bool]:
    """Go on with migrations until the gas is used up: (receipts in order, whether any is still under way).

    A step counts for a hundredth of what it may use at least: one that only counts on costs 3 gas, and seven million
    of them with their receipts fitted into 20,000,000 gas; so those are 500 steps at most.
    """
    least = run.rules.block.gas_day_item // 100
    receipts: list[Receipt] = []
    under_way = {
        str(split_key(key)[2][0]): row for key, row in run.overlay.scan(core_rows.MIGRATIONS, limit=MAX_CONTRACTS)
    }
    for name in sorted(under_way, key=run.loaded.program.order.index):
        key, current = core_rows.migration_key(name), under_way[name]
        while current is not None:
            if gas_left <= 0:
                return receipts, True
            receipt = _run_step(run, name, current["cursor"], len(receipts))
            receipts.append(receipt)
            gas_left -= max(receipt.gas, least)
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
