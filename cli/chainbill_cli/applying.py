"""Applications to take part: the statement, its signature, and accounts as salted hashes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill import codec
from chainbill.crypto.hashing import tagged_hash
from chainbill.statement import sign_statement
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.home import write_private
from chainbill_cli.session import Session

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey

SALT_BYTES = 16


def split_account(session: Session, typed: str) -> tuple[str, str, str]:
    """Currency, bank's id and number of `CURRENCY:BANK:NUMBER`."""
    currency, _, rest = typed.partition(":")
    bank, _, number = rest.partition(":")
    if not currency or not bank or not number:
        raise usage("party.bad_account", value=typed)
    return currency_code(currency), session.party_id(bank), number.strip()


def account_digest(salt: bytes, currency: str, number: str) -> str:
    """What the ledger keeps of an account: hex of H("settlement-account", canonical [salt, currency, number])."""
    return tagged_hash("settlement-account", codec.encode([salt, currency, number])).hex()


def new_account(currency: str, bank: str, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An account as the ledger gets it, and as only its banks do."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = account_digest(salt, currency, number)
    return (
        {"currency": currency, "bank": bank, "digest": digest},
        {"currency": currency, "bank": bank, "number": number, "salt": salt.hex(), "digest": digest},
    )


def keep_account(session: Session, party: str, kept: dict[str, Any]) -> Path:
    """Keep what only banks get to see of an account, readable by its user alone.

    The file bears the digest, so that no account ever takes the place of another one's salt.
    """
    folder = session.settings.home / "accounts"
    path = folder / f"{party}-{kept['currency']}-{kept['digest']}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=str(path), why=str(error.strerror or error)) from error
    return path


def sign_application(network: bytes, statement: dict[str, Any], key: PrivateKey) -> dict[str, Any]:
    """An application: the statement with a signature of one of its own keys, for this network."""
    signature = sign_statement(key, network, "party", "application", statement)
    return {"statement": statement, "key": key.public.hex(), "signature": signature.hex()}


def read_applications(paths: Sequence[str]) -> list[dict[str, Any]]:
    """The applications of some files; a file holds one or a list."""
    found: list[dict[str, Any]] = []
    for path in paths:
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise fail(Exit.FAILED, "error.file", path=path, why=str(error.strerror or error)) from error
        except ValueError as error:
            raise fail(Exit.FAILED, "party.bad_application", path=path, why=str(error)) from error
        for one in content if isinstance(content, list) else [content]:
            if not isinstance(one, dict) or set(one) != {"statement", "key", "signature"}:
                raise fail(Exit.FAILED, "party.bad_application", path=path, why="statement, key, signature")
            found.append(one)
    return found
