"""Files given to commands are read up to a bound: attack: sixteen commands read `/dev/zero` until memory was gone."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from chainbill_cli import given_files
from cli.cli_fakes import BILL, NETWORK, Shell, ok, token

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
