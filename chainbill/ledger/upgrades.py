"""What a node must have before a height to come: known from the vote on, so that it can say so and stop in time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chainbill.errors import Malformed, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.in_force import MAX_DUE, protocol_rows
from chainbill.ledger.rule_changes import active_from, changed
from chainbill.ledger.rules import rules_of_bytes
from chainbill.protocols import Protocols
from chainbill.state import rows
from chainbill.state.view import View


@dataclass(frozen=True, slots=True)
class UpgradeNeeded:
    """From `height` on the network runs by what this node lacks: protocol `version`, or one of the CPythons `python`.

    version is 0 where it is the CPython that is not allowed.
    """

    height: int
    version: int
    digest: str
    python: tuple[str, ...]

    def said(self, language: str) -> str:
        """What is missing from which height on, and the mend, in "en" or "zh"."""
        chinese = language == "zh"
        if self.version:
            named = f"{self.version} ({self.digest[:16]})"
            if chinese:
                return (
                    f"自区块 {self.height} 起需要协议 {named}，本软件没有；请在该高度之前安装含有它的版本，数据没有损坏"
                )
            mend = "install a release that has it before that height; the data is not damaged"
            return f"block {self.height} and later need protocol {named}, which this software lacks: {mend}"
        allowed = ", ".join(self.python)
        if chinese:
            return f"自区块 {self.height} 起合约只运行于 CPython {allowed}；请在该高度之前改用其中之一启动节点"
        return (
            f"from block {self.height} on contracts run on CPython {allowed}: start the node with one of these before"
        )


def upgrade_needed(view: View, height: int, protocols: Protocols, python: str) -> UpgradeNeeded | None:
    """The first thing that a node with these protocols and this CPython minor version lacks, for `height` or later.

    height: of the next block. None: nothing that is decided by now.
    """
    found = [_protocol(view, height, protocols), _python(view, height, python)]
    return min([one for one in found if one is not None], key=lambda one: one.height, default=None)


def _protocol(view: View, height: int, protocols: Protocols) -> UpgradeNeeded | None:
    for row in protocol_rows(view):
        if row is not None and protocols.get(row.version, row.digest) is None:
            return UpgradeNeeded(max(height, row.start), row.version, row.digest, ())
    return None


def _python(view: View, height: int, python: str) -> UpgradeNeeded | None:
    raw = view.get(core_rows.RULES)
    if raw is None:
        return None
    rules = rules_of_bytes(rows.value_bytes(raw))
    listed = {height: rules.python}  # of several for one height the last in key order holds
    for key, row in view.scan(core_rows.NEXT_RULES, b"", MAX_DUE):
        with suppress(Refused, Malformed):  # a change that does not fit takes no effect: no node may stop for it
            rules = changed(rules, rows.value(row))
        listed[max(height, active_from(key))] = rules.python
    for at, versions in sorted(listed.items()):
        if python not in versions:
            return UpgradeNeeded(at, 0, "", versions)
    return None
