"""Failed day items: what the day change was to do and did not, said in the log, counted, and warned of for a week.

An item that fails is done and gone (docs/reference/core-checks.md), the same at every node: what it stood for did not
happen, and nothing tries it again. A person has to know: which ones is in the log, how many is what `/ready` warns of.
What is warned of stands in `data/failed_day_items.json`, so that a restart does not silence it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from chainbill.ledger.receipt import Kind, Receipt
from chainbill_node.foundation.node_warning import DAY_ITEMS_FAILED, NodeWarning
from chainbill_node.runtime.logs import log

SHOWN_DAYS = 7
DAY_MS = 86_400_000
KEPT = 100
"""So many blocks with failed items are kept: of the newest ones."""
FORM = 1


@dataclass(frozen=True, slots=True)
class Failed:
    """The failed items of one block: how many, and contract and reason of the last of them. time_ms: the block's."""

    height: int
    time_ms: int
    items: int
    contract: str
    reason: str


class FailedDayItems:
    """A source of warnings. now_ms: the ledger's own time; counted: hears the contract of each item that fails."""

    def __init__(self, path: Path, now_ms: Callable[[], int], counted: Callable[[str], None]) -> None:
        self._path = path
        self._now_ms = now_ms
        self._counted = counted
        self._failed = _read(path)

    def committed(self, height: int, time_ms: int, opening: Sequence[Receipt]) -> None:
        """Say which items of a block failed. opening: receipts of what it did by itself."""
        failed = [receipt for receipt in opening if receipt.kind == Kind.DAY_ITEM and not receipt.ok]
        if not failed:
            return
        contract = ""
        for receipt in failed:
            told = receipt.events[-1][2]
            contract = str(told["contract"])
            item = "/".join(map(str, told["item"]))
            log.error("day_item_failed", height=height, contract=contract, item=item, reason=receipt.reason)
            self._counted(contract)
        others = [one for one in self._failed if one.height != height]
        block = Failed(height, time_ms, len(failed), contract, failed[-1].reason)
        self._failed = [*others, block][-KEPT:]
        self._write()

    def __call__(self) -> Iterator[NodeWarning]:
        """That items failed within the last days."""
        since_ms = self._now_ms() - SHOWN_DAYS * DAY_MS
        shown = [one for one in self._failed if one.time_ms >= since_ms]
        if shown:
            yield _warning(sum(one.items for one in shown), shown[-1])

    def _write(self) -> None:
        """Replace the file. Where that fails it is remembered until the end of the process only, and said."""
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(json.dumps({"form": FORM, "failed": list(map(asdict, self._failed))}, indent=1) + "\n")
            beside.replace(self._path)
        except OSError as error:
            log.warning("failed_day_items_not_written", path=str(self._path), why=str(error))


def _warning(items: int, newest: Failed) -> NodeWarning:
    """Of how many items, and of the newest block with some."""
    what = f"{newest.contract}: {newest.reason}"
    one = items == 1
    return NodeWarning(
        DAY_ITEMS_FAILED,
        (
            f"{'1 item' if one else f'{items} items'} of the day change failed in the last {SHOWN_DAYS} days, the "
            f"newest at height {newest.height} (contract {what}): what {'it' if one else 'they'} stood for did not "
            "happen, at no node",
            f"近 {SHOWN_DAYS} 日有 {items} 个日终项失败，最近一次在高度 {newest.height}（合约 {what}）："
            "其所应办理的事项在各节点均未发生",
        ),
        (
            "look for day_item_failed in the log: it names the items. Do by hand what they stood for, and have the "
            "contract mended: docs/reference/day-items.md",
            "请在日志中查找 day_item_failed，其中列明各项；请手工办理相应事项，并修正合约："
            "docs/reference/day-items.zh.md",
        ),
        {"items": items, "height": newest.height, "contract": newest.contract, "reason": newest.reason},
    )


def _read(path: Path) -> list[Failed]:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["form"] != FORM:
            raise ValueError(f"form {content['form']}")
        return [
            Failed(int(one["height"]), int(one["time_ms"]), int(one["items"]), str(one["contract"]), str(one["reason"]))
            for one in content["failed"]
        ][-KEPT:]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("failed_day_items_not_read", path=str(path), why=f"{type(error).__name__}: {error}")
        return []
