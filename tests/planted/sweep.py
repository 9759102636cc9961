"""`python -m tests.planted.sweep --seed N --count K`: mutants by rule in running code, and what of all tests sees them.

`--module contracts/` for the contracts, of which the tests in plain Python are run; `make soak PART=mutants` does that.

Once, under coverage, it is written down (build/sweep.*) which test reaches which line. Then one process collects these
tests, and for each mutant a fork of it runs those that reach the line: the files that take the shortest first, up to
the first that fails. Printed: killed by which, alive with the difference, out of time, or not reached; equivalent where
it is kept why it changes nothing (sweep_harmless.toml).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from planted.__main__ import PLAIN, Shortly  # noqa: E402
from planted.places import files, line_of, mutants  # noqa: E402
from planted.planting import CONTRACTS, ROOT, Fault, planted  # noqa: E402
from planted.planting import faults as kept_faults  # noqa: E402
from planted.reach import WHICH  # noqa: E402

BUILD = ROOT / "build"
PYTHON = BUILD / "python-3.12/bin/python"
PLAIN_CONTRACTS = (
    *("-k", "not machine", "--ignore-glob=*_mutants.py", "--ignore=tests/contracts/test_planted_faults.py"),
)  # fmt: skip
"""Without those that look for a text of a contract, which any change of it ends."""
TESTS: dict[str, tuple[str, ...]] = {
    "contracts": PLAIN_CONTRACTS,
    **dict.fromkeys(("consensus", "state", "ledger", "core", "second", "sim", "node", "faults", "whole"), ()),
    "rest": ("--ignore=tests/rest/test_rest_schemathesis.py",),  # starts a thread when it is read
}
"""Folders of tests, each with its options."""
NAMED = re.compile(r"([A-Z_]+) = ")
ONE_TEST_S, STILL_S = 60, 180
"""So much processor time one test may take with a fault, and so much time: then it is out of time, which is seen."""


def kept_of(part: str) -> Path:
    """Where it is written down what the tests of a folder reach."""
    return BUILD / f"sweep.{part}.json"


def to_look_at(part: str) -> list[str]:
    """Whose reach is not known: files of tests that are of a later moment; all where what they run is, or a helper."""
    every = [f"tests/{part}"]
    if not kept_of(part).is_file():
        return every
    known = kept_of(part).stat().st_mtime
    product = [one for one in files() if one.startswith(CONTRACTS) == (part == "contracts")]
    tests = [str(path.relative_to(ROOT)) for path in (ROOT / "tests" / part).rglob("*.py")]
    later = [one for one in (*product, *tests) if (ROOT / one).stat().st_mtime > known]
    return later if all(Path(one).name.startswith("test_") for one in later) else every


def look(part: str) -> None:
    """Find out what the tests of this folder reach, where it is not known."""
    BUILD.mkdir(exist_ok=True)
    paths = to_look_at(part)
    found = BUILD / f"sweep.{part}.new.json"
    words = [str(PYTHON), "-m", "tests.planted.reach", str(found), *paths, *TESTS[part]]
    subprocess.run(words, cwd=ROOT, check=False, capture_output=True)
    new = json.loads(found.read_text(encoding="utf-8"))
    if paths != [f"tests/{part}"]:
        new = with_new(json.loads(kept_of(part).read_text(encoding="utf-8")), new, set(paths))
    found.write_text(json.dumps(new), encoding="utf-8")
    found.replace(kept_of(part))


def with_new(kept: dict[str, Any], new: dict[str, Any], paths: Container[str]) -> dict[str, Any]:
    """What is known, with what tests of these files reach now in the place of what they reached."""
    names = list(kept["took"])
    stay = [place for place, name in enumerate(names) if name.partition("::")[0] not in paths]
    places = {place: at for at, place in enumerate(stay)}
    lines: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for told, place_of in ((kept, places), (new, {at: at + len(stay) for at in range(len(new["took"]))})):
        for file, of_file in told["lines"].items():
            for line, tests in of_file.items():
                lines[file][line] += [place_of[one] for one in tests if one in place_of]
    return {"took": {names[place]: kept["took"][names[place]] for place in stay} | new["took"], "lines": lines}


def reach(parts: Iterable[str]) -> tuple[dict[str, float], dict[str, dict[int, set[str]]]]:
    """Of each test in these folders the seconds, and by file and line the tests that reach it; found out where it is
    not kept.
    """
    took: dict[str, float] = {}
    reached: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for part in parts:
        if to_look_at(part):
            look(part)
        kept = json.loads(kept_of(part).read_text(encoding="utf-8"))
        names = list(kept["took"])
        took |= kept["took"]
        for file, lines in kept["lines"].items():
            for line, tests in lines.items():
                reached[file][int(line)] |= {names[one] for one in tests if one < len(names)}
    return took, reached


def statement_lines(text: str, line: int) -> Iterable[int]:
    """From the first line of the innermost statement around `line` to that line, or to the end of its head.

    Of a number that a module names: every line with that name.
    """
    named = NAMED.match(text.splitlines()[line - 1])
    if named:
        return [number for number, one in enumerate(text.splitlines(), 1) if named.group(1) in one and number != line]
    around = [
        one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.stmt) and one.lineno <= line <= one.end_lineno
    ]
    inner = max(around, key=lambda one: one.lineno)
    body = getattr(inner, "body", None)
    return range(inner.lineno, (body[0].lineno if body else inner.end_lineno + 1))


class Sweep(Shortly):
    """In the place of pytest's own loop."""

    def __init__(self, faults: list[Fault], parts: Iterable[str], ends: float, cpu_s: float) -> None:
        self.faults, self.ends, self.cpu_s = faults, ends, cpu_s
        self.took, self.reached = reach(parts)
        self.harmless = {(one.file, one.broken) for one in kept_faults() if one.why}
        self.killers: dict[str, list[str]] = defaultdict(list)
        self.sound: dict[str, bool] = {}
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remembers what fails."""
        self.failed = self.failed or (report.nodeid if report.failed else "")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All mutants, one after the other."""
        items = {item.nodeid: item for item in session.items}
        told: Counter[str] = Counter()
        for number, fault in enumerate(self.faults):
            if time.monotonic() > self.ends:
                break
            outcome = self.outcome(fault, items)
            told[outcome["what"]] += 1
            with (BUILD / "sweep.jsonl").open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(fault) | outcome, ensure_ascii=False) + "\n")
            where = f"{fault.file}:{line_of(fault)} {fault.name.partition(' ')[2]}"
            say(f"{number:4} {outcome['what']:11} {where}: {outcome['test']} ({outcome['ran']} of {outcome['of']})")
            if outcome["what"] in ("alive", "not reached"):
                say(difference(fault))
        say(", ".join(f"{count} {what}" for what, count in sorted(told.items())))
        return True

    def outcome(self, fault: Fault, items: dict[str, pytest.Item]) -> dict[str, object]:
        """What becomes of a mutant, and by which test; a test that fails without it does not count."""
        if (fault.file, fault.broken) in self.harmless:
            return {"what": "equivalent", "test": "", "ran": 0, "of": 0}
        while True:
            chosen = [items[one] for one in self.chosen(fault) if one in items and self.sound.get(one, True)]
            if not chosen:
                return {"what": "not reached", "test": "", "ran": 0, "of": 0}
            found = self.forked(fault, chosen)
            test = str(found["test"])
            if found["what"] == "alive":
                return found
            if test not in self.sound:
                self.sound[test] = self.forked(None, [items[test]])["what"] == "alive"
            if self.sound[test]:
                self.killers[fault.file].insert(0, test)
                return found

    def chosen(self, fault: Fault) -> list[str]:
        """What killed others of this file, then the tests that reach the line, file by file, then the rest of those."""
        lines = self.reached[fault.file]
        line = line_of(fault)
        named = NAMED.match(fault.sound.splitlines()[line - 1])
        reaching = set() if named else lines[line]
        reaching = reaching or set().union(*(lines[one] for one in statement_lines(fault.sound, line)))
        files: dict[str, list[str]] = defaultdict(list)
        for one in sorted(reaching, key=lambda one: self.took.get(one, 0)):
            files[one.partition("::")[0]].append(one)
        ordered = sorted(files, key=lambda file: sum(self.took.get(one, 0) for one in files[file]))
        others = [one for one in self.took if one.partition("::")[0] in files and not fault.file.startswith(CONTRACTS)]
        first = [one for one in self.killers[fault.file] if one in reaching][:5]
        return list(dict.fromkeys([*first, *(one for file in ordered for one in files[file]), *others]))

    def forked(self, fault: Fault | None, chosen: list[pytest.Item]) -> dict[str, object]:
        """In a child with a process group of its own, which says before each test that it begins."""
        assert threading.active_count() == 1, "a fork lacks the other threads, and waits for them"
        diary = BUILD / f"sweep.{os.getpid()}.diary"
        diary.write_text("", encoding="utf-8")
        pid = os.fork()
        if not pid:
            self.child(fault, chosen, diary)
        done = status = 0
        while not done:
            time.sleep(0.01)
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done and time.time() - diary.stat().st_mtime > STILL_S:
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        begun = diary.read_text(encoding="utf-8").splitlines() or [chosen[0].nodeid]
        diary.unlink()
        what = {0: "alive", 1: "killed"}.get(os.waitstatus_to_exitcode(status), "out of time")
        return {"what": what, "test": begun[-1] if what != "alive" else "", "ran": len(begun), "of": len(chosen)}

    def child(self, fault: Fault | None, chosen: list[pytest.Item], diary: Path) -> None:
        """Ends with 0 where all passes that there is time for, with 1 at the first that fails."""
        os.setsid()
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        began = time.process_time(), time.monotonic()
        with diary.open("w", encoding="utf-8") as out, planted(fault) if fault else contextlib.nullcontext():
            for item, after in zip(chosen, [*chosen[1:], None], strict=True):
                used = time.process_time()
                if used - began[0] > self.cpu_s or time.monotonic() - began[1] > 4 * self.cpu_s:
                    break
                resource.setrlimit(resource.RLIMIT_CPU, (int(used) + ONE_TEST_S, resource.RLIM_INFINITY))
                print(item.nodeid, file=out, flush=True)
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                if self.failed:
                    os._exit(1)
        os._exit(0)


def difference(fault: Fault) -> str:
    """As a patch tells it, without what is around it."""
    lines = difflib.unified_diff(fault.before.splitlines(), fault.after.splitlines(), n=0, lineterm="")
    return "\n".join(f"       {line}" for line in [*lines][3:])


def say(line: str) -> None:
    """Past pytest's own reporter."""
    os.write(2, (line + "\n").encode())


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Mutants by rule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--cpu", type=float, default=60, help="seconds of processor time for the tests of a mutant")
    parser.add_argument("--module", default="", help="only files whose path has this in it")
    parser.add_argument("--tests", default="", help="only tests of these folders, as ledger,state")
    given = parser.parse_args()
    drawn = mutants(given.seed, given.count, given.module)
    told = [part for part in TESTS if (part == "contracts") is given.module.startswith("contracts")]
    parts = given.tests.split(",") if given.tests else told
    sweep = Sweep(drawn, parts, time.monotonic() + 60 * given.minutes, given.cpu)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        code = pytest.main(
            [
                *PLAIN,
                "-p",
                "no:cov",
                f"--rootdir={ROOT}",
                "-m",
                WHICH,
                *sorted({one.partition("::")[0] for one in sweep.took}),
            ],
            plugins=[sweep],
        )
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
