"""The pages of docs/reference/acts: every act of the contracts, in English and Chinese, and the table of all of them.

They are read off what the contracts ask and answer (`describe`), off the declarations of acts, rows and reasons, and
off the tests of the contracts (`acts_tested`), so that none of it can drift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from acts_tested import tested
from chainbill_contracts import reasons, sources
from chainbill_contracts.declared_acts import SIGNERS, Act, acts
from chainbill_contracts.declared_rows import Row, rows

from chainbill.ledger.open_acts import ALWAYS_OPEN
from chainbill.vm import compile_contract, describe
from chainbill.vm.linker import GENERAL

FOLDER = "reference/acts"

KINDS = {"text": "文本", "int": "整数", "bool": "是或否", "list": "列表", "map": "映射", "–": "–"}

WORDS = {
    "who": ("Who", "谁可以办理"), "signs": ("Signed by", "签署"), "command": ("Command", "命令"),
    "law": ("Law", "依据"), "steps": ("Leads", "状态变化"), "refused": ("Refuses with", "拒绝原因"),
    "answers": ("Answers", "返回"), "tests": ("Tried in", "测试"), "mark": (": ", "："),
    "comma": (", ", "、"), "more": ("; ", "；"),
    "policy": ("the party's policy may ask for a checker above an amount", "超过授权策略所定金额的另须复核"),
    "open": (
        "Always open, also to who is suspended, halted or insolvent.",
        "始终可以办理，暂停、停用或破产的参与方亦可。",
    ),
    "said": ("what is said above", "见上文"), "nothing": ("nothing", "无"),
    "arguments": ("| argument | kind | asked for |", "| 参数 | 种类 | 要求 |"),
    "row_of": ("a row of", "数据行"), "one_of": ("one of", "取值"), "members": ("members", "成员"),
    "reasons": ("| reason | law | what is wrong | what to do |", "| 原因 | 依据 | 问题 | 补救 |"),
    "why": ("Why they refuse", "拒绝原因与补救"),
}  # fmt: skip
"""What the pages say beside what is declared: English, Chinese."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a contract is made of. calls: its functions as `describe` tells them, by act."""

    contract: str
    calls: Mapping[str, Mapping[str, Any]]


def generators() -> dict[str, Callable[[str], str]]:
    """File under docs → what writes it."""
    found: dict[str, Callable[[str], str]] = {
        f"{FOLDER}/README.md": lambda _: _index(0), f"{FOLDER}/README.zh.md": lambda _: _index(1)
    }  # fmt: skip
    for page in _pages():
        found[f"{FOLDER}/{page.contract}.md"] = lambda _, page=page: _page(page, 0)  # type: ignore[misc]
        found[f"{FOLDER}/{page.contract}.zh.md"] = lambda _, page=page: _page(page, 1)  # type: ignore[misc]
    return found


@cache
def _pages() -> tuple[Page, ...]:
    code = sources()
    general = compile_contract(GENERAL, code[GENERAL])
    found = []
    for contract in sorted(code):
        told = describe(compile_contract(contract, code[contract]), general)
        calls = {f"{contract}.{one['name']}": one for one in told["functions"] if one["kind"] == "call"}
        if calls:
            found.append(Page(contract, calls))
    return tuple(found)


@cache
def _under_policy() -> frozenset[str]:
    general = compile_contract(GENERAL, sources()[GENERAL])
    return frozenset(describe(general, general)["constants"]["ACTS_UNDER_POLICY"])


HEADS = (
    """# Acts of the contracts

[中文](README.zh.md)

What a transaction can call: with which command, who signs it, on which law it rests, and which tests try it. The pages
of the contracts say of each act who may, what it does and answers, what it asks of each argument, and for which reasons
it refuses, with the remedy. They are made from the contracts that a new network begins with; a running one says the
same of its own at `GET /v1/contracts/{name}`. Law: CC is the Civil Code, BL the Enterprise Bankruptcy Law, ESL the
Electronic Signature Law, D802 State Council Decree 802; CP, SR and SI are the Supreme People's Court on civil procedure
(2022), on seizure (2020) and on security. Where a person must sign, and what a party's own policy adds, is in
[members](../members.md); from which status to which an act leads is drawn in [lifecycles](../lifecycles.md).

| signed by | is |
|---|---|
""",
    """# 合约的操作

[English](README.md)

交易可以调用的全部操作：对应的命令、由谁签署、依据的法律，以及由哪些测试验证。各合约的页面说明每项操作由谁办理、
作用与返回、对各参数的要求，以及拒绝的原因与补救。各页由新网络所用的合约生成；运行中的网络以
`GET /v1/contracts/{name}` 给出本身的内容。依据：CC 为民法典，BL 为企业破产法，ESL 为电子签名法，D802 为国务院令第802号
《保障中小企业款项支付条例》；CP 为民事诉讼法司法解释（2022），SR 为查封扣押冻结规定（2020），SI 为担保制度司法解释。
签署与授权策略见[成员](../members.zh.md)，状态变化的图见[状态流转图](../lifecycles.zh.md)。

| 签署 | 即 |
|---|---|
""",
)
PAGE_HEADS = (
    """# Acts of contract `{contract}`

[中文]({contract}.zh.md)

[All acts](README.md) · [rows](../state.md)

Every argument is given by its name, none may be left out. Dates are 2027-03-31; amounts of money are whole numbers of
minor units. A kind of – is not checked by itself: what does not fit is refused by what it is used for.
""",
    """# 合约 `{contract}` 的操作

[English]({contract}.md)

[全部操作](README.zh.md) · [数据行](../state.zh.md)

各参数均按名称给出，不得省略。日期写作 2027-03-31；金额为最小货币单位的整数。种类为 – 的参数不按种类核对，
不符的在使用时拒绝。
""",
)


def _index(zh: int) -> str:
    """All acts by contract."""
    lines = [HEADS[zh] + "\n".join(f"| {short} | {what[zh]} |" for short, what in SIGNERS.items())]
    lines.append(f"| + | {WORDS['policy'][zh]} |\n")
    heads = (
        "| act | is | command | who | signed by | law | tried in |",
        "| 操作 | 即 | 命令 | 谁可以办理 | 签署 | 依据 | 测试 |",
    )
    for page in _pages():
        name = f"{page.contract}{'.zh' if zh else ''}.md"
        lines += [f"## {page.contract}\n", heads[zh], "|---|---|---|---|---|---|---|"]
        for place in page.calls:
            act = acts()[place]
            cells = [
                f"[{place}]({name}#{place.replace('.', '')})", act.name[zh], f"`chainbill {act.command}`", act.who[zh],
                act.signs + "+" * (place in _under_policy()), WORDS["comma"][zh].join(act.law), " ".join(_links(place)),
            ]  # fmt: skip
            lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def _page(page: Page, zh: int) -> str:
    lines = [PAGE_HEADS[zh].format(contract=page.contract)]
    for place, call in page.calls.items():
        lines += _act(acts()[place], call, zh)
    lines += [f"## {WORDS['why'][zh]}\n", WORDS["reasons"][zh], "|---|---|---|---|"]
    for reason in sorted({one for call in page.calls.values() for one in call["reasons"]}):
        told = reasons()[reason]
        text, hint = (told["zh"], told["hint_zh"]) if zh else (told["en"], told["hint_en"])
        lines.append(f"| `{reason}` | {', '.join(told.get('article', []))} | {_cell(text)} | {_cell(hint)} |")
    return "\n".join([*lines, ""])


def _act(act: Act, call: Mapping[str, Any], zh: int) -> Iterator[str]:
    yield f"## {act.place}\n"
    yield f"{act.name[zh]}\n"
    for paragraph in (act.told if zh else str(call["docstring"])).split("\n\n"):
        yield _flowing(paragraph, zh) + "\n"
    if act.place in ALWAYS_OPEN:
        yield WORDS["open"][zh] + "\n"
    policy = WORDS["more"][zh] + WORDS["policy"][zh] if act.place in _under_policy() else ""
    yield _item("who", act.who[zh], zh)
    yield _item("signs", SIGNERS[act.signs][zh] + policy, zh)
    yield _item("command", f"`chainbill {act.command}`", zh)
    if act.law:
        yield _item("law", WORDS["comma"][zh].join(act.law), zh)
    steps = [step for row in rows().values() for step in _steps(row, act.place, zh)]
    if steps:
        yield _item("steps", WORDS["more"][zh].join(steps), zh)
    results = call["results"]
    yield _item(
        "answers",
        WORDS["said"][zh] if results is None
        else WORDS["comma"][zh].join(f"`{one}`" for one in results) or WORDS["nothing"][zh], zh,
    )  # fmt: skip
    yield _item("refused", WORDS["comma"][zh].join(f"`{one}`" for one in call["reasons"]), zh)
    yield _item("tests", " ".join(_links(act.place)), zh) + "\n"
    if call["parameters"]:
        yield f"{WORDS['arguments'][zh]}\n|---|---|---|"
        for one in call["parameters"]:
            kinds = one["kinds"] or ["–"]
            said = [KINDS[kind] for kind in kinds] if zh else kinds
            yield f"| {one['name']} | {WORDS['comma'][zh].join(said)} | {_asked(one, zh)} |"
        yield ""


def _item(name: str, text: str, zh: int) -> str:
    return f"- **{WORDS[name][zh]}**{WORDS['mark'][zh]}{text}"


def _steps(row: Row, place: str, zh: int) -> Iterator[str]:
    """The steps of a row that the act makes: `sale/sale` offered → bought."""
    names = {one.word: (one.en, one.zh)[zh] for one in row.statuses}
    for step in row.steps:
        if place in step.acts or place in step.guarded:
            yield f"`{row.place}` {names.get(step.before, step.before)} → {names.get(step.after, step.after)}"


def _asked(one: Mapping[str, Any], zh: int) -> str:
    """What the code itself asks of an argument; in Chinese what needs no sentence, the rest is in the act's words."""
    said = [] if zh else [check[0].lower() + check[1:] for check in one["checks"]]
    said += [f"{WORDS['row_of'][zh]} {', '.join(one['row_of'])}"] if one["row_of"] else []
    said += [f"{WORDS['one_of'][zh]} {', '.join(f'`{word}`' for word in one['words'])}"] if one["words"] else []
    said += (
        [f"{WORDS['members'][zh]} {', '.join(f'`{member}`' for member in one['members'])}"] if one["members"] else []
    )
    return _cell(WORDS["more"][zh].join(" ".join(each.split()) for each in said))


def _flowing(paragraph: str, zh: int) -> str:
    """A paragraph on one line; of a list each point on its own."""
    between = "" if zh else " "
    if paragraph.startswith("- "):
        return "\n".join(line.strip() for line in paragraph.splitlines())
    return between.join(line.strip() for line in paragraph.splitlines())


def _links(place: str) -> list[str]:
    return [f"[{name}](../../../tests/contracts/{name}.py)" for name in tested()[place]]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
