"""A new certificate for a node's home: signed by its own validator key, or by a CA's holder on request.

Works while the node runs: only files of `tls/` change, each at one blow, and not before the new ones were seen to go
together. What was there stays beside them under the moment's name, `node.pem.20281130T060000Z`.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chainbill_node.foundation.operator_error import Pair, file_fault, room_or
from chainbill_node.home.config import ConfigError, load_config
from chainbill_node.home.keys import load_private_key, write_secret
from chainbill_node.home.node_home import load_genesis
from chainbill_node.network.certificate import (
    NodeCertificate,
    UnfitCertificateError,
    date_said,
    read_certificate_file,
)
from chainbill_node.network.identity import TlsFiles, load, tls_files
from chainbill_node.setup.certificates import TOLERANCE, Issued, make_own_certificate, request_of
from chainbill_node.setup.ends import end_of, place_of

NEXT = ".next"
UNTOUCHED: Pair = (
    "look at the folder's rights and at its disk; what was there is untouched",
    "请检查该目录的权限与所在磁盘；原有文件未受影响",
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What is in place now, and where the former files are; former: None where nothing readable was there."""

    path: Path
    certificate: NodeCertificate
    former: NodeCertificate | None
    kept: tuple[Path, ...]


def renew(home: Path, now: datetime.datetime) -> Renewed:
    """Put a new TLS key, and a certificate of it that the validator's key signs, in place. Raises ConfigError.

    now: UTC. It begins after the former one, so that whoever sees it takes the former one no more.
    """
    config = load_config(home)
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    files = tls_files(home, config.files)
    with _taken(files.certificate.parent):
        former = _readable(files.certificate)
        begins = now - TOLERANCE
        if former is not None and former.node_id == key.public.hex():
            begins = max(begins, _moment(former.begins_s + 1))
        if begins > now:
            raise ConfigError(
                (
                    f"{files.certificate} begins on {date_said(begins.timestamp())}, and it is "
                    f"{date_said(now.timestamp())} by this machine's clock",
                    f"{files.certificate} 自 {date_said(begins.timestamp())} 起有效，"
                    f"而本机时间为 {date_said(now.timestamp())}",
                ),
                (
                    "set the clock right (`chronyc tracking`); if it is right, move that file away and try again",
                    "请校准本机时钟（`chronyc tracking`）；若时钟无误，请移走该文件后重试",
                ),
            )
        ends = end_of(now, *place_of(key.public.hex(), genesis))
        issued = make_own_certificate(key, config.p2p.host, begins, ends)
        return _put(files, key.public.hex(), former, now, issued)


def ask(home: Path, out: Path) -> str:
    """Write a request for a certificate of the TLS key in place, for a CA's holder; the node's id. Raises ConfigError.

    FileExistsError: `out` is there.
    """
    config = load_config(home)
    key = load_private_key(home / config.files.validator_key)
    node_id = key.public.hex()
    path = home / config.files.tls_key
    try:
        request = request_of(path.read_bytes(), node_id, config.p2p.host)
    except OSError as error:
        raise ConfigError(file_fault(path, error), UNTOUCHED) from error
    except ValueError as error:
        raise ConfigError(
            (f"{path} is no TLS key ({error})", f"{path} 不是 TLS 密钥（{error}）"),
            ("put the file back, or run `chainbill --home DIR node renew`, which makes a new one",
             "请放回该文件，或运行 `chainbill --home DIR node renew` 制作新密钥"),
        ) from error  # fmt: skip
    write_secret(out, request)
    return node_id


def install(home: Path, answer: bytes, now: datetime.datetime) -> Renewed:
    """Put a certificate that a CA's holder has made in place. Raises ConfigError where it does not fit this home."""
    config = load_config(home)
    key = load_private_key(home / config.files.validator_key)
    files = tls_files(home, config.files)
    former = _readable(files.certificate)
    try:
        new = read_certificate_file(answer)
    except UnfitCertificateError as error:
        raise ConfigError(
            (f"this is no certificate of a node ({error.why[0]})", f"这不是节点的证书（{error.why[1]}）"),
            (
                "give the file that `chainbill network certify` has written",
                "请给出由 `chainbill network certify` 写出的文件",
            ),
        ) from None
    if former is not None and former.own_key and not new.own_key:
        raise ConfigError(
            (
                "this node has a certificate of its own key, and who has seen one takes none of a CA any more",
                "本节点的证书由自身密钥签发，见过它的节点不再接受 CA 签发的证书",
            ),
            (f"run `{files.renew}` instead", f"请改为运行 `{files.renew}`"),
        )
    with _taken(files.certificate.parent):
        return _put(files, key.public.hex(), former, now, Issued(answer, b""))


def _put(
    files: TlsFiles, node_id: str, former: NodeCertificate | None, now: datetime.datetime, issued: Issued
) -> Renewed:
    """Write beside, look whether it holds, keep what is there, and only then replace. A key b"" is the one in place."""
    new = TlsFiles(files.ca, _next(files.certificate), _next(files.key) if issued.key else files.key, files.home)
    written = {new.certificate: issued.certificate} | ({new.key: issued.key} if issued.key else {})
    try:
        for path, content in written.items():
            path.unlink(missing_ok=True)  # of a renewal that was cut short
            write_secret(path, content)
            _sync(path)
        loaded = load(new, node_id)
        _check_moment(loaded.own, now)
        targets = {files.key: new.key, files.certificate: new.certificate}
        moved = {target: beside for target, beside in targets.items() if beside in written}
        kept = tuple([_keep(target, now) for target in moved if target.exists()])
        for target, beside in moved.items():
            beside.replace(target)
        _sync(files.certificate.parent)
    except OSError as error:
        what = file_fault(files.certificate.parent, error, ("cannot be written", "无法写入"))
        raise ConfigError(what, room_or(UNTOUCHED, error)) from error
    finally:
        with contextlib.suppress(OSError):
            for path in written:
                path.unlink(missing_ok=True)
    return Renewed(files.certificate, loaded.own, former, kept)


def _check_moment(own: NodeCertificate, now: datetime.datetime) -> None:
    if not own.begins_s <= now.timestamp() < own.ends_s:
        begins, ends = date_said(own.begins_s), date_said(own.ends_s)
        raise ConfigError(
            (
                f"the certificate holds from {begins} to {ends}, and it is {date_said(now.timestamp())} here",
                f"该证书的有效期为 {begins} 至 {ends}，而本机时间为 {date_said(now.timestamp())}",
            ),
            ("ask for another one, or look at this machine's clock", "请另行申请，或查看本机时钟"),
        )


def _keep(path: Path, now: datetime.datetime) -> Path:
    """A second name for what is there, so that it stays when it is replaced."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    names = (path.with_name(f"{path.name}.{stamp}{more}") for more in ("", *(f"-{one}" for one in range(2, 100))))
    for name in names:
        with contextlib.suppress(FileExistsError):
            os.link(path, name)
            return name
    raise FileExistsError(path)


@contextlib.contextmanager
def _taken(folder: Path) -> Iterator[None]:
    """One renewal at a time. Raises ConfigError."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ConfigError(
            file_fault(folder, error),
            ("make that folder with mode 700", "请创建该目录，权限为 700"),
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ConfigError(
            (f"{folder} is being written by another command", f"{folder} 正由另一命令写入"),
            ("wait until it is done", "请等待其完成"),
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


def _readable(path: Path) -> NodeCertificate | None:
    try:
        return read_certificate_file(path.read_bytes())
    except (OSError, ValueError):
        return None


def _next(path: Path) -> Path:
    return path.with_name(path.name + NEXT)


def _moment(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
