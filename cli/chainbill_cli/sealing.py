"""Sealed quotes on this machine: sealed by a bank, which keeps what it offered, and opened by the holder's key.

Terms of a bid leave this machine in an envelope only, until its holder agrees to it: no node is asked about them.
Encryption keys lie beside the keys that sign, one file each, `encryption-….pem`; earlier ones stay, as what was sealed
to them is opened by them. What a bank has sealed lies under `bids/` of its home, each bid in a file that is called by
its commitment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill.errors import ChainbillError
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.given_files import given_text
from chainbill_cli.home import load_encryption_key, open_key, write_private
from chainbill_cli.quoting import priced
from chainbill_cli.session import Session
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill.sealed_bid import Bid

BIDS = "bids"
FIGURES = ("days", "interest", "net")
Row = Mapping[str, Any]


def bids_are_sealed(session: Session) -> bool:
    """Whether banks seal their quotes on this network, as a node says it."""
    return bool(session.network.get("bids") == "sealed")


def is_closed(quote: Row) -> bool:
    """Whether a quote is sealed and nobody has opened it on the ledger."""
    return bool(quote.get("commitment")) and not quote.get("salt")


def key_of_holder(session: Session, request: Row) -> bytes:
    """The key of 32 bytes to which quotes for a request are sealed; a failure where its holder has none."""
    from chainbill_cli.foreseen import foreseen

    holder = str(request["holder"])
    key = str(session.registered(holder).get("encryption_key") or "")
    if not key:
        raise foreseen("encryption_key_missing", {"id": holder})
    return bytes.fromhex(key)


def bid_of(session: Session, offer: Row, value_date: str) -> Bid:
    """The acting bank's bid of what it typed. offer: arguments of `finance.quote`."""
    from chainbill.sealed_bid import Bid

    terms = {**offer, "value_date": value_date}
    return Bid.of(session.network_hash, str(offer["request"]), session.party, terms)


def seal_arguments(bid: Bid, offer: Row, key: bytes) -> dict[str, Any]:
    """Arguments of `finance.seal`: what of a quote stays open, and the bid sealed to this key."""
    try:
        envelope = bid.sealed_to(key).hex()
    except ChainbillError as error:
        raise usage("finance.seal_to_what", value=key.hex()) from error
    return {
        "request": bid.request,
        "commitment": bid.commitment,
        "envelope": envelope,
        **{name: offer[name] for name in ("disburse_by", "valid_until", "needs_label")},
    }


def keep(session: Session, bid: Bid) -> None:
    """Keep a bid in the home of the bank: nobody else can tell it what it offered."""
    folder = session.settings.home / BIDS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {"request": bid.request, "bank": bid.bank, "terms": dict(bid.terms), "salt": bid.salt}
    write_private(folder / f"{bid.commitment}.json", (json.dumps(content, indent=2) + "\n").encode())


def opened(session: Session, quote: Row) -> Bid:
    """The bid of a sealed quote: of the acting bank as its home kept it, else opened by the acting party's key."""
    return _kept(session, quote) if quote["bank"] == session.party else _unsealed(session, quote)


def _kept(session: Session, quote: Row) -> Bid:
    from chainbill.sealed_bid import Bid

    path = session.settings.home / BIDS / f"{quote['commitment']}.json"
    try:
        content = json.loads(given_text(path))
        bid = Bid(session.network_hash, quote["request"], quote["bank"], content["terms"], content["salt"])
    except (Failure, ValueError, KeyError, TypeError) as error:
        raise fail(Exit.FAILED, "finance.bid_not_kept", path=str(path)) from error
    if bid.commitment != quote["commitment"]:
        raise fail(Exit.FAILED, "finance.bid_not_kept", path=str(path))
    return bid


def _unsealed(session: Session, quote: Row) -> Bid:
    from chainbill.sealed_bid import opened as opened_with

    key = load_encryption_key(encryption_key_file(session.profile.key, str(quote["sealed_to"])))
    try:
        return opened_with(
            key, bytes.fromhex(quote["envelope"]), network=session.network_hash, request=str(quote["request"]),
            bank=str(quote["bank"]), commitment=str(quote["commitment"]),
        )  # fmt: skip
    except (ChainbillError, ValueError) as error:
        raise fail(Exit.REFUSED, "finance.not_sealed_so", code="not_sealed_so", quote=str(quote["id"])) from error


def new_encryption_key(session: Session, beside: Path) -> str:
    """Make a key to which others can seal, and keep it beside a key that signs, under the same passphrase, or plain as
    that one, and say where; the public key in hex."""
    from chainbill.crypto.sealing import EncryptionKey

    key = EncryptionKey.generate()
    path = encryption_key_file(beside, key.public.hex())
    write_private(path, key.to_pem(open_key(beside)[1].encode()))
    session.out.note(text("party.encryption_key_kept", path=str(path)))
    return key.public.hex()


def encryption_key_file(beside: Path, public: str) -> Path:
    """Where the key that opens what is sealed to this public key (hex) lies: beside a key that signs."""
    from chainbill_node.home.keys import encryption_file_name

    return beside.parent / encryption_file_name(bytes.fromhex(public))


def told(session: Session, quote: Row, holder: str) -> dict[str, Any]:
    """A quote with the terms that were opened here, and what they come to today; as it is where it is not closed.

    For others than its bank and the holder, and without the key or what the bank kept, it stays closed, and `closed`
    says why.
    """
    if not is_closed(quote):
        return dict(quote)
    if not session.settings.profile or session.party not in (quote["bank"], holder):
        return {**quote, "closed": text("finance.for_two")}
    try:
        return with_terms(session, quote, opened(session, quote))
    except Failure as failure:
        return {**quote, "closed": str(failure)}


def with_terms(session: Session, quote: Row, bid: Bid) -> dict[str, Any]:
    """A closed quote as it would stand on the ledger if its holder agreed to it today. REFUSED: it could not.

    One that is over stays as it was sealed: of 2026-12-02 it is shown on 2027-04-06, too.
    """
    today, sealed_for = session.today(), str(bid.terms["value_date"])
    stands = quote.get("status", "offered") == "offered"
    terms = {**bid.terms, "value_date": max(sealed_for, today) if stands else sealed_for}
    asked = {"amount": quote["amount"], "currency": quote["currency"]}
    days = {"disburse_by": quote["disburse_by"], "valid_until": quote["valid_until"]}
    found = priced({**terms, **days}, asked, str(quote["pay_on"]), today)
    return {**quote, **found, "salt": bid.salt}


def note_closed(session: Session, quotes: list[dict[str, Any]]) -> None:
    """Say of quotes that could not be opened why, each reason once."""
    for why in dict.fromkeys(str(one["closed"]) for one in quotes if one.get("closed")):
        session.out.note(why if why == text("finance.for_two") else text("finance.stays_closed", why=why))
