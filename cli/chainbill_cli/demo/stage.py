"""The demo's network: set up, acted on, and taken down again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill.dates import start_of_day_ms
from chainbill.ledger.transaction import Call, decode_transaction
from chainbill_cli.demo.cast import Scene, cast_of
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.localnet import layout, processes, status
from chainbill_cli.session import Session
from chainbill_cli.settings import Settings
from chainbill_cli.signing import sign
from chainbill_cli.writing import Outcome, send

if TYPE_CHECKING:
    import httpx
    from chainbill_node.setup.plan import NetworkPlan

ZONE_MINUTES = 480
MORNING_MS = 9 * 3_600_000
READY_S = 60.0


class Stage:
    """The network of one demo, and its actors by name."""

    def __init__(
        self, network: layout.LocalNetwork, settings: Settings, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.network = network
        self.transport = transport
        self._settings = replace(settings, home=network.home, nodes=(), output="table", quiet=True)
        self._actors: dict[str, Session] = {}

    def actor(self, name: str) -> Session:
        """The session in which a party acts."""
        if name not in self._actors:
            self._actors[name] = Session(replace(self._settings, profile=name), transport=self.transport)
        return self._actors[name]

    def party(self, name: str) -> str:
        """A party's id."""
        return self.actor(name).party

    @cached_property
    def reader(self) -> Session:
        """The session that reads for the audience (the auditor's)."""
        return self.actor("auditor")

    def act(self, name: str, *calls: Call) -> Outcome:
        """One transaction of a party, committed; a Failure when it is refused."""
        session = self.actor(name)
        wire = sign(session, calls)
        return send(session, wire, decode_transaction(wire).id.hex())

    def refusal(self, name: str, *calls: Call) -> Mapping[str, Any]:
        """The problem object of a transaction that the ledger must refuse."""
        try:
            self.act(name, *calls)
        except Failure as failure:
            if failure.exit_code is Exit.REFUSED:
                return failure.problem
            raise
        raise fail(Exit.FAILED, "demo.not_refused")

    def get(self, path: str, **parameters: object) -> Any:
        """A read."""
        return self.reader.client.get(path, **parameters)

    def forget_dates(self) -> None:
        """Ask the ledger's date anew after its clock was moved."""
        for session in self._actors.values():
            session.__dict__.pop("network", None)

    def close(self, *, keep: bool) -> None:
        """Close connections; unless kept, stop the nodes and delete everything."""
        for session in self._actors.values():
            session.close()
        if not keep:
            processes.stop_all(self.network.nodes, kill=True)
            layout.remove(self.network.home)


def plan_of(scene: Scene, validators: int) -> NetworkPlan:
    """The plan of the demo's network: its adjustable clock begins at nine o'clock on the invoice's issue date."""
    from chainbill_node.setup.local import local_plan, own_name

    begins_ms = start_of_day_ms(scene.invoice.issued_on, ZONE_MINUTES) + MORNING_MS
    plan = local_plan(chain_id=own_name("demo"), validators=validators, clock="adjustable", genesis_time_ms=begins_ms)
    offset_ms = begins_ms - time.time_ns() // 1_000_000
    return replace(
        plan,
        parties=cast_of(scene.invoice, validators),
        zone_offset_minutes=ZONE_MINUTES,
        parameters={"clock_offset_ms": offset_ms, "bids": "sealed"},
        log_level="warning",
    )


def build(home: Path, scene: Scene, validators: int) -> layout.LocalNetwork:
    """Write the network into `home` (which holds none yet) and start its nodes."""
    from chainbill_node.setup.network import create_network

    created = create_network(home, plan_of(scene, validators))
    network = layout.write_down(created)
    for node in network.nodes:
        processes.start(node)
    return network


def wait_ready(network: layout.LocalNetwork) -> None:
    """Wait until all nodes take part."""
    status.wait_ready(network, network.nodes, READY_S)
