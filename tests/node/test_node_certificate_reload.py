"""New certificate files come into use in whole nodes at work; and older releases, which refuse without a word."""

from __future__ import annotations

import asyncio
import datetime
import secrets
import ssl
import time
from pathlib import Path
from typing import Any

from authorities import make_authority
from certificate_kit import Node as Meeting
from certificate_kit import logged, now, of_authority, put
from chainbill_node.home.keys import load_private_key
from chainbill_node.network.certificate import date_said
from chainbill_node.network.peers import Member
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.process.status import node_status
from chainbill_node.setup import renewal
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.ports import LOOPBACK, free_ports
from whole_nodes import connected, submit
from writes import account_at

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, encode_body, sign_transaction


def signed(network: Any, bank: str) -> bytes:
    party = network.parties["anchor"]
    key = load_private_key(party.key)
    body = encode_body(
        network=network.genesis.hash, party=party.party, valid_until_ms=time.time_ns() // 1_000_000 + 600_000,
        nonce=secrets.token_bytes(16), calls=[Call(*account_at(network.parties[bank].party))], keys=[key.public],
    )  # fmt: skip
    return sign_transaction(body, [key])


def test_a_renewal_at_work_drops_nothing_and_is_seen_by_all(tmp_path: Path) -> None:
    network = create_local_network(tmp_path / "net", validators=4)

    async def main() -> None:
        async with connected(network) as nodes:
            renewed, others = nodes[1], [nodes[0], *nodes[2:]]
            former = renewed.peers.vouching.identity.own
            renewal.renew(network.nodes[1].home, datetime.datetime.now(datetime.UTC))
            renewed.certificates.look_at_files(at_once=True)
            assert renewed.peers.vouching.identity.own != former
            sent = 0
            while not all(seen(one, renewed) == renewed.peers.vouching.identity.own for one in others):
                answer = await submit(ServedNode(nodes[sent % 4]), signed(network, f"bank{1 + sent % 2}"), 30_000)
                assert answer.status == "committed"
                sent += 1
            assert sent, "one peer a second: it took a while"
            while not all(renewed.node_id in one.peers.connected for one in others):
                await asyncio.sleep(0.01)
            assert renewed.watch.current == ()
            (network.nodes[1].home / "tls/node.key").write_bytes(b"rubbish")
            renewed.certificates.look_at_files(at_once=True)
            renewed.watch.look(renewed.clock.now_ms())
            [warning] = node_status(renewed).warnings
            assert warning.key == "certificate_files_refused"
            ends = {"bank2": ("own", renewed)} | {one.config.name: ("peer", one) for one in others}
            for name, (whose, one) in ends.items():
                told = figure(renewed, f'chainbill_certificate_end_seconds{{node="{name}",whose="{whose}"}}')
                assert told == one.peers.vouching.identity.own.ends_s
                assert figure(renewed, f'chainbill_certificate_days_left{{node="{name}",whose="{whose}"}}') > 364
            answer = await submit(ServedNode(renewed), signed(network, "bank1"), 30_000)
            assert answer.status == "committed"

    asyncio.run(main())


def figure(node: Node, name: str) -> float:
    lines = node.metrics.exposition()[0].decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name))


def seen(node: Node, other: Node) -> object:
    return node.peers.vouching.of_members([other.node_id]).get(other.node_id)


def test_who_is_refused_without_a_word_says_what_it_knows_of_its_own(tmp_path: Path) -> None:
    """Releases before this one check dates in the handshake: the dialler hears an alert of TLS and no reason."""
    authority, keys = make_authority("test", now()), sorted((PrivateKey.generate(), PrivateKey.generate()),
                                                            key=lambda one: one.public)  # fmt: skip

    async def run() -> None:
        port, own_port = free_ports(2)
        files = put(tmp_path / "old", of_authority(authority, keys[1]), authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files.ca)
        context.load_cert_chain(files.certificate, files.key)
        server = await asyncio.start_server(lambda *_: None, LOOPBACK, port, ssl=context)
        ids = [one.public.hex() for one in keys]
        members = {
            ids[0]: Member(ids[0], "a", f"{LOOPBACK}:{own_port}"),
            ids[1]: Member(ids[1], "b", f"{LOOPBACK}:{port}"),
        }
        ended = put(tmp_path / "new", of_authority(authority, keys[0], -0.5), authority)
        node = Meeting(keys[0], ended, own_port, members)
        await node.network.start()
        async with asyncio.timeout(10):
            while "certificate ended on" not in (node.network.unmet.mend_of(ids[1]) or ("",))[0]:
                await asyncio.sleep(0.01)
        assert date_said(node.identity.own.ends_s) in node.network.unmet.mend_of(ids[1])[1]
        await node.network.stop()
        server.close()

    with logged() as stream:
        asyncio.run(run())
        assert "refused_by_peer" in stream.getvalue()
