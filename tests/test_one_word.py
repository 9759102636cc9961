"""One word for one thing: no Chinese text that a person reads says a thing otherwise than the glossary does."""

from __future__ import annotations

import re

import pytest
from chainbill_cli.texts import metavar, texts_of
from one_word import OTHERS, Other, others_in, texts

TEXTS = list(texts())
SAID_BY_PROGRAMS = ("cli/", "chainbill/", "contracts/chainbill_contracts/reasons", "node/")
PLANTED = (
    "请联系保荐银行", "审计方可查阅", "监管方可见", "由协助行登记", "请第二家银行确认", "首手供应商", "融资方可见",
    "真正的销方", "被追索方付款", "追索书摘要", "参考号已用", "签署入网申请", "标签体系", "签署规则", "凭证条款中",
    "交货日为空", "到账日晚于今天", "主债务到期", "同意购回", "其他报价落选", "重新指示", "由付款行付款",
    "付给收款人", "付息方为债务人", "本主体的密钥", "贵方的异议", "应收账款凭证编号", "单号不存在", "案号未填",
    "交易号已用", "贷项凭单文件", "在主目录中", "运算量超限", "账外账户", "摘要上链", "报价方式为明标", "付款日已过",
    "两个营业日后", "失效日未到", "低于最小拆分额", "登记保证人付款", "申请贴现", "已婉拒", "子凭证不移转",
    "追溯凭证", "不能试运行", "密钥找回", "已注销的金额", "请撤销报价", "即将撤销密钥", "法院划扣", "结束兑付委托",
    "扣划该子凭证", "法院登记的异议", "1 至 100 个子凭证",
)  # fmt: skip
"""What people would write, one sentence for a row that holds everywhere."""
IN_PLACE = {"cli/token.": "收款方与金额", "cli/payees.": "收款合计为", "cli/": "随交易保存的备注，等待提交"}
"""The same for rows that hold for some texts."""


def test_no_text_says_a_thing_otherwise() -> None:
    """应付日 was 付款日 in refusals, 受让方 收款方 at `token transfer`, an order's id 单号, 编号, 文书编号 or 号码."""
    assert len(TEXTS) > 5000
    assert not [one for place, said in TEXTS for one in others_in(place, said)]


@pytest.mark.parametrize("said", PLANTED)
def test_another_word_is_seen_wherever_it_stands(said: str) -> None:
    assert others_in("docs/reference/cli.zh.md:1", f"如有疑问，{said}。")


@pytest.mark.parametrize("place", IN_PLACE)
def test_another_word_is_seen_where_its_row_holds(place: str) -> None:
    assert others_in(f"{place}planted", IN_PLACE[place])
    assert not others_in("docs/reference/cli.zh.md:1", IN_PLACE[place])


def test_each_row_was_planted_and_none_forbids_the_word_that_it_names() -> None:
    def planted(other: Other) -> bool:
        said = [IN_PLACE.get(other.within, "")] if other.within else PLANTED
        return any(re.search(other.pattern, one) for one in said)

    assert not [other.pattern for other in OTHERS if not planted(other)]
    assert not [other for other in OTHERS if others_in(other.within, other.word)]


def test_the_words_that_are_named_are_used() -> None:
    """A row whose word nobody writes would send its reader to a third name."""
    everything = "\n".join(said for _, said in TEXTS)
    assert not [other.word for other in OTHERS if other.word not in everything]


def test_chinese_names_commands_as_they_are_typed_without_marks_around_them() -> None:
    """Some refusals put commands in backticks, most did not; in a terminal they are typed along."""
    marked = [place for place, said in TEXTS if "`" in said and place.startswith(SAID_BY_PROGRAMS)]
    assert not [place for place in marked if ".js" not in place]


def test_all_that_is_told_of_an_order_calls_it_by_one_name() -> None:
    columns, values = texts_of("column"), texts_of("value")
    assert {columns["column.court_order"][1], values["value.order"][1]} == {"法律文书"}
    assert columns["column.order"][1] == columns["column.id"][1] == metavar.WORDS["ORDER"]
    assert {columns["column.case_number"][1], columns["column.standing.number"][1]} == {"文号"}
