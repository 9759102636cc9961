"""The rows that the core itself reads, writes or guards, and their keys.

Read and guarded: `bill/bill`, `token/token`, `party/key`, `governance/validator`, `governance/clock`.
Written by the core only: everything of contract "core", and `governance/contract`, the code that runs.
Taken away as soon as it is written: `approval/run` (`stored_calls`).

    core/range    [bill, lo]              → [hi, token id]      every leaf of every accepted bill
    core/holding  [party, currency, role] → [count, sum]        in which role a party has how much (`holdings`)
    core/evidence [validator, height, round or what, type] → {"kind", "height", "time_ms"}   where it was recorded
    core/program  "active"    → [[name, source hash], …]        the contracts that run
    core/migration name       → {"cursor", "version"}            a migration under way
    core/clock    "offset"    → {"offset_ms"}                   the clock offset of the last block
    core/gap      "last"      → {"date", "stood_ms"}            when blocks came again after a long gap; all such gaps
    core/seed     "day"       → 32 bytes                        what day items draw their salts from
    core/receipts "last"      → {"height", "count", "root"}      of the newest block that has receipts (root: bytes)
    core/rules    "active"    → {"rules", "currencies", "python", "withdrawn"}   the rules in force
    core/protocol "active", "next" → {"version", "digest", "from"}  what the code does, now and from a height on
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from chainbill.state.keys import row_key, table_prefix

CORE = "core"

TOKENS = table_prefix("token", "token")
BILLS = table_prefix("bill", "bill")
GOVERNANCE = b"governance\0"
CONTRACTS = table_prefix("governance", "contract")
CONTRACT_SETS = table_prefix("governance", "contract_set")
NEXT_RULES = table_prefix("governance", "rules_next")
RULE_CHANGES = table_prefix("governance", "rule_change")
VALIDATORS = table_prefix("governance", "validator")
MIGRATIONS = table_prefix(CORE, "migration")
PARTIES = table_prefix("party", "party")
PARTY_KEYS = table_prefix("party", "key")
RANGES = table_prefix(CORE, "range")
HOLDINGS = table_prefix(CORE, "holding")

KEPT_NAMES = 4_096
"""Parties, keys and bills whose row keys are remembered: they are asked for with every transaction, several times."""

_SHORT = table_prefix(CORE, "t")

CLOCK_OFFSET = row_key("governance", "clock", "offset")
LAST_OFFSET = row_key(CORE, "clock", "offset")
PROGRAM = row_key(CORE, "program", "active")
GAP_LIMIT = row_key("governance", "parameter", "gap_limit_ms")
LAST_GAP = row_key(CORE, "gap", "last")
LAST_RECEIPTS = row_key(CORE, "receipts", "last")
DAY_SEED = row_key(CORE, "seed", "day")
ASKED = table_prefix("approval", "run")
ASKED_CALLS = row_key("approval", "run", "calls")
RULES = row_key(CORE, "rules", "active")
PROTOCOL = row_key(CORE, "protocol", "active")
NEXT_PROTOCOL = row_key(CORE, "protocol", "next")
DECIDED_PROTOCOL = row_key("governance", "protocol_next", "next")
PROTOCOL_CHANGES = table_prefix("governance", "protocol_change")


def token_key(token: str) -> bytes:
    """The key of a token's row."""
    return TOKENS + text_part(token)


@lru_cache(maxsize=KEPT_NAMES)
def bill_key(bill: str) -> bytes:
    """The key of a bill's row."""
    return BILLS + text_part(bill)


@lru_cache(maxsize=KEPT_NAMES)
def party_key(party: str) -> bytes:
    """The key of a party's row."""
    return PARTIES + text_part(party)


@lru_cache(maxsize=KEPT_NAMES)
def party_key_key(public_key: bytes) -> bytes:
    """The key of the row that says whose a signing key is."""
    return PARTY_KEYS + text_part(public_key.hex())


def range_key(bill: str, lo: int) -> bytes:
    """The key of the leaf of a bill that begins at cent `lo`."""
    return _ranges_of(bill) + lo.to_bytes(8, "big")


@lru_cache(maxsize=KEPT_NAMES)
def _ranges_of(bill: str) -> bytes:
    return RANGES + text_part(bill) + b"\x01"


@lru_cache(maxsize=KEPT_NAMES)
def holding_key(party: str, currency: str, role: str) -> bytes:
    """The key of a party's count and sum in a currency and a role of `holdings.ROLES`."""
    return HOLDINGS + text_part(party) + text_part(currency) + text_part(role)


def text_part(text: str) -> bytes:
    """One text of a key, as `state.keys` encodes it, by a short way for plain texts."""
    if text.isascii() and text.isprintable():
        return b"\x02" + text.encode("ascii") + b"\0"
    return row_key(CORE, "t", text)[len(_SHORT) :]


def contract_key(name: str) -> bytes:
    """The key of the contract that runs under a name."""
    return row_key("governance", "contract", name)


def source_key(source_hash: str) -> bytes:
    """The key of a source that was stored or proposed."""
    return row_key("governance", "source", source_hash)


def validator_key(public_key: bytes) -> bytes:
    """The key of a validator's row."""
    return row_key("governance", "validator", public_key.hex())


def migration_key(name: str) -> bytes:
    """The key of a contract's migration under way."""
    return row_key(CORE, "migration", name)


def evidence_key(validator: bytes, height: int, round_or_what: int | str, type_: int) -> bytes:
    """The key that counts a misdeed once."""
    return row_key(CORE, "evidence", [validator.hex(), height, round_or_what, type_])


def receipts_row(height: int, count: int, root: bytes) -> dict[str, Any]:
    """The row of a block's receipts, which has any: so the state root covers them, under every engine."""
    return {"height": height, "count": count, "root": root}
