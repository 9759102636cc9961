"""What a new user of the command line in Chinese read and could not use: wrong causes, remedies and names."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from chainbill_cli.endings import in_options, readable
from chainbill_cli.failure import Failure
from chainbill_cli.grid import clauses
from chainbill_cli.penetration import tree_lines
from chainbill_cli.texts import set_language
from chainbill_cli.values import amount_minor, positive_amount
from chainbill_node.rest.texts import load_texts
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import PARTIES, Shell, ok, problem, token

pytestmark = pytest.mark.untraced


@pytest.fixture
def chinese() -> None:
    set_language("zh")


@pytest.fixture
def seen(seen: Callable[..., str]) -> Callable[..., str]:
    return partial(seen, language="zh")


def test_what_stands_for_a_scheme_of_labels_is_no_type_of_identifier(shell: Shell) -> None:
    shell.run("--lang", "zh", "finance", "quote", "--help")
    assert "--needs-label 方案:等级" in shell.out
    shell.run("--lang", "zh", "party", "add-identifier", "--help")
    assert "标识类型=值" in shell.out


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(("typed", "said"), [
    ("￥１，０００．００", "是 1,000.00 吗"), ("1,000.00元", "是 1,000.00 吗"), ("壹万", "例如 1,234.50"),
    ("10,00.00", "例如 1,234.50"), ("-5", "例如 1,234.50"), ("+5", "例如 1,234.50"), ("10,00元", "例如 1,234.50"),
])  # fmt: skip
def test_no_other_amount_is_proposed_than_was_typed(typed: str, said: str) -> None:
    """`￥1,000.00` was answered with: write 1,000,000.00."""
    with pytest.raises(Failure) as refused:
        amount_minor(typed, "CNY")
    assert said in str(refused.value)
    assert "1,000,000.00" not in str(refused.value)


@pytest.mark.usefixtures("chinese")
def test_a_large_unit_is_written_out_once() -> None:
    with pytest.raises(Failure) as refused:
        amount_minor("30万", "CNY")
    said = [str(refused.value), refused.value.problem["hint"]]
    assert said == ["金额须写全，不要写 30万", "请写 300,000.00"]


@pytest.mark.usefixtures("chinese")
def test_nothing_is_an_amount_with_a_next_step() -> None:
    with pytest.raises(Failure) as refused:
        positive_amount("0", "CNY")
    assert refused.value.problem["hint"]


def test_a_file_of_payees_is_mended_where_it_is_wrong(shell: Shell, tmp_path: Path) -> None:
    """It was told to have two columns and a title line: it had them."""
    row = token()
    shell.node.answers[f"GET /v1/tokens/{row['id']}"] = ok(row)
    path = tmp_path / "bad.csv"
    path.write_text("收款方,金额\nsupplier2,30万\nsupplier2,-1\n,5.00\nsupplier2\n", encoding="utf-8")
    shell.run("--lang", "zh", "token", "transfer", row["id"], "--payees", str(path), expect=2)
    assert "→ 请更正文件后重新执行同一命令" in shell.err
    assert shell.err.count("300,000.00") == 1
    path.write_text("supplier2\nsupplier1\n", encoding="utf-8")
    shell.run("--lang", "zh", "token", "transfer", row["id"], "--payees", str(path), expect=2)
    assert "→ 请只留两列" in shell.err


def test_payments_are_counted_and_their_lines_named(desk: Desk, seen: Callable[..., str], tmp_path: Path) -> None:
    """Three lines to two payees were called three payees."""
    _, root = accepted_bill(desk)
    path = tmp_path / "pay.csv"
    path.write_text("supplier2,1.00\nsupplier3,2.00\nsupplier3,3.00\n", encoding="utf-8")
    shown = seen("supplier1", "token", "transfer", root, "--payees", str(path))
    assert "笔数：3" in shown
    assert "（第 2、3 行）" in shown
    [offer, *_] = desk.json("supplier2", "token", "offers")
    desk.text("--as", "supplier2", "--lang", "zh", "token", "reject", offer["id"])
    assert "退回原持有人的子凭证" in desk.out


def test_a_node_is_quoted_in_options() -> None:
    said = load_texts().say("parameter_by_value", "zh").detail
    assert "--basis value" in in_options(said)
    for code in ("bad_cursor", "bad_at"):
        told = load_texts().say(code, "zh", {"value": "xyz"})
        lines = readable({"code": code, "title": told.title, "detail": told.detail})
        assert not re.search(r"(?<!-)\b(after|at) ", lines[0]), lines


def test_parameters_are_named_as_options_also_where_they_have_a_heading(shell: Shell) -> None:
    errors = [{"parameter": "currency", "code": "parameter_currency", "detail": "不是本网络的币种"}]
    shell.node.answers["GET /v1/bills"] = problem(400, "bad_parameter", instance="/v1/bills", errors=errors)
    shell.run("--lang", "zh", "bill", "list", "--currency", "RMB", expect=None)
    assert "- --currency：不是本网络的币种" in shell.err


@pytest.mark.usefixtures("chinese")
def test_the_value_of_a_day_is_not_that_of_an_event() -> None:
    details = {"value": 300_01, "most_a_day": 300_00, "currency": "CNY"}
    lines = readable({"code": "event_too_large", "details": details, "detail": "x"})
    assert "  当日合计（含本次）：300.01 CNY" in lines
    lines = readable({"code": "event_too_large", "details": {**details, "most_value": 1}, "detail": "x"})
    assert load_texts().say("event_too_large", "zh").hint.count("限额") >= 2


def test_a_sentence_is_folded_at_its_commas() -> None:
    said = "核心制造有限公司 · CNY · 票面 1,234,000.00：有效 1,000,000.00，已兑付 234,000.00，扣减 0.00，作废 0.00"
    lines = clauses(said, 80)
    assert "".join(lines) == said
    assert all(line.endswith("，") for line in lines[:-1])
    english = "face 1,000,000.00: live 500,000.00, settled 100,000.00, diluted 200,000.00, void 200,000.00"
    assert " ".join(clauses(english, 40)) == english
    assert clauses("一" * 50, 20) == ["一" * 10] * 5


def test_a_tree_that_fits_is_not_said_to_be_shortened() -> None:
    leaf = {
        "id": "T1",
        "holder": "supplier1",
        "amount": 1,
        "currency": "CNY",
        "tier": 1,
        "status": "live",
        "children": [],
    }
    bill = {"id": "B", "currency": "CNY", "debtor": "anchor", "face": 1, "pay_on": "2027-01-01"}
    whole = tree_lines({"tree": leaf}, bill, str, None)
    assert tree_lines({"tree": leaf}, bill, str, 80) == whole
    assert tree_lines({"tree": leaf}, bill, str, len(whole[-1]) - 1)[-1] != whole[-1]


def test_groups_are_typed_as_tables_say(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted_bill(desk)
    desk.text("--as", "auditor", "--lang", "zh", "trace", "anchor", "anchor", "--group-by", "层级、银行")
    assert "第" not in desk.err
    desk.text("--as", "auditor", "--lang", "zh", "trace", "anchor", "anchor", "--group-by", "颜色", expect=2)
    assert "层级" in desk.err
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)


def test_a_trace_has_no_heading_of_nothing(desk: Desk) -> None:
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "1", "--currency", "EUR", "--due", "+90d")
    bill = desk.json("supplier1", *issue)["bill"]
    desk.text("--as", "anchor", "bill", "confirm", bill)
    desk.text("--as", "anchor", "bill", "cancel", bill)
    accepted_bill(desk)
    for words in (("trace", "anchor", "anchor"), ("trace", "party", "anchor"), ("trace", "party", "bank1")):
        assert "EUR" not in desk.text("--as", "auditor", *words), words


def test_a_pledge_that_stays_is_not_called_released(desk: Desk, seen: Callable[..., str]) -> None:
    _, root = accepted_bill(desk)
    told = ("--to", "bank2", "--secured", "300.00", "--due", "+2d", "--contract", "L-1")
    pledge = desk.json("supplier1", "token", "pledge", root, *told)["pledge"]
    desk.json("bank2", "pledge", "accept", pledge, "--registration", "ZD-2")
    assert "即将调低担保金额" in seen("bank2", "pledge", "release", pledge, "--secured", "100.00")
    assert "即将解除质押" in seen("bank2", "pledge", "release", pledge)


def test_offline_all_arguments_are_shown_in_words(desk: Desk, seen: Callable[..., str], tmp_path: Path) -> None:
    """Recourse was signed and not shown; the rate was 41000, its payer `holder`."""
    _, root = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", root, "--to", "bank1")["request"]
    path = str(tmp_path / "q.tx")
    quote = ("finance", "quote", request, "--rate", "4.1", "--needs-label", "绿色:A")
    for said, option in (("有追索权", "--recourse"), ("无追索权", "--no-recourse")):
        shown = seen("bank1", *quote, option, "--clear", "--offline", path, "--currency", "CNY")
        decoded = desk.text("--as", "bank1", "--lang", "zh", "tx", "decode", path)
        for part in (said, "4.1000%", "持有人", "绿色:A"):
            assert part in shown, part
            assert part in decoded, part
        assert "标识体系" not in shown + decoded
    desk.json("bank1", "governance", "propose", "label-scheme", "绿色", "bank2")
    proposal = desk.json("bank1", "governance", "list")[0]["id"]
    desk.json("bank1", "governance", "vote", proposal, "yes")
    assert "方案：绿色" in desk.text("--as", "bank1", "--lang", "zh", "governance", "show", proposal)
    assert "追索权" in seen("bank1", *quote, "--no-recourse").partition("签署内容")[2]


def test_a_share_is_written_as_a_rate_is(desk: Desk) -> None:
    from chainbill_cli.described import part_said

    part = {"part": "发动机", "supplier": PARTIES["supplier1"], "share": 300_000}
    assert "30.0000%" in part_said(part, "x")
