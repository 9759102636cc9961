"""TLS 1.3 contexts and the node id in a certificate.

A node's certificate comes from the consortium's CA and names the node by a URI in its subject alternative name:
`urn:chainbill:node:<hex of the validator's public key>`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NODE_URI = "urn:chainbill:node:"


def server_context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Accepts TLS 1.3 from holders of a certificate of the CA. Raises OSError or ssl.SSLError for unusable files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    return _common(context, ca, certificate, key)


def client_context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Dials TLS 1.3. The host name says nothing here: the node id in the SAN is checked instead."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    return _common(context, ca, certificate, key)


def _common(context: ssl.SSLContext, ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=str(ca))
    context.load_cert_chain(str(certificate), str(key))
    return context


def node_id_of(certificate: Mapping[str, Any] | None) -> str | None:
    """The one node id a peer's certificate names, None if it names none or several."""
    names = () if certificate is None else certificate.get("subjectAltName", ())
    ids = [value[len(NODE_URI) :] for kind, value in names if kind == "URI" and value.startswith(NODE_URI)]
    return ids[0] if len(ids) == 1 else None
