"""A member's own certificate in hostile hands: a raw TLS client of the network between nodes."""

from __future__ import annotations

import contextlib
import os
import socket
import threading

from chainbill_node.network.hello import make_hello
from chainbill_node.network.tls import client_context
from node_processes import Network


class Hostile:
    """A raw client with the TLS identity of a member whose own node is down, and its hello said."""

    def __init__(self, network: Network, identity: str, target: str) -> None:
        home = network.nodes[identity].home
        members = [node.node_id for node in network.nodes.values()]
        context = client_context(home / "tls/ca.pem", home / "tls/node.pem", home / "tls/node.key", members)
        host, _, port = network.nodes[target].p2p.rpartition(":")
        self._reader: threading.Thread | None = None
        plain = socket.create_connection((host, int(port)), timeout=10)
        try:
            self._socket = context.wrap_socket(plain)
        except OSError:
            plain.close()
            raise
        self.send(make_hello(network.created.genesis.hash, None))

    def send(self, frame: bytes) -> None:
        self.raw(len(frame).to_bytes(4, "big") + frame)

    def raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def drain(self) -> None:
        """Take off what comes, still encrypted, so that only what we send counts: one connection of TLS is not to be
        read and written in two threads, which ended the whole process once in many runs.
        """
        below = socket.socket(fileno=os.dup(self._socket.fileno()))
        below.settimeout(10)

        def read() -> None:
            with below, contextlib.suppress(OSError):
                while below.recv(65536):
                    pass

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Close, also under a reader in another thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._reader is not None:
            self._reader.join(5)
        self._socket.close()
