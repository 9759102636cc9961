"""The names every contract may use: `from chainbill.vm.prelude import *`.

The machine strips that line and resolves the names itself. Here they run in plain Python, so that editors and type
checkers understand a contract and unit tests can run it under `chainbill.vm.testing.Harness`, which supplies the
tables, the context and the events. Reference: docs/reference/contract-language.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol, TypeVar

from chainbill.vm.context import Signer
from chainbill.vm.natives import (
    add_days,
    add_months,
    currency_digits,
    days_30_360,
    days_between,
    digest,
    is_date,
    kind_of,
    normalise_identifier,
    valid_lei,
    valid_uscc,
    weekday,
)

__all__ = [  # noqa: RUF022 - in the order of the reference
    "init",
    "call",
    "internal",
    "view",
    "each_day",
    "migrate",
    "own_table",
    "read_table",
    "ctx",
    "require",
    "emit",
    "invoke",
    "new_id",
    "add_days",
    "add_months",
    "days_between",
    "days_30_360",
    "weekday",
    "date_of",
    "is_date",
    "kind_of",
    "valid_uscc",
    "valid_lei",
    "normalise_identifier",
    "currency_digits",
    "digest",
    "signed_by",
    "statement_hash",
    "set_problem",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])
Key = str | int | list[str | int]


class Host(Protocol):
    """What runs contracts in plain Python; the harness of chainbill.vm.testing is one."""

    def loading(self) -> str: ...
    def get(self, contract: str, table: str, key: Any) -> Any: ...
    def put(self, contract: str, table: str, key: Any, value: Any) -> None: ...
    def delete(self, contract: str, table: str, key: Any) -> None: ...
    def scan(self, contract: str, table: str, leading: Any, limit: Any) -> list[Any]: ...
    def field(self, name: str) -> Any: ...
    def refuse(self, reason: str, details: dict[str, Any]) -> NoReturn: ...
    def emit(self, topic: str, fields: dict[str, Any]) -> None: ...
    def invoke(self, contract: str, function: str, arguments: tuple[Any, ...]) -> Any: ...
    def new_id(self, prefix: str) -> str: ...
    def date_of(self, time_ms: int) -> str: ...
    def signed_by(self, algorithm: str, key: str, purpose: str, statement: Any, signature: str) -> bool: ...
    def statement_hash(self, purpose: str, statement: Any) -> str: ...
    def set_problem(self, sources: Any, removed: Any) -> Any: ...


_hosts: list[Host] = []


def activate(host: Host) -> None:
    """Make `host` the one that runs contracts from here on, until `deactivate`."""
    _hosts.append(host)


def deactivate() -> None:
    """Go back to the host that was active before."""
    _hosts.pop()


def _host() -> Host:
    if not _hosts:
        raise RuntimeError("contracts run in plain Python only under chainbill.vm.testing.Harness")
    return _hosts[-1]


# --- kinds of functions -----------------------------------------------------------------------------------------------
def _mark(function: _Function, kind: str, names: tuple[str, ...] = ()) -> _Function:
    function.__dict__["contract_kind"] = kind
    function.__dict__["contract_names"] = names
    return function


def init(function: _Function) -> _Function:
    """Run once, when the network starts, with the arguments of the genesis."""
    return _mark(function, "init")


def call(function: _Function) -> _Function:
    """A transaction may call this function, with arguments by name."""
    return _mark(function, "call")


def internal(*contracts: str) -> Callable[[_Function], _Function]:
    """Only the named contracts may `invoke` this function."""
    return lambda function: _mark(function, "internal", contracts)


def view(function: _Function) -> _Function:
    """Anyone may ask; it writes nothing."""
    return _mark(function, "view")


def each_day(agenda: str) -> Callable[[_Function], _Function]:
    """Run `function(date, item, row)` for each row of the own table `agenda` whose date has come."""
    return lambda function: _mark(function, "each_day", (agenda,))


def migrate(function: _Function) -> _Function:
    """Run once, when a new version of the contract becomes active."""
    return _mark(function, "migrate")


# --- tables -----------------------------------------------------------------------------------------------------------
class ReadTable:
    """A table of another contract: read only."""

    def __init__(self, contract: str, name: str) -> None:
        self._contract = contract
        self._name = name

    def get(self, key: Key) -> Any:
        """Return a copy of the row, None if there is none."""
        return _host().get(self._contract, self._name, key)

    def has(self, key: Key) -> bool:
        """Say whether there is a row."""
        return _host().get(self._contract, self._name, key) is not None

    def scan(self, leading: list[str | int], limit: int) -> list[Any]:
        """Return [[key parts, row], ...] in key order, of rows whose key begins with the parts `leading`."""
        return _host().scan(self._contract, self._name, leading, limit)


class OwnTable(ReadTable):
    """A table of this contract."""

    def put(self, key: Key, value: Any) -> None:
        """Store a copy of `value`."""
        _host().put(self._contract, self._name, key, value)

    def delete(self, key: Key) -> None:
        """Remove the row, if there is one."""
        _host().delete(self._contract, self._name, key)


def own_table(name: str) -> OwnTable:
    """Declare a table of this contract, at the top of the file."""
    return OwnTable(_hosts[-1].loading() if _hosts else "", name)


def read_table(contract: str, name: str) -> ReadTable:
    """Declare a table of another contract that this one reads, at the top of the file."""
    return ReadTable(contract, name)


# --- the transaction --------------------------------------------------------------------------------------------------
class _ContextNow:
    """The block and the transaction that run now."""

    @property
    def party(self) -> str:
        """The party that sent the transaction."""
        return str(_host().field("party"))

    @property
    def caller(self) -> str:
        """The contract that invoked this function, "" when the transaction itself did."""
        return str(_host().field("caller"))

    @property
    def height(self) -> int:
        """Height of the block."""
        return int(_host().field("height"))

    @property
    def time_ms(self) -> int:
        """Time of the block, milliseconds since 1970 UTC."""
        return int(_host().field("time_ms"))

    @property
    def today(self) -> str:
        """Local ISO date of the block."""
        return str(_host().field("today"))

    @property
    def gap_ms(self) -> int:
        """Milliseconds since the parent block, clock adjustments not counted."""
        return int(_host().field("gap_ms"))

    @property
    def transaction(self) -> str:
        """Id of the transaction in hex, "" in the day change."""
        return str(_host().field("transaction"))

    @property
    def signers(self) -> list[Signer]:
        """The keys that signed: [{"key": hex, "capabilities": [...], "operator", "unit"}]."""
        found: list[Signer] = _host().field("signers")
        return found

    @property
    def chain_id(self) -> str:
        """Name of the network."""
        return str(_host().field("chain_id"))

    @property
    def network(self) -> str:
        """Hash of the network's genesis, 64 hex digits: what signatures bind."""
        return str(_host().field("network"))

    @property
    def zone_offset_minutes(self) -> int:
        """Offset of local time from UTC."""
        return int(_host().field("zone_offset_minutes"))

    @property
    def proposer(self) -> str:
        """Public key of the block's proposer, in hex."""
        return str(_host().field("proposer"))

    @property
    def recent_proposers(self) -> list[str]:
        """Proposers of the last blocks, newest last, in hex."""
        found: list[str] = _host().field("recent_proposers")
        return found

    @property
    def clock(self) -> str:
        """Either "real" or "adjustable"."""
        return str(_host().field("clock"))


ctx = _ContextNow()


def require(condition: object, reason: str, details: dict[str, Any] | None = None) -> None:
    """Refuse the whole transaction with `reason` unless the condition holds."""
    if not condition:
        _host().refuse(reason, details if details is not None else {})


def emit(topic: str, fields: dict[str, Any]) -> None:
    """Tell the outside that something happened."""
    _host().emit(topic, fields)


def invoke(contract: str, function: str, *arguments: Any) -> Any:
    """Call a function of another contract, `@internal` for this one or `@view`, with copies of the arguments."""
    return _host().invoke(contract, function, arguments)


def new_id(prefix: str) -> str:
    """Return a new id that begins with the capital letter `prefix`."""
    return _host().new_id(prefix)


def date_of(time_ms: int) -> str:
    """Return the local ISO date of a time in milliseconds since 1970 UTC."""
    return _host().date_of(time_ms)


def signed_by(algorithm: str, key: str, purpose: str, statement: Any, signature: str) -> bool:
    """Say whether `key` (64 hex digits) signed `statement` for this network, this contract and `purpose`."""
    return _host().signed_by(algorithm, key, purpose, statement, signature)


def statement_hash(purpose: str, statement: Any) -> str:
    """Return what a signature or commitment of this network, contract and purpose is over, as 64 hex digits."""
    return _host().statement_hash(purpose, statement)


def set_problem(sources: dict[str, str], removed: list[str]) -> Any:
    """Ask whether these sources, by contract name, could be deployed and the removed contracts go, all at once.

    None, or {"problem": reason, "contract": name, "line": number}.
    """
    return _host().set_problem(sources, removed)
