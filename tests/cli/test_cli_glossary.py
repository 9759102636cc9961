"""One word for one thing: the glossary of the reference, and every text in which its names are told to people."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from chainbill_cli import moments
from chainbill_cli.acts import act_said
from chainbill_cli.answers import ANSWER_KINDS
from chainbill_cli.call_text import ANSWER_HEADINGS
from chainbill_cli.output import Column, shown
from chainbill_cli.shapes import columns_of, fields_of
from chainbill_cli.texts import set_language, texts_of
from chainbill_contracts.declared_acts import acts
from cli.cli_desk import Desk, accepted_bill

SOURCES = Path(__file__).parents[2] / "cli" / "chainbill_cli"
ONLY_IN_JSON = {"warnings"}
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "glossary.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
TELLING = ("column", "preview")
"""Where a name of the ledger is told by itself; a detail of a refusal may be of another thing of the same name."""
WORDS = {name: (english, chinese) for name, english, chinese in ROW.findall(PAGE.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", WORDS)
def test_a_name_has_one_word_wherever_it_is_told(name: str) -> None:
    """`net` was 实付金额 in previews and 应付净额 in tables, where `paid` was 实付."""
    told = [texts_of(area)[f"{area}.{name}"] for area in TELLING if f"{area}.{name}" in texts_of(area)]
    assert told, "nothing tells it: it has no place in the glossary"
    assert {chinese for _, chinese in told} == {WORDS[name][1]}
    assert all(WORDS[name][0].split()[0] in english for english, _ in told)


def test_the_glossary_gives_no_word_twice() -> None:
    assert len(WORDS) > 25
    for words in ([english for english, _ in WORDS.values()], [chinese for _, chinese in WORDS.values()]):
        assert len(words) == len(set(words))


def test_every_act_has_a_name_of_its_own_in_both_languages() -> None:
    for number in (0, 1):
        said = [act.name[number] for act in acts().values()]
        assert len(said) == len(set(said))


def test_every_field_of_an_answer_has_a_heading() -> None:
    """A Chinese answer had a line `compared`."""
    fields = set(ANSWER_KINDS)
    for act in acts().values():
        fields |= set((act.plain and act.plain.answers) or ())
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "answer_write":
                fields |= {one.value for one in node.args[2:] if isinstance(one, ast.Constant)}
                fields |= {one.arg for one in node.keywords if one.arg and one.arg != "currency"}
    assert len(fields) > 40
    headings = {name: ANSWER_HEADINGS.get(name, f"column.{name.partition('=')[2] or name}") for name in fields}
    assert {name for name, heading in headings.items() if heading not in texts_of("column")} <= ONLY_IN_JSON


def test_acts_are_named_where_transactions_and_policies_are_shown(desk: Desk) -> None:
    """`tx show` and `tx sign` said `bill.issue`."""
    bill, _ = accepted_bill(desk)
    made = desk.json("anchor", "bill", "show", bill)["created"]["transaction"]
    for language, name in (("en", "issue a bill (bill.issue)"), ("zh", "开立凭证（bill.issue）")):
        assert name in desk.text("--lang", language, "tx", "show", made)
    set_language("zh")
    assert act_said("token.give_back") == "退回子凭证（token.give_back）"
    assert act_said("strange.act") == "strange.act"
    assert shown({"action": "bill.confirm"}, Column("action", "act"), str) == "确权（bill.confirm）"
    assert shown({"action": "bill.confirm"}, Column("action", "act"), str, grouping=False) == "bill.confirm"


def test_times_are_of_the_day_of_the_dates_beside_them(desk: Desk) -> None:
    """Blocks of 1 June in UTC+8 were of 31 May, beside a date that said 1 June."""
    head = desk.json("auditor", "block", "show")
    told = desk.text("block", "show", str(head["height"]))
    assert f"{head['date']}T" in told
    assert "+08:00" in told
    assert head["time"].endswith("Z"), "programs read UTC"
    assert head["time"] in desk.text("-o", "csv", "block", "list")
    moments.begin(lambda: -300)
    assert moments.moment_said("2026-03-02T01:00:00.123Z") == "2026-03-01T20:00:00-05:00"
    assert moments.moment_said("soon") == "soon"
    assert moments.moment_said("2026-03-02T01:00:00") == "2026-03-02T01:00:00", "of no zone: as it is"


def test_only_money_of_a_debtor_is_late() -> None:
    late = next(column for column in columns_of("receipts") if column.path == "days_late")
    of_kinds = {kind: shown({"kind": kind, "days_late": 0}, late, str) for kind in ("settlement", "finance", "payment")}
    assert of_kinds == {"settlement": "0", "finance": "", "payment": ""}


def test_of_a_bill_that_has_ended_nothing_is_still_to_be_decided() -> None:
    """A settled bill said 应付日已确定: 否."""
    decided = next(column for column in fields_of("bill") if column.path == "pay_on_final")
    set_language("zh")
    open_bill, settled = {"pay_on_final": False}, {"pay_on_final": False, "closed_on": "2026-06-01"}
    assert [shown(bill, decided, str) for bill in (open_bill, settled)] == ["否", ""]
    assert shown(settled, decided, str, grouping=False) == "否", "CSV keeps every value"


def test_a_height_never_reached_is_not_shown_to_people(desk: Desk) -> None:
    """A live token was shown with `终止高度 0`, `冲正高度 0` and `融资层级 0`, a bill in time with `逾期天数 0`."""
    bill, token = accepted_bill(desk)
    for language, words in (
        ("zh", ("终止高度", "冲正高度", "融资层级", "逾期天数")),
        ("en", ("reversed", "days late")),
    ):
        told = desk.text("--lang", language, "token", "show", token) + desk.text(
            "--lang", language, "bill", "show", bill
        )
        assert not [word for word in words if word in told]
    assert desk.json("auditor", "token", "show", token)["ended"] == 0
    assert "终止高度" in desk.text("--lang", "zh", "-o", "csv", "token", "show", token)
