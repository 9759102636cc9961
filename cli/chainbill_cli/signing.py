"""Who signs a transaction: the acting profile's key alone, or this key and a second of the party.

The body lists the keys that may sign and says how many must, so a maker need not know which checker will: it lists all
of them, and whoever has the file signs it with `tx sign`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import (
    Call,
    assemble,
    decode_body,
    encode_body,
    sign_body,
    sign_transaction,
)
from chainbill_cli import home as homes
from chainbill_cli.causes import cause_of
from chainbill_cli.closest import close_names
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.second_key import active_keys, asked_of_second, second_key
from chainbill_cli.session import Session
from chainbill_cli.validity import AT_ONCE_MS

PUBLIC_KEY = re.compile(r"^[0-9a-fA-F]{64}$")


def make_body(
    session: Session,
    calls: Sequence[Call],
    memo: str,
    keys: Iterable[bytes],
    *,
    threshold: int = 1,
    party: str = "",
    valid_ms: int = AT_ONCE_MS,
) -> bytes:
    """The body of the acting party's transaction (or of `party`'s). valid_ms: from the ledger's time on."""
    return encode_body(
        network=session.network_hash,
        party=party or session.party,
        valid_until_ms=session.now_ms() + valid_ms,
        nonce=os.urandom(16),
        calls=list(calls),
        keys=keys,
        threshold=threshold,
        memo=memo,
    )


def sign(session: Session, calls: Sequence[Call], memo: str = "", *, valid_ms: int = AT_ONCE_MS) -> bytes:
    """The transaction, signed by the acting profile's key, and by a second of this home where the calls ask for one."""
    second = second_key(session, calls)
    keys = [session.key] if second is None else [session.key, second]
    body = make_body(session, calls, memo, [key.public for key in keys], threshold=len(keys), valid_ms=valid_ms)
    return sign_transaction(body, keys)


def sign_for_checker(
    session: Session, calls: Sequence[Call], memo: str, checkers: Iterable[bytes], *, valid_ms: int
) -> bytes:
    """[body, [one signature]]: two must sign, the acting profile's key has, one of `checkers` may be the other."""
    body = make_body(session, calls, memo, [session.key.public, *checkers], threshold=2, valid_ms=valid_ms)
    return assemble(body, [sign_body(decode_body(body), body, session.key)])


def checkers_of(session: Session, calls: Sequence[Call]) -> list[bytes]:
    """The active keys of the acting party, as a node knows them, that may be the second of these calls; but for the
    acting one. A failure if there is none.
    """
    wanted = asked_of_second(calls) or {"checker"}
    own = session.key.public.hex()
    rows = active_keys(session)
    found = [key for key, row in rows.items() if key != own and wanted <= set(row["capabilities"])]
    if not found:
        lacking = ",".join(sorted(wanted))
        raise fail(Exit.REFUSED, "error.no_checker", code="maker_and_checker_needed", capability=lacking)
    return [bytes.fromhex(key) for key in found]


def public_key(session: Session, typed: str) -> bytes:
    """The public key of hex digits, or of a profile of this home."""
    if PUBLIC_KEY.match(typed):
        return bytes.fromhex(typed)
    return key_of_profile(session, typed).public


def key_of_profile(session: Session, name: str) -> PrivateKey:
    """The key of a profile of this home; a usage error if there is none of that name."""
    profiles = homes.load_profiles(session.settings.home)
    if name not in profiles:
        raise close_names(usage("error.key_or_profile", value=name), name, profiles)
    return homes.load_key(profiles[name].key)


def keep(path: str, content: bytes) -> None:
    """Write a transaction's bytes into a file."""
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=path, why=cause_of(error)) from error
