"""The natives as emitted code calls them: those that need the machine, or are charged by size, take it first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chainbill.vm import natives
from chainbill.vm.values import Value

if TYPE_CHECKING:
    from chainbill.vm.machine import Machine
    from chainbill.vm.program import Problem

__all__ = ["NATIVE_CALLS", "TAKE_MACHINE"]

#: Natives whose emitted calls take the machine as their first argument.
TAKE_MACHINE = frozenset(
    (
        "new_id",
        "currency_digits",
        "date_of",
        "digest",
        "normalise_identifier",
        "signed_by",
        "statement_hash",
        "set_problem",
    )
)
_ASCII_CHARACTER, _WIDE_CHARACTER = 2, 60  # gas, of a text that is normalised
_FIXED_PRICE = (
    natives.add_days,
    natives.add_months,
    natives.days_between,
    natives.days_30_360,
    natives.weekday,
    natives.is_date,
    natives.kind_of,
    natives.valid_uscc,
    natives.valid_lei,
)


def new_id(m: Machine, prefix: Value) -> str:
    """Return the next id of this run."""
    m.counter += 1
    return natives.object_id(prefix, m.id_seed, m.counter)


def date_of(m: Machine, time_ms: Value) -> str:
    """Return the local date of a time."""
    return natives.date_of_offset(time_ms, m.context.zone_offset_minutes)


def currency_digits(m: Machine, code: Value) -> int:
    """Return the minor digits of a currency that the network takes, -1 for any other."""
    return natives.currency_digits(code, m.currencies)


def digest(m: Machine, value: Value) -> str:
    """Return the hash of a value."""
    return natives.digest_of(m.taken_for_hash(value))


def normalise_identifier(m: Machine, text: Value) -> str:
    """Return the text in NFKC and upper case, letters and digits only; one character may become eighteen."""
    if type(text) is str:
        m.pay(len(text) * (_ASCII_CHARACTER if text.isascii() else _WIDE_CHARACTER), 0)
    return natives.normalise_identifier(text)


def signed_by(  # noqa: PLR0917  as contracts write it
    m: Machine, algorithm: Value, key: Value, purpose: Value, statement: Value, signature: Value
) -> bool:
    """Say whether a key signed a statement for the contract that runs."""
    return natives.signed_by(_reader(m), algorithm, key, purpose, m.taken_for_hash(statement), signature)


def statement_hash(m: Machine, purpose: Value, statement: Value) -> str:
    """Return the hash of a statement for the contract that runs."""
    return natives.statement_hash(_reader(m), purpose, m.taken_for_hash(statement))


def _reader(m: Machine) -> natives.Reader:
    return natives.Reader(m.context.network, m.contract)


def set_problem(m: Machine, sources: Value, removed: Value) -> Problem | None:
    """Return None if the set could be deployed together in this program, else what is wrong."""
    natives.check_set(sources, removed)
    characters = sum(len(source) for source in sources.values())
    m.pay(m.prices.gas_source_character * characters, 16 * characters)
    return m.program.examine(sources, removed, lambda size: m.pay(m.prices.gas_guarded_byte * size, 0))


NATIVE_CALLS: dict[str, Callable[..., Any]] = {
    f"n_{function.__name__}": function
    for function in (
        *_FIXED_PRICE,
        new_id,
        currency_digits,
        date_of,
        digest,
        normalise_identifier,
        signed_by,
        statement_hash,
        set_problem,
    )
}
