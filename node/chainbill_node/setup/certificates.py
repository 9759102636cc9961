"""The consortium's CA and the nodes' TLS certificates (ECDSA P-256, TLS 1.3).

These keys only let nodes meet: votes and transactions are signed with other keys, so a stolen CA cannot forge them.
"""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chainbill_node.network.tls import NODE_URI

CA_DAYS = 3650
NODE_DAYS = 825


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes


def make_authority(chain_id: str, now: datetime.datetime) -> Issued:
    """A self-signed CA of one network. `now` is UTC."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"chainbill {chain_id}"[:64])])
    certificate = (
        _builder(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), _key_pem(key))


def make_node_certificate(authority: Issued, node_id: str, host: str, now: datetime.datetime) -> Issued:
    """A certificate that names the node by URI, and its host."""
    request = make_request(node_id, host)
    return Issued(certify(authority, request.certificate, now), request.key)


def make_request(node_id: str, host: str) -> Issued:
    """A request for such a certificate (PKCS#10) and the key it is for, which never leaves the node."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node_id[:64])])
    identities = [x509.UniformResourceIdentifier(NODE_URI + node_id), _host(host)]
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(name)
        .add_extension(x509.SubjectAlternativeName(identities), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issued(request.public_bytes(serialization.Encoding.PEM), _key_pem(key))


def node_id_of_request(request: bytes) -> str:
    """The node that a request names. Raises ValueError when it is no request of a node."""
    found = x509.load_pem_x509_csr(request)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ids = [one for one in names.get_values_for_type(x509.UniformResourceIdentifier) if one.startswith(NODE_URI)]
    if not found.is_signature_valid or len(ids) != 1:
        raise ValueError("it is not signed by its own key, or does not name one node")
    return ids[0].removeprefix(NODE_URI)


def certify(authority: Issued, request: bytes, now: datetime.datetime) -> bytes:
    """The certificate (PEM) that a request asks for. Raises ValueError when it is no request of a node."""
    node_id_of_request(request)
    asked = x509.load_pem_x509_csr(request)
    identities = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    key = asked.public_key()
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    issuer_key = serialization.load_pem_private_key(authority.key, None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey) or not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("keys are to be of an elliptic curve")
    certificate = (
        _builder(asked.subject, issuer.subject, key, now, NODE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(identities, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
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
