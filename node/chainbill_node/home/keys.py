"""Key files: encrypted PKCS#8, or plain PKCS#8 for networks that are only tried out; always mode 0600."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chainbill.crypto.key_files import KDF_ROUNDS, rounds_of
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill_node.foundation.operator_error import file_fault
from chainbill_node.home.config import ConfigError
from chainbill_node.runtime.logs import log

PASSPHRASE_VARIABLE = "CHAINBILL_PASSPHRASE"


def write_secret(path: Path, content: bytes) -> None:
    """A new file that only its owner may read. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def key_file(key: PrivateKey, passphrase: str) -> bytes:
    """PEM of a private key; "" leaves it plain."""
    if passphrase:
        return key.to_pem(passphrase.encode())
    return Ed25519PrivateKey.from_private_bytes(key.seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def encryption_file_name(public: bytes) -> str:
    """How the file of an encryption key is called, beside the keys that sign for its party: earlier keys keep theirs.

    "encryption-1f0c….pem", by the first eight bytes of the public key.
    """
    return f"encryption-{public[:8].hex()}.pem"


def load_private_key(path: Path) -> PrivateKey:
    """Key of a file; an encrypted one takes its passphrase from CHAINBILL_PASSPHRASE. Raises ConfigError."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(file_fault(path, error), ("put the key file back", "请放回密钥文件")) from error
    if mode & 0o077:
        raise ConfigError(
            (f"{path} has mode {mode:o}", f"{path} 的权限为 {mode:o}"),
            ("others may read this key; run chmod 600 on it", "其他用户可读该密钥；请对其执行 chmod 600"),
        )
    passphrase = os.environ.get(PASSPHRASE_VARIABLE, "").encode() if b"ENCRYPTED" in content else None
    rounds = rounds_of(content)
    if rounds is not None and rounds < KDF_ROUNDS:
        log.warning(
            "key_file_weak", path=str(path), rounds=rounds,
            mend=f"its passphrase can be guessed; run chainbill key rewrap {path}",
            mend_zh=f"口令可被猜出；请运行 chainbill key rewrap {path}",
        )  # fmt: skip
    try:
        return PrivateKey.from_pem(content, passphrase)  # type: ignore[arg-type]
    except ChainbillError as error:
        raise ConfigError(
            (f"{path} cannot be opened ({error})", f"{path} 无法打开（{error}）"),
            (
                f"give its passphrase in {PASSPHRASE_VARIABLE}, or put the right key file back",
                f"请在 {PASSPHRASE_VARIABLE} 中给出口令，或放回正确的密钥文件",
            ),
        ) from error
