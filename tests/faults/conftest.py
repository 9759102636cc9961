"""Real node processes are shared with the tests of the node; helpers of this folder are imported by name."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "node")]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of small files are written and synced here."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="chainbill-", dir=shared if os.access(shared, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)
