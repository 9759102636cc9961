"""On which cores what is started runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def started_on(cores: set[int] | None) -> Iterator[None]:
    """Processes started inside keep to these cores (None: to all that this one has)."""
    before = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
