"""How the nodes of a local network are: asked of each by REST."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from chainbill_node.rest.schema_parts import NETWORK_FIELD

from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.home import load_key, load_network, load_profiles
from chainbill_cli.localnet import processes
from chainbill_cli.localnet.layout import LocalNetwork, LocalNode
from chainbill_cli.node_answers import tells_little
from chainbill_cli.reading import signed_headers
from chainbill_cli.texts import bracketed, language, text

if TYPE_CHECKING:
    import httpx

ASK_TIMEOUT_S = 3.0
POLL_S = 0.1
REMOVED_LOOK_S = 1.0
SAID_NETWORK = "network"
"""Member of what `ready_of` gives: the genesis hash that the answer's header names, "" where it names none."""
Sign = Callable[[str], Mapping[str, str]]
"""Address of a read → headers that sign it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """By what a node of a home is known: the network's genesis hash and its own key, hex, each "" when not known."""

    network: str = ""
    key: str = ""

    def is_another(self, said: Mapping[str, Any]) -> bool:
        """Whether what answered /ready is not this node."""
        keys = self.key, said.get("validator_key", self.key)
        networks = self.network, said.get(SAID_NETWORK) or self.network
        return any(known and known != found for known, found in (keys, networks))


def node_status(
    http: httpx.Client, node: LocalNode, sign: Sign | None = None, expected: Expected = Expected()
) -> dict[str, Any]:
    """One node as `localnet status` shows it; `reason` says why when it is not ready. `sign`: see `ready_of`."""
    pid = processes.pid_of(node)
    found: dict[str, Any] = {
        "name": node.name, "pid": pid, "api": node.api, "p2p": node.p2p, "home": str(node.home),
        "ready": False, "height": None, "app_hash": None,
    }  # fmt: skip
    said = ready_of(http, node.api, sign)
    if said is None:
        return {**found, "reason": text("localnet.no_answer" if pid else "localnet.not_running", name=node.name)}
    if expected.is_another(said):
        who = bracketed(node.api, holder_of(http, node.api))
        return {**found, "reason": text("localnet.port_of_another", name=node.name, where=who)}
    found.update(ready=bool(said.get("ready")), height=said.get("height"), app_hash=said.get("app_hash"))
    if said.get("warnings"):
        found["warnings"] = said["warnings"]
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
        answer = http.get(url, headers=wanted, timeout=ASK_TIMEOUT_S)
        body = answer.json()
        if sign is not None and tells_little(body):
            told = http.get(url, headers={**wanted, **sign(url)}, timeout=ASK_TIMEOUT_S).json()
            body = told if "ready" in told else body
    except (httpx.HTTPError, ValueError):
        return None
    return {**body, SAID_NETWORK: answer.headers.get(NETWORK_FIELD, "")} if isinstance(body, dict) else None


def holder_of(http: httpx.Client, api: str) -> str:
    """Who answers at an address: a node of chainbill with its network as far as it says them, else another program."""
    import httpx

    said = ready_of(http, api)
    if said is None or "ready" not in said:
        return text("localnet.held_by_program")
    try:
        network = http.get(f"{api}/v1/network", timeout=ASK_TIMEOUT_S).json().get("chain_id")
    except (httpx.HTTPError, ValueError, AttributeError):
        network = None
    name, network = said.get("name"), network or said[SAID_NETWORK] or "?"
    return text("localnet.held_by_node" if name else "localnet.held_by_some_node", name=name, network=network)


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


def expected_of(network: LocalNetwork) -> dict[str, Expected]:
    """By what each node of a home is known."""
    keys, known = genesis_keys(network), load_network(network.home).network
    return {node.name: Expected(known.hex(), keys.get(node.name, "")) for node in network.nodes}


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
        expected = expected_of(network)
        nodes = [
            node_status(http, node, partial(signed_of, network, node), expected[node.name]) for node in network.nodes
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
    """Wait until every one of these nodes is ready; a failure with its log when one ends or is not in time."""
    for node in wait_running(network, nodes, timeout_s):
        raise _failed(node, "localnet.not_ready")


def wait_running(network: LocalNetwork, nodes: Iterable[LocalNode], timeout_s: float) -> list[LocalNode]:
    """Wait until every one of these nodes is ready; those that run and are not when the time is over.

    A failure with its log when one ends, or does not answer in time. A node that was voted out is not waited for: it
    never will be.
    """
    import httpx

    deadline = time.monotonic() + timeout_s
    look_again = time.monotonic() + REMOVED_LOOK_S
    waiting = list(nodes)
    expected = expected_of(network)
    with httpx.Client(trust_env=False) as http:
        while waiting:
            if time.monotonic() > look_again:
                gone = removed(http, network)
                waiting = [node for node in waiting if node.name not in gone]
                look_again = time.monotonic() + REMOVED_LOOK_S
            still, silent = [], []
            for node in waiting:
                if processes.pid_of(node) is None:
                    raise _failed(node, "localnet.ended")
                said = ready_of(http, node.api)
                if said is not None and expected[node.name].is_another(said):
                    who = bracketed(node.api, holder_of(http, node.api))
                    raise fail(Exit.FAILED, "localnet.port_of_another", name=node.name, where=who)
                if said is None or not said.get("ready"):
                    still.append(node)
                if said is None:
                    silent.append(node)
            waiting = still
            if waiting and time.monotonic() > deadline:
                for node in waiting:
                    if node in silent:
                        raise _failed(node, "localnet.not_ready")
                return waiting
            if waiting:
                time.sleep(POLL_S)
    return []


def _failed(node: LocalNode, key: str) -> Failure:
    failure = fail(Exit.FAILED, key, name=node.name, log=str(node.log_file))
    failure.problem["errors"] = processes.log_tail(node)
    return failure
