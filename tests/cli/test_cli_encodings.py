"""Output in encodings that lack characters: nothing ends a command, and JSON stays JSON.

attack: with an emoji in one name, `party list` in GBK was an internal fault, and so was a payment that was recorded.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
from chainbill_cli.any_text import take_any_text
from chainbill_cli.failure import Exit
from cli.cli_fakes import Shell

NAME = "甲😀乙 ñ ﷽ ── \udcff"


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "cp1252", "utf-8"])
def test_any_text_is_written(encoding: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    take_any_text(stream)
    stream.write(json.dumps({"name": NAME}, ensure_ascii=False))
    stream.flush()
    said = written.getvalue().decode(encoding)
    assert json.loads(said) == {"name": NAME}
    assert "\\udcff" in said
    assert ("甲" in said) == (encoding in {"gbk", "utf-8"})


def test_what_is_no_file_is_left_alone() -> None:
    take_any_text(io.StringIO())


def test_a_process_writes_in_any_encoding() -> None:
    asked = [sys.executable, "-m", "chainbill_cli.main", "--lang", "zh", "--help"]
    done = subprocess.run(asked, env={"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u" in done.stdout


def test_bytes_that_are_no_text_are_told(shell: Shell) -> None:
    shell.run("--lang", "zh", "bill", "list", "--at", "\udcff\udcfe", expect=int(Exit.USAGE))
    assert "不是文字的字节" in shell.err
