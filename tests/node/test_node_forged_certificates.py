"""Certificates that a member's key signs for another node, under names that OpenSSL takes for its own: over real TLS.

OpenSSL looks for who signed by name, and thereby takes capitals for small letters and several blanks for one; the
anchor of a member's key was found so, and what was read afterwards was held for a certificate of a CA.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest
from authorities import make_authority
from certificate_kit import DAY, GENESIS, Node, members_at, now, of_authority, own, put, until
from chainbill_node.network.certificate import ISSUER, UnfitCertificateError, issuer_of, read_certificate
from chainbill_node.network.hello import make_hello
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chainbill.crypto.keys import PrivateKey

SPELLINGS = {
    "as it is": lambda key: issuer_of(key.public.hex()),
    "in capitals": lambda key: named(ISSUER.upper(), key),
    "with more blanks": lambda key: named(" chainbill  validator key ", key),
    "the id in capitals": lambda key: named(ISSUER.title(), key, upper=True),
}


def named(organization: str, key: PrivateKey, *, upper: bool = False) -> x509.Name:
    node_id = key.public.hex().upper() if upper else key.public.hex()
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, node_id),
        ]
    )


def forged(signer: PrivateKey, victim: PrivateKey, issuer: x509.Name) -> Issued:
    """Names the victim, newer than anything it has shown, and signed by another member's key."""
    tls_key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer)
        .public_key(tls_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - DAY / 24)
        .not_valid_after(now() + 100 * DAY)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier("urn:chainbill:node:" + victim.public.hex())]
            ),
            critical=True,
        )
        .sign(Ed25519PrivateKey.from_private_bytes(signer.seed), None)
    )  # fmt: skip
    key = tls_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Issued(made.public_bytes(Encoding.PEM), key)


async def heard(port: int, folder: Path, shown: Issued) -> bytes:
    """What a node says to whoever shows this certificate, and a hello."""
    files = put(folder, shown)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(files.certificate, files.key)
    hello, said = make_hello(GENESIS, None), b""
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port, ssl=context)
    except OSError:
        return said
    with contextlib.suppress(OSError):
        writer.write(len(hello).to_bytes(4, "big") + hello)
        said = await asyncio.wait_for(reader.read(4096), 30)
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return said


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("is_member", [True, False])
def test_a_members_key_vouches_for_no_other_node_however_its_name_is_written(
    tmp_path: Path, spelling: str, is_member: bool
) -> None:
    """The forged one was newer, and so shut out a node with a certificate of a CA, at every node and for good; who had
    been removed could do it too, until each node was started again."""

    async def run() -> None:
        authority = make_authority("test", now())
        victim_key, key, signer = keys = sorted((PrivateKey.generate() for _ in range(3)), key=lambda one: one.public)
        ports = free_ports(3)
        members = members_at(keys, ports)
        victim = Node(victim_key, put(tmp_path / "victim", of_authority(authority, victim_key), authority), ports[0],
                      members)  # fmt: skip
        target = Node(key, put(tmp_path / "target", own(key), authority), ports[1], members)
        for one in (victim, target):
            await one.network.start()
        await until(lambda: target.network.connected == [victim.id])
        if not is_member:
            del members[signer.public.hex()]
            target.network.refresh()
        before = target.identity.seen.newest(victim.id)
        assert before == victim.identity.own
        told = await heard(ports[1], tmp_path / "thief", forged(signer, victim_key, SPELLINGS[spelling](signer)))
        assert told == b"", "it is told something, as if it were the victim"
        target.network.refresh()
        assert target.identity.seen.newest(victim.id) == before
        assert target.network.connected == [victim.id]
        target.network._connections[victim.id].abort("hung up")
        await until(lambda: not target.network.connected)
        await until(lambda: target.network.connected == [victim.id])
        for one in (victim, target):
            await one.network.stop()

    asyncio.run(run())


# ---- what OpenSSL takes and cannot be read


def of_other_bytes(key: PrivateKey, sought: str, put_there: str) -> bytes:
    """DER of a member's own certificate, well signed, with other bytes (hex) at one place."""
    node_id = key.public.hex()
    signer = Ed25519PrivateKey.from_private_bytes(key.seed)
    names = [x509.UniformResourceIdentifier("urn:chainbill:node:" + node_id), x509.IPAddress(ip_address(LOOPBACK))]
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer_of(node_id))
        .public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - DAY)
        .not_valid_after(now() + 100 * DAY)
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.1"), b"\5\0"), critical=False)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.2"), b"\5\0"), critical=False)
        .sign(signer, None)
    )
    before = made.tbs_certificate_bytes
    said = before.replace(bytes.fromhex(sought), bytes.fromhex(put_there))
    assert said != before
    assert len(said) == len(before)
    signed_by_ed25519 = bytes.fromhex("300506032b6570") + b"\3\x41\0" + signer.sign(said)
    whole = said + signed_by_ed25519
    return b"\x30\x82" + len(whole).to_bytes(2, "big") + whole


ODDITIES = {
    "an extension twice": ("06042a030402", "06042a030401"),
    "a name of a strange kind": ("87047f000001", "a30430020500"),
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_what_cannot_be_read_is_no_certificate(oddity: str) -> None:
    """Each ended in a fault of its own, and in a line of the log, out of any connection's bounds."""
    with pytest.raises(UnfitCertificateError, match="cannot be read"):
        read_certificate(of_other_bytes(PrivateKey.generate(), *ODDITIES[oddity]))
