"""Homes' TLS folders with certificates of chosen dates, and nodes' networks over real sockets that use them."""

from __future__ import annotations

import asyncio
import datetime
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from authorities import make_node_certificate
from chainbill_node.network.certificate import NodeCertificate
from chainbill_node.network.identity import Identity, TlsFiles
from chainbill_node.network.peers import Member, PeerNetwork, PeerSettings
from chainbill_node.runtime.logs import log
from chainbill_node.setup.certificates import Issued, make_own_certificate
from chainbill_node.setup.ports import LOOPBACK

from chainbill.crypto.keys import PrivateKey

GENESIS = b"g" * 32
DAY = datetime.timedelta(days=1)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def own(key: PrivateKey, begins_in_days: float = -1, ends_in_days: float = 400) -> Issued:
    return make_own_certificate(key, LOOPBACK, now() + begins_in_days * DAY, now() + ends_in_days * DAY)


def of_authority(authority: Issued, key: PrivateKey, ends_in_days: float = 400) -> Issued:
    return make_node_certificate(authority, key.public.hex(), LOOPBACK, now(), now() + ends_in_days * DAY)


def put(folder: Path, issued: Issued, authority: Issued | None = None) -> TlsFiles:
    folder.mkdir(parents=True, exist_ok=True)
    files = TlsFiles(folder / "ca.pem", folder / "node.pem", folder / "node.key")
    if authority is not None:
        files.ca.write_bytes(authority.certificate)
    files.key.write_bytes(issued.key)
    files.certificate.write_bytes(issued.certificate)
    return files


class Node:
    """One node's network, and what it was told of others."""

    def __init__(self, key: PrivateKey, files: TlsFiles, port: int, members: dict[str, Member]) -> None:
        self.id = key.public.hex()
        self.refused: list[str] = []
        self.downs: list[str] = []
        self.identity = Identity(files, self.id)
        self.network = PeerNetwork(
            PeerSettings(self.id, LOOPBACK, port, GENESIS, self.identity),
            lambda: members,
            lambda _peer, _frame: None,
            lambda _peer: None,
            self.downs.append,
            on_refused=self.refused.append,
            spoken=lambda _frame, _version: True,
        )

    def look(self) -> None:
        self.network.vouching.look(asyncio.get_running_loop().time())


def members_at(keys: list[PrivateKey], ports: list[int]) -> dict[str, Member]:
    ids = [one.public.hex() for one in keys]
    return {one: Member(one, one[:8], f"{LOOPBACK}:{port}") for one, port in zip(ids, ports, strict=True)}


async def until(done: Callable[[], bool], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not done():
            await asyncio.sleep(0.01)


def of_moments(begins_s: float, ends_s: float, *, own_key: bool = True, issuer: bytes = b"") -> NodeCertificate:
    name = f"{begins_s}{ends_s}{own_key}"
    return NodeCertificate("aa", name, int(begins_s), int(ends_s), own_key, issuer)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log._seldom.clear()
    log.configure(level="info", json_lines=False, node="n", stream=stream)
    try:
        yield stream
    finally:
        log.configure(level="warning", json_lines=False, node="")


def seconds(days: float) -> float:
    return time.time() + days * 86_400
