"""What code joins to a sentence has the punctuation of the language.

`尚未提交 (原因)` and `对象：bank1 (91…)` had the brackets of English in Chinese.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import chainbill_cli
import pytest
from chainbill_cli.handing_in import pending
from chainbill_cli.texts import bracketed, set_language

CODE = Path(chainbill_cli.__file__).parent
LATIN = (" (", ")", ": ", ", ", "; ", "? ", "! ")
ALLOWED = {
    "writing.py: invoice parties by name: {}",
    "writing.py: ; .join",
    "writing.py: , .join",  # a memo of the ledger
    "output.py: , .join",
    "csv_text.py: , .join",  # names beside ids in a cell of CSV, parted as the ids are
    "commands/invoice.py: , .join",  # an element of CSV, a member of JSON
    "causes.py: {}: {}",  # the parsers' own words, shown in English alone
    "payees/columns.py: ({})",  # what is read
}
"""Joined texts that nobody reads in a language: records of the ledger, answers for programs, patterns."""


def _joined(path: Path) -> Iterator[str]:
    """Texts with fields, and separators of lists, that hold punctuation of English."""
    name = path.relative_to(CODE)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else "{}" for one in node.values]
            said = "".join(map(str, parts))
            if any(mark in said for mark in LATIN):
                yield f"{name}: {said}"
        elif isinstance(node, ast.Attribute) and node.attr == "join":
            waiting = [node.value]
            while waiting:
                one = waiting.pop()
                waiting += [one.body, one.orelse] if isinstance(one, ast.IfExp) else []
                if isinstance(one, ast.Constant) and one.value in LATIN:
                    yield f"{name}: {one.value}.join"


def test_no_code_joins_what_people_read_with_english_punctuation() -> None:
    found = {one for path in CODE.rglob("*.py") if path.parent.name != "texts" for one in _joined(path)}
    assert found == ALLOWED


@pytest.mark.parametrize(("language", "said"), [("en", "bank1 (919)"), ("zh", "bank1（919）")])
def test_brackets_are_those_of_the_language(language: str, said: str) -> None:
    set_language(language)
    assert bracketed("bank1", "919") == said


def test_the_cause_of_a_pending_answer_stands_in_chinese_brackets() -> None:
    set_language("zh")
    assert pending("ab", "投票不足").problem["detail"] == "尚未记入账本；交易 ab 之后仍可能记入（投票不足）"
