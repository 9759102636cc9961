"""Run functions of a program over rows, under a meter, and collect the events."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, NoReturn, Protocol

from chainbill.errors import ChainbillError, InternalFault, Malformed
from chainbill.state.keys import split_key
from chainbill.vm.context import Context
from chainbill.vm.errors import ContractFault, OutOfGas
from chainbill.vm.guards import spent
from chainbill.vm.keys import check_agenda_key, checked_limit, leading_prefix, quick_key, stored_key
from chainbill.vm.meter import Meter
from chainbill.vm.program import Entry, Program, TableRef
from chainbill.vm.rules import STANDARD_RUN, RunRules
from chainbill.vm.values import SCALARS, Value, copy_counted, copy_in, fault

__all__ = ["Machine", "Rows", "invoke"]


_REMEMBERED_KEYS = 8192
_GUARDS_FILE = spent.__code__.co_filename


class Rows(Protocol):
    """Decoded rows by stored key; what `get` and `scan` give is never edited. The overlay is one."""

    def get(self, key: bytes) -> Any:
        """Return the row, None if there is none."""

    def put_checked(self, key: bytes, value: Any) -> None:
        """Store the row, a value as `copy_in` gives it, or raise Malformed."""

    def delete(self, key: bytes) -> None:
        """Remove the row, if there is one."""

    def scan(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, Any]]:
        """Return up to `limit` rows in key order that begin with `prefix` and come after `after`."""


class Machine:
    """One run: the calls of a transaction, or one day item. After an error the caller undoes the rows and drops it."""

    __slots__ = (
        "bounds",
        "caller",
        "context",
        "contract",
        "counter",
        "currencies",
        "events",
        "gas",
        "id_seed",
        "meter",
        "prices",
        "program",
        "room",
        "rows",
        "today",
        "writes_left",
    )

    def __init__(
        self,
        program: Program,
        rows: Rows,
        context: Context,
        meter: Meter,
        id_seed: bytes,
        *,
        rules: RunRules = STANDARD_RUN,
    ) -> None:
        self.program = program
        self.prices = rules.prices
        self.bounds = rules.bounds
        self.currencies = rules.currencies
        self.rows = rows
        self.context = context
        self.meter = meter
        self.id_seed = id_seed
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.gas = 0
        self.room = 0
        self.writes_left = 0
        self.counter = 0
        self.caller = ""
        self.contract = ""
        self.today = context.today

    # --- from outside -------------------------------------------------------------------------------------------------
    def call(self, contract: str, function: str, args: Mapping[str, Any]) -> Value:
        """Run a @call function with arguments by name; returns a copy of its answer.

        Raises ContractRefused (require), ContractFault, OutOfGas: the transaction is without effect; InternalFault:
        this program is wrong.
        """
        return self.run(contract, function, args, "call")

    def run(self, contract: str, function: str, args: Mapping[str, Any], kind: str) -> Value:
        """Run a function of the given kind: call, view, init, each_day or migrate."""
        entry = self.program.entries.get((contract, function))
        if entry is None or entry.kind != kind:
            raise ContractFault(
                "unknown_function", f"{contract}.{function} is not a @{kind} function", contract=contract
            )
        meter = self.meter
        self.gas = meter.gas_limit - meter.used
        self.room = meter.allocation_limit - meter.allocated
        self.writes_left = meter.write_limit - meter.writes
        self.caller, self.contract = "", contract
        try:
            arguments = self._arguments(entry, args)
            return self.copy_in(entry.run(self, *arguments))
        except ChainbillError as error:
            if isinstance(error, (ContractFault, OutOfGas)):
                self._place(error, entry)
            raise
        except Exception as error:
            raise self._fault_of(error) from error
        finally:
            meter.used = meter.gas_limit - max(self.gas, 0)
            meter.allocated = meter.allocation_limit - max(self.room, 0)
            meter.writes = meter.write_limit - max(self.writes_left, 0)
            meter.events = len(self.events)

    def _arguments(self, entry: Entry, args: Mapping[str, Any]) -> list[Value]:
        if len(args) != len(entry.parameters) or any(name not in args for name in entry.parameters):
            names = ", ".join(entry.parameters) or "no arguments"
            raise fault("bad_arguments", f"{entry.contract}.{entry.name} takes {names}")
        return [self.copy_in(args[name]) for name in entry.parameters]

    # --- faults -------------------------------------------------------------------------------------------------------
    def _place(self, error: ChainbillError, entry: Entry) -> None:
        """Add contract, function and line; outside any contract code these are of the function that was called."""
        place = self._where(error.__traceback__)[0]
        if not place:
            line = self.program.contracts[entry.contract].contract.functions[entry.name].line
            place = {"contract": entry.contract, "function": entry.name, "line": line}
        error.fields.update(place)

    def _where(self, traceback: TracebackType | None) -> tuple[dict[str, Any], bool]:
        """Return contract, function and line of the innermost contract frame; and did contract code itself raise?

        The guards count as contract code: they work on its values alone, so what they raise is the same everywhere.
        """
        found: dict[str, Any] = {}
        innermost = False
        while traceback is not None:
            code = traceback.tb_frame.f_code
            of_contract = code.co_filename.startswith("<contract ")
            innermost = of_contract or code.co_filename == _GUARDS_FILE
            if of_contract:
                contract = self.program.contracts[code.co_filename[len("<contract ") : -1]]
                line = contract.lines[traceback.tb_lineno]
                found = {"contract": contract.name, "function": code.co_name.removeprefix("f_"), "line": line}
            traceback = traceback.tb_next
        return found, innermost

    def _fault_of(self, error: Exception) -> ChainbillError:
        """Turn an error of Python into the contract's fault, if contract code itself raised it, or into our own."""
        place, innermost = self._where(error.__traceback__)
        for kind, (code, detail) in _FAULTS.items():
            if innermost and isinstance(error, kind):
                return ContractFault(code, detail, place)
        return InternalFault("machine_error", f"{type(error).__name__} in the machine", place)

    # --- meter --------------------------------------------------------------------------------------------------------
    def pay(self, gas_units: int, memory_bytes: int) -> None:
        """Take gas and memory; raises OutOfGas when either is used up."""
        self.gas -= gas_units
        self.room -= memory_bytes
        if self.gas < 0 or self.room < 0:
            self._stop()

    def _stop(self) -> NoReturn:
        if self.gas < 0:
            raise OutOfGas("out_of_gas", "the run has used all its gas")
        if self.room < 0:
            raise OutOfGas("out_of_memory_allowance", "the run has used all its memory")
        raise OutOfGas("too_many_writes", "the run has written all it may")

    def copy_in(self, value: Value) -> Value:
        """Copy a value that crosses a border, and charge for it."""
        if type(value) is int and -(1 << 63) <= value < 1 << 63:
            return value
        copied, size = copy_in(value)
        self.pay(size // self.prices.bytes_a_gas, size)
        return copied

    # --- tables, for emitted code -------------------------------------------------------------------------------------
    def _key(self, table: TableRef, key: Value) -> bytes:
        encoded = quick_key(table.head, key) or stored_key(table.contract, table.name, key)
        if type(key) is str:
            if len(table.keys) >= _REMEMBERED_KEYS:
                table.keys.clear()
            table.keys[key] = encoded
        return encoded

    def get(self, table: TableRef, key: Value) -> Value:
        """Return a copy of a row, None if there is none."""
        value = self.rows.get((table.keys.get(key) if type(key) is str else None) or self._key(table, key))
        if value is None:
            self.pay(self.prices.gas_get, 0)
            return None
        copied, nodes = copy_counted(value)
        self.gas -= self.prices.gas_get + nodes
        self.room -= 64 * nodes
        if self.gas < 0 or self.room < 0:
            self._stop()
        return copied

    def has(self, table: TableRef, key: Value) -> bool:
        """Say whether there is a row."""
        self.pay(self.prices.gas_get, 0)
        return self.rows.get(self._key(table, key)) is not None

    def put(self, table: TableRef, key: Value, value: Value) -> None:
        """Store a copy of a row."""
        if value is None:
            raise fault("bad_row", "a row cannot be None; use delete")
        if table.is_agenda:
            check_agenda_key(key, self.today)
        copied, size = copy_in(value)
        self.gas -= self.prices.gas_put + size // self.prices.bytes_a_gas
        self.room -= size
        self.writes_left -= 1
        if self.gas < 0 or self.room < 0 or self.writes_left < 0:
            self._stop()
        try:
            self.rows.put_checked(self._key(table, key), copied)
        except Malformed as error:
            raise fault("bad_row", str(error)) from None

    def delete(self, table: TableRef, key: Value) -> None:
        """Remove a row, if there is one."""
        self.gas -= self.prices.gas_delete
        self.writes_left -= 1
        if self.gas < 0 or self.writes_left < 0:
            self._stop()
        self.rows.delete(self._key(table, key))

    def scan(self, table: TableRef, leading: Value, limit: Value) -> list[Value]:
        """Return [[key parts, row], ...] in key order."""
        prefix = leading_prefix(table.contract, table.name, leading)
        wanted = checked_limit(limit, self.bounds.scan_rows)
        self.pay(self.prices.gas_scan, 0)
        found: list[Value] = []
        for key, value in self.rows.scan(prefix, b"", wanted):
            copied, nodes = copy_counted(value)
            self.pay(self.prices.gas_scanned_row + nodes, 64 * (nodes + 8))
            found.append([list(split_key(key)[2]), copied])
        return found

    # --- the rest, for emitted code -----------------------------------------------------------------------------------
    def emit(self, topic: str, fields: Value) -> None:
        """Record an event."""
        if not isinstance(fields, dict):
            raise fault("wrong_type", "the fields of an event are a map")
        copied, size = copy_in(fields)
        self.pay(self.prices.gas_emit + size // self.prices.bytes_a_gas, size)
        if len(self.events) >= self.meter.event_limit:
            raise OutOfGas("too_many_events", "the run has emitted all it may")
        self.events.append((self.contract, topic, copied))

    def context_list(self, name: str) -> list[Value]:
        """Return a copy of ctx.signers or ctx.recent_proposers."""
        self.pay(self.prices.gas_context_list, 0)
        copied: list[Value] = self.copy_in(list(getattr(self.context, name)))
        return copied


def invoke(m: Machine, entry: Entry, arguments: tuple[Value, ...]) -> Value:
    """Run another contract's function with copies of the arguments; returns a copy of its answer."""
    copies = [item if type(item) in SCALARS else m.copy_in(item) for item in arguments]
    caller, contract = m.caller, m.contract
    m.caller, m.contract = contract, entry.contract
    answer = entry.run(m, *copies)
    m.caller, m.contract = caller, contract
    return answer if type(answer) in SCALARS else m.copy_in(answer)


_FAULTS: dict[type[Exception], tuple[str, str]] = {
    KeyError: ("key_missing", "a map has no such key"),
    IndexError: ("index_out_of_range", "a list or text has no such place"),
    ZeroDivisionError: ("division_by_zero", "division by zero"),
    OverflowError: ("number_too_large", "a number is too large here"),
    NameError: ("name_not_set", "a name is used before it has a value"),
    TypeError: ("wrong_type", "an operation does not go with this kind of value"),
    ValueError: ("wrong_value", "an operation does not go with this value"),
}
