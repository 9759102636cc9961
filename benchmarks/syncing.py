"""How fast a new node fetches and replays the blocks of a network that others have made."""

from __future__ import annotations

import time
from typing import Any

from observing import admit, wait_height
from running import BATCH, SETTLE_S, Running
from work import transfers


def run(count: int) -> dict[str, Any]:
    """Blocks and transactions a second of a newcomer, from its first height on; all nodes agree at the end."""
    with Running(4) as net:
        tokens = net.tokens(count)
        observer = admit(net, "observer1")
        net.flood(transfers(net.network, tokens), BATCH)
        time.sleep(2 * SETTLE_S)
        height, total = net.height(), net.total()
        began = time.perf_counter()
        net.start("observer1", observer.home)
        seen = wait_height(observer.api, height)
        net.check()
    first = next(moment for moment, at in seen if at > 0)
    seconds = seen[-1][0] - first
    done = height - next(at for _, at in seen if at > 0)
    share = done / height
    return {
        "blocks": height,
        "transactions": total,
        "blocks_per_s": round(done / seconds, 1),
        "transactions_per_s": round(total * share / seconds, 1),
        "ready_after_s": round(seen[-1][0] - began, 2),
    }
