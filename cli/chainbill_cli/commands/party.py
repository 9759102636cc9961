"""`party`: apply, register, list, show, account, policy, rotate-key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from chainbill_cli import applying
from chainbill_cli.answers import answer_results, answer_write, lists, without_as_of
from chainbill_cli.commands.key import find_key
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.home import Profile, load_key, load_profiles, save_profiles
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.output import Column
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import PARTY_ROWS
from chainbill_cli.texts import text
from chainbill_cli.values import amount_minor
from chainbill_cli.writing import Writing, call, write, writes

FIELDS = (*PARTY_ROWS, Column("paying_bank", "party"), Column("identifiers"), Column("since"))
ACCOUNT_ROWS = (
    Column("currency"), Column("bank", "party"), Column("status", "status"),
    Column("from", "date", "column.account_from"), Column("digest", "id"),
)  # fmt: skip
RULE_ROWS = (Column("action"), Column("currency"), Column("above", "amount"))

party = noun("party")


@party.command("apply", help="party.apply")
@option("--id", "identity", required=True, metavar="ID", help="party.opt_id")
@option("--name-zh", default="", help="party.opt_name_zh")
@option("--name-en", default="", help="party.opt_name_en")
@option(
    "--role",
    "roles",
    type=click.Choice(["anchor", "supplier", "guarantor"]),
    multiple=True,
    required=True,
    help="party.opt_role",
)
@option("--identifier", "identifiers", metavar="SCHEME=VALUE", multiple=True, help="party.opt_identifier")
@option("--account", "accounts", metavar="CURRENCY:BANK:NUMBER", multiple=True, help="party.opt_account")
@option("--key", "key_name", required=True, metavar="NAME", help="party.opt_key")
@option("--out", default="", metavar="FILE", help="party.opt_out")
def apply(identity: str, name_zh: str, name_en: str, key_name: str, out: str, **typed: Any) -> None:
    """Write and sign an application; account numbers stay in the home, only their salted hashes are in it."""
    from chainbill.ids import normalise_identifier, valid_lei, valid_uscc

    session = current_session()
    identifier = normalise_identifier(identity)
    if not valid_uscc(identifier) and not valid_lei(identifier):
        raise usage("party.bad_id", value=identity)
    if not name_zh and not name_en:
        raise usage("party.lei_name")
    key = load_key(find_key(session, key_name)[0])
    accounts = [applying.new_account(*applying.split_account(session, one)) for one in typed["accounts"]]
    statement = {
        "id": identifier,
        "name_zh": name_zh or name_en,
        "name_en": name_en or name_zh,
        "roles": list(typed["roles"]),
        "identifiers": [_identifier(one) for one in typed["identifiers"]],
        "keys": [{"key": key.public.hex(), "capabilities": ["maker", "checker", "admin"]}],
        "accounts": [known for known, _ in accounts],
    }
    for _, kept in accounts:
        session.out.note(text("party.salts", path=str(applying.keep_account(session, identifier, kept))))
    content = json.dumps(applying.sign_statement(statement, key), ensure_ascii=False, indent=2) + "\n"
    if not out:
        session.out.raw(content)
        return
    try:
        Path(out).write_text(content, encoding="utf-8")
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=out, why=str(error.strerror or error)) from error
    _add_profile(session, key_name, identifier)
    session.out.thing({"id": identifier, "file": out}, [Column("id", "id"), Column("file")])


def _add_profile(session: Session, name: str, identifier: str) -> None:
    """From now on the key's name is a profile that acts for the applicant."""
    profiles = load_profiles(session.settings.home)
    if name not in profiles:
        profiles[name] = Profile(name, identifier, find_key(session, name)[0])
        save_profiles(session.settings.home, profiles)


def _identifier(typed: str) -> dict[str, str]:
    scheme, equals, value = typed.partition("=")
    if not equals or not scheme or not value:
        raise usage("party.bad_identifier", value=typed)
    return {"scheme": scheme.strip().lower(), "value": value.strip()}


@party.command("register", help="party.register")
@argument("files", nargs=-1, required=True)
@writes
def register(session: Session, writing: Writing, files: tuple[str, ...]) -> None:
    """A sponsor bank attests applications."""
    applications = applying.read_applications(files)
    outcome = write(session, writing, [call("party", "register", applications=applications)])
    answer_write(session, outcome, "parties")


@party.command("list", help="party.list")
@option("--role", default=None, help="party.opt_role_filter")
@option("--status", default=None, help="option.status")
@lists
def list_(**filters: Any) -> None:
    """List parties."""
    session = current_session()
    body = session.client.get("/v1/parties", **filters)
    rows = body["data"]
    if session.out.form in {"table", "csv"}:
        rows = [{**row, "name": name_of(row)} for row in rows]
    session.out.rows(rows, PARTY_ROWS)
    if body.get("next"):
        session.out.note(text("note.more", cursor=body["next"]))


def name_of(row: dict[str, Any]) -> str:
    """The newest name of a registered party, in the language in use."""
    from chainbill_cli.texts import language

    names = row.get("names") or [{}]
    return str(names[-1].get(language()) or names[-1].get("en") or names[-1].get("zh") or "")


@party.command("show", help="party.show")
@argument("party")
@option("--at", metavar="WHEN", default=None, help="option.at")
def show(party: str, at: str | None) -> None:
    """Show a party."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/parties/{session.party_id(party)}", at=at))
    if session.out.form in {"table", "csv"}:
        ids = [f"{one['scheme']}:{one['value']}" for one in body.get("identifiers") or ()]
        body = {**body, "name": name_of(body), "identifiers": ", ".join(ids)}
    session.out.thing(body, FIELDS)


@party.command("account", help="party.account")
@argument("party", default="")
@option("--announce", default="", metavar="CURRENCY:BANK:NUMBER", help="party.opt_announce")
@option("--attest", default="", metavar="CURRENCY", help="party.opt_attest")
@option("--paying-bank", default="", metavar="BANK", help="party.opt_paying")
@writes
def account(session: Session, writing: Writing, party: str, *, announce: str, attest: str, paying_bank: str) -> None:
    """Show accounts, or one change of them."""
    if sum(bool(one) for one in (announce, attest, paying_bank)) > 1:
        raise usage("party.one_act")
    whom = session.party_id(party) if party else session.party
    if announce:
        known, kept = applying.new_account(*applying.split_account(session, announce))
        change = call(
            "party", "announce_account", currency=known["currency"], bank=known["bank"], digest_hex=known["digest"]
        )
        outcome = write(session, writing, [change])
        if outcome.status != "simulated":
            session.out.note(text("party.salts", path=str(applying.keep_account(session, session.party, kept))))
    elif attest:
        outcome = write(session, writing, [call("party", "attest_account", party=whom, currency=attest.upper())])
    elif paying_bank:
        outcome = write(session, writing, [call("party", "set_paying_bank", bank=session.party_id(paying_bank))])
    else:
        accounts = without_as_of(session.client.get(f"/v1/parties/{whom}")).get("accounts") or []
        session.out.rows(accounts, ACCOUNT_ROWS)
        return
    answer_results(session, outcome)


@party.command("policy", help="party.policy")
@argument("party", default="")
@option("--rule", "rules", multiple=True, metavar="ACTION:CURRENCY:ABOVE", help="party.opt_rule")
@option("--clear", is_flag=True, help="party.opt_clear")
@writes
def policy(session: Session, writing: Writing, party: str, rules: tuple[str, ...], clear: bool) -> None:
    """Show or set the policy."""
    if not rules and not clear:
        whom = session.party_id(party) if party else session.party
        found = without_as_of(session.client.get(f"/v1/parties/{whom}")).get("policy") or {}
        session.out.rows(found.get("rules") or [], RULE_ROWS)
        return
    written = [] if clear else [_rule(one) for one in rules]
    outcome = write(session, writing, [call("party", "set_policy", policy={"rules": written})])
    answer_write(session, outcome, party=session.party)


def _rule(typed: str) -> dict[str, Any]:
    action, _, rest = typed.partition(":")
    currency, _, above = rest.partition(":")
    if not action or not currency or not above:
        raise usage("party.bad_rule", value=typed)
    return {"action": action, "currency": currency.upper(), "above": amount_minor(above, currency.upper())}


@party.command("rotate-key", help="party.rotate_key")
@option("--new", "name", required=True, metavar="NAME", help="party.opt_new")
@writes
def rotate_key(session: Session, writing: Writing, name: str) -> None:
    """Put a new key in the place of the acting profile's; the profile signs with it after the commit."""
    path = find_key(session, name)[0]
    new = load_key(path)
    change = call("party", "rotate_key", old=session.key.public.hex(), new=new.public.hex())
    outcome = write(session, writing, [change])
    if outcome.status == "committed":
        profiles = load_profiles(session.settings.home)
        profiles[session.profile.name] = Profile(session.profile.name, session.party, path)
        save_profiles(session.settings.home, profiles)
        session.out.note(text("party.key_now", name=session.profile.name, path=str(path)))
    answer_write(session, outcome, key=new.public.hex())
