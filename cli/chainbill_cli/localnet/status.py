"""How the nodes of a local network are: asked of each by REST."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from chainbill_cli.client import tells_little
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.home import load_key, load_profiles
from chainbill_cli.localnet import processes
from chainbill_cli.localnet.layout import LocalNetwork, LocalNode
from chainbill_cli.reading import signed_headers
from chainbill_cli.texts import language, text

if TYPE_CHECKING:
    import httpx

ASK_TIMEOUT_S = 3.0
POLL_S = 0.1
REMOVED_LOOK_S = 1.0
Sign = Callable[[str], Mapping[str, str]]
"""Address of a read → headers that sign it."""


def node_status(http: httpx.Client, node: LocalNode, sign: Sign | None = None, expected: str = "") -> dict[str, Any]:
    """One node as `localnet status` shows it; `reason` says why when it is not ready. `sign`: see `ready_of`.

    expected: the node's key, hex; "" when it is not known. What answers with another one is not this node.
    """
    pid = processes.pid_of(node)
    found: dict[str, Any] = {
        "name": node.name, "pid": pid, "api": node.api, "p2p": node.p2p, "home": str(node.home),
        "ready": False, "height": None, "app_hash": None,
    }  # fmt: skip
    if pid is None:
        return {**found, "reason": text("localnet.not_running", name=node.name)}
    said = ready_of(http, node.api, sign)
    if said is None:
        return {**found, "reason": text("localnet.no_answer", name=node.name)}
    if expected and said.get("validator_key", expected) != expected:
        return {**found, "reason": text("localnet.port_of_another", name=node.name, where=node.api)}
    found.update(ready=bool(said.get("ready")), height=said.get("height"), app_hash=said.get("app_hash"))
    if not found["ready"] and said.get("reason"):
        found["reason"] = said["reason"]
        found.update({name: said.get(name) for name in ("round", "waiting_for", "since")})
    return found


def ready_of(http: httpx.Client, api: str, sign: Sign | None = None) -> dict[str, Any] | None:
    """What a node's /ready says, None when it does not answer; with `sign` also where it tells that only if signed."""
    import httpx

    url = f"{api}/ready"
    wanted = {"accept-language": language()}
    try:
        body = http.get(url, headers=wanted, timeout=ASK_TIMEOUT_S).json()
        if sign is not None and tells_little(body):
            told = http.get(url, headers={**wanted, **sign(url)}, timeout=ASK_TIMEOUT_S).json()
            body = told if "ready" in told else body
    except (httpx.HTTPError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def signed_of(network: LocalNetwork, node: LocalNode, url: str) -> Mapping[str, str]:
    """The headers that sign a read of a node by its own bank; none where that has no key here."""
    profile = load_profiles(network.home).get(node.name)
    try:
        return signed_headers(load_key(profile.key), "GET", url) if profile is not None else {}
    except Failure:
        return {}


def removed(http: httpx.Client, network: LocalNetwork) -> set[str]:
    """Names of the nodes that were voted out: validators of the genesis that a node of today lists no more.

    Empty while no node answers.
    """
    keys = genesis_keys(network)
    for node in network.nodes:
        listed = _validators_of(http, network, node) if processes.pid_of(node) is not None else None
        if listed:
            return {name for name, key in keys.items() if key not in listed}
    return set()


def genesis_keys(network: LocalNetwork) -> dict[str, str]:
    """Name → public key of the validators that the network began with."""
    try:
        content = json.loads((network.home / "genesis.json").read_text(encoding="utf-8"))
        return {str(one["name"]): str(one["key"]) for one in content["validators"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _validators_of(http: httpx.Client, network: LocalNetwork, node: LocalNode) -> set[str] | None:
    """Keys of the validators that a node that is ready lists; signed by its own profile where reads are closed."""
    import httpx

    said = ready_of(http, node.api)
    if said is None or not said.get("ready"):
        return None
    url = f"{node.api}/v1/validators"
    try:
        body = http.get(url, headers=dict(signed_of(network, node, url)), timeout=ASK_TIMEOUT_S).json()
        return {str(one["key"]) for one in body["data"]}
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def describe(network: LocalNetwork) -> dict[str, Any]:
    """The object that `localnet up --detach` and `localnet status` print."""
    import httpx

    with httpx.Client(trust_env=False) as http:
        keys = genesis_keys(network)
        nodes = [
            node_status(http, node, partial(signed_of, network, node), keys.get(node.name, ""))
            for node in network.nodes
        ]
        gone = removed(http, network)
    for found in nodes:
        if found["name"] in gone:
            found.update(validator=False, reason=text("localnet.no_validator"))
    profiles = {
        profile.name: {"party": profile.party, "key": str(profile.key)}
        for profile in load_profiles(network.home).values()
    }
    return {"home": str(network.home), "chain_id": network.chain_id, "nodes": nodes, "profiles": profiles}


def wait_ready(network: LocalNetwork, nodes: Iterable[LocalNode], timeout_s: float) -> None:
    """Wait until every one of these nodes is ready; a failure with its log when one ends or does not come up.

    A node that was voted out is not waited for: it never will be.
    """
    import httpx

    deadline = time.monotonic() + timeout_s
    look_again = time.monotonic() + REMOVED_LOOK_S
    waiting = list(nodes)
    keys = genesis_keys(network)
    with httpx.Client(trust_env=False) as http:
        while waiting:
            if time.monotonic() > look_again:
                gone = removed(http, network)
                waiting = [node for node in waiting if node.name not in gone]
                look_again = time.monotonic() + REMOVED_LOOK_S
            still = []
            for node in waiting:
                if processes.pid_of(node) is None:
                    raise _failed(node, "localnet.ended")
                said = ready_of(http, node.api)
                expected = keys.get(node.name, "")
                if said is not None and expected and said.get("validator_key", expected) != expected:
                    raise fail(Exit.FAILED, "localnet.port_of_another", name=node.name, where=node.api)
                if said is None or not said.get("ready"):
                    still.append(node)
            waiting = still
            if waiting and time.monotonic() > deadline:
                raise _failed(waiting[0], "localnet.not_ready")
            if waiting:
                time.sleep(POLL_S)


def _failed(node: LocalNode, key: str) -> Failure:
    failure = fail(Exit.FAILED, key, name=node.name, log=str(node.log_file))
    failure.problem["errors"] = processes.log_tail(node)
    return failure
