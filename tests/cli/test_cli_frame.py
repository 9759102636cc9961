"""The frame: help is fast, global options stand anywhere, failures have exit codes and objects."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chainbill_cli.main import MODULES, program
from chainbill_cli.texts import AREAS
from cli.cli_fakes import BILL, NODE_2, FakeNode, Shell, bill, listing, ok, problem

pytestmark = pytest.mark.untraced


def chainbill(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "chainbill_cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_help_loads_little_and_nothing_heavy() -> None:
    """What help takes is what it loads: some 100 modules beside Python's first, most of them click's and Python's."""
    code = (
        "import sys; first = set(sys.modules); from chainbill_cli.main import run; run(['--help']);"
        "loaded = set(sys.modules) - first;"
        "heavy = {'httpx', 'rich', 'cryptography', 'nacl', 'fastapi', 'msgspec', 'plyvel'} & loaded;"
        "sys.exit(f'loaded: {heavy or len(loaded)}' if heavy or len(loaded) > 130 else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", list(MODULES))
def test_every_noun_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from chainbill_cli.main import run

    for language in ("en", "zh"):
        assert run(["--lang", language, name, "--help"]) == 0
        assert ("Usage:" if language == "en" else "用法：") in capsys.readouterr().out
    command = program.get_command(None, name)  # type: ignore[arg-type]
    for verb in getattr(command, "commands", {}):
        assert run([name, verb, "--help"]) == 0
        shown = capsys.readouterr().out
        keys = re.findall(rf"\b(?:{'|'.join(AREAS)})\.[a-z_]+\b", shown)
        assert set(keys) <= {"bill.confirm"}, f"{name} {verb} shows a key: {shown}"


def test_global_options_before_and_after(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing(bill()))
    before = shell.run("-o", "json", "bill", "list")
    between = shell.run("bill", "-o", "json", "list")
    after = shell.run("bill", "list", "-o", "json")
    assert before == between == after == [bill()]
    shell.run("-o", "csv", "bill", "list", "-o", "json")
    assert json.loads(shell.out) == [bill()], "the one typed last wins"


def test_a_misspelt_profile_is_told_where_nothing_need_be_signed_too(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing())
    shell.run("--as", "suplier1", "bill", "list", expect=2)
    assert "suplier1" in shell.err
    assert "supplier1" in shell.err
    assert not node.requests


def test_environment(shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.answers["GET /v1/bills"] = ok(listing())
    monkeypatch.setenv("CHAINBILL_OUTPUT", "json")
    shell.run("bill", "list")
    assert json.loads(shell.out) == []


def test_empty_list_is_an_empty_array(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing())
    assert shell.run("bill", "list", "-o", "json") == []


def test_kept_settings(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing())
    shell.run("config", "set", "output", "json")
    shell.run("bill", "list")
    assert json.loads(shell.out) == []
    shell.run("bill", "show", expect=2)
    assert json.loads(shell.out)["code"] == "missing", "errors too"
    shell.run("config", "unset", "output")
    shell.run("config", "set", "colour", "red", expect=2)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(422, "token_locked", 3), (401, "signature_missing", 4), (403, "not_permitted", 4), (404, "not_found", 1),
     (400, "bad_parameter", 2), (500, "internal_fault", 1)],
)  # fmt: skip
def test_problem_objects_are_handed_on(shell: Shell, node: FakeNode, status: int, code: str, expected: int) -> None:
    node.answers[f"GET /v1/bills/{BILL}"] = problem(status, code, hint="do this")
    found = shell.run("bill", "show", BILL, "-o", "json", expect=expected, profile="")
    assert found["code"] == code
    assert found["status"] == status
    assert "do this" in shell.err


def test_usage_errors(shell: Shell) -> None:
    shell.run("bil", expect=2)
    assert "did you mean bill?" in shell.err
    found = shell.run("bill", "settle", BILL, "-o", "json", expect=2)
    assert found["code"] == "missing"
    shell.run("bill", "list", "--statuss", "x", expect=2)
    assert "--status" in shell.err
    shell.run("bill", "list", "--limit", "0", expect=2)
    shell.run("bill", "show", BILL, "EXTRA", expect=2)


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (["bill", "list", "--limit", "x"], "a number from 1 to 1000", "须为 1 至 1000 的数"),
        (["bill", "list", "--limit", "0"], "a number from 1 to 1000", "须为 1 至"),
        (["completion", "tcsh"], "one of bash, zsh, fish", "可选值为 bash、zsh、fish"),
        (["calendar", "show", "soon"], "a whole number", "须为整数"),
        (["bill", "list", "--limit"], "--limit needs a value", "--limit 需要一个值"),
        (["bill", "show", BILL, "EXTRA"], "more than is taken here: EXTRA", "多余的参数：EXTRA"),
        (["bill", "show"], "missing: BILL", "缺少：凭证"),
        (["bill", "issue", "--debtor", "anchor", "--amount", "5"], "give --due", "请给出 --due"),
        (["bill", "--what"], "there is no option --what", "没有选项 --what"),
        (["bill", "shwo"], "did you mean show?", "是否想用 show？"),
        (
            ["party", "apply", "--id", "911", "--name-en", "x", "--role", "anchor", "--key", "anchor"],
            "USCC",
            "统一社会信用代码",
        ),
        (
            ["party", "account", "--announce", "XYZ:bank1:1"],
            "XYZ is no currency known here",
            "XYZ 不是可识别的币种",
        ),
    ],
)
def test_usage_errors_in_both_languages(shell: Shell, words: list[str], english: str, chinese: str) -> None:
    shell.run(*words, expect=2)
    assert english in shell.err
    shell.run("--lang", "zh", *words, expect=2)
    assert chinese in shell.err


def test_unreachable(tmp_path: Path) -> None:
    done = chainbill("--home", str(tmp_path), "--node", "http://127.0.0.1:9", "bill", "list", "-o", "json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["code"] == "unreachable"
    done = chainbill("--home", str(tmp_path), "bill", "list", "-o", "json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (5, "no_node")


def test_second_node_is_tried(shell: Shell, node: FakeNode) -> None:
    node.answers["node1.test GET /v1/bills"] = problem(503, "node_busy")
    node.answers["GET /v1/bills"] = ok(listing(bill()))
    assert shell.run("bill", "list", "-o", "json") == [bill()]
    assert str(node.requests[-1].url).startswith(NODE_2)


def test_no_profile_is_not_permitted(shell: Shell) -> None:
    found = shell.run("bill", "confirm", BILL, "-o", "json", profile="", expect=4)
    assert found["code"] == "no_profile"
    shell.run("bill", "confirm", BILL, profile="nobody", expect=2)
    assert "chainbill key list" in shell.err


def test_list_options_reach_the_node(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing(bill(), after="CURSOR"))
    shell.run("bill", "list", "--debtor", "anchor", "--due-to", "+30d", "--limit", "5", "--reached-tier", "3")
    query = dict(node.requests[-1].url.params)
    assert query["due_to"] == "2026-04-01"
    assert query["debtor"].startswith("9199")
    assert (query["limit"], query["reached_tier"]) == ("5", "3")
    assert "--after CURSOR" in shell.err


def test_interrupted_pipe_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -P -m chainbill_cli.main --help | head -1", shell=True, capture_output=True, text=True,
        check=False, env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
