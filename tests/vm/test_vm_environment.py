"""What a contract is does not depend on how a node's Python was started."""

from __future__ import annotations

import ast
import gc
import os
import subprocess
import sys
import warnings
from threading import Thread

import pytest
from vm.vm_room import contract, go

from chainbill.vm import compile_contract

WARNED_OF = 'WORD = "abc"\n\n\n' + go('return WORD["x"]')
COMPILES = (
    f"from chainbill.vm import compile_contract\nprint(compile_contract('trial', {contract(WARNED_OF)!r}).guarded)"
)


def test_python_warns_of_the_guarded_code() -> None:
    """Else the test below could not fail."""
    with pytest.warns(SyntaxWarning, match="str indices must be integers"):
        compile(compile_contract("trial", contract(WARNED_OF)).guarded, "here", "exec")


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        ([], {}),
        ([], {"PYTHONWARNINGS": "error"}),
        (["-W", "error"], {}),
        (["-X", "dev"], {}),
        ([], {"PYTHONOPTIMIZE": "2"}),
    ],
)
def test_warnings_decide_nothing(flags: list[str], environment: dict[str, str]) -> None:
    """security 17: PYTHONWARNINGS=error made a node refuse contracts that others take."""
    done = subprocess.run(
        [sys.executable, *flags, "-c", COMPILES],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == compile_contract("trial", contract(WARNED_OF)).guarded + "\n"
    assert "Warning" not in done.stderr


def test_several_threads_compile_without_warnings() -> None:
    """The filters of warnings are the process's: who compiles waits, so that nobody restores them meanwhile."""
    found: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        threads = [
            Thread(target=lambda: found.append(compile_contract("trial", contract(WARNED_OF)).guarded))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def parses(_phase: str, _told: dict[str, int]) -> None:
    """As a finalizer does that logs a traceback."""
    ast.parse("a + b")


def test_what_is_collected_meanwhile_decides_nothing() -> None:
    """CPython 3.11 ended in a SystemError where a finalizer parsed while a contract was parsed."""
    source = contract("\n\n\n".join(f"V{one} = [{one}, [2, [3, 4]]]" for one in range(200)) + "\n\n\n" + go("return 1"))
    often = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(parses)
    try:
        compile_contract("trial", source)
    finally:
        gc.callbacks.remove(parses)
        gc.set_threshold(*often)
