"""What an operator sees of certificates in a home, and shuts out: without the node, or while it runs."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chainbill_node.foundation.operator_error import file_fault, room_or
from chainbill_node.home.config import ConfigError, load_config
from chainbill_node.home.node_home import load_genesis
from chainbill_node.network.certificate import (
    FINGERPRINT,
    Fault,
    NodeCertificate,
    UnfitCertificateError,
    read_authorities,
    read_certificate_file,
    refusal_of,
)
from chainbill_node.network.identity import TlsFiles, mend_of, read_revoked, tls_files
from chainbill_node.network.seen import Seen
from chainbill_node.setup.renewal import NEXT, UNTOUCHED


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate that a home knows of. whose: own, peer or ca; fault: why it does not count, "" where it does."""

    whose: str
    name: str
    node: str
    ends_s: int
    days_left: int
    signed_by: str
    fingerprint: str
    fault: str


def certificates_of(home: Path, now_s: float) -> tuple[Found, ...]:
    """The own certificate, those that other nodes have shown, and the CAs'. Raises ConfigError."""
    config = load_config(home)
    names = {one.key.hex(): one.name for one in load_genesis(home, config).validators.validators}
    files = tls_files(home, config.files)
    revoked = read_revoked(files.revoked)
    try:
        own = read_certificate_file(files.certificate.read_bytes())
        authorities = read_authorities(files.ca.read_bytes()) if files.ca.exists() else ()
    except (OSError, ValueError) as error:
        raise _unreadable(files, error) from error

    def shown(whose: str, name: str, one: NodeCertificate) -> Found:
        refusal = refusal_of(one, now_s, authorities=authorities, revoked=revoked)
        fault = "" if refusal is None else str(refusal.fault)
        signed_by = "own_key" if one.own_key else "ca"
        return Found(whose, name, one.node_id, one.ends_s, one.days_left(now_s), signed_by, one.fingerprint, fault)

    def peers() -> Iterator[Found]:
        for one in Seen(files.seen).all():
            if one.node_id != own.node_id:
                yield shown("peer", names.get(one.node_id, one.node_id[:8]), one)

    cas = [
        Found("ca", "", "", one.ends_s, one.days_left(now_s), "", one.fingerprint, _ended(one.ends_s, now_s))
        for one in authorities
    ]
    return (shown("own", config.name, own), *sorted(peers(), key=lambda one: one.name), *cas)


def revoke(home: Path, fingerprint: str, note: str, now: datetime.datetime) -> tuple[Path, bool]:
    """Shut the certificate of a fingerprint out: the list, and whether it is new there. Raises ConfigError."""
    config = load_config(home)
    files = tls_files(home, config.files)
    try:
        own = read_certificate_file(files.certificate.read_bytes())
    except (OSError, ValueError):
        own = None
    if own is not None and own.fingerprint == fingerprint:
        raise ConfigError(
            ("this is the certificate that this node uses itself", "这是本节点自身在用的证书"),
            (
                f"run `{files.renew}` instead: once the others have seen the new one, they take this one no more",
                f"请改为运行 `{files.renew}`：其他节点见到新证书后，便不再接受此证书",
            ),
        )
    if fingerprint in read_revoked(files.revoked):
        return files.revoked, False
    words = " ".join(note.replace("#", " ").split())
    beside = files.revoked.with_name(files.revoked.name + NEXT)
    try:
        before = files.revoked.read_text(encoding="utf-8") if files.revoked.exists() else ""
        line = f"{fingerprint} {now:%Y-%m-%dT%H:%M:%SZ} {words}".rstrip()
        with beside.open("w", encoding="utf-8") as file:
            file.write(f"{before.rstrip()}\n{line}\n".lstrip("\n"))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(files.revoked)
    except OSError as error:
        what = file_fault(files.revoked, error, ("cannot be written", "无法写入"))
        raise ConfigError(what, room_or(UNTOUCHED, error)) from error
    return files.revoked, True


def _ended(ends_s: int, now_s: float) -> str:
    return "" if now_s < ends_s else str(Fault.ENDED)


def fingerprint_of(given: str) -> str:
    """The SHA-256 fingerprint (hex) that is typed, with or without colons; "" for what is none."""
    typed = "".join(given.split()).replace(":", "").lower()
    return typed if FINGERPRINT.fullmatch(typed) else ""


def fingerprint_in(content: bytes) -> str:
    """The fingerprint of a certificate in PEM. Raises ValueError."""
    return read_certificate_file(content).fingerprint


def _unreadable(files: TlsFiles, error: Exception) -> ConfigError:
    path = files.certificate
    what = file_fault(path, error) if isinstance(error, OSError) else None
    if isinstance(error, UnfitCertificateError):
        what = f"{path} cannot be used ({error.why[0]})", f"{path} 无法使用（{error.why[1]}）"
    return ConfigError(what or (f"{path}: {error}", f"{path}：{error}"), mend_of(files))
