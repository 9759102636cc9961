"""What a run costs and what it may use: the rules of the contract machine, with what new networks begin with.

One unit of gas is about the time of one simple guarded operation (roughly 30 ns). `Prices` and `RunBounds` are read
while a run goes on; `CodePrices` are written into the guarded code when a contract is compiled, so that compiled
contracts are kept by their `key`. A price may rise to ten times the standard: then a vote that mends it still costs
less than the smallest gas of a transaction (tests/ledger/test_rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from chainbill.currencies import MINOR_DIGITS
from chainbill.rule import Rule, rule, rules_of
from chainbill.vm.bounds import MAX_TEXT_CHARACTERS
from chainbill.vm.gas import NODE_GAS, STATEMENT_GAS
from chainbill.vm.grammar import BUILTINS, NATIVES, STATEMENTS

__all__ = ["CODE_RULES", "STANDARD_RUN", "CodePrices", "Prices", "RunBounds", "RunRules"]

DEARER = 10
"""A price may rise to this many times the standard."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What is paid for while a run goes on, by what it meets."""

    gas_get: int = rule(30, 1, 300, "gas", "get, has, beside the row", "get、has(不含该行)")
    gas_put: int = rule(80, 1, 800, "gas", "put, beside both rows", "put(不含新旧两行)")
    gas_delete: int = rule(60, 1, 600, "gas", "delete, beside the row", "delete(不含该行)")
    gas_scan: int = rule(90, 1, 900, "gas", "scan, beside its rows", "scan(不含各行)")
    gas_scanned_row: int = rule(50, 1, 500, "gas", "a row that a scan meets, beside it", "scan 遇到的每行(不含该行)")
    gas_emit: int = rule(30, 1, 300, "gas", "emit, beside the call's price", "emit(不含调用价)")
    gas_context_list: int = rule(
        30, 1, 300, "gas", "ctx.signers, ctx.recent_proposers", "ctx.signers、ctx.recent_proposers"
    )
    gas_source_character: int = rule(
        10, 1, 100, "gas", "a character of the sources that set_problem looks at", "set_problem 查看的每个源码字符"
    )
    gas_guarded_byte: int = rule(
        12, 1, 120, "gas", "a byte of guarded code that set_problem compiles", "set_problem 编译的每字节受保护代码"
    )
    gas_compare: int = rule(
        12, 1, 120, "gas", "a pair of values inside lists and maps that are compared", "比较列表、映射中的每对值"
    )
    bytes_a_gas: int = rule(8, 1, 64, "bytes", "of the size of a value, for one gas", "每单位燃料对应的值大小")
    hash_bytes_a_gas: int = rule(
        4, 1, 64, "bytes", "of the size of what is hashed, for one gas", "每单位燃料对应的散列大小"
    )
    characters_a_gas: int = rule(
        16, 2, 128, "characters", "compared, copied or searched for one gas", "每单位燃料比较、复制、查找的字符数"
    )


@dataclass(frozen=True, slots=True)
class RunBounds:
    """What one run may use: all calls of a transaction together, or one day item."""

    gas_transaction: int = rule(8_000_000, 1_000_000, 100_000_000, "gas", "of a transaction", "每笔交易")
    run_allocation: int = rule(
        32 * 1024 * 1024,
        4 * 1024 * 1024,
        256 * 1024 * 1024,
        "bytes",
        "of new texts, lists and copies",
        "新建与复制的值",
    )
    run_writes: int = rule(10_000, 1_000, 100_000, "writes", "of a run", "每次运行的写入")
    run_events: int = rule(5_000, 1_000, 50_000, "events", "of a run", "每次运行的事件")
    scan_rows: int = rule(1_000, 1_000, 10_000, "rows", "of one scan", "每次 scan 的行数")
    text_characters: int = rule(
        256 * 1024,
        64 * 1024,
        MAX_TEXT_CHARACTERS,
        "characters",
        "of a text, or bytes, that a contract makes",
        "合约所构造的文本或字节串",
    )
    list_items: int = rule(
        10_000, 1_000, 100_000, "items", "of a list or map that a contract makes", "合约所构造的列表或映射"
    )
    details_bytes: int = rule(4_096, 1_024, 65_536, "bytes", "of the details of a refusal", "拒绝所附的细节")


class CodePrices:
    """What is paid for at once on entry to a function and at every turn of a loop: by named function, node, statement.

    `values`: by rule name. `calls`, `nodes` and `statements` give the same by what the compiler meets.
    """

    def __init__(self, values: Mapping[str, int]) -> None:
        self.values = MappingProxyType({one.name: values[one.name] for one in CODE_RULES})
        self.calls = {name: self.values[_CALL + name] for name in _SIGNATURES}
        self.nodes = {kind: self.values[_node_name(kind)] for kind in NODE_GAS}
        self.statements = {name: self.values[_STATEMENT + name] for name in STATEMENT_GAS}

    @cached_property
    def key(self) -> tuple[int, ...]:
        """Tells prices apart that make different code."""
        return tuple(self.values.values())


@dataclass(frozen=True, slots=True)
class RunRules:
    """All rules of a run. currencies: code → digits of the minor unit, of those that new bills may be in."""

    prices: Prices
    bounds: RunBounds
    code: CodePrices
    currencies: Mapping[str, int]


_CALL, _NODE, _STATEMENT = "gas_call_", "gas_node_", "gas_statement_"
_SIGNATURES = {**BUILTINS, **NATIVES, **STATEMENTS}


def _node_name(kind: type) -> str:
    """ItemTarget → gas_node_item_target."""
    return _NODE + re.sub(r"(?<!^)([A-Z])", r"_\1", kind.__name__).lower()


def _price(name: str, standard: int, english: str, chinese: str) -> Rule:
    return Rule(name, standard, min(standard, 1), max(1, standard) * DEARER, "gas", english, chinese)


CODE_RULES = (
    *[_price(_CALL + name, one.gas, one.example, one.chinese) for name, one in _SIGNATURES.items()],
    *[
        _price(_node_name(kind), price, f"node {kind.__name__}", f"节点 {kind.__name__}")
        for kind, price in NODE_GAS.items()
    ],
    *[_price(_STATEMENT + name, price, english, chinese) for name, (price, english, chinese) in STATEMENT_GAS.items()],
)

STANDARD_RUN = RunRules(Prices(), RunBounds(), CodePrices({one.name: one.standard for one in CODE_RULES}), MINOR_DIGITS)
"""What new networks begin with; also what contracts run by in plain Python."""
RUN_RULES = (*rules_of(RunBounds), *rules_of(Prices), *CODE_RULES)
