"""Chinese output has no English left but what is typed and proper names.

use 11: details such as `status: split`, the system's and Python's own messages, click's questions stayed English.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import chainbill_contracts
import click
import httpx
import pytest
from chainbill_cli import asking, causes
from chainbill_cli.causes import cause_of, connection_cause
from chainbill_cli.cells import cell_len
from chainbill_cli.details import WORDS, detail_lines
from chainbill_cli.endings import readable
from chainbill_cli.main import program, run
from chainbill_cli.settings import KEPT, OUTPUTS
from chainbill_cli.texts import AREAS, has_text, in_language, set_language, text, texts_of
from chainbill_contracts.declared_rows import rows
from chainbill_node.rest.texts import load_texts
from chainbill_node.storage.chain.archive import check_archive
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import BILL, PARTIES, FakeNode, Shell, problem
from cli.english_left import english_left

from chainbill.ledger.transaction import decode_transaction
from chainbill.money import parse_amount

pytestmark = pytest.mark.untraced

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SOURCES = Path(chainbill_contracts.__file__).parent


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    set_language("zh")


def test_the_walk_finds_english() -> None:
    assert english_left("无法读取 x.json：No such file or directory") == ["No", "such", "file", "or", "directory"]
    assert english_left("状态: split") == ["split"]
    assert not english_left("请用 chainbill party paying-bank ask 银行，金额 1,000.00 CNY，加 --offline 文件")


@pytest.mark.parametrize("area", [area for area in AREAS if area != "metavar"])
def test_no_text_of_the_command_line_has_english_left(area: str) -> None:
    left = {key: english_left(in_language(pair[1])) for key, pair in texts_of(area).items()}
    assert not {key: words for key, words in left.items() if words}


def test_no_refusal_and_no_remedy_has_english_left() -> None:
    texts = load_texts()
    left = {}
    for code in texts.codes():
        said = texts.say(code, "zh", {"code": "CODE"})
        left[code] = english_left(f"{said.title} {said.detail} {said.hint}")
    assert not {code: words for code, words in left.items() if words}


def acts_details() -> Iterator[tuple[str, str, ast.expr]]:
    """(refusal, member, value) of what the contracts name when they refuse."""
    for path in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or node.func.id not in {"require", "refuse"}
            ):
                continue
            reasons = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            for named in (one for one in node.args if isinstance(one, ast.Dict)):
                for key, value in zip(named.keys, named.values, strict=True):
                    if isinstance(key, ast.Constant):
                        yield reasons[0] if reasons else "", str(key.value), value


def test_every_member_that_a_rule_names_has_a_label() -> None:
    found = {member for _, member, _ in acts_details()}
    assert {"from", "outstanding", "until"} <= found
    assert not {one for one in found if not has_text(f"detail.{one}") and not has_text(f"column.{one}")}
    assert not {one for one in found for line in detail_lines({one: 1}, "", str) if english_left(line)}


def test_every_word_that_a_rule_names_is_said() -> None:
    words = {(code, value.value) for code, member, value in acts_details()
             if member in {"from", "to", "status", "kind", "role", "capability"}
             and isinstance(value, ast.Constant) and isinstance(value.value, str)}  # fmt: skip
    words |= {
        (asked.refused, word)
        for row in rows().values()
        for asked in row.asked.values()
        for word in (*row.words, *asked.then)
    }
    assert len(words) > 10
    for code, word in words:
        [line] = detail_lines({"status": word}, code, str)
        assert not english_left(line), (code, word)


def test_details_of_a_refusal_are_said_in_words_and_names(shell: Shell, node: FakeNode) -> None:
    """use 11: `status: split`, and 18-character ids."""
    details = {"status": "split", "from": "pending_confirm", "id": PARTIES["bank1"], "locks": ["in_finance"], "most": 3}
    node.answers["POST /v1/transactions"] = problem(
        422, "token_not_live", title="账本拒绝", detail="无", details=details
    )
    shell.run("--lang", "zh", "bill", "confirm", BILL, expect=3)
    for line in ("状态：已拆分", "当前状态：待确权", f"对象：bank1（{PARTIES['bank1']}）", "锁定：融资中", "上限：3"):
        assert line in shell.err
    shell.run("bill", "confirm", BILL, expect=3)
    assert "status: split" in shell.err
    assert "status now: waiting for the debtor" in shell.err


def test_a_status_has_the_words_of_its_kind() -> None:
    assert list(detail_lines({"from": "open"}, "dispute_transition", str)) == ["当前状态：未了结"]
    assert list(detail_lines({"from": "open"}, "request_transition", str)) == ["当前状态：申请中"]
    assert list(detail_lines({"status": "accepted"}, "proposal_closed", str)) == ["状态：已通过"]
    assert list(detail_lines({"from": "active", "to": "active"}, "bill_transition", str)) == ["当前状态：有效"]
    halted = {"party": "P", "status": "active", "call": 0, "contract": "bill", "function": "issue"}
    told = list(detail_lines(halted, "party_halted", str))
    assert (len(told), told[-1]) == (2, "参与方：P"), "it is active, and its first act is refused all the same"
    assert list(detail_lines({"call": 1}, "party_halted", str)) == ["调用序号（从 0 起）：1"]


def test_a_refusal_calls_a_status_as_lists_do() -> None:
    """What was paid early was 已提前付款 in lists and 已付款 in the refusal."""
    for row in rows().values():
        for asked in row.asked.values():
            for word in row.words:
                [line] = detail_lines({"status": word}, asked.refused, str)
                assert line == f"状态：{text(f'value.{row.family}{word}')}", (row.place, asked.refused)


def test_no_reason_names_a_word_of_the_ledger_in_its_own_text() -> None:
    """`没有 guarantor 角色`: a word is told beside the reason, where it is said in the language of who reads."""
    reasons = (Path(chainbill_contracts.__file__).parent / "reasons.toml").read_text(encoding="utf-8")
    for code, entry in tomllib.loads(reasons).items():
        assert not {member for member in WORDS if f"{{{member}}}" in entry["zh"] + entry["hint_zh"]}, code


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_errors_of_the_system_are_said_in_chinese(number: int) -> None:
    said = cause_of(OSError(number, os.strerror(number), "/somewhere"))
    assert CHINESE.search(said)
    assert not english_left(said), "only the system's own name of an error that has no text here"
    set_language("en")
    assert not CHINESE.search(cause_of(OSError(number, os.strerror(number))))


def raised(work: Callable[[], Any]) -> BaseException:
    try:
        work()
    except BaseException as error:
        return error
    pytest.fail("nothing was raised")


BROKEN: list[Callable[[], Any]] = [
    lambda: b"\xff\xfe".decode("utf-8"),
    lambda: "\ud800".encode().decode(),
    lambda: b"\x81".decode("gb18030"),
    lambda: json.loads('{"a": }'),
    lambda: json.loads(""),
    lambda: tomllib.loads("a = ["),
    lambda: tomllib.loads("a b"),
    lambda: ElementTree.fromstring("<a><b></a>"),
    lambda: {}["missing"],
    lambda: int("x"),
    lambda: Path("/proc/none/of/this").read_text(encoding="utf-8"),
    lambda: __import__("no_such_module"),
]


@pytest.mark.parametrize("work", BROKEN, ids=range(len(BROKEN)))
def test_errors_of_decoders_are_said_in_chinese(work: Callable[[], Any]) -> None:
    error = raised(work)
    said = cause_of(error)
    assert CHINESE.search(said), said
    assert set(english_left(said)) <= {type(error).__name__, "missing"}, "at most the name of the kind of error"


def test_errors_of_the_core_and_of_archives_are_said_in_chinese(tmp_path: Path) -> None:
    broken = tmp_path / "backup"
    broken.write_bytes(b"no archive" * 100)
    for work in (
        lambda: check_archive(broken),
        lambda: decode_transaction(b"\xc1"),
        lambda: parse_amount("1.2.3", "CNY"),
    ):
        said = cause_of(raised(work))
        assert CHINESE.search(said)
        assert not english_left(said), said


def test_places_in_files_are_named() -> None:
    assert cause_of(raised(lambda: json.loads('{\n"a": }'))) == "第 2 行第 6 列不是有效的 JSON"
    assert cause_of(raised(lambda: tomllib.loads("a b"))) == "第 1 行第 3 列不是有效的 TOML"
    assert cause_of(raised(lambda: b"ab\xff".decode("utf-8"))) == "第 3 字节起不是 UTF-8 编码"


@pytest.mark.parametrize(
    "kind", [one for one in vars(httpx).values() if isinstance(one, type) and issubclass(one, httpx.TransportError)]
)
def test_errors_of_connections_are_said_in_chinese(kind: type[httpx.TransportError]) -> None:
    said = connection_cause(kind("[Errno 111] Connection refused"))
    assert CHINESE.search(said)
    assert set(english_left(said)) <= {kind.__name__}


def test_a_connection_that_is_refused_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By a real socket: nothing listens on port 9 of this machine."""
    assert run(["--lang", "zh", "--home", str(tmp_path), "--node", "http://127.0.0.1:9", "party", "list"]) == 5
    told = capsys.readouterr().err
    assert f"http://127.0.0.1:9（{causes.text('cause.ECONNREFUSED')}）" in told
    assert not english_left(told)


@pytest.mark.parametrize(("words", "said"), [
    (["bill", "list", "--limit", "0"], "--limit：须为 1 至 1000 的数"),
    (["node", "wait", "--height", "-1"], "--height：须为不小于 0 的数"),
    (["--timeout", "0", "bill", "list"], "--timeout：须为大于 0 的数"),
])  # fmt: skip
def test_what_would_have_been_right_is_said_in_natural_words(words: list[str], said: str, shell: Shell) -> None:
    shell.run("--lang", "zh", *words, expect=None)
    assert said in shell.err


def test_a_backup_that_is_none_is_named(shell: Shell, tmp_path: Path) -> None:
    """It was the home alone that was named, as if that were not there."""
    home = tmp_path / "node"
    home.mkdir()
    shell.run("--lang", "zh", "--home", str(home), "node", "restore", str(tmp_path / "gone.tar"), expect=1)
    assert f"无法用 {tmp_path / 'gone.tar'} 恢复 {home}：" in shell.err


def test_an_empty_file_is_called_empty(shell: Shell, tmp_path: Path) -> None:
    """Neither an invoice nor a paper: SHA-256 of nothing on the ledger would be the digest of no ruling."""
    (tmp_path / "empty").write_bytes(b"")
    empty = str(tmp_path / "empty")
    for words in (["invoice", "show", empty], ["party", "suspend", "anchor", "--document", empty]):
        shell.run("--lang", "zh", *words, expect=1)
        assert f"{empty} 是空文件" in shell.err


WRONG = [
    ["bill"], ["bil"], ["bill", "sho"], ["bill", "show"], ["bill", "show", "X"], ["bill", "show", BILL, "more"],
    ["bill", "list", "--limit", "0"], ["bill", "list", "--limit", "x"], ["bill", "list", "--what"],
    ["bill", "list", "--limit"], ["bill", "issue", "--debtor", "nobody"],
    ["bill", "issue", "--debtor", "anchor", "--amount", "ten", "--due", "+1d"],
    ["bill", "issue", "--debtor", "anchor", "--amount", "10", "--due", "soon"],
    ["finance", "quote", "R", "--rate", "x"], ["finance", "quote", "R"], ["tx", "send", "/no/such/file"],
    ["tx", "send", "/"], ["tx", "build", "--call", "bill", "{"], ["tx", "build", "--call", "bill.x", "{"],
    ["localnet", "status"], ["localnet", "stop", "bank9"], ["key", "show", "nobody"], ["invoice", "show", "/no.xml"],
    ["invoice", "show", "/"],
    ["config", "set", "x", "y"], ["config", "set", "output", "y"], ["network", "init", "/no.toml", "--out", "/x"],
    ["governance", "propose", "nothing"], ["governance", "vote", "P", "maybe"], ["node", "verify"],
    ["completion", "tcsh"],
    ["token", "transfer", BILL, "--to", "x"], ["party", "policy", "--rule", "x"],
    ["trace", "bill", BILL, "--depth", "0"],
    ["bill", "answer", BILL, "maybe"], ["config", "unset", "node"], ["--home", "/no/home", "bill", "list"],
    ["node", "wait", "--height", "-1"], ["calendar", "show", "x"], ["party", "apply"], ["bill", "history"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_typed_wrong_is_answered_in_chinese(words: list[str], shell: Shell) -> None:
    typed = {part for word in words for part in re.findall(r"[A-Za-z]+", word)}
    shell.run("--lang", "zh", *words, expect=None)
    assert CHINESE.search(shell.err)
    options = {one for command in commands() for parameter in command.params for one in parameter.opts}
    typable = (*options, *names(), *OUTPUTS, *KEPT)
    known = typed | {part for word in typable for part in re.findall(r"[A-Za-z0-9]+", word)}
    known |= {"anchor", "supplier1", "supplier2", "bank1", "bank2", "en", "zh"}
    left = [word for word in english_left(shell.err.replace(str(shell.home), "")) if word not in known]
    assert not left, shell.err


def commands() -> Iterator[click.Command]:
    waiting: list[click.Command] = [program]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, click.Group):
            context = click.Context(found)
            waiting += [one for name in found.list_commands(context) if (one := found.get_command(context, name))]


def paths() -> Iterator[list[str]]:
    """The words of every command and group."""
    waiting: list[tuple[list[str], click.Command]] = [([], program)]
    while waiting:
        words, found = waiting.pop()
        yield words
        if isinstance(found, click.Group):
            context = click.Context(found)
            for name in found.list_commands(context):
                below = found.get_command(context, name)
                assert below is not None
                waiting.append(([*words, name], below))


ABBREVIATIONS = {
    "CNY", "CSR", "CSV", "ISO", "JSON", "LEI", "PEM", "PKCS", "REST", "SHA", "SIGKILL", "TLS", "TOML",
    "UBL", "URL", "UTF",
}  # fmt: skip
"""What is written in capitals in Chinese too; any other such word names what is to be typed, in English."""


def names() -> set[str]:
    """The parts of the names of all commands."""
    return {part for words in paths() for word in words for part in word.split("-")}


@pytest.mark.parametrize(("words", "said"), [
    (["bill", "answer", BILL, "maybe"], "用法有误：答复：可选值为 yes（同意）、no（不同意）"),
    (["calendar", "show", "二"], "用法有误：年份：须为整数"),
    (["token", "transfer"], "用法有误：缺少：子凭证"),
    (["config", "unset", "node"], "用法有误：本目录没有保存设置项 node"),
])  # fmt: skip
def test_what_is_typed_wrong_is_named_as_people_name_it(words: list[str], said: str, shell: Shell) -> None:
    """use: `{yes|no}：可选值为 yes、no`, `[年份]：须为整数`, `可用：—`."""
    shell.run("--lang", "zh", *words, expect=2)
    assert shell.err.splitlines()[0] == said


def test_help_is_chinese_and_fits_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    named = names()
    checked = 0
    for words in paths():
        assert run(["--lang", "zh", *words, "--help"]) == 0
        told = capsys.readouterr().out
        wide = [line for line in told.splitlines() if cell_len(line) > 80 and "[" not in line]
        assert not wide, words
        assert not set(re.findall(r"\b[A-Z]{3,}\b", told)) - ABBREVIATIONS, words
        choices = set(re.findall(r"[a-z0-9]+", " ".join(re.findall(r"[\[{]([a-z0-9|_/.,=-]+)[\]}]", told))))
        left = [word for word in english_left(told) if word not in named | choices | {"x", "json", "SIGKILL"}]
        assert not left, (words, left)
        checked += 1
    assert checked > 100


def test_questions_are_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter(["maybe", "y", "", "是"])
    asked: list[str] = []
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda line: asked.append(line) or next(answers))
    assert asking.confirm("写入吗？")
    assert not asking.confirm("写入吗？")
    assert asking.confirm("写入吗？")
    assert "请输入 y 或 n" in capsys.readouterr().err
    secrets = iter(["one", "two", "one", "one"])
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda line: asked.append(line) or next(secrets))
    assert asking.new_secret("口令") == "one"
    assert "两次输入不一致" in capsys.readouterr().err


def test_the_tables_of_a_ledger_in_use_are_chinese(desk: Desk) -> None:
    """Headings, words and notes of the lists and sheets of a bill in all its parts."""
    from cli.cli_desk import accepted_bill

    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    desk.json("bank1", "finance", "quote", request, "--rate", "3.85", "--no-recourse")
    for words in (
        ["bill", "list"], ["bill", "show", bill], ["bill", "history", bill], ["token", "list"], ["finance", "list"],
        ["finance", "show", request], ["trace", "bill", bill], ["trace", "anchor", "anchor"], ["party", "list"],
        ["party", "show", "bank1"], ["party", "account", "supplier1"], ["party", "policy", "anchor"],
        ["network", "show"], ["governance", "list"], ["calendar", "show"], ["party", "open-items", "supplier1"],
        ["node", "status"],
    ):  # fmt: skip
        desk.text("--lang", "zh", "--as", "bank1", *words)
        told = f"{desk.out} {desk.err}"
        known = r"\b(?:[0-9A-Z]{18}|bank\d|supplier\d|anchor|local-\w+|T\d\d:[\d:.]+Z|act/360|uscc)\b"
        assert not english_left(re.sub(known, " ", told)), words


@pytest.mark.parametrize(
    "path",
    [
        "/v1/calendar/1800",
        "/v1/calendar/9999999",
        "/v1/bills?limit=0",
        "/v1/bills?limit=x",
        "/v1/bills?reached_tier=-1",
    ],
)
def test_a_node_says_in_chinese_what_is_wrong_with_a_parameter(desk: Desk, path: str) -> None:
    """The web framework's own words were handed on: `Input should be greater than or equal to 1970`."""
    desk.json("auditor", "party", "list")
    with httpx.Client(transport=desk.transport, base_url="http://node") as http:
        answer = http.get(path, headers={"accept-language": "zh"})
    assert answer.status_code == 400
    for entry in answer.json()["errors"]:
        assert CHINESE.search(entry["detail"])
        assert not english_left(entry["detail"]), entry


def test_titles_and_details_are_parted_by_a_chinese_colon() -> None:
    assert readable({"title": "账本拒绝", "detail": "状态不对", "code": "x"}) == ["账本拒绝：状态不对"]
    set_language("en")
    assert readable({"title": "refused", "detail": "no", "code": "x"}) == ["refused: no"]


def test_a_lock_without_an_end_is_told_without_one() -> None:
    """The lock of a pledge ended in `截止` and nothing."""
    set_language("zh")
    [told] = detail_lines({"locks": [{"kind": "pledged", "ref": "K1", "until": ""}]}, "token_locked", str)
    assert "K1" in told
    assert "截止" not in told


def test_a_lock_is_told_in_words(desk: Desk) -> None:
    """The lock of an offered token was `类型 已报价, ref transfer`: the word of a quote, and a name of JSON."""
    _, token = accepted_bill(desk)
    offered = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1000.00")["tokens"][0]["id"]
    desk.text("--lang", "zh", "--as", "supplier1", "--yes", "token", "split", offered, "--amount", "1.00", expect=3)
    said = next(line for line in desk.err.splitlines() if "锁定：" in line)
    assert "类型 转让要约，" in said
    assert "事由" not in said
    assert ", " not in said
