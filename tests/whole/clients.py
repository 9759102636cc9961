"""Clients of a simulated network: they sign, hand in, try again, read, and write down what they were told.

A client has one request under way at a time. Who gets no answer, or none that is final, hands the same bytes in again,
here or at another node, until somebody says where they stand.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from chainbill_node.rest.request_signing import sign_request
from faults.history import Acknowledged, Lost, Submitted
from ledger.ledger_kit import wire
from ledger.real_network import KEYS
from whole.http import Answer, ask
from whole.notebook import Pending, Seen

from chainbill.ledger.transaction import decode_transaction

if TYPE_CHECKING:
    from sim.stories import Act, Telling
    from whole.machine import Machine
    from whole.world import World

MSGPACK = {"content-type": "application/x-msgpack"}
WAITS_S = (0, 1, 5, 20)
SLACK_S = 20.0
"""By so much later than it asked for a client that nothing cuts off must be answered."""
VALID_MS = 20 * 3_600_000
EXPIRED = "transaction_expired"
TOO_EARLY = "transaction_too_early"
CLOCKS = (EXPIRED, TOO_EARLY)
KEPT_WITHIN_S = 60.0
"""A transaction that a node took is in a block so soon, when nothing breaks."""
GIVES_UP = 0.02
"""So often a client goes away in the middle of a request."""


def written(act: Act) -> tuple[str, str] | None:
    """The register that an act writes, and what."""
    return (act.party, act.arguments["bank"]) if (act.contract, act.function) == ("account", "announce") else None


def written_by(signed: bytes) -> tuple[str, str]:
    """The register that a transaction of one announcement writes, and what."""
    found = decode_transaction(signed)
    return found.party, found.calls[0].args["bank"]


class Client:
    """One user of the network."""

    def __init__(self, world: World, name: str, viewer: str) -> None:
        self.world, self.name, self.viewer = world, name, viewer
        self.key = KEYS[viewer]
        self.chance = world.chance

    async def pause(self, most_s: float) -> None:
        await asyncio.sleep(self.chance.random() * most_s)

    async def some_node(self) -> Machine:
        """One that runs, when there is one."""
        while True:
            running = [one for one in self.world.machines.values() if one.alive]
            if running:
                return self.chance.choice(running)
            await asyncio.sleep(0.1)

    async def ask(
        self, machine: Machine, method: str, path: str, body: bytes = b"", fields: dict[str, str] | None = None,
        within_s: float = 0.0, *, patient: bool = False,
    ) -> Answer | None:  # fmt: skip
        """One request; None where no answer came. A node that runs on and does not answer is a finding."""
        world, life = self.world, machine.life
        fields = dict(fields or {})
        if world.closed and method == "GET":
            url = f"http://127.0.0.1:{machine.config.rest.port}{path}"
            fields |= sign_request(
                self.key, method, url, created_s=int(world.now_ms // 1000), nonce=self.chance.randbytes(12)
            )
        asking = asyncio.ensure_future(
            ask(machine.config.rest.port, method, path, body, fields, within_s=within_s + SLACK_S)
        )
        if not patient and self.chance.random() < GIVES_UP:
            await asyncio.wait([asking], timeout=self.chance.random() * 0.1)
            if not asking.done():
                asking.cancel()
                await asyncio.wait([asking])
                return None
        try:
            return await asking
        except TimeoutError:
            if life.alive and life is machine.life:
                self.world.book.findings.append(f"{machine.name} runs and did not answer {method} {path}")
            return None
        except OSError:
            return None

    # ---- writing ----

    def sign(self, *calls: tuple[str, str, dict[str, Any]], party: str = "", keys: Any = ()) -> bytes:
        party = party or self.viewer
        return wire(
            *calls, party=party, keys=tuple(keys) or (KEYS[party],), network=self.world.genesis.hash,
            valid_until_ms=int(self.world.ledger_ms) + VALID_MS, nonce=next(self.world.nonces),
        )  # fmt: skip

    async def hand_in(self, signed: bytes, writes: tuple[str, str] | None = None) -> dict[str, Any]:
        """Until it is known what came of it: the body of the final answer."""
        world = self.world
        identity = decode_transaction(signed).id.hex()
        while True:
            machine = await self.some_node()
            start, began_s, node = machine.starts, world.loop.time(), machine.known_as
            wait_s = self.chance.choice(WAITS_S)
            path = f"/v1/transactions?wait=committed&timeout={wait_s}" if wait_s else "/v1/transactions"
            world.book.events.append(Submitted(began_s, self.name, node, identity, writes))
            answer = await self.ask(machine, "POST", path, signed, MSGPACK, wait_s)
            now_s = world.loop.time()
            body = answer.json if answer else {}
            if answer is not None and (answer.status in (200, 201) or (answer.status == 422 and body.get("height"))):
                ok = answer.status != 422
                world.book.events.append(Acknowledged(now_s, self.name, node, identity, body["height"], ok))
                return dict(body)
            world.book.events.append(Lost(now_s, self.name, node, identity))
            if answer is not None and answer.status == 202:
                world.book.pending.append(Pending(began_s, now_s, node, start, identity))
            elif answer is not None and answer.status == 422 and not self._undecided(machine, signed, body):
                return dict(body)
            elif answer is not None and answer.status not in (422, 429, 503):
                world.book.findings.append(f"{machine.name} answered {answer.status} {body} to a transaction")
            await self.pause(2.0)

    async def hand_in_together(self, wires: list[bytes]) -> None:
        """Several in one request; each of which no final word came is handed in again by itself."""
        world, machine = self.world, await self.some_node()
        began_s, node = world.loop.time(), machine.known_as
        ids = [decode_transaction(one).id.hex() for one in wires]
        for identity, one in zip(ids, wires, strict=True):
            world.book.events.append(Submitted(began_s, self.name, node, identity, written_by(one)))
        path = "/v1/transactions/batch?wait=committed&timeout=5"
        answer = await self.ask(machine, "POST", path, msgspec.msgpack.encode(wires), MSGPACK, 5)
        said = answer.json["data"] if answer is not None and answer.status == 200 else [{}] * len(wires)
        for identity, one, body in zip(ids, wires, said, strict=True):
            if body.get("height"):
                ok = "code" not in body
                acknowledged = Acknowledged(world.loop.time(), self.name, node, identity, body["height"], ok)
                world.book.events.append(acknowledged)
            else:
                world.book.events.append(Lost(world.loop.time(), self.name, node, identity))
                await self.hand_in(one, written_by(one))

    async def call(
        self, party: str, call: tuple[str, str, dict[str, Any]], writes: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Sign and hand in, anew where the ledger's clock has run past it: the body of the final answer."""
        while True:
            body = await self.hand_in(self.sign(call, party=party), writes)
            if body.get("code") != EXPIRED:
                return body

    async def trust(self, signed: bytes) -> None:
        """Hand in without waiting, once for each run of the node, and ask that node until it is in a block."""
        world, identity = self.world, decode_transaction(signed).id.hex()
        machine, start, since_s = await self.some_node(), -1, 0.0
        while True:
            if start != machine.starts and machine.serves:
                writes = written_by(signed)
                world.book.events.append(Submitted(world.loop.time(), self.name, machine.known_as, identity, writes))
                began = machine.starts
                answer = await self.ask(machine, "POST", "/v1/transactions", signed, MSGPACK)
                if answer is not None and answer.status in (200, 202):
                    start, since_s = began, world.loop.time()
                elif answer is not None and answer.status == 422 and answer.json["code"] != TOO_EARLY:
                    return
            elif start == machine.starts:
                answer = await self.ask(machine, "GET", f"/v1/transactions/{identity}")
                if answer is not None and answer.status == 200 and answer.json["status"] != "pending":
                    return
                if world.ledger_ms > decode_transaction(signed).valid_until_ms:
                    return
                since_s = max(since_s, world.calm_s)
                if world.loop.time() > since_s + KEPT_WITHIN_S:
                    world.book.findings.append(f"{machine.name} took {identity[:12]} and it comes into no block")
                    return
            await self.pause(2.0)

    def _undecided(self, machine: Machine, signed: bytes, refusal: dict[str, Any]) -> bool:
        """By this node's clock it is too early or too late, and it may be in a block that the node has not got."""
        if refusal["code"] not in CLOCKS:
            return False
        until_ms = decode_transaction(signed).valid_until_ms
        return refusal["code"] != EXPIRED or machine.ledger is None or machine.ledger.info().time_ms <= until_ms

    async def tell(self, story: Telling) -> None:
        """Act a story, act by act."""
        world, result = self.world, None
        while True:
            try:
                act: Act = story.send(result)
            except StopIteration:
                return
            body = await self.call(act.party, act[1:4], written(act))
            world.heard(body)
            done = "result" in body
            if not (done if not act.refused else act.refused == "?" or body.get("code") == act.refused):
                if not (world.too_late and body.get("height")):
                    world.book.findings.append(f"{act.contract}.{act.function} gave {body}")
                return
            result = body.get("result")
            await self.pause(1.0)

    # ---- reading ----

    async def get(self, machine: Machine, asked: str, at: int | None = None, etag: str = "") -> Answer | None:
        """One read, noted. `asked`: without `at`."""
        began_s, start, node = self.world.loop.time(), machine.starts, machine.known_as
        path = asked if at is None else f"{asked}{'&' if '?' in asked else '?'}at={at}"
        answer = await self.ask(machine, "GET", path, fields={"if-none-match": etag} if etag else None)
        if answer is not None:
            self._note(node, asked, began_s, answer, newest=at is None, start=start)
        return answer

    def _note(self, node: str, asked: str, began_s: float, answer: Answer, *, newest: bool, start: int) -> None:
        height = int(answer.headers.get("chainbill-height", "-1"))
        if answer.status in (429, 503):
            return
        seen = Seen(
            began_s, self.world.loop.time(), self.name, node, asked, self.viewer, answer.status, height,
            answer.json if answer.status != 304 else None, newest, key=self.key.public.hex(), start=start,
            etag=answer.headers.get("etag", ""),
        )  # fmt: skip
        self.world.book.seen.append(seen)

    async def list_all(self, machine: Machine, asked: str, limit: int) -> None:
        """All pages of a list, with time between them; noted as one answer."""
        world = self.world
        began_s, start, node = world.loop.time(), machine.starts, machine.known_as
        entries: list[Any] = []
        path = f"{asked}{'&' if '?' in asked else '?'}limit={limit}"
        first: Answer | None = None
        after = ""
        while True:
            answer = await self.ask(machine, "GET", path + after)
            if answer is None or answer.status in (429, 503):
                if after and (machine.starts != start or self.chance.random() < 0.5):
                    return
                await self.pause(1.0)
                start = machine.starts
                continue
            if answer.status != 200:
                if answer.status != 410:
                    world.book.findings.append(
                        f"{machine.name} answered {answer.status} {answer.json} to {path}{after}"
                    )
                return
            first = first or answer
            body = answer.json
            entries += body["data"]
            if body["as_of"] != first.json["as_of"]:
                world.book.findings.append(f"pages of {path} at {machine.name} are of different heights")
            if body["next"] is None:
                break
            after = f"&after={body['next']}"
            await self.pause(3.0)
        whole = {**first.json, "data": entries, "next": None}
        world.book.seen.append(
            Seen(
                began_s, world.loop.time(), self.name, node, asked, self.viewer, 200, whole["as_of"]["height"],
                whole, is_list=True,
            )
        )  # fmt: skip
