"""What the field calls what the code says: the glossary names modules that are there, and they say the word."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"chainbill": "", "chainbill_contracts": "contracts", "chainbill_node": "node", "chainbill_cli": "cli"}
PAGE = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8").split("\n## How it is made")[1]
ROWS = re.findall(r"^\| ([^|`]+) \| ([^|]+) \| ([^|]*[\u4e00-\u9fff][^|]*) \| (`.+`) \|$", PAGE, re.MULTILINE)
TERMS = {(module, term) for _, term, _, modules in ROWS for module in modules[1:-1].split("`, `")}
SAID = re.compile(r"^The field's word: (.+)\.$", re.MULTILINE)


def head_of(module: str) -> str:
    """The docstring with which a module begins; FileNotFoundError where there is none of this name."""
    path = ROOT / FOLDERS[module.partition(".")[0]] / f"{module.replace('.', '/')}.py"
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize(("module", "term"), sorted(TERMS))
def test_a_module_that_the_glossary_names_says_the_field_s_word(module: str, term: str) -> None:
    assert term.lower() in " ".join(head_of(module).split()).lower()


def test_a_word_that_a_module_says_stands_in_the_glossary() -> None:
    for package, folder in FOLDERS.items():
        for path in sorted((ROOT / folder / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts)
            for term in SAID.findall(head_of(module)):
                assert (module, term) in TERMS


def test_every_row_was_read_and_no_word_means_two_things() -> None:
    assert len(ROWS) == PAGE.count("\n| ") - PAGE.count("\n|---") > 40
    for words in zip(*[row[:3] for row in ROWS], strict=True):
        assert len(words) == len(set(words))
