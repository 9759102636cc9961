"""A CA as older releases set one up, and certificates that it signs: this release takes them, and makes none itself."""

from __future__ import annotations

import datetime
from pathlib import Path

from chainbill_node.setup.certificates import Issued, certify, make_request
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_authority(chain_id: str, now: datetime.datetime, days: float = 3650) -> Issued:
    """A self-signed CA of one network. `now` is UTC."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"chainbill {chain_id}"[:64])])
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Issued(certificate.public_bytes(serialization.Encoding.PEM), pem)


def make_node_certificate(
    authority: Issued, node_id: str, host: str, now: datetime.datetime, ends: datetime.datetime | None = None
) -> Issued:
    """A certificate of a CA that names the node by URI, and its host. ends: see `certify`."""
    request = make_request(node_id, host)
    return Issued(certify(authority, request.certificate, now, ends), request.key)


def put_authority(folder: Path, authority: Issued) -> Path:
    """The folder of a CA's holder."""
    folder.mkdir()
    (folder / "ca.pem").write_bytes(authority.certificate)
    (folder / "ca.key").write_bytes(authority.key)
    return folder
