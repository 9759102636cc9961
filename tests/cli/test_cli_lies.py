"""Every command that reads, and every one that signs, against a node that lies: a seeded hand changes true answers.

CHAINBILL_LIES is how often each command is lied to, CHAINBILL_LIES_SEED the seed to begin with; a failure names both.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli import asking, preview
from chainbill_cli.failure import Exit
from chainbill_cli.main import run
from cli.cli_desk import Desk
from cli.lying_node import OBEYED, LyingNode
from cli.test_cli_walk import TABLES, filled
from cli.test_cli_walk_writes import STEPS, Printed, known_values, make_ready

from chainbill.ids import is_object_id, valid_uscc
from chainbill.ledger.transaction import Call

TIMES = int(os.environ.get("CHAINBILL_LIES", "1"))
SEED = int(os.environ.get("CHAINBILL_LIES_SEED", "20270331"))
pytestmark = [pytest.mark.timeout(300 * TIMES), pytest.mark.untraced]
FORMS = ("table", "json", "jsonl", "csv", "wide")
AMOUNTS = frozenset({"amount", "amounts", "face", "fee", "total", "net"})
QUICK = ["--timeout", "0.3", "--no-color"]


def bad_end(code: int, out: str, err: str) -> str:
    """What is wrong with how a command ended, "" where nothing is."""
    if code not in set(Exit):
        return f"exit {code}"
    if "Traceback" in out + err or "internal fault" in err or "内部错误" in err or '"internal"' in out:
        return "an internal fault"
    obeyed = OBEYED & set(out.replace("\r\n", "\n").removeprefix("\ufeff") + err)
    return f"a terminal would obey {obeyed}" if obeyed else ""


class Lied:
    """Runs lines against a node that lies, in a copy of the home; what went wrong is kept."""

    def __init__(self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.copy = tmp_path / "lied-to"
        self.faults: list[str] = []
        self.seed = SEED
        self.lies = 0
        monkeypatch.setattr(asking.click, "prompt", lambda *_, **__: "no")
        monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
        self._patch = monkeypatch

    def run(self, line: list[str], *, person: bool) -> None:
        """One line, lied to. person: somebody sits at the terminal, reads and says yes."""
        self.seed += 1
        chance = random.Random(self.seed)
        node = LyingNode(self.desk.transport, chance, chance.choice((0.2, 0.5, 1.0)))
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.desk.home, self.copy, ignore=shutil.ignore_patterns("data", "logs"))
        self._patch.setattr(preview, "person", lambda: person)
        language = chance.choice(("en", "zh"))
        nodes = ["--node", "http://one.test", "--node", "http://two.test"]
        whole = ["--home", str(self.copy), *QUICK, *nodes, "--lang", language, *line]
        code = run(whole, transport=node)
        out, err = self.desk.capsys.readouterr()
        self._patch.setattr(preview, "person", lambda: False)
        self.lies += len(node.lies)
        wrong = bad_end(code, out, err)
        if person and not wrong:
            wrong = "; ".join(self.unseen(node, err))
        if wrong:
            told = "\n".join(node.lies)
            self.faults.append(
                f"CHAINBILL_LIES_SEED={self.seed - 1}: {' '.join(line)}: {wrong}\n{told}\n{out[-900:]}{err[-1500:]}"
            )

    def unseen(self, node: LyingNode, err: str) -> Iterator[str]:
        """What was signed and handed in, but not shown before."""
        for one in (call for transaction in node.taken for call in transaction.calls):
            for name, *said in told_parts(one):
                if not any(way in err for way in said):
                    yield f"{name} {said} was signed unseen"

    def check(self) -> None:
        assert not self.faults, f"{len(self.faults)} of {self.seed - SEED}:\n" + "\n\n".join(self.faults[:20])


def told_parts(one: Call) -> Iterator[tuple[str, ...]]:
    """The name of each amount, id, party and date of a call, and the ways in which a preview may say it.

    Amounts here are of CNY; where a node does not say of which currency they are, they are told in minor units.
    """
    waiting: list[tuple[str, Any]] = [("", one.args)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.items()
        elif isinstance(value, list | tuple):
            waiting += [(name, inner) for inner in value]
        elif type(value) is int and name in AMOUNTS and value:
            yield name, f"{value // 100:,}.{value % 100:02}", f" {value} minor units", f"{value}（最小货币单位）"
        elif isinstance(value, str) and (
            is_object_id(value) or valid_uscc(value) or re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        ):
            yield name, value


def test_every_command_that_reads_is_lied_to(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("why\n", encoding="utf-8")
    known = filled(desk, paper)
    lied = Lied(desk, tmp_path, monkeypatch)
    for _ in range(TIMES):
        for path, words in TABLES.items():
            for form in FORMS:
                line = [*path.split(), *(word.format(**known) for word in words)]
                lied.run(["--as", "supplier1", *line, "-o", form], person=False)
    assert lied.lies > 100 * TIMES
    lied.check()


def test_every_command_that_signs_is_lied_to(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_values(desk, tmp_path)
    lied = Lied(desk, tmp_path, monkeypatch)
    for who, words, wanted in STEPS:
        make_ready(words, known)
        acting = [] if who == "-" else ["--as", who]
        line = [*acting, *(word.format(**known) for word in words.split())]
        kept = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
        for number in range(2 * TIMES):
            lied.run([*line, *([] if number % 2 == 0 else ["-o", "json"])], person=number % 2 == 0)
            for path in [path for path in tmp_path.iterdir() if path.is_file()]:
                path.write_bytes(kept[path]) if path in kept else path.unlink()
        with monkeypatch.context() as undone:
            printed = Printed(undone)
            desk.text("--yes", "--no-color", *line)
        for name, field in wanted.items():
            value = printed.value(field)
            many = value if isinstance(value, list) else [value]
            known |= {f"{name}{place}": str(one)[:18] for place, one in enumerate(many)} | {name: str(value)}
    assert lied.lies > 50 * TIMES
    lied.check()
