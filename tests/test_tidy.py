"""The style is a test: short files, short functions, docstrings, both languages, no machine's own paths."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for folder in ("chainbill", "contracts", "node", "cli")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
CONTRACTS = ROOT / "contracts" / "chainbill_contracts"
LINES_PER_FILE = 400
LINES_PER_FUNCTION = 80


def tracked_files() -> list[Path]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_what_it_is_for_and_is_one_idea(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module begins with a docstring"
    limit = 1_100 if path.parent == CONTRACTS else LINES_PER_FILE
    assert text.count("\n") <= limit, "split it: one idea a file"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            assert length <= LINES_PER_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "ARCHITECTURE.zh.md"])
def test_every_file_of_consensus_and_of_its_driver_is_named(page: str) -> None:
    """A newcomer finds there which file holds which idea."""
    node = ROOT / "node" / "chainbill_node"
    modules = {path.name for path in (*(node / "consensus").glob("*.py"), *(node / "driver").glob("*.py"))} - {
        "__init__.py"
    }
    named = set(re.findall(r"`(?:[a-z_]+/)*([a-z_]+\.py)`", (ROOT / page).read_text(encoding="utf-8")))
    assert not modules - named


def test_every_text_that_people_read_exists_in_english_and_chinese() -> None:
    catalogues = [path for path in tracked_files() if path.name in {"reasons.toml", "messages.toml"}]
    assert catalogues, "no catalogue of texts was found"
    for path in catalogues:
        for key, entry in tomllib.loads(path.read_text()).items():
            assert entry.get("en"), f"{path.name}: {key} has no English text"
            assert re.search(r"[\u4e00-\u9fff]", entry.get("zh", "")), f"{path.name}: {key} has no Chinese text"


def chinese_documents() -> list[Path]:
    """The documents X.zh.md in the root and anywhere under docs/."""
    return sorted([*ROOT.glob("*.zh.md"), *(ROOT / "docs").rglob("*.zh.md")])


def english_of(chinese: Path) -> Path:
    return chinese.with_name(chinese.name.removesuffix(".zh.md") + ".md")


def test_examples_of_chinese_pages_are_commented_in_chinese() -> None:
    """A network's file was shown with English comments. What a program prints (a block of no language) is as it is."""
    english = []
    for page in chinese_documents():
        inside = ""
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            if line.lstrip().startswith("```"):
                inside = "" if inside else line.strip().removeprefix("```") or "output"
            comment = re.search(r"(?:^|\s)(?:#|//) (.*)", line) if inside not in ("", "output") else None
            if comment and re.search("[A-Za-z]{2,}", comment[1]) and not re.search("[\u4e00-\u9fff]", comment[1]):
                english.append(f"{page.name}:{number}: {comment[1]}")
    assert not english


@pytest.mark.parametrize("path", chinese_documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_in_two_languages_has_one_structure_and_two_links(path: Path) -> None:
    chinese, english = path.read_text(), english_of(path).read_text()
    assert _levels(chinese) == _levels(english), "the headings differ"
    assert _fences(chinese) == _fences(english), "the code fences differ"
    assert _rows(chinese) == _rows(english), "the tables differ: a row is there in one language only"
    assert re.search(r"[\u4e00-\u9fff]", chinese), "this is not Chinese"
    assert f"[English]({english_of(path).name})" in _top(chinese), "no link to the English version at the top"
    assert f"[中文]({path.name})" in _top(english), "no link to the Chinese version at the top"


def _levels(text: str) -> list[int]:
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return [len(marks) for marks in re.findall(r"^(#+) ", outside, re.M)]


def _fences(text: str) -> list[str]:
    return re.findall(r"^```.*$", text, re.M)


def _rows(text: str) -> int:
    return len(re.findall(r"^\|", text, re.M))


def _top(text: str) -> str:
    return "\n".join(text.splitlines()[:5])


@pytest.mark.parametrize("path", chinese_documents(), ids=str)
def test_a_chinese_document_leads_to_chinese_ones(path: Path) -> None:
    """The one link into English is that to its own English version."""
    for name, target in re.findall(r"\[([^\]]*)\]\(([^)#:]+\.md)", path.read_text(encoding="utf-8")):
        twin = path.parent / f"{target.removesuffix('.md')}.zh.md"
        assert name == "English" or target.endswith(".zh.md") or not twin.exists(), (name, target)


def test_nothing_names_a_machine_or_a_registry_address() -> None:
    forbidden = re.compile(
        r"/(?:root|home/[a-z]+|work)/|files\.pythonhosted|pypi\.org/(?:simple|packages)|BEGIN (?:RSA |EC )?PRIVATE KEY"
    )
    for path in tracked_files():
        if path == Path(__file__).resolve() or path.suffix in {".png", ".woff2"}:
            continue
        found = forbidden.search(path.read_text(errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


def test_each_promise_of_the_threat_model_names_the_tests_that_try_it() -> None:
    named = {}
    for page in ("SECURITY.md", "SECURITY.zh.md"):
        rows = [line for line in (ROOT / page).read_text(encoding="utf-8").split("\n") if line.startswith("| ")][1:]
        named[page] = [re.findall(r"`([^`]+)`", row.rsplit(" | ", 1)[1]) for row in rows]
        assert all(named[page]), f"{page}: a promise without a test"
    assert named["SECURITY.md"] == named["SECURITY.zh.md"]
    missing = {one for row in named["SECURITY.md"] for one in row if not (ROOT / "tests" / one).exists()}
    assert not missing
