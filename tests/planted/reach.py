"""`build/python-3.12/bin/python -m tests.planted.reach OUT PATH …`: which of these tests runs which line, how long.

Needs CPython 3.12, whose monitoring tells each line once a test and costs next to nothing (`make second-python`). Kept
as JSON: {"took": {test: seconds}, "lines": {file: {line: [test, …]}}}, tests by their place in "took".
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from planted.places import ROOT, files  # noqa: E402
from planted.planting import CONTRACTS  # noqa: E402

WHICH = "not e2e and not alone and not slow"


class Reach:
    """A plugin. Of contracts it sees the lines that run in plain Python, and none of those on the machine.

    What a fixture or a cache of many tests runs is told of the first of them alone.
    """

    def __init__(self) -> None:
        self.files = {str(ROOT / one): one for one in files()}
        self.files |= {f"<contract {Path(one).stem}>": one for one in files() if one.startswith(CONTRACTS)}
        self.took: dict[str, float] = {}
        self.lines: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.monitoring = sys.monitoring  # type: ignore[attr-defined]
        self.monitoring.use_tool_id(self.monitoring.COVERAGE_ID, "reach")
        self.monitoring.register_callback(self.monitoring.COVERAGE_ID, self.monitoring.events.LINE, self.line)

    def line(self, code: CodeType, line: int) -> object:
        """The first time in this test."""
        if code.co_filename in self.files:
            self.lines[self.files[code.co_filename]][line].append(len(self.took))
        return self.monitoring.DISABLE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Around one test with its fixtures."""
        began = time.process_time()
        self.monitoring.restart_events()
        self.monitoring.set_events(self.monitoring.COVERAGE_ID, self.monitoring.events.LINE)
        try:
            return (yield)
        finally:
            self.monitoring.set_events(self.monitoring.COVERAGE_ID, 0)
            self.took[item.nodeid] = round(time.process_time() - began, 3)


def main() -> int:
    """The exit code."""
    out, *paths = sys.argv[1:]
    reach = Reach()
    words = ("-q", "--timeout=900", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={ROOT}", "-m", WHICH)
    code = pytest.main([*words, *paths], plugins=[reach])
    Path(out).write_text(json.dumps({"took": reach.took, "lines": reach.lines}), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
