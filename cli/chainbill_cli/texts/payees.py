"""Files of payees, and what is wrong with them."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "payees.wrong": (
        "{path} has errors: {count}; nothing was sent",
        "{path} 有 {count} 处有误，未发送任何内容",
    ),
    "payees.hint": (
        "two columns, party and amount, or headings that name them: party,amount; "
        'an amount with commas stands in quotes: supplier2,"1,500.00"',
        '请只留两列（参与方、金额），或以标题行注明：受让方,金额；带千位逗号的金额须加引号：supplier2,"1,500.00"',
    ),
    "payees.mend_lines": ("correct the file and give the same command again", "请更正文件后重新执行同一命令"),
    "payees.more": ("and {count} more", "另有 {count} 处"),
    "payees.encoding": (
        "this is no text in UTF-8, UTF-16 or GB18030; save it as CSV (UTF-8) or as xlsx",
        "不是 UTF-8、UTF-16 或 GB18030（GBK）文本；请另存为 CSV（UTF-8）或 xlsx",
    ),
    "payees.other_format": (
        "this is a {found} file, no table; save the list of payees as CSV (UTF-8) or as xlsx",
        "这是 {found} 文件，不是表格；请将受让方名单另存为 CSV（UTF-8）或 xlsx",
    ),
    "payees.one_column": (
        "no line has two cells, one for whom to pay and one for how much: {found}",
        "没有一行同时写有受让方与金额两格：{found}",
    ),
    "payees.old_workbook": (
        "a workbook of Excel 97 to 2003, or one with a password; save it as xlsx without a password, or as CSV",
        "这是 Excel 97–2003 工作簿或加密工作簿；请另存为无密码的 xlsx，或 CSV",
    ),
    "payees.no_workbook": (
        "this is no workbook that can be read; save it again as xlsx, or as CSV",
        "工作簿无法读取；请重新另存为 xlsx 或 CSV",
    ),
    "payees.unpacked": ("the workbook unpacks to more than {most} MB", "工作簿解压后超过 {most} MB"),
    "payees.tags": (
        "the workbook holds more than {most} marks, far more than a list of payees has; copy the columns that are "
        "meant into a new one",
        "工作簿内容超过 {most} 个标记，远多于受让方名单所需；请将要用的列复制到新工作簿",
    ),
    "payees.sheets": (
        "several sheets have values: {names}; keep the one that is meant",
        "多个工作表有内容：{names}；请只保留要用的一个",
    ),
    "payees.damaged": (
        "the sheet has a row or cell twice, out of order or in a wrong place, and spreadsheets differ in which they "
        "show; open it, look at the list, and save it again",
        "工作表中有行或单元格重复、次序颠倒或位置不当，各表格软件显示的内容可能不同；请打开核对名单后重新保存",
    ),
    "payees.hidden_sheet": (
        "the sheet {name} is hidden, and nobody would see what is paid: show it, or copy the list into another",
        "工作表 {name} 被隐藏，转让时无人看到：请取消隐藏，或将名单复制到其他工作表",
    ),
    "payees.hidden_column": (
        "the column {found} is hidden, and nobody would see that it is read: show it, or delete it",
        "{found} 列被隐藏，读取时无人看到：请取消隐藏或删除该列",
    ),
    "payees.shown_otherwise": (
        "the cell holds {found}, and its number format shows something else: give it the format General, or 0.00",
        "单元格的内容是 {found}，其数字格式显示的却不同：请将格式改为“常规”或 0.00",
    ),
    "payees.covered": (
        "a value stands below merged cells, where nobody sees it: unmerge the cells",
        "合并单元格之下有看不到的内容：请取消合并",
    ),
    "payees.merges": ("too many merged cells: unmerge them", "合并单元格过多：请取消合并"),
    "payees.members": (
        "the workbook has two parts of one name; save it again as xlsx, or as CSV",
        "工作簿中有两个同名部分；请重新另存为 xlsx 或 CSV",
    ),
    "payees.hidden": (
        "{count} lines are hidden, by a filter perhaps, and nobody would see that they are paid: show or delete them",
        "有 {count} 行被隐藏（可能因筛选），转让时无人看到：请取消隐藏或删除这些行",
    ),
    "payees.far_rows": (
        "it goes on behind row {most}: delete the rows that are not meant, also blank ones",
        "内容超出第 {most} 行：请删除多余的行（包括空行）",
    ),
    "payees.too_many_rows": ("more than {most} rows", "超过 {most} 行"),
    "payees.too_many_columns": ("more than {most} columns", "超过 {most} 列"),
    "payees.long_cell": (
        "a cell of {found} characters, where at most {most} are read",
        "单元格有 {found} 个字符，最多读取 {most} 个",
    ),
    "payees.quotes": (
        'a quotation mark is not closed, or something follows it; write " inside a cell as ""',
        '引号未闭合，或其后另有字符；单元格内的 " 请写作 ""',
    ),
    "payees.empty": ("no payee in it", "文件中没有受让方"),
    "payees.no_headings": (
        "no amount is in this line, and its headings are not known: {found}. Known for whom to pay: {party}; for how "
        "much: {amount}",
        "该行没有金额，且标题均无法识别：{found}。受让方可用：{party}；金额可用：{amount}",
    ),
    "payees.no_party": (
        "no column says whom to pay: the headings are {found}; known are {known}",
        "没有一列是受让方：标题为 {found}；可用标题：{known}",
    ),
    "payees.no_amount": (
        "no column says how much: the headings are {found}; known are {known}, with the currency in brackets at most",
        "没有一列是金额：标题为 {found}；可用标题：{known}，括号中只可注明币种（元）",
    ),
    "payees.heading_twice": ("two columns mean the same: {found}; keep one", "两列含义相同：{found}；请只保留一列"),
    "payees.cells": (
        "{found} cells where there are {wanted} columns (an amount with commas stands in quotes): {row}",
        "该行有 {found} 格，应为 {wanted} 列（带千位逗号的金额须加引号）：{row}",
    ),
    "payees.blank_party": ("no payee", "缺少受让方"),
    "payees.blank_amount": ("no amount", "缺少金额"),
    "payees.blank_formula": (
        "no amount (a formula without a kept value? save the file in the spreadsheet)",
        "缺少金额（公式没有保存结果？请在表格软件中重新保存）",
    ),
    "payees.blank_currency": ("no currency", "缺少币种"),
    "payees.currency": (
        "the line is in {found}, the tokens are in {wanted}; one transfer has one currency",
        "该行币种为 {found}，子凭证为 {wanted}；一次转让只能用一个币种",
    ),
    "payees.scientific": (
        "{value}: is this an amount? Format the column as text or with two decimals, and write it out",
        "{value}：这是金额吗？请将该列设为文本或两位小数，写出全部数字",
    ),
    "payees.date": (
        "{value}: a date where an amount belongs; did the spreadsheet make a date of it? Write the amount again",
        "{value}：此处应为金额，却是日期；是否被表格软件改成了日期？请重新填写金额",
    ),
    "payees.negative": ("{value}: an amount to be paid is not negative", "{value}：转让金额不能为负"),
    "payees.comma": (
        "{value}: is the comma a decimal point? Write {whole} or {whole}.00",
        "{value}：逗号是小数点还是千位分隔？请写成 {whole} 或 {whole}.00",
    ),
    "payees.sign": (
        "{value}: is {number} meant? Write the number alone; the currency is that of the tokens",
        "{value}：是 {number} 吗？请只写数字，币种以子凭证为准",
    ),
    "payees.number_as_party": (
        "{value}: a spreadsheet keeps 15 digits of a number, the last of this id may be lost; "
        "format the column as text and write the id again",
        "{value}：表格软件只保留数字的 15 位，该编号的末几位可能已丢失；请将该列设为文本后重新填写",
    ),
    "payees.too_many": (
        "{count} payees, and one transfer takes {most}: divide the file; "
        "each further transfer uses the remainder that the one before answers",
        "共 {count} 个受让方，一次转让最多 {most} 个：请拆分文件；其后每次转让使用上一次返回的剩余子凭证",
    ),
    "payees.total_differs": (
        "the payees come to {found} {currency}, not to {wanted}: nothing was sent",
        "转让合计为 {found} {currency}，并非 {wanted}：未发送任何内容",
    ),
}
