"""Faults that were planted by who had not seen the tests: each is seen by the test that is named for it."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys

import pytest
from chainbill_contracts import sources
from planted.planting import CONTRACTS, ROOT, Fault, faults, planted

pytestmark = pytest.mark.untraced
FAULTS = faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_a_fault_stands_where_it_is_said_and_goes_away_again(fault: Fault) -> None:
    """Also where the code was changed since: then the fault has to be told anew, or it is gone."""
    assert fault.sound.count(fault.before) == 1, f"{fault.file} has another text: look whether the fault can still be"
    compile(fault.broken, fault.file, "exec")
    with planted(fault):
        pass


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.file.startswith(CONTRACTS)], ids=lambda one: one.name)
def test_a_contract_is_broken_meanwhile_in_what_a_genesis_takes(fault: Fault) -> None:
    """Also behind a node that was started in this process, which has frozen what there was."""
    gc.freeze()
    name = fault.module.rpartition(".")[2]
    with planted(fault):
        assert sources()[name] == fault.broken != fault.sound
    assert sources()[name] == fault.sound


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_the_test_that_sees_it_is_there(fault: Fault) -> None:
    assert bool(fault.killed_by) is not bool(fault.why)
    if fault.killed_by:
        path, name = fault.killed_by.split("[")[0].split("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


@pytest.mark.timeout(900)
def test_the_quick_ones_are_killed() -> None:
    """In a process of their own, where nothing else runs the broken code meanwhile."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planted", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("killed  ") == sum(one.quick for one in FAULTS)
