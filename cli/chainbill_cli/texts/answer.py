"""Why what a node answered cannot be used; they stand after the node, the address and the member."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "answer.missing": ("it is missing", "缺少此成员"),
    "answer.kind": ("{wanted} was expected, not {found}", "应为 {wanted}，实为 {found}"),
    "answer.range": ("the number is out of its range", "数值超出范围"),
    "answer.pattern": ("it is not written as it should be", "写法不合规定"),
    "answer.deep": ("it is nested too deeply", "嵌套过深"),
    "answer.other": ("{wanted} was asked for, and this is another", "请求的是 {wanted}，应答的却是另一个"),
    "answer.page": ("more than the {most} entries that were asked for", "超过所请求的 {most} 条"),
    "answer.circle": ("the list does not come to its end", "列表无法读完"),
    "answer.elsewhere": ("it sends on to another address", "要求转到其他地址"),
    "answer.empty": ("nothing", "没有内容"),
    "answer.large": ("more than {most} MB", "超过 {most} MB"),
    "answer.many": ("more than {most} values", "超过 {most} 个值"),
    "answer.slow": ("it does not come to an end", "应答没有结束"),
    "answer.packed": ("it is packed as {kind}", "采用了 {kind} 压缩"),
    "answer.unpacked": ("it cannot be unpacked", "无法解压"),
    "answer.digits": (
        "it gives {currency} other minor digits than the home has kept in currencies.json, and those never change; "
        "where nodes of several banks say the same, remove that file",
        "给出的 {currency} 小数位数与本目录 currencies.json 中所记的不同，而位数从不改变；"
        "多家银行的节点说法一致时，请删除该文件",
    ),
    "answer.half_character": (
        "it holds half of a character (a lone surrogate)",
        "含有半个字符（单独的代理项）",
    ),
    "answer.clock": (
        "it moves the ledger's clock, which is real in this network",
        "称账本时钟已调整，而本网络使用真实时钟",
    ),
    "answer.no_table": ("it is no table in CSV", "不是 CSV 表格"),
    "answer.row": (
        "row {number} has not the cells that its heading says, or an amount that is none",
        "第 {number} 行的单元格与标题不符，或金额不是数字",
    ),
    "answer.twice": ("the member {member} is given twice", "成员 {member} 出现两次"),
    "answer.long_number": ("it holds a number of {count} digits", "含有 {count} 位的数字"),
    "answer.number": ("{value} is no whole number", "{value} 不是整数"),
}
