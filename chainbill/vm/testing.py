"""Run contracts in plain Python, for unit tests: in-memory tables, a context to set, the machine's ids and refusals.

    bench = Harness({"token": source, "bill": other_source}, Context(party=ALICE, today="2026-01-01"))
    bench.run("token", "start", {}, kind="init")
    token = bench.call("token", "mint", {"amount": 100})
    with pytest.raises(ContractRefused) as refusal: ...
    bench.as_party(BOB).call(...)

Each `call` and `run` is all or nothing, as in a block. `rows`, `events` and `table()` show the effects.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from itertools import islice
from types import SimpleNamespace
from typing import Any, NoReturn

from msgspec.structs import replace

from chainbill.codec import encode_trusted
from chainbill.state.keys import split_key
from chainbill.vm import natives, prelude
from chainbill.vm.compiler import compile_contract, link
from chainbill.vm.context import CONTEXT_FIELDS, Context
from chainbill.vm.errors import ContractRefused
from chainbill.vm.grammar import GENERAL, GENERAL_MODULE
from chainbill.vm.keys import check_agenda_key, checked_limit, leading_prefix, stored_key
from chainbill.vm.program import Program
from chainbill.vm.rules import STANDARD_RUN
from chainbill.vm.values import Value, copy_in, copy_out, fault, hand_over

__all__ = ["Harness", "MemoryRows"]

SCAN_ROWS = STANDARD_RUN.bounds.scan_rows


class MemoryRows:
    """Rows in a dictionary: the in-memory twin of the overlay that the machine runs on."""

    def __init__(self) -> None:
        self.rows: dict[bytes, Value] = {}

    def get(self, key: bytes) -> Value | None:
        """Return the row, None if there is none."""
        return self.rows.get(key)

    def put(self, key: bytes, value: Value) -> None:
        """Store the row."""
        self.rows[key] = value

    def put_checked(self, key: bytes, value: Value) -> None:
        """Store the row; the machine has checked and copied it."""
        self.put(key, value)

    def delete(self, key: bytes) -> None:
        """Remove the row, if there is one."""
        self.rows.pop(key, None)

    def stored_bytes(self, key: bytes) -> int:
        """Return the bytes of the encoded row, 0 if there is none."""
        return len(encode_trusted(self.rows[key])) if key in self.rows else 0

    def walk(self, prefix: bytes) -> Iterator[tuple[bytes, Value, int]]:
        """Go through (key, row, its encoded bytes) in order."""
        for key in sorted(key for key in self.rows if key.startswith(prefix)):
            yield key, self.rows[key], self.stored_bytes(key)


class Harness:
    """Contracts by name, loaded as plain Python, and the world they act on."""

    def __init__(
        self, sources: Mapping[str, str], context: Context | None = None, *, id_seed: bytes = b"harness"
    ) -> None:
        self.context = context if context is not None else Context()
        self.rows = MemoryRows()
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.id_seed = id_seed
        self._counter = 0
        self._stack: list[str] = []
        self._modules: dict[str, dict[str, Any]] = {}
        self._sources = dict(sources)
        self._program: Program | None = None
        for name in sorted(sources, key=lambda name: name != GENERAL):  # the others import from the general part
            self._modules[name] = self._load(name, sources[name])

    def _load(self, name: str, source: str) -> dict[str, Any]:
        module: dict[str, Any] = {
            "__name__": f"contract_{name}",
            "__builtins__": {**vars(builtins), "__import__": self._import},
        }
        self._stack.append(name)
        prelude.activate(self)
        try:
            exec(compile(source, f"<contract {name}>", "exec"), module)  # tests run their own sources only
        finally:
            prelude.deactivate()
            self._stack.pop()
        return module

    def _import(self, name: str, *rest: Any) -> Any:
        """Import for a contract: the general part is the one among the sources, not what happens to be installed."""
        if name == GENERAL_MODULE:
            return SimpleNamespace(**self._modules[GENERAL])
        return builtins.__import__(name, *rest)

    # --- for the test -------------------------------------------------------------------------------------------------
    def as_party(self, party: str) -> Harness:
        """Let `party` send what follows."""
        return self.at(party=party)

    def at(self, **fields: Any) -> Harness:
        """Change fields of the context for what follows: today, height, time_ms, signers, ..."""
        self.context = replace(self.context, **fields)
        return self

    def call(self, contract: str, function: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Call as a transaction would; a refusal or a fault leaves nothing behind."""
        return self.run(contract, function, arguments, kind="call")

    def run(self, contract: str, function: str, arguments: Mapping[str, Any] | None = None, *, kind: str) -> Any:
        """Run a function of the given kind: call, init, each_day, migrate or view."""
        target = self._modules.get(contract, {}).get(function)
        if target is None or getattr(target, "contract_kind", "") != kind:
            raise fault("unknown_function", f"{contract}.{function} is not a @{kind} function")
        copied, _ = copy_in(dict(arguments or {}))
        names = target.__code__.co_varnames[: target.__code__.co_argcount]
        if set(names) != set(copied):
            raise fault("bad_arguments", f"{contract}.{function} takes {', '.join(names) or 'no arguments'}")
        rows, events, counter = dict(self.rows.rows), len(self.events), self._counter
        self._stack.append(contract)
        prelude.activate(self)
        try:
            return copy_in(target(**copied))[0]
        except BaseException:
            self.rows.rows = rows
            del self.events[events:]
            self._counter = counter
            raise
        finally:
            prelude.deactivate()
            self._stack.pop()

    def function(self, contract: str, name: str) -> Any:
        """Return a private helper of a contract as a function that can be tested by itself."""

        def run(*arguments: Any) -> Any:
            self._stack.append(contract)
            prelude.activate(self)
            try:
                return self._modules[contract][name](*arguments)
            finally:
                prelude.deactivate()
                self._stack.pop()

        return run

    def table(self, contract: str, table: str) -> dict[tuple[str | int, ...], Any]:
        """Return all rows of a table by key parts."""
        found = {}
        for key, value in sorted(self.rows.rows.items()):
            owner, name, parts = split_key(key)
            if (owner, name) == (contract, table):
                found[tuple(parts)] = copy_out(value)[0]
        return found

    def put_row(self, contract: str, table: str, key: Any, value: Any) -> None:
        """Put a row into any table, to set up a test."""
        self.rows.put(stored_key(contract, table, key), copy_in(value)[0])

    # --- for the prelude ----------------------------------------------------------------------------------------------
    def loading(self) -> str:
        """Return the contract that is loaded or runs now."""
        return self._stack[-1]

    def get(self, contract: str, table: str, key: Any) -> Any:
        """Return a copy of the row, None if there is none."""
        return copy_out(self.rows.get(stored_key(contract, table, key)))[0]

    def put(self, contract: str, table: str, key: Any, value: Any) -> None:
        """Store a copy of the row; an agenda takes future dates only."""
        if value is None:
            raise fault("bad_row", "a row cannot be None; use delete")
        if table in self._agendas(contract):
            check_agenda_key(key, self.context.today)
        self.rows.put(stored_key(contract, table, key), copy_in(value)[0])

    def _agendas(self, contract: str) -> set[str]:
        functions = self._modules.get(contract, {}).values()
        return {f.contract_names[0] for f in functions if getattr(f, "contract_kind", "") == "each_day"}

    def delete(self, contract: str, table: str, key: Any) -> None:
        """Remove the row, if there is one."""
        self.rows.delete(stored_key(contract, table, key))

    def scan(self, contract: str, table: str, leading: Any, limit: Any) -> list[Any]:
        """Return [[key parts, row], ...] in key order."""
        prefix = leading_prefix(contract, table, leading)
        there = ((key, value) for key, value, _ in self.rows.walk(prefix) if value is not None)
        found = islice(there, checked_limit(limit, SCAN_ROWS))
        return [[list(split_key(key)[2]), copy_out(value)[0]] for key, value in found]

    def field(self, name: str) -> Any:
        """Return a field of the context, lists as copies."""
        if name not in CONTEXT_FIELDS:
            raise fault("unknown_field", f"ctx has no field {name}")
        if name == "caller":
            return self._stack[-2] if len(self._stack) > 1 else ""
        value = getattr(self.context, name)
        return copy_in(value)[0] if name in ("signers", "recent_proposers") else value

    def refuse(self, reason: str, details: dict[str, Any]) -> NoReturn:
        """Raise the refusal of a `require`."""
        raise ContractRefused(reason, "", **copy_in(details)[0])

    def emit(self, topic: str, fields: dict[str, Any]) -> None:
        """Record an event."""
        self.events.append((self._stack[-1], topic, copy_in(fields)[0]))

    def invoke(self, contract: str, function: str, arguments: tuple[Any, ...]) -> Any:
        """Run another contract's function with copies of the arguments, answer with a copy of its result."""
        target = self._modules.get(contract, {}).get(function)
        kind = getattr(target, "contract_kind", "")
        if kind != "view" and not (kind == "internal" and self._stack[-1] in target.contract_names):  # type: ignore[union-attr]
            raise fault("not_allowed", f"{self._stack[-1]} may not invoke {contract}.{function}")
        copies = [hand_over(argument) for argument in arguments]
        self._stack.append(contract)
        try:
            return hand_over(target(*copies))  # type: ignore[misc]
        finally:
            self._stack.pop()

    def new_id(self, prefix: str) -> str:
        """Return the next id of this run."""
        self._counter += 1
        return natives.object_id(prefix, self.id_seed, self._counter)

    def date_of(self, time_ms: int) -> str:
        """Return the local date of a time."""
        return natives.date_of_offset(time_ms, self.context.zone_offset_minutes)

    def signed_by(self, algorithm: str, key: str, purpose: str, statement: Any, signature: str) -> bool:
        """Say whether the key signed the statement for the contract that runs."""
        return natives.signed_by(self._reader(), algorithm, key, purpose, copy_in(statement)[0], signature)

    def statement_hash(self, purpose: str, statement: Any) -> str:
        """Return the hash of a statement for the contract that runs."""
        return natives.statement_hash(self._reader(), purpose, copy_in(statement)[0])

    def _reader(self) -> natives.Reader:
        return natives.Reader(self.context.network, self._stack[-1])

    def set_problem(self, sources: Any, removed: Any) -> Any:
        """Return None if the set could be deployed among the contracts of this harness, else what is wrong."""
        natives.check_set(sources, removed)
        if self._program is None:
            self._program = link({own: compile_contract(own, text) for own, text in self._sources.items()})
        return self._program.examine(sources, removed)
