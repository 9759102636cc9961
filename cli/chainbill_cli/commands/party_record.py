"""`party`: rename, add-identifier, give-up-identifier, encryption-key, grant. Loaded by `commands.party`."""

from __future__ import annotations

from chainbill_cli import sealing
from chainbill_cli.answers import answer_results
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, option
from chainbill_cli.lookup import BILL, object_id
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.signing import PUBLIC_KEY
from chainbill_cli.texts import enumerated, text
from chainbill_cli.writing import Writing, call, write, writes

TYPE_AND_VALUE = "TYPE=VALUE"


def identifier_of(typed: str) -> dict[str, str]:
    """Scheme (lower case) and value of `TYPE=VALUE`."""
    scheme, equals, value = typed.partition("=")
    if not equals or not scheme.strip() or not value.strip():
        raise usage("party.bad_identifier", value=typed)
    return {"scheme": scheme.strip().lower(), "value": value.strip()}


@argument("party")
@option("--name-zh", default="", help="party.opt_name_zh")
@option("--name-en", default="", help="party.opt_name_en")
@writes
def rename(session: Session, writing: Writing, party: str, *, name_zh: str, name_en: str) -> None:
    """Attest a new name of a party; the acting party is its sponsor."""
    if not name_zh and not name_en:
        raise usage("party.lei_name")
    whom = session.party_id(party)
    names = {"name_zh": name_zh or name_en, "name_en": name_en or name_zh}
    preview = None
    if asks(session):
        preview = Preview("preview.party_rename").party(session, "column.party", whom)
        preview.line("preview.new_name", " / ".join(dict.fromkeys(names.values())))
    answer_results(session, write(session, writing, [call("party", "rename", party=whom, **names)], preview))


@argument("party")
@argument("identifier", metavar=TYPE_AND_VALUE)
@writes
def add_identifier(session: Session, writing: Writing, party: str, identifier: str) -> None:
    """Attest one more identifier of a party; the acting party is its sponsor."""
    whom, found = session.party_id(party), identifier_of(identifier)
    preview = None
    if asks(session):
        preview = Preview("preview.party_add_identifier").party(session, "column.party", whom)
        preview.line("preview.identifier", f"{found['scheme']}{text('root.colon')}{found['value']}")
    answer_results(session, write(session, writing, [call("party", "add_identifier", party=whom, **found)], preview))


@argument("identifier", metavar=TYPE_AND_VALUE)
@writes
def give_up_identifier(session: Session, writing: Writing, identifier: str) -> None:
    """Let go of an identifier of the acting party, whoever attested it."""
    found = identifier_of(identifier)
    preview = None
    if asks(session):
        preview = Preview("preview.party_give_up_identifier").party(session, "column.party", session.party)
        preview.line("preview.identifier", f"{found['scheme']}{text('root.colon')}{found['value']}")
    answer_results(session, write(session, writing, [call("party", "give_up_identifier", **found)], preview))


@argument("key", metavar="HEX", default="")
@option("--new", is_flag=True, help="party.opt_new_encryption_key")
@option("--none", is_flag=True, help="party.opt_no_encryption_key")
@writes
def encryption_key(session: Session, writing: Writing, key: str, *, new: bool, none: bool) -> None:
    """Announce the key to which others seal what only the acting party shall read, or that there is none.

    A new one lies in the home, beside the acting profile's key, before it is announced.
    """
    if [bool(key), new, none].count(True) != 1 or (key and not PUBLIC_KEY.match(key)):
        raise usage("party.encryption_key_or_none")
    if new:
        key = sealing.new_encryption_key(session, session.profile.key)
    preview = None
    if asks(session):
        preview = Preview("preview.party_encryption_key").party(session, "column.party", session.party)
        preview.line("column.key", key.lower() or text("value.none"))
    act = call("party", "set_encryption_key", key=key.lower())
    answer_results(session, write(session, writing, [act], preview))


@argument("auditor")
@option("--bill", "bills", multiple=True, metavar="BILL", help="party.opt_grant_bill")
@option("--from", "first", default="today", show_default=True, metavar="DATE", help="party.opt_grant_from")
@option("--until", "last", default="", metavar="DATE", help="party.opt_grant_until")
@option("--revoke", is_flag=True, help="party.opt_grant_revoke")
@writes
def grant(
    session: Session, writing: Writing, auditor: str, *, bills: tuple[str, ...], first: str, last: str, revoke: bool
) -> None:
    """Let an auditor read what the acting party may read, or end that at once."""
    whom = session.party_id(auditor)
    if revoke and (bills or last):
        raise usage("party.grant_or_revoke")
    scope = [object_id(session, BILL, one) for one in bills] or "all"
    days = {} if revoke else {"first_day": session.date(first), "last_day": session.date(last) if last else ""}
    preview = None
    if asks(session):
        title = "preview.party_grant_revoke" if revoke else "preview.party_grant"
        preview = Preview(title).party(session, "column.auditor", whom)
        if not revoke:
            preview.line("preview.grant_bills", enumerated(scope) if bills else text("value.all_bills"))
            preview.line("preview.grant_from", days["first_day"])
            preview.line("preview.grant_until", days["last_day"] or text("value.no_end"))
    act = (
        call("audit", "revoke_grant", auditor=whom)
        if revoke
        else call("audit", "grant", auditor=whom, scope=scope, **days)
    )
    answer_results(session, write(session, writing, [act], preview))
