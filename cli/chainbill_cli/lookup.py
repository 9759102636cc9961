"""Finding what an id typed by a person means: prefixes, and tokens that have moved on.

Ids begin with a letter (`B` bill, `T` token, `R` request, `Q` quote, `D` dispute, `J` joint act,
`S` order on a status, `O` order of a court, `F` freeze, `N` entry of a bank, `K` pledge, `P` product, `E` event of
production, `C` announced change) and end in a check character; any unique prefix of 6 or more characters works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainbill_contracts.declared_reads import Read, reads

from chainbill.ids import is_object_id
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.relied_on import beginning_with
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, in_language, text

ID_LENGTH = 18
PREFIX_LENGTH = 6
PASSED_ON = {"moved", "reversed"}
"""Statuses of tokens whose cents all stand in a token made from them."""
CROCKFORD = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: its letter, where one is read, and the command that shows their ids."""

    name: str
    letter: str
    path: str
    listed: str


def _kind(read: Read) -> Kind:
    """How objects of a declared read are found: where they are listed, and by which command."""
    path = read.path.rpartition("/")[0]
    listed = next((" ".join(one.command) for one in reads().values() if one.path == path), "finance show REQUEST")
    return Kind(read.name, read.letter, path, listed)


KINDS = {name: _kind(read) for name, read in reads().items() if read.letter}
BILL, TOKEN, REQUEST, QUOTE = (KINDS[name] for name in ("bill", "token", "request", "quote"))
JOINT, DISPUTE, STATUS_ORDER = KINDS["joint"], KINDS["dispute"], KINDS["status_order"]
PLEDGE, PRODUCT = KINDS["pledge"], KINDS["product"]
SALE, CLAIM, PREPAYMENT = KINDS["sale"], KINDS["claim"], KINDS["prepayment"]
COURT_ORDER, FREEZE, ENTRY = KINDS["order"], KINDS["freeze"], KINDS["entry"]
CHANGE = Kind("announced_change", "C", "/v1/parties/{party}/changes", "party change list")
RECOVERY = Kind("announced_recovery", "C", "", "party recovery list")
"""path: "" where nobody can list them without knowing of whom they are, so that an id is typed whole."""


def object_id(session: Session, kind: Kind, typed: str) -> str:
    """The full id that was meant. Full ids are checked here, prefixes are looked up."""
    plain = typed.strip().upper()
    if not plain or not plain[0].isalpha() or len(plain) < PREFIX_LENGTH or len(plain) > ID_LENGTH:
        raise no_id(typed, kind.listed)
    if plain[0] != kind.letter:
        called = text(f"value.{kind.name}")
        raise fail(Exit.USAGE, "error.id_kind", value=typed, kind=called, hint=ids_shown_by(kind.listed))
    if len(plain) == ID_LENGTH:
        if not is_object_id(plain):
            raise usage("error.id_check", value=typed)
        return _claimed(session, plain) if kind is CLAIM else plain
    if not set(plain[1:]) <= CROCKFORD:
        raise no_id(typed, kind.listed)
    if not kind.path:
        raise usage("error.id_whole", value=typed, count=ID_LENGTH)
    path = REQUEST.path if kind is QUOTE else kind.path
    path = path.format(party=session.party) if "{" in path else path
    ids_of = {QUOTE: _ids_of_quotes, CLAIM: _ids_of_claim}.get(kind, _id_of)
    found = _only(typed, beginning_with(plain, session.client.pages(path), ids_of))
    session.client.rely_on_meaning(path, plain, found, ids_of)
    return _claimed(session, found) if kind is CLAIM else found


def no_id(typed: str, listed: str) -> Failure:
    """The failure for what is no id; listed: the command that shows those that were meant."""
    return fail(Exit.USAGE, "error.id", value=typed, hint=ids_shown_by(listed))


def ids_shown_by(listed: str) -> str:
    """Where ids of one kind are found."""
    return text("error.hint_ids", command=in_language(f"chainbill {listed}"))


def _id_of(entry: Mapping[str, Any]) -> list[str]:
    return [str(entry["id"] if "id" in entry else entry["token"])]


def _ids_of_claim(claim: Mapping[str, Any]) -> list[str]:
    """The token that it bears the name of and, after a payment of a part, what is left of that."""
    return list(dict.fromkeys((str(claim["token"]), str(claim.get("now") or claim["token"]))))


def _claimed(session: Session, token: str) -> str:
    """The token that a claim bears the name of: this one, or the one that it is left of after a payment of a part."""
    if session.offline or session.object_row(CLAIM.path, token):
        return token
    try:
        return next((str(one["token"]) for one in session.client.pages(CLAIM.path) if one.get("now") == token), token)
    except Failure:
        return token


def _ids_of_quotes(request: Mapping[str, Any]) -> list[str]:
    return [str(one.get("id") if isinstance(one, dict) else one) for one in request.get("quotes", ())]


def _only(typed: str, found: list[str]) -> str:
    if not found:
        raise fail(Exit.FAILED, "error.id_none", code="not_found", value=typed)
    if len(found) > 1:
        raise usage("error.id_many", value=typed, ids=enumerated(found[:5]))
    return found[0]


def read_bill(session: Session, typed: str) -> dict[str, Any]:
    """The bill that was meant."""
    return read(session, BILL, typed)


def read_request(session: Session, typed: str) -> dict[str, Any]:
    """The financing request that was meant."""
    return read(session, REQUEST, typed)


def read_quote(session: Session, typed: str) -> dict[str, Any]:
    """The quote that was meant."""
    return read(session, QUOTE, typed)


def read(session: Session, kind: Kind, typed: str) -> dict[str, Any]:
    """The object of this kind that was meant, as a node shows it."""
    body = session.client.get(f"{kind.path}/{object_id(session, kind, typed)}")
    return dict(body.get("data", body)) if isinstance(body, dict) else {}


def read_token(session: Session, typed: str, *, acting: str = "") -> dict[str, Any]:
    """The token that was meant. With `acting`, a token that has moved stands for what became of it.

    People go on using the id they were told: an accepted offer ends the offered token as `moved` and makes a new one,
    a reversed payment gives the cents of a settled token back as a new one. If that one is held by `acting`, it is
    taken instead, and a note says so.
    """
    token = read(session, TOKEN, typed)
    if not acting or token.get("status") not in PASSED_ON:
        return token
    successor = successor_held_by(session, token, acting)
    if successor is None:
        return token
    session.out.note(text("note.moved_on", old=token["id"], new=successor["id"]))
    return successor


def successor_held_by(session: Session, token: dict[str, Any], party: str) -> dict[str, Any] | None:
    """Follow tokens that passed all their cents on to the one child of each.

    The end of the chain if the party holds it, else None.
    """
    children: dict[str, list[dict[str, Any]]] = {}
    path = f"{BILL.path}/{token['bill']}/tokens"
    for other in session.client.pages(path):
        children.setdefault(str(other.get("parent") or ""), []).append(other)
    found = token
    while found.get("status") in PASSED_ON:
        heirs = children.get(str(found["id"]), [])
        if len(heirs) != 1:
            return None
        found = heirs[0]
        session.client.rely_on(path, found, "id")
    return found if found.get("holder") == party else None


def not_found(failure: Failure) -> bool:
    """Whether a node said that there is no such thing."""
    return failure.problem.get("status") == 404


__all__ = [
    "BILL", "CHANGE", "CLAIM", "COURT_ORDER", "DISPUTE", "ENTRY", "FREEZE", "PLEDGE", "PREPAYMENT", "PRODUCT", "QUOTE",
    "RECOVERY", "REQUEST", "SALE", "TOKEN", "Kind", "not_found", "object_id", "read_bill", "read_quote", "read_request",
    "read_token", "successor_held_by",
]  # fmt: skip
