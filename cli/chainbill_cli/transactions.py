"""Transaction files: bodies signed by all who must, by some of them or by nobody yet, as bytes or base64."""

from __future__ import annotations

import base64
import binascii
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

from chainbill.codec import decode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.signing import verify
from chainbill.errors import ChainbillError
from chainbill.ledger.envelope import SIGN_DOMAIN, verify_signatures
from chainbill.ledger.transaction import Body, assemble, decode_body, decode_transaction, sign_body
from chainbill.limits import HOUR_MS, KEPT_IDS_MS, MAX_TRANSACTION_BYTES
from chainbill_cli import home as homes
from chainbill_cli.causes import cause_of
from chainbill_cli.endings import core_failure
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.given_files import TRANSACTION_BYTES, given_bytes
from chainbill_cli.moments import moment_said
from chainbill_cli.session import Session
from chainbill_cli.signing import keep
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.validity import until_text


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file holds: a body and the signatures that it has so far, (index into the body's keys, signature)."""

    body_bytes: bytes
    body: Body
    signatures: tuple[tuple[int, bytes], ...] = ()

    @property
    def id(self) -> str:
        """The transaction's id; the signatures do not change it."""
        return tagged_hash("tx-body", self.body_bytes).hex()

    @property
    def wire(self) -> bytes:
        """[body, signatures]; a transaction once as many have signed as the body says."""
        return assemble(self.body_bytes, self.signatures)

    @property
    def complete(self) -> bool:
        """Whether as many have signed as must."""
        return len(self.signatures) == self.body.threshold


def read_draft(path: str) -> Draft:
    """The draft in a file ("-" is stdin)."""
    try:
        content = sys.stdin.buffer.read(TRANSACTION_BYTES) if path == "-" else given_bytes(path, TRANSACTION_BYTES)
    except OSError as error:
        raise fail(Exit.FAILED, "error.file", path=path, why=cause_of(error)) from error
    try:
        body_bytes, signatures = decode(_plain(content), max_bytes=MAX_TRANSACTION_BYTES)
        if not isinstance(body_bytes, bytes):
            raise TypeError("body")
        body = decode_body(body_bytes)
        pairs = tuple([(index, signature) for index, signature in signatures])
        for index, signature in pairs:
            if type(index) is not int or not 0 <= index < len(body.keys) or type(signature) is not bytes:
                raise TypeError("signatures")
    except ChainbillError as error:
        said = core_failure(error).problem
        raise fail(
            Exit.FAILED, "tx.not_one", code=str(error.reason), hint=text("error.hint_not_a_transaction"), path=path,
            why=said["detail"],
        ) from error  # fmt: skip
    except (ValueError, TypeError) as error:
        hint = text("error.hint_not_a_transaction")
        raise fail(Exit.FAILED, "tx.not_one", hint=hint, path=path, why=cause_of(error)) from error
    return Draft(body_bytes, body, pairs)


def _plain(content: bytes) -> bytes:
    try:
        return base64.b64decode(content.strip(), validate=True)
    except (binascii.Error, ValueError):
        return content


def check_network(session: Session, draft: Draft) -> None:
    """A failure for a transaction of another network than the home's, before anybody is asked or anything is sent."""
    own = session.known.network
    if own and draft.body.network != own:
        raise usage("tx.other_network", found=draft.body.network.hex(), expected=own.hex())


def expired(draft: Draft) -> Failure:
    """That the time of a file is over, and how it is made again."""
    until = moment_said(until_text(draft.body.valid_until_ms))
    return fail(Exit.REFUSED, "tx.expired", code="transaction_expired", until=until, hint=text("error.hint_expired"))


def check_time(session: Session, draft: Draft) -> None:
    """A failure for a file that no ledger takes any more, or not yet, before anybody signs it; by this machine's clock,
    moved as the network's was when this home last read it. One that is good for longer than the ledger keeps ids could
    be held back, and handed in when nobody thinks of it any more.
    """
    now_ms = time.time_ns() // 1_000_000 + session.clock_ahead_ms()
    if draft.body.valid_until_ms < now_ms:
        raise expired(draft)
    if draft.body.valid_until_ms > now_ms + KEPT_IDS_MS:
        until, hours = until_text(draft.body.valid_until_ms), KEPT_IDS_MS // HOUR_MS
        raise fail(Exit.REFUSED, "tx.too_long", code="transaction_too_early", until=until, hours=hours)


def check_to_sign(session: Session, draft: Draft) -> None:
    """A failure for what the acting profile has no reason to sign, before it is shown and before a key is opened."""
    check_network(session, draft)
    check_time(session, draft)
    if draft.body.party != session.party:
        raise usage("tx.other_party", found=draft.body.party, expected=session.party)
    check_signatures(draft)


def check_signatures(draft: Draft) -> None:
    """A failure where a signature is not one of the body that the file holds: it was changed, or is half a copy."""
    for index, signature in draft.signatures:
        key = draft.body.keys[index][1] if index < len(draft.body.keys) else b""
        if not key or not verify(key, SIGN_DOMAIN, draft.body_bytes, signature):
            raise usage("tx.bad_signature", key=key.hex() or str(index))


def with_signature(session: Session, draft: Draft) -> Draft:
    """The draft with the signature of the acting profile's key, which the body must list."""
    check_to_sign(session, draft)
    key = session.key
    if key.public not in [listed for _, listed in draft.body.keys]:
        raise usage("tx.not_listed", key=key.public.hex())
    signatures = dict([*draft.signatures, sign_body(draft.body, draft.body_bytes, key)])
    if len(signatures) > draft.body.threshold:
        raise usage("tx.signed", wanted=draft.body.threshold)
    return replace(draft, signatures=tuple(sorted(signatures.items())))


def store(session: Session, draft: Draft, path: str) -> None:
    """Write a draft to a file, and say its id; without a file it is printed as base64."""
    encoded = base64.b64encode(draft.wire)
    answer: dict[str, Any] = {
        "transaction": draft.id, "signatures": len(draft.signatures), "threshold": draft.body.threshold,
        "valid_until": until_text(draft.body.valid_until_ms),
    }  # fmt: skip
    if path:
        keep(path, encoded + b"\n")
        answer["file"] = path
    else:
        answer["base64"] = encoded.decode()
    if session.out.form in {"json", "jsonl"}:
        session.out.json(answer)
        return
    session.out.note(text("tx.hand_in_until", until=moment_said(answer["valid_until"])))
    if path:
        session.out.raw(f"{answer['transaction']}\n")
    else:
        session.out.raw(answer["base64"] + "\n")


def tell_signatures(session: Session, before: Draft, signed: Draft, path: str) -> None:
    """Say whether the key had signed already, how many signatures there are, and whose may be the next."""
    if len(signed.signatures) == len(before.signatures):
        session.out.note(text("tx.signed_already"))
    found, wanted = len(signed.signatures), signed.body.threshold
    if signed.complete:
        session.out.note(text("tx.all_signed", wanted=wanted, path=path or "FILE"))
        return
    profiles = homes.load_profiles(session.settings.home).values()
    names = {key: one.name for one in profiles if one.party == signed.body.party and (key := homes.open_public(one))}
    given = {index for index, _ in signed.signatures}
    left = [key.hex() for index, (_, key) in enumerate(signed.body.keys) if index not in given]
    whose = enumerated(bracketed(names[key], f"{key[:8]}…") if key in names else key for key in left)
    session.out.note(text("tx.still_wanted", found=found, wanted=wanted, whose=whose))


def shown(draft: Draft) -> dict[str, Any]:
    """What a transaction says."""
    body = draft.body
    return {
        "id": draft.id,
        "network": body.network.hex(),
        "party": body.party,
        "valid_until": until_text(body.valid_until_ms),
        "nonce": body.nonce.hex(),
        "threshold": body.threshold,
        "keys": [{"alg": algorithm, "key": key.hex()} for algorithm, key in body.keys],
        "calls": [{"contract": one.contract, "function": one.function, "arguments": one.args} for one in body.calls],
        "memo": body.memo,
        "signers": [body.keys[index][1].hex() for index, _ in draft.signatures],
        "valid": draft.complete and verify_signatures(decode_transaction(draft.wire)),
    }
