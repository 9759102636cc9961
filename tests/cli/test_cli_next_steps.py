"""Every refusal of the command line says what to do: in its own words, or in a line after an arrow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import chainbill_cli
import pytest
from chainbill_cli.failure import Exit, fail
from chainbill_cli.texts import has_text, set_language, texts_of
from cli.cli_fakes import BILL, FakeNode, Shell, listing, ok

CODE = Path(chainbill_cli.__file__).parent
SAYS_IT = re.compile("请|须|可用|chainbill|--|只能|应为|可直接")
"""What a Chinese text holds that asks for something, or names a command or an option."""
NO_REFUSAL = {"error.aborted"}
"""Who said no knows what to do."""
OF_CLICK = {
    "error.bad_value", "error.missing", "error.no_such_command", "error.no_such_option", "error.option_value",
    "error.too_many",
}  # fmt: skip
"""What was typed wrong of a command line: the mend is the closest name or the command's own help."""


def _raised() -> Iterator[str]:
    """The keys of the failures that are made without a hint of their own, also of those that are looked up."""
    for path in CODE.rglob("*.py"):
        whole = ast.parse(path.read_text(encoding="utf-8"))
        for function in (one for one in ast.walk(whole) if isinstance(one, ast.FunctionDef)):
            for node in ast.walk(function):
                name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
                if name not in {"fail", "usage"} or any(one.arg == "hint" for one in node.keywords):
                    continue
                given = node.args[name == "fail"]
                looked_up = isinstance(given, ast.Name) and given.id not in {one.arg for one in function.args.args}
                yield from _keys(function if looked_up else given)


def _keys(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and has_text(one.value):
            yield one.value


def test_every_failure_says_what_to_do() -> None:
    raised = set(_raised())
    assert len(raised) > 150
    silent = {key for key in raised - OF_CLICK - NO_REFUSAL if not has_text(f"mend.{key}")
              and not SAYS_IT.search(texts_of(key.partition(".")[0])[key][1])}  # fmt: skip
    assert not silent


def test_every_mend_is_of_a_failure() -> None:
    assert not {key for key in texts_of("mend") if not has_text(key.removeprefix("mend."))}


def test_a_hint_of_its_own_comes_before_the_mend_of_the_text() -> None:
    assert fail(Exit.FAILED, "error.id_check", value="B", hint="own").problem["hint"] == "own"
    assert "compare" in fail(Exit.FAILED, "error.id_check", value="B").problem["hint"]


@pytest.mark.parametrize(("words", "mend"), [
    (["bill", "show", "B000000"], "→ 请核对编号，并以有权查看的身份读取：--as 身份"),
    (["bill", "show", "X000000"], "→ 编号可用 chainbill bill list 查看"),
    (["bill", "show", ""], "用法有误：（空）不是编号"),
    (["token", "accept", BILL], "→ 编号可用 chainbill token list 查看"),
    (["finance", "agree", "x"], "→ 编号可用 chainbill finance show 申请 查看"),
    (["bill", "answer", BILL, "yes"], "→ 编号可用 chainbill bill joint list 查看"),
    (["governance", "vote", "G123", "yes"], "→ 编号可用 chainbill governance list 查看"),
    (["--lang", "fr", "bill", "list"], "用法有误：--lang：可选值为 en、zh"),
    (["bill", "show", BILL[:-1] + ("0" if BILL[-1] != "0" else "1")], "→ 请与原文核对；只写前 6 位也可"),
    (["party", "show", "nobody"], "→ 可用 chainbill party list 查看参与方"),
    (["party", "show", "suplier1"], "→ 是否想用 supplier1"),
    (["--as", "anchr", "bill", "list"], "→ 是否想用 anchor？可用 chainbill key list 查看本目录的身份"),
    (["key", "show", "banker1"], "→ 是否想用 bank1"),
    (["--as", "zzz", "bill", "list"], "→ 可用 chainbill key list 查看本目录的身份"),
])  # fmt: skip
def test_what_is_not_there_is_answered_with_what_is(words: list[str], mend: str, shell: Shell, node: FakeNode) -> None:
    """A mistyped profile was answered with all names of the home on one line, an unknown party with nothing."""
    node.answers["GET /v1/bills"] = ok(listing())
    shell.run("--lang", "zh", *words, expect=None)
    assert mend in shell.err
    assert all(len(line) < 160 for line in shell.err.splitlines()), "no list of everybody"
    set_language("en")
