"""The rules of a network: every price and every bound that decides what a block does, its currencies, its Pythons.

They stand in full in the genesis and in the state row `core/rules` "active" → {"rules": {name: value}, "currencies":
{code: digits}, "python": ["3.11", …], "withdrawn": {code: digits}}, and change by vote at a height (`rule_changes`).
What each is, and between what a vote may set it, is declared where it is used: here for blocks, in `vm.rules` for runs.
See docs/reference/rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from chainbill import limits
from chainbill.codec import decode
from chainbill.currencies import MINOR_DIGITS
from chainbill.errors import Reason, Refused
from chainbill.ledger.shapes import as_list, as_map, as_text, bad_shape
from chainbill.rule import Rule, rule, rules_of
from chainbill.vm.rules import RUN_RULES, CodePrices, Prices, RunBounds, RunRules

MAX_CURRENCIES = 400
MAX_MINOR_DIGITS = 4
MAX_PYTHONS = 8
STANDARD_PYTHON = ("3.11",)
ROW_MEMBERS = frozenset({"rules", "currencies", "python", "withdrawn"})
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_PYTHON = re.compile(r"3\.(?:0|[1-9][0-9]?)", re.ASCII)
_KEPT = 16
NONE_WITHDRAWN: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BlockRules:
    """What a block may hold and do. The `most` of a size is the bound of form in `limits`."""

    gas_block: int = rule(
        16_000_000,
        1_000_000,
        4_000_000_000,
        "gas",
        "after which a block takes no transaction",
        "区块用到此数即不再收交易",
    )
    gas_signature: int = rule(1_500, 1, 15_000, "gas", "of a transaction, for each signature", "交易中每个签名")
    gas_day_item: int = rule(
        4_000_000, 1_000_000, 100_000_000, "gas", "of a day item or migration step", "每个日终项或迁移步骤"
    )
    gas_day_work: int = rule(
        250_000,
        100_000,
        2_000_000_000,
        "gas",
        "after which a block begins no day item or migration step",
        "区块用到此数即不再开始日终项或迁移步骤",
    )
    gas_init: int = rule(
        400_000_000, 1_000_000, 4_000_000_000, "gas", "of one contract's @init at genesis", "创世时每个合约的 @init"
    )
    replay_window_ms: int = rule(
        limits.KEPT_IDS_MS,
        limits.HOUR_MS,
        limits.KEPT_IDS_MS,
        "ms",
        "that a transaction may still be valid",
        "交易剩余有效期的上限",
    )
    evidence_age_ms: int = rule(
        limits.KEPT_HEADERS_MS,
        limits.DAY_MS,
        limits.KEPT_HEADERS_MS,
        "ms",
        "after which evidence is too old",
        "证据的最长时效",
    )
    block_evidence: int = rule(
        limits.MAX_EVIDENCE, 1, limits.MAX_EVIDENCE, "items", "of evidence in a block", "每个区块的证据"
    )
    block_transactions: int = rule(
        limits.MAX_BLOCK_TRANSACTIONS,
        10,
        limits.MAX_BLOCK_TRANSACTIONS,
        "items",
        "transactions of a block",
        "每个区块的交易",
    )
    block_bytes: int = rule(
        limits.MAX_BLOCK_BYTES, 256 * limits.KIB, limits.MAX_BLOCK_BYTES, "bytes", "of an encoded block", "编码后的区块"
    )
    row_bytes: int = rule(
        limits.MAX_ROW_BYTES, 128 * limits.KIB, limits.MAX_ROW_BYTES, "bytes", "of an encoded row", "编码后的行"
    )
    proposers_a_validator: int = rule(
        limits.KEPT_PROPOSERS_A_VALIDATOR,
        1,
        limits.KEPT_PROPOSERS_A_VALIDATOR,
        "blocks",
        "ctx.recent_proposers goes back, a validator",
        "ctx.recent_proposers 按每个验证方回溯的区块数",
    )


RULES: Mapping[str, Rule] = MappingProxyType({one.name: one for one in (*rules_of(BlockRules), *RUN_RULES)})
"""Every rule by name."""
SINCE: Mapping[str, int] = MappingProxyType({})
"""Rules that came with a later protocol than 1: name → its version, whose activation writes them into the state. Before
it a network does not know them, whatever the software: its rows lack them and no vote may name them.
"""


@dataclass(frozen=True)
class Rules:
    """All rules of a height. python: CPython minor versions, ascending.

    currencies: code → digits of the minor unit, of those that are taken. withdrawn: of those that were taken before:
    bills in them live on, so one that is taken again has the same digits.
    """

    values: Mapping[str, int]
    currencies: Mapping[str, int]
    python: tuple[str, ...]
    withdrawn: Mapping[str, int] = field(default_factory=lambda: NONE_WITHDRAWN)

    def __post_init__(self) -> None:
        unknown = sorted((set(self.values) - set(RULES)) | (names_of(1) - set(self.values)))
        if unknown:
            raise Refused(Reason.RULE_UNKNOWN, f"rules are missing or unknown: {', '.join(unknown)}", name=unknown[0])
        for name, value in self.values.items():
            check_value(name, value)
        known = {**self.withdrawn, **self.currencies}
        if not self.currencies or len(known) > MAX_CURRENCIES:
            detail = f"a network has 1 to {MAX_CURRENCIES} currencies, with those that it took before"
            raise Refused(Reason.RULE_CURRENCY, detail)
        if len(known) != len(self.withdrawn) + len(self.currencies):
            raise Refused(Reason.RULE_CURRENCY, "a currency is taken or withdrawn, not both")
        for code, digits in known.items():
            check_currency(code, digits)
        check_python_list(self.python)

    @cached_property
    def run(self) -> RunRules:
        """The rules of a run."""
        prices = Prices(**self._of(Prices))
        every = {one.name: self.values.get(one.name, one.standard) for one in RULES.values()}
        return RunRules(prices, RunBounds(**self._of(RunBounds)), CodePrices(every), self.currencies)

    @cached_property
    def block(self) -> BlockRules:
        """The rules of a block."""
        return BlockRules(**self._of(BlockRules))

    def _of(self, declared: type[Any]) -> dict[str, int]:
        return {one.name: self.values.get(one.name, one.standard) for one in rules_of(declared)}

    def row(self) -> dict[str, Any]:
        """The row `core/rules` "active"."""
        currencies, withdrawn = dict(self.currencies), dict(self.withdrawn)
        return {
            "rules": dict(self.values),
            "currencies": currencies,
            "python": list(self.python),
            "withdrawn": withdrawn,
        }


def names_of(version: int) -> frozenset[str]:
    """The rules that a network of a protocol version has, all of them."""
    return frozenset([name for name in RULES if SINCE.get(name, 1) <= version])


def check_names(rules: Rules, version: int) -> None:
    """Refused unless the rules are all those of the protocol version, and no others."""
    wrong = sorted(set(rules.values) ^ names_of(version))
    if wrong:
        detail = f"rules are missing or not those of protocol {version}: {', '.join(wrong)}"
        raise Refused(Reason.RULE_UNKNOWN, detail, name=wrong[0])


def check_value(name: Any, value: Any) -> None:
    """Refused unless there is a rule of this name and a vote may set it so."""
    known = RULES.get(name) if type(name) is str else None
    if known is None:
        raise Refused(Reason.RULE_UNKNOWN, f"no rule is named {str(name)[:64]!r}", name=str(name)[:64])
    if type(value) is not int or not known.least <= value <= known.most:
        detail = f"{name} is {known.least} to {known.most}"
        raise Refused(Reason.RULE_OUT_OF_RANGE, detail, name=name, least=known.least, most=known.most)


def check_currency(code: Any, digits: Any) -> None:
    """Refused unless the code is three capital letters and its minor unit has 0 to 4 digits."""
    good = type(code) is str and _CURRENCY.fullmatch(code) is not None
    if not good or type(digits) is not int or not 0 <= digits <= MAX_MINOR_DIGITS:
        detail = f"a currency is three capital letters with 0 to {MAX_MINOR_DIGITS} minor digits"
        raise Refused(Reason.RULE_CURRENCY, detail, currency=str(code)[:8])


def check_python_list(versions: Any) -> None:
    """Refused unless these are CPython minor versions such as "3.11", each once, ascending."""
    good = type(versions) in (list, tuple) and 1 <= len(versions) <= MAX_PYTHONS
    good = good and all(type(one) is str and _PYTHON.fullmatch(one) is not None for one in versions)
    minors = [int(one[2:]) for one in versions] if good else []
    if not good or minors != sorted(set(minors)):
        raise Refused(Reason.RULE_PYTHON, f"1 to {MAX_PYTHONS} versions such as 3.11, ascending")


def rules_of_parts(values: Any, currencies: Any, python: Any, withdrawn: Any = NONE_WITHDRAWN) -> Rules:
    """Rules from decoded parts; Malformed or Refused names what is wrong. A genesis has withdrawn no currency."""
    as_map(values, "rules")
    as_map(currencies, "currencies")
    versions = tuple([as_text(one, "python", at_most=10) for one in as_list(python, "python", at_most=MAX_PYTHONS)])
    taken, before = MappingProxyType(dict(currencies)), MappingProxyType(dict(withdrawn))
    return Rules(MappingProxyType(dict(values)), taken, versions, before)


def rules_of_row(value: Any) -> Rules:
    """Rules from the row `core/rules` "active"; Malformed or Refused names what is wrong."""
    row = as_map(value, "core/rules")
    if set(row) != ROW_MEMBERS:
        raise bad_shape("core/rules", "a map of rules, currencies, python and withdrawn")
    return rules_of_parts(row["rules"], row["currencies"], row["python"], as_map(row["withdrawn"], "withdrawn"))


@lru_cache(_KEPT)
def rules_of_bytes(encoded: bytes) -> Rules:
    """The rules of a stored row's value; a cache that changes no outcome, so that a block pays for a look-up only."""
    return rules_of_row(decode(encoded))


STANDARD_RULES = Rules(
    MappingProxyType({one.name: one.standard for one in RULES.values()}), MINOR_DIGITS, STANDARD_PYTHON
)
"""What new networks begin with unless their genesis says otherwise."""
