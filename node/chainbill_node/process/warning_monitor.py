"""Warning monitor: looks every few seconds for what a node warns of, keeps what holds now, logs and counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from chainbill_node.foundation.node_warning import NodeWarning
from chainbill_node.runtime.logs import log

LOOK_S = 5.0
TOLD_AGAIN_MS = 86_400_000
Source = Callable[[], Iterable[NodeWarning]]
"""What holds now; it must not block, and raises nothing."""


class Watch:
    """`current`: what holds now, for any thread. A line of the log when a key comes, one a day, one when it is over."""

    def __init__(self, sources: Sequence[Source], counted: Callable[[Mapping[str, int]], None]) -> None:
        self.current: tuple[NodeWarning, ...] = ()
        self._sources = sources
        self._counted = counted
        self._told_ms: dict[str, int] = {}

    def look(self, now_ms: int) -> None:
        """Ask all sources. now_ms: for how often a line is due."""
        self.current = tuple(one for source in self._sources for one in source())
        keys = Counter(one.key for one in self.current)
        self._counted(keys)
        due = {key for key in keys if now_ms - self._told_ms.get(key, now_ms - TOLD_AGAIN_MS) >= TOLD_AGAIN_MS}
        for one in self.current:
            if one.key in due:
                self._told_ms[one.key] = now_ms
                log.warning(
                    "node_warning", key=one.key, what=one.what[0], what_zh=one.what[1],
                    mend=one.mend[0], mend_zh=one.mend[1],
                )  # fmt: skip
        for key in self._told_ms.keys() - keys.keys():
            del self._told_ms[key]
            log.info("node_warning_over", key=key)
