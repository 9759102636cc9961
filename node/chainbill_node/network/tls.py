"""TLS 1.3 contexts between nodes: whose certificates they take.

Trusted are the CAs of `tls/ca.pem`, where there is one, and each member's validator key, as the state names it: for it
an anchor is made here, in memory, so that the certificates that it signs hold. Their dates are looked at after the
handshake (`certificate.refusal_of`), where it can be said whose certificate ended, and when.

The field's word: mutual TLS.
"""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from chainbill_node.network.certificate import KEY_HEX, issuer_of

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL (x509_vfy.h), which `ssl` has no name for."""
ALWAYS = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC), datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def server_context(ca: Path, certificate: Path, key: Path, members: Iterable[str] = ()) -> ssl.SSLContext:
    """Takes TLS 1.3 from nodes with a certificate of the CA or of a member's key. Raises OSError, ssl.SSLError.

    members: node ids; more can be trusted later.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    return _common(context, ca, certificate, key, members)


def client_context(ca: Path, certificate: Path, key: Path, members: Iterable[str] = ()) -> ssl.SSLContext:
    """Dials TLS 1.3. The host name says nothing here: the node id in the SAN is checked instead."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    return _common(context, ca, certificate, key, members)


def _common(context: ssl.SSLContext, ca: Path, certificate: Path, key: Path, members: Iterable[str]) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags |= NO_CHECK_TIME
    if ca.exists():
        context.load_verify_locations(cafile=str(ca))
    trust(context, members)
    context.load_cert_chain(str(certificate), str(key), password="")
    return context


def trust(context: ssl.SSLContext, members: Iterable[str]) -> None:
    """Take certificates of these nodes' own keys too. Who is no member any more is turned away after the handshake."""
    anchors = "".join(anchor_of(one) for one in members if len(one) == KEY_HEX)
    if anchors:
        context.load_verify_locations(cadata=anchors)


@lru_cache(maxsize=256)
def anchor_of(node_id: str) -> str:
    """PEM that makes a validator's key an anchor of trust; its own signature is nobody's and is not looked at.

    "" for an id that is no key.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(node_id))
    except ValueError:
        return ""
    begins, ends = ALWAYS
    made = (
        x509.CertificateBuilder()
        .subject_name(issuer_of(node_id))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the state")]))
        .public_key(key)
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()
