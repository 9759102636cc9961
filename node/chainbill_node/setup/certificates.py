"""The nodes' TLS certificates (ECDSA P-256, TLS 1.3), signed by the validator's key or by a CA of the consortium.

These keys only let nodes meet: votes and transactions are signed with other keys, so a stolen CA cannot forge them.
"""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chainbill.crypto.keys import PrivateKey
from chainbill_node.network.certificate import NODE_URI, issuer_of
from chainbill_node.setup.ends import end_of, place_of

TOLERANCE = datetime.timedelta(days=1)
"""So much before the moment at which it was made a certificate begins: clocks are not all the same."""
SIGNS = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=False,
    crl_sign=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
Span = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes


def make_own_certificate(key: PrivateKey, host: str, begins: datetime.datetime, ends: datetime.datetime) -> Issued:
    """A certificate of a new TLS key, signed by the validator's key: who knows that one from the state trusts it."""
    node_id = key.public.hex()
    tls_key = ec.generate_private_key(ec.SECP256R1())
    certificate = _node_builder(
        _named(node_id), issuer_of(node_id), tls_key.public_key(), (begins, ends), _identities(node_id, host)
    ).sign(Ed25519PrivateKey.from_private_bytes(key.seed), None)
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), _key_pem(tls_key))


def make_request(node_id: str, host: str) -> Issued:
    """A request for such a certificate (PKCS#10) and the key it is for, which never leaves the node."""
    key = _key_pem(ec.generate_private_key(ec.SECP256R1()))
    return Issued(request_of(key, node_id, host), key)


def request_of(key: bytes, node_id: str, host: str) -> bytes:
    """A request (PEM) for the TLS key of a file. Raises ValueError where the file holds no key of an elliptic curve."""
    try:
        found = serialization.load_pem_private_key(key, None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError("keys are to be of an elliptic curve")
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_named(node_id))
        .add_extension(_identities(node_id, host), critical=False)
        .sign(found, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.PEM)


def node_id_of_request(request: bytes) -> str:
    """The node that a request names. Raises ValueError when it is no request of a node."""
    found = x509.load_pem_x509_csr(request)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ids = [one for one in names.get_values_for_type(x509.UniformResourceIdentifier) if one.startswith(NODE_URI)]
    if not found.is_signature_valid or len(ids) != 1:
        raise ValueError("it is not signed by its own key, or does not name one node")
    return ids[0].removeprefix(NODE_URI)


def certify(authority: Issued, request: bytes, now: datetime.datetime, ends: datetime.datetime | None = None) -> bytes:
    """The certificate (PEM) that a request asks for. Raises ValueError when it is no request of a node.

    ends: None for the day that the node's key alone leads to (`ends.place_of`).
    """
    node_id = node_id_of_request(request)
    ends = ends or end_of(now, *place_of(node_id, None))
    asked = x509.load_pem_x509_csr(request)
    identities = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    key = asked.public_key()
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    issuer_key = serialization.load_pem_private_key(authority.key, None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey) or not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("keys are to be of an elliptic curve")
    certificate = (
        _node_builder(asked.subject, issuer.subject, key, (now - TOLERANCE, ends), identities)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _named(node_id: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node_id[:64])])


def _identities(node_id: str, host: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.UniformResourceIdentifier(NODE_URI + node_id), _host(host)])


def _node_builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, valid: Span,
    identities: x509.SubjectAlternativeName,
) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(SIGNS, critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(identities, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
