"""`party`: apply, register, list, show; accounts, policy and keys are in modules of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_contracts import listed_key

from chainbill.dates import add_days, date_of
from chainbill.ledger.transaction import Call
from chainbill_cli import applying, described, sealing
from chainbill_cli.answers import answer_write, without_as_of
from chainbill_cli.call_text import argument_text, key_said, words_said
from chainbill_cli.commands import party_bank, party_changes, party_keys, party_record, party_standing, party_terms
from chainbill_cli.commands.key import find_key
from chainbill_cli.commands.party_record import identifier_of
from chainbill_cli.failure import Failure, usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.moments import ZONE_OFFSET_MINUTES
from chainbill_cli.names import newest_name
from chainbill_cli.output import Column, json_line
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns_of
from chainbill_cli.signed_shown import complete
from chainbill_cli.texts import bracketed, enumerated, has_text, text
from chainbill_cli.when import When
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Writing, call, write, writes

FIELDS = (
    *columns_of("parties"),
    Column("standing.order", "id", "column.order"),
    Column("standing.reason", heading="column.reason"),
    Column("standing.since", "date"),
    Column("standing.until", "date", "column.ratify_by"),
    Column("defaults", "list"),
    Column("halted_on", "date"),
    Column("paying_bank", "party"),
    Column("successor.successor", "party"),
    Column("identifiers"),
    Column("since"),
    Column("keys", "list"),
)

VOTED_ROLES = ("bank", "regulator", "auditor")
"""Roles that no sponsor may bring in."""
VALID_DAYS = 30

party = noun("party")
party.command("account", help="party.account")(party_terms.account)
party.command("policy", help="party.policy")(party_terms.policy)
party.command("rotate-key", help="party.rotate_key")(party_keys.rotate_key)
party.add_command(party_keys.key)
party.add_command(party_changes.change)
party.add_command(party_changes.recovery)
party.command("halt", help="party.halt")(party_changes.halt)
party.command("recover", help="party.recover")(party_changes.recover)
party.add_command(party_bank.paying_bank)
party.add_command(party_bank.successor)
plain_commands(party)
party.command("suspend", help="party.suspend")(party_standing.suspend)
party.command("insolvent", help="party.insolvent")(party_standing.insolvent)
party.command("lift", help="party.lift")(party_standing.lift)
party.command("administrator", help="party.administrator")(party_standing.administrator)
party.command("leave", help="party.leave")(party_standing.leave)
party.command("stay", help="party.stay")(party_standing.stay)
party.command("offboard", help="party.offboard")(party_standing.offboard)
party.command("open-items", help="party.open_items")(party_standing.open_items)
party.command("size", help="party.size")(party_standing.size)
party.command("rename", help="party.rename")(party_record.rename)
party.command("add-identifier", help="party.add_identifier")(party_record.add_identifier)
party.command("give-up-identifier", help="party.give_up_identifier")(party_record.give_up_identifier)
party.command("encryption-key", help="party.encryption_key")(party_record.encryption_key)
party.command("grant", help="party.grant")(party_record.grant)


@party.command("apply", help="party.apply")
@option("--id", "identity", required=True, metavar="ID", help="party.opt_id")
@option("--name-zh", default="", help="party.opt_name_zh")
@option("--name-en", default="", help="party.opt_name_en")
@option(
    "--role",
    "roles",
    type=WordChoice(["anchor", "supplier", "guarantor", *VOTED_ROLES], "value.role_"),
    multiple=True,
    required=True,
    help="party.opt_role",
)
@option("--identifier", "identifiers", metavar="TYPE=VALUE", multiple=True, help="party.opt_identifier")
@option("--account", "accounts", metavar="CURRENCY:BANK:NUMBER", multiple=True, help="party.opt_account")
@option("--key", "keys", required=True, multiple=True, metavar="NAME[=maker,checker,admin]", help="party.opt_key")
@party_keys.MARKS_OF_KEYS
@option("--sponsor", default="", metavar="BANK", help="party.opt_sponsor")
@option("--until", default="", metavar="DATE", help="party.opt_until")
@option("--no-encryption-key", "without", is_flag=True, help="party.opt_without_encryption_key")
@option("--out", default="", metavar="FILE", help="party.opt_out")
def apply(
    identity: str, name_zh: str, name_en: str, keys: tuple[str, ...], out: str, *, without: bool, **typed: Any
) -> None:
    """Write and sign an application; account numbers stay in the home, only their salted hashes are in it.

    So does the private key that opens what banks seal to an applicant who will ask them for money.
    """
    from chainbill.ids import normalise_identifier, valid_lei, valid_uscc

    session = current_session()
    identifier = normalise_identifier(identity)
    if not valid_uscc(identifier) and not valid_lei(identifier):
        raise usage("party.bad_id", value=identity)
    if not name_zh and not name_en:
        raise usage("party.lei_name")
    named = [party_keys.named_key(session, one) for one in keys]
    if not any("admin" in one.capabilities for one in named):
        raise usage("party.no_admin_key")
    if all(one.private is None for one in named):
        raise usage("party.no_own_key")
    if bool(typed["sponsor"]) == bool(set(typed["roles"]) & set(VOTED_ROLES)):
        raise usage("party.sponsor_or_vote", roles=enumerated(VOTED_ROLES))
    marks = party_keys.marks_of_keys(named, **{name: typed[name] for name in ("units", "operators", "certificates")})
    accounts = [applying.new_account(*applying.split_account(session, one)) for one in typed["accounts"]]
    statement: dict[str, Any] = {
        "id": identifier,
        "name_zh": name_zh or name_en,
        "name_en": name_en or name_zh,
        "roles": list(typed["roles"]),
        "identifiers": [identifier_of(one) for one in typed["identifiers"]],
        "keys": [listed_key(one.public, one.capabilities, **said) for one, said in zip(named, marks, strict=True)],
        "accounts": [known for known, _ in accounts],
        "sponsor": session.party_id(typed["sponsor"]) if typed["sponsor"] else "",
        "until": _until(session, typed["until"]),
    }
    statement |= {} if without else _sealed_to(session, typed["roles"], named)
    network = session.known.network or session.network_hash  # an applicant may reach no node yet
    for _, kept in accounts:
        session.out.note(text("party.salts", path=str(applying.keep_account(session, identifier, kept))))
    application = applying.unsigned(statement)
    for one in named:
        if one.private is not None:
            applying.sign_application(network, application, one.private)
    if applying.lacking(application):
        session.out.note(text("party.lacking", keys=enumerated(applying.lacking(application))))
    if not out:
        session.out.raw(json_line(application, indent=2) + "\n")
        return
    applying.write_application(application, out)
    for one in named:
        if one.private is not None:
            party_keys.add_profile(session, one.name, identifier)
    session.out.thing({"id": identifier, "file": out}, [Column("id", "id"), Column("file")])


def _sealed_to(session: Session, roles: Sequence[str], named: Sequence[party_keys.NamedKey]) -> dict[str, str]:
    """A new key to which banks seal their quotes, for an applicant who may ask for some; beside its first own key."""
    from chainbill_node.setup.local import may_ask_for_quotes

    if not may_ask_for_quotes(roles):
        return {}
    own = next(one for one in named if one.private is not None)
    return {"encryption_key": sealing.new_encryption_key(session, find_key(session, own.name)[0])}


def _until(session: Session, typed: str) -> str:
    """The last day on which it may be attested: 30 days on, by this machine's clock where no node can be asked."""
    if typed:
        return session.date(typed)
    try:
        today = session.today()
    except Failure:
        today = date_of(time.time_ns() // 1_000_000, ZONE_OFFSET_MINUTES)
    return add_days(today, VALID_DAYS)


@party.command("sign", help="party.sign")
@argument("file")
@option("--key", "keys", required=True, multiple=True, metavar="NAME", help="party.opt_sign_key")
def sign(file: str, keys: tuple[str, ...]) -> None:
    """Sign an application with further keys that it lists; where they are kept."""
    session = current_session()
    found = applying.read_applications([file])
    if len(found) != 1:
        raise usage("party.one_application")
    if asks(session):  # others made the file: it says whose keys and accounts the party is to have
        session.offline = bool(session.known.network)
        told = _preview_applications("preview.party_sign", session, found)
        complete(session, told, [_registered(found)], "").ask(session)
    network = session.known.network or session.network_hash
    for name in keys:
        private = party_keys.named_key(session, name).private
        if private is None or not [one for one in found if applying.sign_application(network, one, private)]:
            raise usage("party.key_not_listed", value=name)
    applying.write_application(found[0], file)
    left = applying.lacking(found[0])
    session.out.thing({"file": file, "lacking": left}, [Column("file"), Column("lacking")])


@party.command("register", help="party.register")
@argument("files", nargs=-1, required=True)
@writes
def register(session: Session, writing: Writing, files: tuple[str, ...]) -> None:
    """A sponsor bank attests applications."""
    applications = applying.read_applications(files)
    preview = _preview_applications("preview.party_register", session, applications) if asks(session) else None
    outcome = write(session, writing, [_registered(applications)], preview)
    answer_write(session, outcome, "parties")


def _registered(applications: list[dict[str, Any]]) -> Call:
    return call("party", "register", applications=applications)


def _preview_applications(title: str, session: Session, applications: list[dict[str, Any]]) -> Preview:
    preview = Preview(title)
    for application in applications:
        statement = application["statement"]
        names = dict.fromkeys(str(statement.get(name) or "") for name in ("name_zh", "name_en"))
        preview.line("preview.applicant", bracketed(" / ".join(name for name in names if name), statement.get("id")))
        preview.line("column.roles", words_said("role", statement.get("roles")))
        for known in statement.get("keys") or ():
            preview.line("column.key", key_said(known))
            for name in ("unit", "operator", "certificate"):
                if known.get(name):
                    preview.line(f"column.{name}", str(known[name]))
        if statement.get("encryption_key"):
            preview.line("column.encryption_key", str(statement["encryption_key"]))
        if statement.get("sponsor"):
            preview.line("column.sponsor", argument_text(session, "sponsor", statement["sponsor"], {}))
        preview.line("preview.until", str(statement.get("until") or ""))
    return preview


@party.command("show", help="party.show")
@argument("party")
@option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
def show(party: str, at: str | None) -> None:
    """Show a party."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/parties/{session.party_id(party)}", at=at))
    if session.out.form in {"table", "csv"}:
        others = [one for one in body.get("identifiers") or () if one["value"] != body["id"]]
        ids = [f"{one['scheme']}:{one['value']}" for one in others]
        body = {**body, "name": newest_name(body), "identifiers": enumerated(ids)}
        body["keys"] = [key_said(one) for one in body.get("keys") or ()]
        body["defaults"] = [described.default_said(one) for one in body.get("defaults") or ()]
    if session.out.form == "table" and body.get("halted_on"):
        status = f"value.{body['status']}"
        body["status"] = bracketed(text(status) if has_text(status) else body["status"], text("value.halted_own"))
    session.out.thing(body, FIELDS)
    if session.out.form == "table" and body["keys"]:
        session.out.note(text("party.more_of", party=body["id"]))


def _named(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A party under the name that it has now."""
    del session
    return {**row, "name": newest_name(row)}


def _order(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """An order with an administrator's keys and what each may do."""
    del session
    return {**row, "keys": [key_said(one) for one in row.get("keys") or ()]}


told = {
    "parties": _named, "changes": party_changes.told, "recoveries": party_changes.told, "status_order": _order,
}  # fmt: skip
plain_reads(party, told=told)
