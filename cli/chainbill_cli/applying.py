"""Applications to take part: the statement, the signatures of its keys, and accounts as salted hashes."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill import codec
from chainbill.crypto.algorithms import SHA256
from chainbill.crypto.hashing import tagged_hash
from chainbill.statement import sign_statement
from chainbill_cli.causes import cause_of
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.given_files import given_text
from chainbill_cli.home import write_private
from chainbill_cli.json_text import json_text
from chainbill_cli.session import Session
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey

SALT_BYTES = 16
LISTS = ("identifiers", "keys", "accounts")
"""Members of a statement that are lists of maps."""
SALT = re.compile(r"^[0-9a-fA-F]{32}$")
DIGEST = re.compile(r"^[0-9a-fA-F]{64}$")


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
        {"currency": currency, "bank": bank, "alg": SHA256, "digest": digest},
        {"currency": currency, "bank": bank, "number": number, "salt": salt.hex(), "digest": digest},
    )


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account as its bank was shown it: digest in hex; number "" where only the digest was named."""

    digest: str
    number: str


def shown_account(typed: str, currency: str) -> ShownAccount:
    """The account of a file as `party apply` and `party account --announce` keep it, or of a digest in hex.

    The digest of a file is computed from its number and salt, never believed.
    """
    if DIGEST.match(typed):
        return ShownAccount(typed.lower(), "")
    content = json_text(given_text(typed), typed)
    if not isinstance(content, dict) or content.get("currency") != currency:
        raise usage("party.not_this_account", path=typed, currency=currency)
    number, salt = content.get("number"), content.get("salt")
    if not isinstance(number, str) or not isinstance(salt, str) or not SALT.match(salt):
        raise usage("party.not_this_account", path=typed, currency=currency)
    return ShownAccount(account_digest(bytes.fromhex(salt), currency, number), number)


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
        raise fail(Exit.FAILED, "error.file_write", path=str(path), why=cause_of(error)) from error
    return path


def unsigned(statement: dict[str, Any]) -> dict[str, Any]:
    """An application: a statement, and a place for the signature of each of its keys, in their order."""
    places = [{"key": one["key"], "signature": ""} for one in statement["keys"]]
    return {"statement": statement, "signatures": places}


def sign_application(network: bytes, application: dict[str, Any], key: PrivateKey) -> bool:
    """Put a key's signature for this network into its place; whether it has one there."""
    for place in application["signatures"]:
        if place["key"] == key.public.hex():
            statement = application["statement"]
            place["signature"] = sign_statement(key, network, "party", "application", statement).hex()
            return True
    return False


def lacking(application: dict[str, Any]) -> list[str]:
    """The keys that have not signed yet."""
    return [str(place["key"]) for place in application["signatures"] if not place["signature"]]


def write_application(application: dict[str, Any], path: str) -> None:
    """Write an application to a file."""
    try:
        Path(path).write_text(json.dumps(application, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=path, why=cause_of(error)) from error


def read_applications(paths: Sequence[str]) -> list[dict[str, Any]]:
    """The applications of some files; a file holds one or a list of some."""
    found: list[dict[str, Any]] = []
    for path in paths:
        content = json_text(given_text(path), path)
        listed = content if isinstance(content, list) else [content]
        if not listed:
            raise fail(Exit.FAILED, "party.bad_application", path=path, why=text("party.empty_list"))
        for one in listed:
            if not _is_application(one):
                raise fail(Exit.FAILED, "party.bad_application", path=path, why="statement, signatures")
            found.append(one)
    return found


def _is_application(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"statement", "signatures"}:
        return False
    statement, signatures = value["statement"], value["signatures"]
    if not isinstance(statement, dict) or not isinstance(signatures, list):
        return False
    listed = [statement.get(name, []) for name in (*LISTS, "roles")]
    if not all(isinstance(one, list) for one in listed):
        return False
    if not all(isinstance(one, dict) for several in listed[: len(LISTS)] for one in several):
        return False
    return all(isinstance(one, dict) and set(one) == {"key", "signature"} for one in signatures)
