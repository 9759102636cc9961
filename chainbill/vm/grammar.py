"""The allow-list: every kind of node of Python's grammar that a contract may hold, and nothing else.

The parser accepts exactly these; docs/reference/contract-language.md is generated from this file.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

__all__ = [
    "ARITHMETIC",
    "BUILTINS",
    "COMPARISONS",
    "DECORATORS",
    "GENERAL",
    "GENERAL_MODULE",
    "NATIVES",
    "NODES",
    "RESERVED",
    "Signature",
]

GENERAL = "general"
"""The name under which the general part stands among the contracts of a program."""
GENERAL_MODULE = "chainbill_contracts.general"
"""What contracts write to import from it; a module of that name makes editors and type checkers follow the names."""


@dataclass(frozen=True, slots=True)
class NodeRule:
    """One allowed kind of node: what it is called, how it is written, what holds for it."""

    english: str
    chinese: str
    example: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A named function of the language: how many arguments, what it answers, its price in gas."""

    least: int
    most: int
    answer: str  # static kind: int, text, bool, list, any, none
    gas: int
    example: str
    english: str
    chinese: str


NODES: dict[type[ast.AST], NodeRule] = {
    ast.ImportFrom: NodeRule(
        "import from the general part, once, after the prelude line",
        "从总则导入,仅一次,写在 prelude 一行之后",
        f"from {GENERAL_MODULE} import require_text",
    ),
    ast.alias: NodeRule("one imported function or constant", "一个导入的函数或常量", "require_text"),
    ast.FunctionDef: NodeRule("top-level function", "顶层函数", "def pay(token, amount):"),
    ast.Assign: NodeRule("assignment to a name, an item or several", "赋值", 'row["holder"] = party'),
    ast.AugAssign: NodeRule("augmented assignment", "增量赋值", "total += amount"),
    ast.If: NodeRule("if, elif, else", "条件", "if amount > limit:"),
    ast.For: NodeRule("loop over a list, a tuple, a text, range or enumerate", "循环", "for lot in lots:"),
    ast.Break: NodeRule("leave the loop", "跳出循环", "break"),
    ast.Continue: NodeRule("next turn of the loop", "继续循环", "continue"),
    ast.Pass: NodeRule("do nothing", "空语句", "pass"),
    ast.Return: NodeRule("answer", "返回", "return row"),
    ast.Expr: NodeRule(
        "call for its effect, or docstring", "调用语句或文档字符串", 'require(amount > 0, "amount_not_positive")'
    ),
    ast.Constant: NodeRule("None, True, False, whole number, text, bytes", "字面量", '"live"'),
    ast.Name: NodeRule("local name or constant", "名称", "amount"),
    ast.List: NodeRule("list", "列表", "[lo, hi]"),
    ast.Tuple: NodeRule("tuple", "元组", '("active", "due")'),
    ast.Dict: NodeRule("map with text keys", "映射(键为文本)", '{"bill": bill}'),
    ast.BinOp: NodeRule("arithmetic", "算术", "hi - lo"),
    ast.UnaryOp: NodeRule("minus and not", "取负与非", "not found"),
    ast.BoolOp: NodeRule("and, or", "与、或", "known and active"),
    ast.Compare: NodeRule("comparison, also in a row", "比较", "0 < part <= due"),
    ast.IfExp: NodeRule("choice", "条件表达式", '"paid" if done else "open"'),
    ast.Subscript: NodeRule("item or slice", "下标与切片", 'row["holder"]'),
    ast.Attribute: NodeRule("ctx.field, table.method(...)", "ctx.字段 与 table.方法(...)", "ctx.party"),
    ast.Call: NodeRule("call of a named function", "调用具名函数", "min(part, due)"),
    ast.keyword: NodeRule("argument by name, for own functions", "具名参数(仅限自有函数)", "cut(lot, amount=part)"),
}

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
DECORATORS = ("init", "call", "internal", "view", "each_day", "migrate")
TABLE_METHODS: dict[str, int] = {"get": 1, "has": 1, "put": 2, "delete": 1, "scan": 2}

BUILTINS: dict[str, Signature] = {
    "len": Signature(1, 1, "int", 1, "len(items)", "number of items or characters", "元素或字符个数"),
    "min": Signature(1, 16, "any", 8, "min(a, b)", "smallest of several, or of a list", "最小值"),
    "max": Signature(1, 16, "any", 8, "max(a, b)", "largest of several, or of a list", "最大值"),
    "abs": Signature(1, 1, "int", 2, "abs(change)", "without its sign", "绝对值"),
    "sorted": Signature(
        1, 1, "list", 25, "sorted(items)", "new list in ascending order; of a map, its keys", "升序新列表"
    ),
    "range": Signature(1, 3, "range", 4, "for i in range(n):", "whole numbers, only in for", "整数序列,仅用于 for"),
    "enumerate": Signature(
        1, 2, "enumerate", 4, "for i, x in enumerate(items):", "numbered items, only in for", "带序号,仅用于 for"
    ),
}
STATEMENTS: dict[str, Signature] = {
    "require": Signature(
        2,
        3,
        "none",
        1,
        'require(amount > 0, "amount_not_positive")',
        "else refuse the transaction",
        "不满足则拒绝整笔交易",
    ),
    "emit": Signature(2, 2, "none", 60, 'emit("accepted", {"token": token})', "record an event", "记录事件"),
}
NATIVES: dict[str, Signature] = {
    "new_id": Signature(1, 1, "text", 80, 'new_id("T")', "new id with that first letter", "生成以该字母开头的新编号"),
    "add_days": Signature(2, 2, "text", 30, "add_days(date, 10)", "date so many days later", "日期加若干天"),
    "add_months": Signature(
        2,
        2,
        "text",
        30,
        "add_months(date, 6)",
        "same day so many months later, clamped to the month's end",
        "日期加若干月(月末截止)",
    ),
    "days_between": Signature(
        2, 2, "int", 30, "days_between(start, end)", "days, first in, last out", "天数(算头不算尾)"
    ),
    "days_30_360": Signature(2, 2, "int", 30, "days_30_360(start, end)", "days with months of 30", "按30/360计天数"),
    "weekday": Signature(1, 1, "int", 30, "weekday(date)", "1 Monday .. 7 Sunday", "星期几,1为周一"),
    "date_of": Signature(1, 1, "text", 30, "date_of(ctx.time_ms)", "local date of a time", "时间的当地日期"),
    "is_date": Signature(1, 1, "bool", 20, "is_date(text)", "an ISO date such as 2027-03-31?", "是否为 ISO 日期"),
    "kind_of": Signature(
        1, 1, "text", 3, "kind_of(value)", '"int" "text" "bytes" "bool" "list" "map" "none"', "值的种类"
    ),
    "valid_uscc": Signature(
        1,
        1,
        "bool",
        130,
        "valid_uscc(text)",
        "GB 32100-2015 code with a right check character?",
        "统一社会信用代码是否有效",
    ),
    "valid_lei": Signature(
        1, 1, "bool", 160, "valid_lei(text)", "ISO 17442 identifier with right check digits?", "LEI 是否有效"
    ),
    "normalise_identifier": Signature(
        1, 1, "text", 60, "normalise_identifier(text)", "NFKC, upper case, letters and digits", "规范化标识"
    ),
    "currency_digits": Signature(
        1,
        1,
        "int",
        60,
        'currency_digits("CNY")',
        "minor digits, -1 if the network does not take it",
        "币种小数位,本网络不支持则为-1",
    ),
    "digest": Signature(
        1, 1, "text", 60, "digest(value)", "hash of the canonical encoding, 64 hex digits", "规范编码的哈希"
    ),
    "signed_by": Signature(
        5,
        5,
        "bool",
        4000,
        'signed_by("ed25519", key, "application", statement, signature)',
        "did the key sign the statement for this network, this contract and this purpose?",
        "密钥是否为本网络、本合约、此用途签署该声明",
    ),
    "statement_hash": Signature(
        2,
        2,
        "text",
        60,
        'statement_hash("bid", statement)',
        "what is signed or committed to for this network, contract and purpose, 64 hex digits",
        "本网络、本合约、此用途声明的哈希",
    ),
    "set_problem": Signature(
        2,
        2,
        "any",
        20000,
        'set_problem({"token": source}, removed)',
        'could these sources come and the removed names go, all at once? None, or {"problem", "contract", "line"}',
        "这些源码能否一并部署、所列合约能否一并移除;可以则为 None",
    ),
}

#: Names no function, constant, table or local may take; natives may be shadowed by parameters, these may not.
RESERVED = frozenset(
    (*DECORATORS, *BUILTINS, *STATEMENTS, "own_table", "read_table", "ctx", "invoke", "None", "True", "False")
)
