"""The words of the auditor's page are those of the command line: one thing has one name."""

from __future__ import annotations

import re
from pathlib import Path

import chainbill_node.rest
import pytest
from chainbill_cli.texts import set_language, text
from chainbill_contracts.declared_rows import rows

WEB = Path(chainbill_node.rest.__file__).parent / "web"
AS_IN = {
    "outstanding": "column.outstanding", "pays": "column.pay_on", "debtor": "column.debtor", "face": "column.face",
    "creditor": "column.creditor", "live": "column.live", "diluted": "column.diluted", "void": "column.void",
    "tier": "column.tier", "penetration": "column.penetration", "share_financed": "column.share_financed",
    "financed_ever": "column.financed_ever", "held": "column.held", "pledged": "column.pledged",
    "reached": "column.reached", "with_banks": "column.financed", "n_parties": "column.parties_count",
    "from": "column.from", "to": "column.to", "kind": "column.kind", "amount": "column.amount", "bank": "column.bank",
    "party": "column.party", "count": "column.count", "bill": "column.bill", "anchor": "column.anchor",
    "status": "column.status", "settled": "column.settled", "height": "column.height", "totals": "column.totals",
    "received": "trace.received", "passed_on": "trace.given",
}  # fmt: skip
"""A word of the page → the text of the command line that says the same thing."""
KINDS = ("issue", "transfer", "return", "finance", "enforce", "force", "sale", "buyback", "guarantee")


def test_the_page_calls_things_as_the_command_line_does() -> None:
    """A bill was 生效 on the page and 有效 in a table, a token that was void 已注销, as a party that is closed."""
    words = words_of("zh")
    declared = {one for place in ("bill/bill", "token/token") for one in rows()[place].words}
    found = {name for name in words if name.startswith("status_") and name != "status_draft"}
    assert found >= {f"status_{one}" for one in declared} - {"status_draft"}
    assert len(found) > 10
    assert set(words) >= {f"kind_{kind}" for kind in rows()["token/hop"].fields["kind"].words}
    set_language("zh")
    keys = {**AS_IN, **{name: f"value.{name.removeprefix('status_')}" for name in found}}
    keys |= {f"kind_{kind}": f"value.hop_{kind}" for kind in KINDS}
    assert {name: words[name] for name in keys} == {name: text(key) for name, key in keys.items()}


def test_the_page_heads_its_columns_as_the_command_line_does_in_english_too() -> None:
    """What banks hold was `Financed` on the page and `with banks` in the table by tier."""
    words = words_of("en")
    assert {name: words[name].lower() for name in AS_IN} == {name: text(key).lower() for name, key in AS_IN.items()}


def words_of(language: str) -> dict[str, str]:
    """The words of the page in one language."""
    english, _, chinese = (WEB / "page_words.js").read_text(encoding="utf-8").partition("zh: {")
    return dict(re.findall(r'(\w+): "([^"]*)"', chinese if language == "zh" else english))


def test_the_page_has_both_languages_for_every_word_that_it_says() -> None:
    """A column was headed `pledged` and a move was `enforce` in both languages."""
    told = (WEB / "page_words.js").read_text(encoding="utf-8")
    english, _, chinese = told.partition("zh: {")
    page = (WEB / "page.js").read_text(encoding="utf-8")
    said = {*re.findall(r'say\("(\w+)"\)', page), *re.findall(r'amount\("(\w+)"\)', page)}
    said |= set(re.findall(r'\["(\w+)", \(row\)', page)) | {"kind_enforce", "kind_transfer", "kind_finance"}
    assert len(said) > 30
    for half in (english, chinese):
        assert not said - set(re.findall(r"\b(\w+): \"", half))


@pytest.fixture(autouse=True)
def _back_to_english() -> object:
    yield
    set_language("en")
