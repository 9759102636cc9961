"""Files given to commands are read up to a bound: attack: sixteen commands read `/dev/zero` until memory was gone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from chainbill_cli import given_files
from cli.cli_fakes import BILL, NETWORK, PARTIES, Shell, ok, token

CLI = Path(given_files.__file__).parent
READS = re.compile(r"\.read_(?:text|bytes)\(|\.open\(\"rb\"|[^.\w]open\(")
OWN = frozenset({
    "given_files.py", "home.py", "settings.py", "digits.py", "ledger_clock.py", "endings.py",
    "commands/doctor.py", "commands/localnet.py", "localnet/layout.py", "localnet/processes.py", "localnet/status.py",
    "demo/cast.py",
})  # fmt: skip
"""Modules that read what this program has written itself, in a home, or what it brings with it."""
LINES = (
    "invoice show {}", "bill issue --debtor anchor --amount 1.00 --due +90d --invoice {}", "product register {}",
    "product event {}", "product attest {} --key anchor", "party register {}", "party sign {} --key anchor",
    "tx sign {}", "tx send {}", "tx decode {}", "governance propose calendar 2027 {}", "governance propose rules {}",
    "governance propose contracts x={}", "governance propose parameter --content @{}", "governance store {}",
    "party suspend supplier1 --document {} --reason x", "party account supplier1 --attest CNY --shown {}",
    "network init {} --out {}.d", "key import imp {}", "token transfer TOKEN --payees {}",
    "network join {}.d --name n --genesis {} --p2p-port 1 --api-port 2 --trust genesis",
    "label attest BILL --scheme s --grade A --until 2027-01-01 --document {}",
)  # fmt: skip


def test_one_reader_for_what_is_given() -> None:
    """A command that opens a file of its own has no bound."""
    found = {str(path.relative_to(CLI)) for path in CLI.rglob("*.py") if READS.search(path.read_text(encoding="utf-8"))}
    assert found == OWN


@pytest.fixture
def endless(tmp_path: Path) -> dict[str, Path]:
    """What is no file of that kind, by what it is."""
    pipe, huge = tmp_path / "pipe", tmp_path / "huge"
    os.mkfifo(pipe)
    with huge.open("wb") as file:
        file.truncate(20 << 30)
    return {"a device": Path("/dev/zero"), "a pipe": pipe, "a directory": tmp_path, "huge": huge}


@pytest.mark.parametrize("line", LINES)
def test_what_has_no_end_is_refused_unread(shell: Shell, endless: dict[str, Path], line: str) -> None:
    shell.node.answers["GET /v1/network"] = ok({**NETWORK, "height": 1})
    found = token()
    shell.node.answers[f"GET /v1/tokens/{found['id']}"] = ok(found)
    for what, path in endless.items():
        words = [word.format(*[path] * 2).replace("TOKEN", found["id"]).replace("BILL", BILL) for word in line.split()]
        shell.run("--lang", "zh", *words, "--dry-run" if "propose" in words else "--yes", expect=1)
        said = (
            f"{20 << 30:,} 字节，最多读取"
            if what == "huge"
            else "这是一个目录"
            if what == "a directory"
            else "不是普通文件"
        )
        assert said in shell.err, (what, shell.err)
        assert str(path) in shell.err
        assert "→" in shell.err


NO_KEYS = {"JSON": b'{"a": 1}', "zeros": bytes(500), "nothing": b"", "a certificate": b"-----BEGIN CERTIFICATE-----\n"}


@pytest.mark.parametrize("content", NO_KEYS.values(), ids=list(NO_KEYS))
def test_no_key_is_not_a_wrong_passphrase(shell: Shell, tmp_path: Path, content: bytes) -> None:
    """It sent whoever named the wrong file to have a key replaced that is as good as ever."""
    path = tmp_path / "k.pem"
    path.write_bytes(content)
    shell.run("--lang", "zh", "key", "import", "imp", str(path), expect=1)
    assert "中没有 PEM 格式的 Ed25519 密钥" in shell.err
    assert "rotate-key" not in shell.err


@pytest.mark.parametrize("line", ["party register {}", "party sign {} --key anchor", "governance propose party {}"])
def test_a_file_of_no_application_says_so(shell: Shell, tmp_path: Path, line: str) -> None:
    path = tmp_path / "l.json"
    path.write_text("[]", encoding="utf-8")
    shell.run("--lang", "zh", *line.format(path).split(), "--yes", expect=1)
    assert "列表为空" in shell.err


@pytest.mark.parametrize("kind", ["party", "party_claim"])
def test_a_proposal_is_about_one_application(shell: Shell, tmp_path: Path, kind: str) -> None:
    """The others of a list were passed over without a word."""
    path = tmp_path / "l.json"
    one = {"statement": {"id": PARTIES["supplier2"], "keys": []}, "signatures": []}
    path.write_text(json.dumps([one, one]), encoding="utf-8")
    shell.run("--lang", "zh", "governance", "propose", kind, str(path), "--dry-run", expect=2)
    assert "有 2 份申请" in shell.err


LONG = "9" * 5_000
LONG_NUMBERS = {
    "network init {} --out {}.d": f"x = {LONG}", "product register {}": f'{{"x": {LONG}}}',
    "party register {}": f"[{LONG}]", "governance propose parameter --content @{}": LONG,
}  # fmt: skip


@pytest.mark.parametrize("line", LONG_NUMBERS)
def test_a_number_without_end_is_named(shell: Shell, tmp_path: Path, line: str) -> None:
    path = tmp_path / "f"
    path.write_text(LONG_NUMBERS[line], encoding="utf-8")
    shell.run("--lang", "zh", *line.format(path, path).split(), "--yes", expect=2)
    assert "数字超过 4,300 位" in shell.err


def test_a_description_nested_without_end_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("x = " + "[" * 50_000, encoding="utf-8")
    shell.run("--lang", "zh", "network", "init", str(path), "--out", f"{path}.d", expect=2)
    assert "嵌套过深" in shell.err
