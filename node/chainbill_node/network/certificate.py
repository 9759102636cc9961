"""What a node's certificate says, and what makes it count no more. Pure: bytes and the time are given.

A certificate names its node by a URI in its subject alternative name, `urn:chainbill:node:<hex of the validator's
public key>`. Either that very key has signed it, or a CA of the consortium has.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from chainbill_node.foundation.operator_error import Pair

NODE_URI = "urn:chainbill:node:"
KEY_HEX = 64
NOT_PARSED = x509.DuplicateExtension, x509.UnsupportedGeneralNameType, x509.InvalidVersion
"""What the library raises, besides ValueError, of a certificate that OpenSSL took."""
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
DAY_S = 86_400
WARN_DAYS = 30
ISSUER = "chainbill validator key"


class Fault(StrEnum):
    """Why a certificate does not count; also the words that nodes tell each other."""

    ENDED = "certificate_ended"
    EARLY = "certificate_not_yet_valid"
    REVOKED = "certificate_revoked"
    REPLACED = "certificate_replaced"
    AUTHORITY_ENDED = "certificate_authority_ended"


@dataclass(frozen=True, slots=True)
class NodeCertificate:
    """Of which node, from when to when (Unix seconds), and who has signed it: its own key, or a CA of this name.

    fingerprint: SHA-256 of the whole, hex. issuer: DER of the signer's name.
    """

    node_id: str
    fingerprint: str
    begins_s: int
    ends_s: int
    own_key: bool
    issuer: bytes

    def days_left(self, now_s: float) -> int:
        """Whole days until it ends; negative once it has."""
        return int((self.ends_s - now_s) // DAY_S)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA's certificate: DER of its name, from when to when (Unix seconds), SHA-256 of the whole."""

    name: bytes
    begins_s: int
    ends_s: int
    fingerprint: str = ""

    def days_left(self, now_s: float) -> int:
        """Whole days until it ends; negative once it has."""
        return int((self.ends_s - now_s) // DAY_S)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a certificate does not count, and the moment (Unix seconds) that belongs to it: when it ended, when it will
    begin, when its successor began; 0 where there is none."""

    fault: Fault
    at_s: int = 0


class UnfitCertificateError(ValueError):
    """What is no certificate of a node; `said` says why in one language."""

    def __init__(self, why: Pair) -> None:
        super().__init__(why[0])
        self.why = why

    def said(self, language: str) -> str:
        """Why, in "en" or "zh"."""
        return self.why[1] if language == "zh" else self.why[0]


NAMES_NO_NODE: Pair = ("the certificate names no node", "该证书未写明节点")
OF_OTHER_KEY: Pair = (
    "the certificate is signed by the key of another node",
    "该证书由另一节点的密钥签发",
)
OF_NO_CA: Pair = (
    "the certificate is signed neither by the key it names nor by a CA in tls/ca.pem",
    "该证书既非由其所写的密钥签发，也非由 tls/ca.pem 中的 CA 签发",
)
NOT_SIGNED: Pair = (
    "the certificate is not signed by the key it names",
    "该证书并非由其所写的密钥签发",
)
ODD: Pair = ("the certificate cannot be read", "该证书无法读取")
NO_KEY: Pair = ("there is no plain private key in it", "其中没有未加密的私钥")
NO_PEM: Pair = ("there is no certificate in it", "其中没有证书")


def read_certificate(der: bytes) -> NodeCertificate:
    """What a certificate says. Raises UnfitCertificateError: it names no node or several, or another key signed it.

    Of one that its own key has not signed it is not known yet whether a CA has: see `is_signed_by`.
    """
    try:
        found = x509.load_der_x509_certificate(der)
        ids, issuer = _node_ids(found), found.issuer
    except (ValueError, *NOT_PARSED) as error:
        raise UnfitCertificateError(ODD) from error
    if len(ids) != 1:
        raise UnfitCertificateError(NAMES_NO_NODE)
    own_key = issuer == issuer_of(ids[0])
    if own_key:
        _check_signature(found, ids[0])
    elif [one.value for one in issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == [ISSUER]:
        raise UnfitCertificateError(OF_OTHER_KEY)
    return NodeCertificate(
        node_id=ids[0],
        fingerprint=hashlib.sha256(der).hexdigest(),
        begins_s=int(found.not_valid_before_utc.timestamp()),
        ends_s=int(found.not_valid_after_utc.timestamp()),
        own_key=own_key,
        issuer=issuer.public_bytes(),
    )


def read_certificate_file(pem: bytes) -> NodeCertificate:
    """What the first certificate of a PEM file says. Raises UnfitCertificateError."""
    return read_certificate(first_of(pem))


def first_of(pem: bytes) -> bytes:
    """The first certificate of a PEM file, DER. Raises UnfitCertificateError."""
    try:
        return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except ValueError as error:
        raise UnfitCertificateError(NO_PEM) from error


def read_authorities(pem: bytes) -> tuple[Authority, ...]:
    """The CAs of a PEM file. Raises UnfitCertificateError."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise UnfitCertificateError(NO_PEM) from error
    return tuple(
        Authority(
            one.subject.public_bytes(),
            int(one.not_valid_before_utc.timestamp()),
            int(one.not_valid_after_utc.timestamp()),
            one.fingerprint(hashes.SHA256()).hex(),
        )
        for one in found
    )


def is_signed_by(der: bytes, authorities: bytes) -> bool:
    """Whether one of the CAs of a PEM file, which may be empty, has signed a certificate.

    That OpenSSL has found somebody who did is not enough: members' keys are its anchors too, and it finds them by names
    that it compares without regard to capitals and blanks.
    """
    found = x509.load_der_x509_certificate(der)
    for one in x509.load_pem_x509_certificates(authorities) if authorities else ():
        with contextlib.suppress(ValueError, TypeError, InvalidSignature):
            found.verify_directly_issued_by(one)
            return True
    return False


def is_key_of(key: bytes, certificate: bytes) -> bool:
    """Whether a PEM file is the private key of the certificate of another. Raises UnfitCertificateError: it is none."""
    try:
        found = load_pem_private_key(key, None).public_key()
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise UnfitCertificateError(NO_KEY) from error
    forms = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return found.public_bytes(*forms) == x509.load_pem_x509_certificate(certificate).public_key().public_bytes(*forms)


def issuer_of(node_id: str) -> x509.Name:
    """Under this name a validator's key signs its own certificates."""
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER), x509.NameAttribute(NameOID.COMMON_NAME, node_id[:64])]
    )


def refusal_of(
    certificate: NodeCertificate,
    now_s: float,
    *,
    authorities: Iterable[Authority] = (),
    revoked: Iterable[str] = (),
    newest: NodeCertificate | None = None,
) -> Refusal | None:
    """Why a certificate does not count at a moment, None where it does.

    revoked: fingerprints. newest: the one of this node that began last, as far as it was seen: what is older counts no
    more, nor does one of a CA where the node has shown one of its own key.
    """
    if certificate.fingerprint in revoked:
        return Refusal(Fault.REVOKED)
    if newest is not None and replaces(newest, certificate):
        return Refusal(Fault.REPLACED, newest.begins_s)
    if now_s < certificate.begins_s:
        return Refusal(Fault.EARLY, certificate.begins_s)
    if now_s >= certificate.ends_s:
        return Refusal(Fault.ENDED, certificate.ends_s)
    if not certificate.own_key:
        ends_s = max((one.ends_s for one in authorities if one.name == certificate.issuer), default=None)
        if ends_s is not None and now_s >= ends_s:
            return Refusal(Fault.AUTHORITY_ENDED, ends_s)
    return None


def replaces(newer: NodeCertificate, older: NodeCertificate) -> bool:
    """Whether a certificate puts another one of the same node out of use."""
    return (newer.own_key, newer.begins_s) > (older.own_key, older.begins_s)


def date_said(moment_s: float) -> str:
    """A moment as operators read it, the same in both languages.

    Example: "2028-03-04 06:00 UTC".
    """
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment_s))


def refused_here(refusal: Refusal, now_s: float) -> Pair:
    """What the node that refuses says of the other's certificate, and the mend."""
    at, now = date_said(refusal.at_s), date_said(now_s)
    return {
        Fault.ENDED: (
            f"its certificate ended on {at}: whoever runs it renews it with `chainbill node renew`",
            f"其证书已于 {at} 到期，请其运营方用 `chainbill node renew` 更换",
        ),
        Fault.EARLY: (
            f"its certificate is not valid before {at}, and the clock here says {now}: "
            "look at both clocks (`chronyc tracking`)",
            f"其证书自 {at} 起才有效，而本机时间为 {now}，请查看双方的时钟（`chronyc tracking`）",
        ),
        Fault.REVOKED: (
            "its certificate is revoked here (tls/revoked.txt): whoever runs it makes a new one with "
            "`chainbill node renew`",
            "其证书已在本节点被吊销（tls/revoked.txt），请其运营方用 `chainbill node renew` 制作新证书",
        ),
        Fault.REPLACED: (
            f"its certificate was replaced by one of {at}: somebody uses the old one, or its newer files are lost; "
            "whoever runs it puts them back or runs `chainbill node renew`",
            f"其证书已由 {at} 的新证书取代：有人在用旧证书，或新证书的文件已丢失；"
            "请其运营方放回新文件，或运行 `chainbill node renew`",
        ),
        Fault.AUTHORITY_ENDED: (
            f"the certificate of the CA that signed its certificate ended on {at}: whoever runs it makes one of its "
            "own key with `chainbill node renew`",
            f"签发其证书的 CA 的证书已于 {at} 到期，请其运营方用 `chainbill node renew` 以自身密钥制作证书",
        ),
    }[refusal.fault]


def refused_there(refusal: Refusal, renew: str) -> Pair:
    """What the node that is refused says of its own certificate, and the mend; renew: the command."""
    at, renew = date_said(refusal.at_s), f"`{renew}`"
    return {
        Fault.ENDED: (
            f"it refuses this node, whose certificate ended on {at}: run {renew} here",
            f"对方拒绝本节点：本节点的证书已于 {at} 到期，请在本机运行 {renew}",
        ),
        Fault.EARLY: (
            f"it refuses this node, whose certificate is not valid before {at} by its clock: "
            "look at both clocks (`chronyc tracking`)",
            f"对方拒绝本节点：按其时钟，本节点的证书自 {at} 起才有效，请查看双方的时钟（`chronyc tracking`）",
        ),
        Fault.REVOKED: (
            f"it refuses this node, whose certificate was revoked there: run {renew} here",
            f"对方拒绝本节点：本节点的证书已在对方被吊销，请在本机运行 {renew}",
        ),
        Fault.REPLACED: (
            f"it refuses this node, whose certificate was replaced by one of {at}: put those files back, "
            f"or run {renew} here; if nobody here made one, the validator's key is in other hands",
            f"对方拒绝本节点：本节点的证书已由 {at} 的新证书取代，请放回新文件，或在本机运行 {renew}；"
            "若新证书并非本方制作，则验证密钥已落入他人之手",
        ),
        Fault.AUTHORITY_ENDED: (
            f"it refuses this node, whose certificate is signed by a CA whose own ended on {at}: run {renew} here",
            f"对方拒绝本节点：签发本节点证书的 CA 的证书已于 {at} 到期，请在本机运行 {renew}",
        ),
    }[refusal.fault]


def _node_ids(found: x509.Certificate) -> list[str]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    return [one.removeprefix(NODE_URI) for one in uris if one.startswith(NODE_URI)]


def _check_signature(found: x509.Certificate, node_id: str) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(node_id))
        key.verify(found.signature, found.tbs_certificate_bytes)
    except (ValueError, InvalidSignature) as error:
        raise UnfitCertificateError(NOT_SIGNED) from error
