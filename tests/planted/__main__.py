"""`python -m tests.planted [--quick] [name …]`: plant each fault, run the test that must see it, say what came of it.

All in one process, as importing takes longer than most of these tests. Exit code 1 where a fault lives.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from planted.planting import ROOT, Fault, faults, planted  # noqa: E402

IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"
"""What a fault stands in is imported before pytest is, and may have imported a plugin."""
PLAIN = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "-W", IMPORTED)


class Shortly:
    """That a property fails is all that is asked: hypothesis looks neither for the smallest example nor for why, and
    draws the same ones each time, or a fault that most draws find would live once in a hundred runs."""

    @staticmethod
    def pytest_configure() -> None:
        """Before tests are read; not earlier, as pytest is to import hypothesis."""
        from hypothesis import Phase, settings

        settings.register_profile("planted", derandomize=True, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("planted")


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Planted faults")
    parser.add_argument("--quick", action="store_true", help="only those that make test tries")
    parser.add_argument("names", nargs="*", help="only these")
    given = parser.parse_args()
    chosen = [one for one in faults() if one.killed_by and (one.quick or not given.quick)]
    if given.names:
        chosen = [one for one in chosen if one.name in given.names]
    lives = [fault.name for fault in chosen if not is_killed(fault)]
    print(f"{len(chosen)} faults, {len(lives)} live{': ' + ', '.join(lives) if lives else ''}")
    return 1 if lives else 0


def is_killed(fault: Fault) -> bool:
    """Whether its test fails with it; that it passes without is said by every other run of the tests."""
    with contextlib.redirect_stdout(io.StringIO()) as told, planted(fault):
        code = pytest.main([*PLAIN, f"--rootdir={ROOT}", str(ROOT / fault.killed_by)], plugins=[Shortly()])
    killed = code == pytest.ExitCode.TESTS_FAILED
    print(f"{'killed' if killed else 'LIVES '}  {fault.name}: {fault.killed_by}", flush=True)
    if code not in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.OK):
        print(told.getvalue())
    return killed


if __name__ == "__main__":
    sys.exit(main())
