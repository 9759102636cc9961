"""Port conflicts: which address of a configuration is taken before a node starts, and which node answers there."""

from __future__ import annotations

import asyncio
import http.client
import json

from chainbill.shown import shown
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.home.config import ConfigError, NodeConfig
from chainbill_node.network.listening import listen
from chainbill_node.rest.schema_parts import NETWORK_FIELD

ASK_WITHIN_S = 1.0
LARGEST_ANSWER = 65_536


async def check_free(config: NodeConfig) -> None:
    """Raise ConfigError for the first address of the configuration that somebody listens at, with who it is, if that
    can be known. To be asked before anything begins."""
    for section, address in (("rest", config.rest), ("p2p", config.p2p), ("metrics", config.metrics)):
        if not address.port:
            continue
        try:
            for one in await listen(section, address, 1):
                one.close()
        except ConfigError as error:
            who = None if section == "p2p" else await asyncio.to_thread(node_at, address.host, address.port)
            if who is None:
                raise
            what = (f"{error.what[0]}; {who[0]} answers there", f"{error.what[1]}；在该处应答的是{who[1]}")
            raise ConfigError(what, error.mend) from error.__cause__


def node_at(host: str, port: int) -> Pair | None:
    """The node that answers at an address, by its name and its network's genesis hash, as far as it tells strangers;
    None where none does."""
    asked = http.client.HTTPConnection(host, port, timeout=ASK_WITHIN_S)
    try:
        asked.request("GET", "/ready")
        answer = asked.getresponse()
        said = json.loads(answer.read(LARGEST_ANSWER))
        network = shown(str(answer.headers.get(NETWORK_FIELD, "?")))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        asked.close()
    if not isinstance(said, dict) or "ready" not in said:
        return None
    name = shown(str(said.get("name", "")))
    return f"node {name} of the network {network}", f"网络 {network} 的节点 {name}"
