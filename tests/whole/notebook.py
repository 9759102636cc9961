"""What clients of a simulated network were told: by whom, when, as of which height."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from faults.history import Event


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer to a read. `asked`: the path with its query, `at` left out; pages of a list are one answer."""

    began_s: float
    at_s: float
    client: str
    node: str
    asked: str
    viewer: str
    status: int
    height: int
    body: Any
    newest: bool = True  # no height was asked for
    is_list: bool = False
    key: str = ""
    start: int = 0  # which run of the node
    etag: str = ""


@dataclass(slots=True)
class Notebook:
    """Everything of one run. `findings`: what was wrong at once; `revoked`: keys, and the height since which."""

    events: list[Event] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    revoked: dict[str, int] = field(default_factory=dict)
    bills: dict[str, None] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pending:
    """A node said "pending" about a transaction, having waited for its commit from `began_s` to `at_s`."""

    began_s: float
    at_s: float
    node: str
    start: int
    id: str
