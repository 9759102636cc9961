"""Why a contract is refused when it is deployed: one named reason each, in English and Chinese.

`{what}` is filled in with the name or the text in question. Raised as ContractRejected with contract, line, en and zh.
"""

from __future__ import annotations

from chainbill.limits import MAX_CONTRACTS
from chainbill.vm import bounds
from chainbill.vm.errors import ContractRejected

_ONLY_IMPORTS = (
    "the only imports are the prelude line and, after it, `from chainbill_contracts.general import name, name`",
    "只能导入 prelude,其后可写 from chainbill_contracts.general import 名称, 名称",
)

_COUNTED = f"{bounds.SCALAR_SIZE} for each part of it, {bounds.LIST_SIZE} for a list, {bounds.MAP_SIZE} for a map"
_COUNTED_ZH = f"每个组成值 {bounds.SCALAR_SIZE}、每个列表 {bounds.LIST_SIZE}、每个映射 {bounds.MAP_SIZE}"

__all__ = ["FAULTS", "INSTEAD", "REJECTIONS", "rejected"]

#: What the language has instead of a refused word, sign or kind of node.
INSTEAD: dict[str, tuple[str, str]] = {
    "while": ("use `for i in range(n)` or `for x in items`", "请改用 for i in range(n) 或 for x in 列表"),
    "lambda": ("write a top-level function", "请写成顶层函数"),
    "class": ("use maps and top-level functions", "请用映射和顶层函数"),
    "try": ("test first with `if` or `require`", "请先用 if 或 require 判断"),
    "except": ("test first with `if` or `require`", "请先用 if 或 require 判断"),
    "finally": ("test first with `if` or `require`", "请先用 if 或 require 判断"),
    "raise": ('use `require(condition, "reason")`', "请用 require(条件, 原因)"),
    "assert": ('use `require(condition, "reason")`', "请用 require(条件, 原因)"),
    "import": _ONLY_IMPORTS,
    "from": _ONLY_IMPORTS,
    "as": _ONLY_IMPORTS,
    "del": ("build a new list or map, or use table.delete(key)", "请构造新的列表或映射,或用 table.delete(key)"),
    "global": ("return the value, or store it in a table", "请返回该值或存入表中"),
    "nonlocal": ("return the value, or store it in a table", "请返回该值或存入表中"),
    "with": ("there are no context managers", "没有上下文管理器"),
    "yield": ("return a list", "请返回列表"),
    "async": ("everything runs in order", "一切按顺序执行"),
    "await": ("everything runs in order", "一切按顺序执行"),
    "/": ("use `//`, whole division", "请用整除 //"),
    "/=": ("use `//=`, whole division", "请用整除 //="),
    "**": ("write the number out, or pass the entries one by one", "请直接写出数值,或逐项传入"),
    "**=": ("write the number out, or pass the entries one by one", "请直接写出数值,或逐项传入"),
    ":=": ("assign on a line of its own", "请单独一行赋值"),
    "->": ("functions carry no annotations", "函数不写类型标注"),
    ";": ("one statement a line", "每行一条语句"),
    "\\": ("break the line inside brackets", "请在括号内换行"),
    "@=": ("there is no matrix product", "没有矩阵乘法"),
    "...": ("use `pass`", "请用 pass"),
    "ListComp": ("build the list in a `for` loop: `items += [x]`", "请在 for 循环中构造:items += [x]"),
    "SetComp": ("build a list in a `for` loop", "请在 for 循环中构造列表"),
    "DictComp": ("build the map in a `for` loop: `m[key] = x`", "请在 for 循环中构造:m[key] = x"),
    "GeneratorExp": ("build a list in a `for` loop", "请在 for 循环中构造列表"),
    "Set": ("use a list or a map", "请用列表或映射"),
    "JoinedStr": ("put the parts into a map or an event", "请把各部分放入映射或事件"),
    "Starred": ("pass the arguments one by one", "请逐个传参"),
    "AnnAssign": ("assign without an annotation", "赋值不写类型标注"),
    "Match": ("use if / elif", "请用 if / elif"),
    "Attribute": (
        'only `ctx.field` and `table.get|put|has|delete|scan`; write row["key"], and items += [x] for append',
        '只能用 ctx.字段 和 table.get|put|has|delete|scan;取值写 row["key"],追加写 items += [x]',
    ),
    "Is": ("`is` is for None only; compare with ==", "is 只用于 None,比较请用 =="),
    "for-else": ("set a flag in the loop", "请在循环中设置标记"),
    "chained-assignment": ("one name a line, or `a, b = x, y`", "每行赋值一个名称,或写 a, b = x, y"),
    "nested-function": ("functions stand at the top of the file", "函数必须写在文件顶层"),
    "slice-step": ("slices have no step", "切片没有步长"),
}

REJECTIONS: dict[str, tuple[str, str]] = {
    "source_too_large": (
        f"the source has more than {bounds.MAX_SOURCE_BYTES} bytes",
        f"源码超过 {bounds.MAX_SOURCE_BYTES} 字节",
    ),
    "too_many_lines": (f"more than {bounds.MAX_SOURCE_LINES} lines", f"超过 {bounds.MAX_SOURCE_LINES} 行"),
    "line_too_long": (
        f"a line has more than {bounds.MAX_LINE_LENGTH} characters",
        f"一行超过 {bounds.MAX_LINE_LENGTH} 个字符",
    ),
    "character_not_allowed": ("the character {what} is not allowed", "不允许使用字符 {what}"),
    "too_many_tokens": (f"more than {bounds.MAX_TOKENS} words and signs", f"超过 {bounds.MAX_TOKENS} 个词法单元"),
    "brackets_too_deep": (
        f"brackets nest deeper than {bounds.MAX_BRACKET_NESTING}",
        f"括号嵌套超过 {bounds.MAX_BRACKET_NESTING} 层",
    ),
    "brackets_do_not_match": ("the brackets do not match: {what}", "括号不匹配:{what}"),
    "statement_too_long": (
        f"a statement has more than {bounds.MAX_OPERATIONS_PER_STATEMENT} operators, attributes, calls and subscripts",
        f"一条语句的运算、属性、调用和下标超过 {bounds.MAX_OPERATIONS_PER_STATEMENT} 个",
    ),
    "too_many_elif": (f"more than {bounds.MAX_ELIF} elif of one if", f"一个 if 的 elif 超过 {bounds.MAX_ELIF} 个"),
    "blocks_too_deep": (
        f"blocks nest deeper than {bounds.MAX_BLOCK_NESTING}",
        f"语句块嵌套超过 {bounds.MAX_BLOCK_NESTING} 层",
    ),
    "expression_too_deep": (
        f"an expression nests deeper than {bounds.MAX_EXPRESSION_DEPTH}; name a part of it first",
        f"表达式嵌套超过 {bounds.MAX_EXPRESSION_DEPTH} 层,请先为一部分命名",
    ),
    "syntax_error": ("this is not Python: {what}", "不是合法的 Python:{what}"),
    "not_in_the_language": (
        "{what} is not in the contract language; {instead}",
        "合约语言没有 {what};{instead_zh}",
    ),
    "text_prefix_not_allowed": ("a text begins with {what}; write it plainly", "文本带有前缀 {what},请直接书写"),
    "escape_not_allowed": (
        "the escape {what} is not allowed in a text; allowed are \\\\ \\' \\\" \\n \\t \\x \\u \\U",
        "文本中不允许转义 {what};允许 \\\\ \\' \\\" \\n \\t \\x \\u \\U",
    ),
    "text_not_valid": (
        "a literal text must be in form C, of characters of Unicode 14.0, without controls but line feed and tab",
        "文本须为 NFC，仅用 Unicode 14.0 的字符，除换行和制表符外不含控制字符",
    ),
    "text_too_long": (
        f"a literal text has more than {bounds.MAX_LITERAL_TEXT} characters",
        f"文本超过 {bounds.MAX_LITERAL_TEXT} 个字符",
    ),
    "number_not_allowed": (
        "{what}: numbers are whole, decimal and below 2**256",
        "{what}:数字只能是小于 2**256 的十进制整数",
    ),
    "name_not_allowed": (
        "the name {what} is not allowed: ASCII letters, digits and _ , not beginning with _ , at most 64 long",
        "不允许名称 {what}:只用 ASCII 字母、数字和下划线,不以下划线开头,不超过 64 个字符",
    ),
    "name_reserved": ("{what} is a name of the language; choose another", "{what} 是语言保留名称,请换一个"),
    "name_twice": ("{what} is defined twice", "{what} 重复定义"),
    "name_unknown": ("there is no {what} here", "这里没有 {what}"),
    "not_a_value": ("{what} is not a value; functions and tables can only be called", "{what} 不是值,函数和表只能调用"),
    "not_a_function": ("{what} is not a function that can be called here", "{what} 在这里不是可调用的函数"),
    "docstring_missing": ("a contract begins with a docstring", "合约以文档字符串开头"),
    "prelude_missing": (
        "after the docstring comes `from chainbill.vm.prelude import *`",
        "文档字符串之后是 from chainbill.vm.prelude import *",
    ),
    "import_wrong": (
        "write `from chainbill_contracts.general import name, name` once, right after the prelude line, without * and "
        "without `as`; the general part itself imports nothing: {what}",
        "请在 prelude 一行之后写一次 from chainbill_contracts.general import 名称, 名称,"
        "不用 * 和 as;总则本身不导入:{what}",
    ),
    "import_unknown": (
        "the general part that runs here has no function or constant {what}",
        "此处的总则没有函数或常量 {what}",
    ),
    "general_part_acts": (
        "the general part holds constants, tables of others that it reads, and helpers; it has no tables of its own, "
        "no decorators, and neither emits nor makes ids nor invokes: {what}",
        "总则只含常量、所读取的他表和辅助函数;没有自有表和装饰器,不发事件、不生成编号、不调用其他合约:{what}",
    ),
    "statement_not_at_top": (
        "{what} cannot stand at the top of a contract; constants, tables and functions can",
        "{what} 不能写在合约顶层,顶层只有常量、表和函数",
    ),
    "statement_without_effect": ("a statement that does nothing: {what}", "没有作用的语句:{what}"),
    "value_expected": ("{what} gives no value; write it as a statement", "{what} 没有返回值,请单独成句"),
    "constant_not_literal": (
        "the constant {what} is not a literal: whole numbers and their arithmetic, texts, booleans, lists, maps",
        "常量 {what} 不是字面量:整数及其运算、文本、布尔、列表、映射",
    ),
    "constant_assigned": ("{what} is a constant or a table of the contract", "{what} 是合约的常量或表"),
    "too_many_operations": (
        f"the contract becomes more than {bounds.MAX_GUARDED_BYTES} bytes of guarded code; split it",
        f"合约生成的受保护代码超过 {bounds.MAX_GUARDED_BYTES} 字节,请拆分",
    ),
    "parameters_not_plain": (
        "{what}: parameters have no defaults, no annotations, no * and no /",
        "{what}:参数没有默认值、标注、* 和 /",
    ),
    "too_many_functions": (f"more than {bounds.MAX_FUNCTIONS} functions", f"超过 {bounds.MAX_FUNCTIONS} 个函数"),
    "too_many_names": (
        f"a function has more than {bounds.MAX_LOCALS} names or {bounds.MAX_PARAMETERS} parameters",
        f"函数的名称超过 {bounds.MAX_LOCALS} 个或参数超过 {bounds.MAX_PARAMETERS} 个",
    ),
    "decorator_not_allowed": (
        "a function has at most one of @init @call @internal(...) @view @each_day(...) @migrate, not {what}",
        "函数最多有一个 @init @call @internal(...) @view @each_day(...) @migrate,不能是 {what}",
    ),
    "day_function_wrong": (
        'write @each_day("agenda") on `def on_day(date, item, row)`, with agenda an own_table: {what}',
        '请在 def on_day(date, item, row) 上写 @each_day("agenda"),agenda 须为 own_table:{what}',
    ),
    "table_wrong": (
        'declare tables as name = own_table("name") or name = read_table("contract", "name"): {what}',
        '表的声明写作 name = own_table("name") 或 name = read_table("contract", "name"):{what}',
    ),
    "table_not_own": ("{what} belongs to another contract and can only be read", "{what} 属于其他合约,只能读取"),
    "table_unknown": ("no contract declares the table {what}", "没有合约声明表 {what}"),
    "arguments_wrong": ("{what}", "参数不符:{what}"),
    "literal_needed": ("{what} must be a literal text here", "{what} 在这里必须是文本字面量"),
    "only_in_for": ("{what} stands only in `for x in {what}(...)`", "{what} 只能用于 for x in {what}(...)"),
    "literal_misused": ("a literal is used where a value is looked into: {what}", "对字面量取值:{what}"),
    "recursion": ("functions call each other in a circle: {what}", "函数循环调用:{what}"),
    "calls_too_deep": (
        f"functions call each other deeper than {bounds.MAX_CALL_DEPTH}: {{what}}",
        f"函数调用超过 {bounds.MAX_CALL_DEPTH} 层:{{what}}",
    ),
    "view_writes": (
        "the @view function {what} writes, emits or makes ids",
        "@view 函数 {what} 会写入、发事件或生成编号",
    ),
    "invoke_unknown": ("there is no function {what} to invoke", "没有可调用的函数 {what}"),
    "invoke_not_allowed": (
        "{what} is neither @view nor @internal for this contract",
        "{what} 既不是 @view,也没有对本合约 @internal",
    ),
    "contract_cycle": ("contracts invoke each other in a circle: {what}", "合约循环调用:{what}"),
    "too_many_contracts": (
        f"more than {MAX_CONTRACTS} contracts would run together",
        f"同时运行的合约将超过 {MAX_CONTRACTS} 个",
    ),
    "contract_not_there": (
        "the contract {what} cannot be removed: it does not run, or is changed by the same set",
        "不能移除合约 {what}:它没有在运行,或同一组中又对其作了更改",
    ),
    "contract_name": ("{what} is no contract name: [a-z][a-z0-9_]*, at most 40 long", "{what} 不是合约名称"),
}


#: Why a run ended without effect, apart from the contract's own refusals: faults of its code, and limits reached.
FAULTS: dict[str, tuple[str, str]] = {
    "unknown_function": ("the contract has no such function to call", "合约没有这个可调用的函数"),
    "bad_arguments": ("the arguments are not those of the function", "参数与函数不符"),
    "bad_argument": ("a function of the language was given something it does not take", "语言函数收到了不接受的参数"),
    "wrong_type": ("an operation does not go with this kind of value", "该运算不适用于这种值"),
    "wrong_value": ("an operation does not go with this value", "该运算不适用于这个值"),
    "wrong_length": (
        "a list is taken apart into more or fewer names than it has items",
        "拆分列表时名称与元素个数不同",
    ),
    "key_missing": ("a map has no such key", "映射中没有这个键"),
    "index_out_of_range": ("a list or text has no such place", "列表或文本没有这个位置"),
    "key_not_text": (
        f"the keys of a map are texts of at most {bounds.MAX_KEY_TEXT} characters",
        f"映射的键须为文本,最长 {bounds.MAX_KEY_TEXT} 个字符",
    ),
    "empty": ("the smallest or largest of nothing", "空列表没有最小值或最大值"),
    "division_by_zero": ("division by zero", "除数为零"),
    "number_too_large": ("a number needs more than 256 bits", "数字超过 256 位"),
    "number_not_storable": (
        "a number that leaves a contract is between -2**63 and 2**64-1",
        "传出合约的数字须在 -2**63 与 2**64-1 之间",
    ),
    "name_not_set": ("a name is used before it has a value", "名称在赋值之前被使用"),
    "constant_changed": ("a module constant cannot be changed", "模块常量不能更改"),
    "list_too_long": ("a list is longer than the rule list_items", "列表长度超过规则 list_items"),
    "map_too_large": ("a map is larger than the rule list_items", "映射项数超过规则 list_items"),
    "text_too_long": ("a text is longer than the rule text_characters", "文本长度超过规则 text_characters"),
    "text_not_nfc": ("a text that leaves a contract is in Unicode normal form C", "传出合约的文本须为 NFC"),
    "text_not_unicode": ("a text holds half of a surrogate pair", "文本含有孤立代理"),
    "value_too_deep": (
        f"lists and maps nest at most {bounds.MAX_VALUE_DEPTH} deep",
        f"嵌套最多 {bounds.MAX_VALUE_DEPTH} 层",
    ),
    "value_too_large": (
        f"a value is too large: its bytes, with {_COUNTED}, come to at most {bounds.MAX_VALUE_SIZE}",
        f"值过大:字节数连同{_COUNTED_ZH},合计最多 {bounds.MAX_VALUE_SIZE}",
    ),
    "not_a_value": ("this is not a value of the language", "这不是语言中的值"),
    "bad_key": (
        "a key is a text, a whole number, or a list of 2 to 8 of these",
        "键是文本、整数，或由 2 至 8 个文本、整数组成的列表",
    ),
    "bad_row": ("a row cannot be stored", "该行无法存储"),
    "bad_limit": ("a scan reads 1 row to what the rule scan_rows allows", "扫描读取 1 行至规则 scan_rows 所允许的行数"),
    "bad_details": ("the details of require are a small map", "require 的细节须为小映射"),
    "agenda_not_in_future": ("an agenda key begins with a date after today", "日程的键以今天之后的日期开头"),
    "out_of_gas": ("the run has used all its gas", "燃料用尽"),
    "out_of_memory_allowance": ("the run has used all its memory", "内存额度用尽"),
    "too_many_writes": ("the run has written all it may", "写入次数已达上限"),
    "too_many_events": ("the run has emitted all it may", "事件数已达上限"),
}


def rejected(reason: str, line: int = 0, what: str = "", *, instead: str = "", contract: str = "") -> ContractRejected:
    """Return the rejection to raise; `instead` names an entry of INSTEAD."""
    english, chinese = REJECTIONS[reason]
    hint = INSTEAD.get(instead, ("see the contract language reference", "见合约语言参考"))
    values = {"what": what, "instead": hint[0], "instead_zh": hint[1]}
    place, place_zh = (f"line {line}: ", f"第 {line} 行:") if line else ("", "")
    en, zh = place + english.format(**values), place_zh + chinese.format(**values)
    return ContractRejected(reason, en, contract=contract, line=line, en=en, zh=zh)
