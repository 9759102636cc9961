"""Structured log: one line per event, as text or JSON, to stderr. Events are words, facts are fields, bytes hex."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import time
from typing import Any, TextIO

from chainbill.shown import escaped

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
SELDOM_S = 1.0
"""Of a warning that strangers can cause there is one line in so long."""


class EventLog:
    """Writes events at or above its level. `configure` is called once, by main."""

    def __init__(self) -> None:
        self._level = LEVELS["warning"]
        self._json = False
        self._node = ""
        self._stream: TextIO | None = None
        self._seldom: dict[str, tuple[float, int]] = {}  # by event, a word of ours: when last written, how many since

    def configure(self, *, level: str, json_lines: bool, node: str, stream: TextIO | None = None) -> None:
        """Set level (debug, info, warning, error), form, the node's name and the stream (None: stderr)."""
        self._level = LEVELS[level]
        self._json = json_lines
        self._node = node
        self._stream = stream

    @property
    def debugs(self) -> bool:
        """Whether `debug` writes anything."""
        return self._level <= LEVELS["debug"]

    def debug(self, event: str, **fields: Any) -> None:
        """Of use to someone looking for a fault."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """The ordinary course of things."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something an operator may want to look at."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something an operator must mend."""
        self._write("error", event, fields)

    def seldom(self, event: str, **fields: Any) -> None:
        """A warning that a stranger can cause at will: one line a second of each event, with how many were left out."""
        now_s = time.monotonic()
        last_s, left_out = self._seldom.get(event, (0.0, 0))
        if last_s and now_s - last_s < SELDOM_S:
            self._seldom[event] = (last_s, left_out + 1)
            return
        self._seldom[event] = (now_s, 0)
        self._write("warning", event, {**fields, **({"left_out": left_out} if left_out else {})})

    def _write(self, level: str, event: str, fields: dict[str, Any]) -> None:
        if LEVELS[level] < self._level:
            return
        now_s = time.time()
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now_s)) + f".{int(now_s * 1000) % 1000:03d}Z"
        shown = {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
        if self._json:
            line = json.dumps(
                {"time": moment, "level": level, "node": self._node, "event": event, **shown},
                ensure_ascii=False,
                default=str,
            )
        else:
            facts = " ".join(f"{name}={value}" for name, value in shown.items())
            line = f"{moment} {level.upper():7} {self._node} {event} {facts}".rstrip()
        line = escaped(line)  # whatever a fact holds: one line an event, and nothing that a terminal obeys
        with contextlib.suppress(OSError):  # a log that cannot be written, on a full disk, ends nothing
            print(line, file=self._stream or sys.stderr, flush=True)


class _Forward(logging.Handler):
    """What parts of the node and its libraries hand to `logging`, as events named like the logger."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        level = record.levelname.lower()
        log._write(level if level in LEVELS else "error", record.name, {"what": self.format(record)})


def forward_logging() -> None:
    """Have `logging` write into the event log: reads of supervisors and auditors, faults, warnings of libraries."""
    root = logging.getLogger()
    if not any(isinstance(one, _Forward) for one in root.handlers):
        root.addHandler(_Forward())
    logging.getLogger("chainbill.rest").setLevel(logging.INFO)


log = EventLog()
