"""The TLS files of a home as they are in use: with what this node meets others, and whom it takes.

They are looked at again and again: new files are used for new handshakes without a restart; damaged ones are refused
aloud, and what was in use stays.
"""

from __future__ import annotations

import ssl
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from chainbill_node.foundation.operator_error import Pair
from chainbill_node.home.config import ConfigError, FilesConfig
from chainbill_node.network.certificate import (
    FINGERPRINT,
    OF_NO_CA,
    Authority,
    NodeCertificate,
    Refusal,
    UnfitCertificateError,
    date_said,
    first_of,
    is_key_of,
    is_signed_by,
    read_authorities,
    read_certificate,
    refusal_of,
)
from chainbill_node.network.seen import Seen
from chainbill_node.network.tls import client_context, server_context, trust
from chainbill_node.runtime.logs import log

READABLE: Pair = ("make it readable, or move it away", "请使其可读，或移走")
Signature = tuple[tuple[int, int, int] | None, ...]
"""Of each file: when it changed, its size, its inode; None where it is not there."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where they are. ca may be missing: then only certificates of members' own keys count. revoked, seen: may be
    missing too."""

    ca: Path
    certificate: Path
    key: Path

    home: Path = Path("DIR")

    @property
    def renew(self) -> str:
        """The command that puts a new certificate here."""
        return f"chainbill --home {self.home} node renew"

    @property
    def revoked(self) -> Path:
        """Fingerprints of certificates that count no more, one a line; what follows it in the line is a note."""
        return self.certificate.parent / "revoked.txt"

    @property
    def seen(self) -> Path:
        """What this node remembers of others' certificates."""
        return self.certificate.parent / "seen.json"


def tls_files(home: Path, files: FilesConfig) -> TlsFiles:
    """Where a home has them."""
    return TlsFiles(home / files.tls_ca, home / files.tls_certificate, home / files.tls_key, home)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Files that go together. ca_pem: of the authorities."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    own: NodeCertificate
    ca_pem: bytes
    authorities: tuple[Authority, ...]
    revoked: frozenset[str]


class Identity:
    """What is in use now. ConfigError at the making: the files cannot be used."""

    def __init__(self, files: TlsFiles, node_id: str) -> None:
        self.files = files
        self.node_id = node_id
        self.seen = Seen(files.seen)
        self.fault: ConfigError | None = None  # why newer files are not used
        self._trusted: frozenset[str] = frozenset()
        self._signature = _signature(files)
        self._failed: Signature = ()
        self._in_use = load(files, node_id)

    @property
    def server(self) -> ssl.SSLContext:
        """For connections that come in."""
        return self._in_use.server

    @property
    def client(self) -> ssl.SSLContext:
        """For connections that go out."""
        return self._in_use.client

    @property
    def own(self) -> NodeCertificate:
        """This node's certificate."""
        return self._in_use.own

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """The CAs that are trusted."""
        return self._in_use.authorities

    def trust(self, members: Iterable[str]) -> None:
        """Take certificates of these nodes' own keys (node ids)."""
        new = frozenset(members) - self._trusted
        if new:
            self._trusted |= new
            trust(self.server, new)
            trust(self.client, new)

    def read(self, der: bytes) -> NodeCertificate:
        """What a certificate says that somebody shows. Raises UnfitCertificateError: neither the key of the one node
        that it names has signed it nor a CA that is trusted."""
        certificate = read_certificate(der)
        if not certificate.own_key and not is_signed_by(der, self._in_use.ca_pem):
            raise UnfitCertificateError(OF_NO_CA)
        return certificate

    def judge(self, certificate: NodeCertificate, now_s: float) -> Refusal | None:
        """Why a certificate that somebody shows does not count, None where it does."""
        return refusal_of(
            certificate,
            now_s,
            authorities=self.authorities,
            revoked=self._in_use.revoked,
            newest=self.seen.newest(certificate.node_id),
        )

    def judge_own(self, now_s: float) -> Refusal | None:
        """What others have to say against the own certificate, as far as this node can know."""
        return refusal_of(self.own, now_s, authorities=self.authorities, revoked=self._in_use.revoked)

    def shut_out(self, certificate: NodeCertificate) -> Refusal | None:
        """Why a connection that stands has to go: its certificate was revoked or replaced. That it has ended meanwhile
        is no reason."""
        return self.judge(certificate, certificate.begins_s)

    def met(self, certificate: NodeCertificate, members: Container[str]) -> None:
        """A member has shown a certificate that counts."""
        if self.seen.add(certificate, members):
            log.info(
                "certificate_replaced", peer=certificate.node_id, ends=date_said(certificate.ends_s),
                fingerprint=certificate.fingerprint,
            )  # fmt: skip

    def look(self, *, at_once: bool = False) -> bool:
        """Take new files into use where there are any. True: something changed.

        Files that do not go together are tried again at the next look, before it is said: somebody may be half way
        through putting them there. at_once: say it now.
        """
        signature = _signature(self.files)
        if signature == self._signature and not at_once:
            return False
        try:
            loaded = load(self.files, self.node_id)
        except ConfigError as error:
            if self._failed == signature or at_once:
                self.fault, self._signature = error, signature
                log.error(
                    "certificate_files_refused", what=error.what[0], what_zh=error.what[1],
                    mend=error.mend[0], mend_zh=error.mend[1],
                )  # fmt: skip
            self._failed = signature
            return False
        self._signature, self._failed, self.fault = signature, (), None
        trust(loaded.server, self._trusted)
        trust(loaded.client, self._trusted)
        former, self._in_use = self._in_use, loaded
        log.info(
            "certificate_files_loaded", ends=date_said(loaded.own.ends_s), fingerprint=loaded.own.fingerprint,
            new=loaded.own != former.own, revoked=len(loaded.revoked),
        )  # fmt: skip
        return True


def load(files: TlsFiles, node_id: str) -> Loaded:
    """The files as they are now. Raises ConfigError where they cannot be used or do not go together."""
    revoked = read_revoked(files.revoked)
    try:
        ca_pem = files.ca.read_bytes() if files.ca.exists() else b""
        authorities = read_authorities(ca_pem) if ca_pem else ()
    except (OSError, ValueError) as error:
        raise _unfit(files.ca, error, mend_of(files)) from error
    try:
        own_pem = files.certificate.read_bytes()
        own_der = first_of(own_pem)
        own = read_certificate(own_der)
    except (OSError, ValueError) as error:
        raise _unfit(files.certificate, error, mend_of(files)) from error
    if own.node_id != node_id:
        raise ConfigError(
            (
                f"{files.certificate} is the certificate of another node, {own.node_id}",
                f"{files.certificate} 是另一节点 {own.node_id} 的证书",
            ),
            mend_of(files),
        )
    if not own.own_key and not is_signed_by(own_der, ca_pem):
        raise ConfigError(
            (
                f"{files.certificate} is signed by a CA that is not in {files.ca}",
                f"{files.certificate} 由 {files.ca} 之外的 CA 签发",
            ),
            mend_of(files),
        )
    paths = files.ca, files.certificate, files.key
    try:
        if not is_key_of(files.key.read_bytes(), own_pem):
            raise ConfigError(
                (
                    f"{files.key} is not the key of {files.certificate}",
                    f"{files.key} 不是 {files.certificate} 的密钥",
                ),
                mend_of(files),
            )
        return Loaded(server_context(*paths), client_context(*paths), own, ca_pem, authorities, revoked)
    except (OSError, ValueError) as error:
        raise _unfit(files.key, error, mend_of(files)) from error


def read_revoked(path: Path) -> frozenset[str]:
    """Fingerprints of a file of revoked certificates. Raises ConfigError: a line that cannot be read may be the one
    that counts."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError) as error:
        raise _unfit(path, error, READABLE) from error
    found = set()
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        fingerprint = words[0].replace(":", "").lower()
        if not FINGERPRINT.fullmatch(fingerprint):
            raise ConfigError(
                (f"{path}, line {number}: {words[0][:80]}", f"{path} 第 {number} 行：{words[0][:80]}"),
                (
                    "the first word of a line must be the SHA-256 fingerprint of a certificate, 64 hex digits",
                    "每行第一个词须为证书的 SHA-256 指纹（64 位十六进制数字）",
                ),
            )
        found.add(fingerprint)
    return frozenset(found)


def mend_of(files: TlsFiles) -> Pair:
    """What helps where the files in place cannot be used."""
    return f"put the right files back, or run `{files.renew}`", f"请放回正确的文件，或运行 `{files.renew}`"


def _unfit(path: Path, error: Exception, mend: Pair) -> ConfigError:
    why = why_zh = str(error)
    if isinstance(error, UnfitCertificateError):
        why, why_zh = error.why
    elif isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
        why = why_zh = error.strerror or str(error)
    return ConfigError((f"{path} cannot be used ({why})", f"{path} 无法使用（{why_zh}）"), mend)


def _signature(files: TlsFiles) -> Signature:
    return tuple(_changed(one) for one in (files.ca, files.certificate, files.key, files.revoked))


def _changed(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
