"""The tables of contract-functions.md: what each act of the contracts takes and answers, read off their sources."""

from __future__ import annotations

from typing import Any

from chainbill_contracts import sources
from chainbill_contracts.declared_acts import acts

from chainbill.vm import compile_contract, describe
from chainbill.vm.linker import GENERAL

HEAD = """# Acts of the contracts

**中文简介**：各合约可由交易调用的函数及其命令、参数的种类与核对、结果的成员；标有 under policy 的操作受发送方授权策略
约束。本页由合约源码自动生成，
与 `GET /v1/contracts/{name}` 一致。

What a transaction can call, by contract, and with which command; an act *under policy* is one for which its sender's
policy may ask a second person. It is read off the sources that a new network begins with; a running one says
the same of its own at `GET /v1/contracts/{name}` (`parameters`, `results`), with the reasons for which each function
may refuse. Every argument is given by its name, none may be left out.

| kind | is |
|---|---|
| text | a text ([encoding](encoding.md)); dates are 2027-03-31, amounts of money never text |
| int | an integer; amounts of money are in minor units |
| bool, list, map | likewise; what is in them is said in the words of the function |
| – | not checked by its kind: what does not fit is refused by what it is used for |

*Asked for* is what the code itself asks: the guard that the argument passes, the words that it may be, the members that
are read from it, the table of which it names a row. *Answers* are the members of the result, a map.
"""


def document(_text: str) -> str:
    """The whole document."""
    code = sources()
    general = compile_contract(GENERAL, code[GENERAL])
    parts = [HEAD, _commands()]
    told = {name: describe(compile_contract(name, code[name]), general) for name in sorted(code)}
    under_policy = told["general"]["constants"]["ACTS_UNDER_POLICY"]
    for name, one in told.items():
        called = {f"{name}.{each['name']}": each for each in one["functions"] if each["kind"] == "call"}
        if called:
            parts.append(f"## {name}\n")
            parts += [_act(place, each, place in under_policy) for place, each in called.items()]
    return "\n".join(parts)


def _commands() -> str:
    """Every act by the command that carries it out, in the order of the commands."""
    told = sorted((act.command, place, *act.name) for place, act in acts().items())
    rows = [f"| `chainbill {_cell(command)}` | {place} | {en} | {zh} |" for command, place, en, zh in told]
    return "\n".join(
        ["## Commands · 命令\n", "| command · 命令 | act · 操作 | is | 即 |", "|---|---|---|---|", *rows, ""]
    )


def _act(place: str, function: dict[str, Any], under_policy: bool) -> str:
    english, chinese = acts()[place].name
    policy = "; under policy" if under_policy else ""
    lines = [f"### {place}\n", f"{english} · {chinese}: `chainbill {acts()[place].command}`{policy}\n"]
    lines += [" ".join(paragraph.split()) + "\n" for paragraph in str(function["docstring"]).split("\n\n")]
    if function["parameters"]:
        lines += ["| argument | kind | asked for |", "|---|---|---|"]
        lines += [
            f"| {one['name']} | {', '.join(one['kinds']) or '–'} | {_asked(one)} |" for one in function["parameters"]
        ]
        lines.append("")
    results = function["results"]
    shown = "what is said above" if results is None else ", ".join(f"`{one}`" for one in results) or "nothing"
    return "\n".join([*lines, f"Answers: {shown}.\n"])


def _asked(one: dict[str, Any]) -> str:
    said = [check[0].lower() + check[1:] for check in one["checks"]]
    said += [f"a row of {', '.join(one['row_of'])}"] if one["row_of"] else []
    said += [f"one of {', '.join(f'`{word}`' for word in one['words'])}"] if one["words"] else []
    said += [f"members {', '.join(f'`{member}`' for member in one['members'])}"] if one["members"] else []
    return _cell("; ".join(said))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
