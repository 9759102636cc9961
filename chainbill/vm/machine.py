"""Run functions of a program over rows, under a meter, and collect the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, NoReturn, Protocol

from chainbill.errors import ChainbillError, InternalFault, Malformed
from chainbill.state.keys import split_key
from chainbill.vm.bounds import MAX_VALUE_SIZE
from chainbill.vm.context import Context
from chainbill.vm.errors import ContractFault, OutOfGas
from chainbill.vm.guards import spent
from chainbill.vm.keys import check_agenda_key, checked_limit, leading_prefix, quick_key, stored_key
from chainbill.vm.meter import Meter
from chainbill.vm.originals import Original
from chainbill.vm.program import Entry, Program, TableRef
from chainbill.vm.rules import STANDARD_RUN, RunRules
from chainbill.vm.values import SCALARS, UnfitValue, Value, copy_in, copy_out, fault

__all__ = ["Machine", "Rows", "invoke"]


_REMEMBERED_KEYS = 8192
_ROW_ROOM = 256  # bytes, beside its key, that the rows keep of each row asked for, there or not
_GUARDS_FILE = spent.__code__.co_filename


class Rows(Protocol):
    """Decoded rows by stored key; what `get` and `scan` give is never edited. The overlay is one."""

    def get(self, key: bytes) -> Any:
        """Return the row, None if there is none."""

    def put_checked(self, key: bytes, value: Any) -> None:
        """Store the row, a value as `copy_in` gives it, or raise Malformed."""

    def delete(self, key: bytes) -> None:
        """Remove the row, if there is one."""

    def stored_bytes(self, key: bytes) -> int:
        """Return the bytes of the encoded row, 0 if there is none; the row was asked for with `get` before."""

    def walk(self, prefix: bytes) -> Iterator[tuple[bytes, Any, int]]:
        """Go through (key, row, its encoded bytes) in key order, of rows whose keys begin with `prefix`.

        The row is None where it was deleted by what has run in this block: it is still met, and work.
        """


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
        "originals",
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
        originals: dict[bytes, Original] | None = None,
    ) -> None:
        """originals: what earlier runs over these rows found out of them; it changes no answer and no price."""
        self.program = program
        self.prices = rules.prices
        self.bounds = rules.bounds
        self.currencies = rules.currencies
        self.rows = rows
        self.originals = {} if originals is None else originals
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
        return self.run_taken(contract, function, self.take(contract, function, args), kind)

    def take(self, contract: str, function: str, args: Mapping[str, Any]) -> dict[str, Value]:
        """Copy and pay for the arguments of a call, whether or not there is a function that takes them."""
        self._begin()
        bytes_a_gas = self.prices.bytes_a_gas
        try:
            return {name: self._taken(args[name], len(name) // bytes_a_gas, bytes_a_gas) for name in sorted(args)}
        except (ContractFault, OutOfGas) as error:
            error.fields.update(contract=contract, function=function, line=0)
            entry = self.program.entries.get((contract, function))
            if entry is not None:
                self._place(error, entry)
            raise
        finally:
            self._end()

    def run_taken(self, contract: str, function: str, taken: Mapping[str, Value], kind: str) -> Value:
        """`run` with arguments from `take`, which nobody else holds."""
        entry = self.program.entries.get((contract, function))
        if entry is None or entry.kind != kind:
            raise ContractFault(
                "unknown_function", f"{contract}.{function} is not a @{kind} function", contract=contract
            )
        self._begin()
        self.caller, self.contract = "", contract
        try:
            if len(taken) != len(entry.parameters) or any(name not in taken for name in entry.parameters):
                names = ", ".join(entry.parameters) or "no arguments"
                raise fault("bad_arguments", f"{entry.contract}.{entry.name} takes {names}")
            return self.copy_in(entry.run(self, *[taken[name] for name in entry.parameters]))
        except ChainbillError as error:
            if isinstance(error, (ContractFault, OutOfGas)):
                self._place(error, entry)
            raise
        except Exception as error:
            raise self._fault_of(error) from error
        finally:
            self._end()

    def _begin(self) -> None:
        meter = self.meter
        self.gas = meter.gas_limit - meter.used
        self.room = meter.allocation_limit - meter.allocated
        self.writes_left = meter.write_limit - meter.writes

    def _end(self) -> None:
        meter = self.meter
        meter.used = meter.gas_limit - max(self.gas, 0)
        meter.allocated = meter.allocation_limit - max(self.room, 0)
        meter.writes = meter.write_limit - max(self.writes_left, 0)
        meter.events = len(self.events)

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
        return self._taken(value, 0, self.prices.bytes_a_gas)

    def taken_for_hash(self, value: Value) -> Value:
        """Copy a value that is hashed, and charge for both."""
        return self._taken(value, 0, self.prices.hash_bytes_a_gas)

    def _taken(self, value: Value, gas: int, bytes_a_gas: int, most: int = MAX_VALUE_SIZE) -> Value:
        """Copy a value of at most `most` bytes; takes `gas` and its size in gas and memory.

        Nothing is copied that is not paid for: what is left of gas and memory bounds the size too. A value that does
        not fit costs what was counted of it.
        """
        try:
            copied, size = copy_in(value, min(most, (self.gas - gas) * bytes_a_gas, self.room))
        except UnfitValue as unfit:
            self.pay(gas + 1 + unfit.size // bytes_a_gas, unfit.size)
            raise
        self.gas -= gas + size // bytes_a_gas
        self.room -= size
        return copied

    def details(self, value: Value) -> dict[str, Value]:
        """Copy the details of a refusal; raises the fault bad_details if they are no small map."""
        try:
            copied = self._taken(value, 0, self.prices.bytes_a_gas, self.bounds.details_bytes)
        except UnfitValue as unfit:
            if unfit.reason != "value_too_large":
                raise
            copied = None
        if type(copied) is not dict:
            raise fault("bad_details", "the details of require are a small map")
        return copied

    # --- tables, for emitted code -------------------------------------------------------------------------------------
    def _key(self, table: TableRef, key: Value) -> bytes:
        encoded = quick_key(table.head, key)
        if encoded is None:
            encoded = stored_key(table.contract, table.name, key)
            self.pay(len(encoded) // self.prices.bytes_a_gas, 0)
        elif type(key) is str:
            if len(table.keys) >= _REMEMBERED_KEYS:
                table.keys.clear()
            table.keys[key] = encoded
        return encoded

    def _read(self, gas: int, stored: bytes) -> Original | None:
        """What is in a row; pays for the access, and for reading what is there: its bytes and its parts."""
        value = self.rows.get(stored)
        original = None
        room = self.room - _ROW_ROOM - len(stored)
        if value is not None:
            original = self.originals.get(stored)
            if original is None or original.value is not value:
                original = self.originals[stored] = Original(value, self.rows.stored_bytes(stored))
            size = original.size
            gas += size // self.prices.bytes_a_gas
            room -= 2 * size
        self.room = room
        self.gas = left = self.gas - gas
        if left < 0 or room < 0:
            self._stop()
        return original

    def get(self, table: TableRef, key: Value) -> Value:
        """Return a copy of a row, None if there is none."""
        stored = (table.keys.get(key) if type(key) is str else None) or self._key(table, key)
        original = self._read(self.prices.gas_get, stored)
        return None if original is None else original.copy()

    def has(self, table: TableRef, key: Value) -> bool:
        """Say whether there is a row."""
        stored = (table.keys.get(key) if type(key) is str else None) or self._key(table, key)
        return self._read(self.prices.gas_get, stored) is not None

    def put(self, table: TableRef, key: Value, value: Value) -> None:
        """Store a copy of a row."""
        if value is None:
            raise fault("bad_row", "a row cannot be None; use delete")
        if table.is_agenda:
            check_agenda_key(key, self.today)
        stored = self._written(table, key, self.prices.gas_put)
        copied = self._taken(value, 0, self.prices.bytes_a_gas)
        try:
            self.rows.put_checked(stored, copied)
        except Malformed as error:
            raise fault("bad_row", str(error)) from None

    def delete(self, table: TableRef, key: Value) -> None:
        """Remove a row, if there is one."""
        self.rows.delete(self._written(table, key, self.prices.gas_delete))

    def _written(self, table: TableRef, key: Value, gas: int) -> bytes:
        """The stored key of a row that is written; pays for the write and for what is there now, which is read."""
        stored = (table.keys.get(key) if type(key) is str else None) or self._key(table, key)
        self._read(gas, stored)
        self.writes_left -= 1
        if self.writes_left < 0:
            self._stop()
        return stored

    def scan(self, table: TableRef, leading: Value, limit: Value) -> list[Value]:
        """Return [[key parts, row], ...] in key order."""
        prefix = leading_prefix(table.contract, table.name, leading)
        wanted = checked_limit(limit, self.bounds.scan_rows)
        self.pay(self.prices.gas_scan, 0)
        a_row, bytes_a_gas = self.prices.gas_scanned_row, self.prices.bytes_a_gas
        found: list[Value] = []
        for key, value, size in self.rows.walk(prefix):
            self.pay(a_row + size // bytes_a_gas, _ROW_ROOM + len(key) + 2 * size)
            if value is None:
                continue
            copied, nodes = copy_out(value)
            self.pay(nodes // bytes_a_gas, 2 * nodes)
            found.append([list(split_key(key)[2]), copied])
            if len(found) == wanted:
                break
        return found

    # --- the rest, for emitted code -----------------------------------------------------------------------------------
    def emit(self, topic: str, fields: Value) -> None:
        """Record an event."""
        if not isinstance(fields, dict):
            raise fault("wrong_type", "the fields of an event are a map")
        copied = self._taken(fields, self.prices.gas_emit, self.prices.bytes_a_gas)
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
