"""`party`: account and policy. Loaded by `commands.party`."""

from __future__ import annotations

from typing import Any

from chainbill.crypto.algorithms import SHA256
from chainbill_cli import applying
from chainbill_cli.acts import act_said
from chainbill_cli.answers import answer_results, answer_write, without_as_of
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, option
from chainbill_cli.output import Column, amount_text, ranked
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, text
from chainbill_cli.values import amount_minor
from chainbill_cli.writing import Writing, call, write, writes

ACCOUNT_ROWS = ranked(
    "currency bank status from digest",
    Column("currency"), Column("bank", "party"), Column("status", "status"),
    Column("from", "date", "column.account_from"), Column("digest", "id"),
)  # fmt: skip
RULE_ROWS = ranked("action currency above", Column("action", "act"), Column("currency"), Column("above", "amount"))


@argument("party", default="")
@option("--announce", default="", metavar="CURRENCY:BANK:NUMBER", help="party.opt_announce")
@option("--attest", default="", metavar="CURRENCY", help="party.opt_attest")
@option("--shown", default="", metavar="FILE|DIGEST", help="party.opt_shown")
@writes
def account(session: Session, writing: Writing, party: str, *, announce: str, attest: str, shown: str) -> None:
    """Show accounts, or one change of them."""
    if announce and attest:
        raise usage("party.one_act")
    whom = session.party_id(party) if party else session.party
    if announce:
        _announce(session, writing, announce)
    elif attest:
        _attest(session, writing, whom, currency_code(attest), shown)
    else:
        accounts = without_as_of(session.client.get(f"/v1/parties/{whom}")).get("accounts") or []
        people = session.out.form not in {"json", "jsonl"}
        session.out.rows([row for one in accounts for row in _with_change(one)] if people else accounts, ACCOUNT_ROWS)


def _with_change(account: dict[str, Any]) -> list[dict[str, Any]]:
    """An account as rows for people: itself, and the change that waits, with the day on which it acts."""
    change = account.get("next")
    if not isinstance(change, dict):
        return [account]
    status = "account_change_attested" if change.get("attested") else "account_change_announced"
    return [account, {**change, "currency": account.get("currency"), "status": status}]


def _attest(session: Session, writing: Writing, whom: str, currency: str, shown: str) -> None:
    """Attest the account that the bank was shown, never the one that the ledger shows: somebody may have swapped it."""
    if not shown:
        raise usage("party.shown_needed")
    seen = applying.shown_account(shown, currency)
    preview = None
    if asks(session):
        preview = Preview("preview.account_attest").party(session, "column.party", whom)
        preview.line("preview.account", f"{currency} {seen.number}".strip()).line("preview.digest", seen.digest)
    named = {"alg": SHA256, "digest_hex": seen.digest}
    attested = call("account", "attest", party=whom, currency=currency, **named)
    answer_results(session, write(session, writing, [attested], preview))


def _announce(session: Session, writing: Writing, typed: str) -> None:
    """Announce an account. Its salt is kept before anything is sent: without it the account could never be shown."""
    known, kept = applying.new_account(*applying.split_account(session, typed))
    preview = None
    if asks(session):
        preview = Preview("preview.account_announce").party(session, "column.party", session.party)
        preview.party(session, "column.bank", known["bank"])
        preview.line("preview.account", f"{known['currency']} {kept['number']}")

    def keep() -> None:
        session.out.note(text("party.salts", path=str(applying.keep_account(session, session.party, kept))))

    digest_hex = known.pop("digest")
    change = call("account", "announce", **known, digest_hex=digest_hex)
    answer_results(session, write(session, writing, [change], preview, before=keep))
    session.out.note(text("party.account_then", party=session.party, currency=known["currency"]))


@argument("party", default="")
@option("--rule", "rules", multiple=True, metavar="ACTION:CURRENCY:ABOVE", help="party.opt_rule")
@option("--clear", is_flag=True, help="party.opt_clear")
@writes
def policy(session: Session, writing: Writing, party: str, *, rules: tuple[str, ...], clear: bool) -> None:
    """Show or set the policy."""
    if not rules and not clear:
        whom = session.party_id(party) if party else session.party
        found = without_as_of(session.client.get(f"/v1/parties/{whom}")).get("policy") or {}
        session.out.rows(found.get("rules") or [], RULE_ROWS)
        return
    if rules and clear:
        raise usage("party.rule_or_clear")
    if party and session.party_id(party) != session.party:
        raise usage("party.own_policy")
    written = [_rule(one) for one in rules]
    preview = _preview_policy(session, written) if asks(session) else None
    outcome = write(session, writing, [call("party", "set_policy", policy={"rules": written})], preview)
    answer_write(session, outcome, "change", "acts_on", party=session.party)


def _rule(typed: str) -> dict[str, Any]:
    action, _, rest = typed.partition(":")
    currency, _, above = rest.partition(":")
    if not action or not currency or not above:
        raise usage("party.bad_rule", value=typed)
    known = acts_under_policy()
    if known and action not in known:
        raise usage("party.bad_action", value=action, known=enumerated(known))
    code = currency_code(currency)
    return {"action": action, "currency": code, "above": amount_minor(above, code)}


def acts_under_policy() -> tuple[str, ...]:
    """What a policy's rule may name, as the contract `party` that ships with this program lists it."""
    return tuple(contract_constant("general", "ACTS_UNDER_POLICY") or ())


def _preview_policy(session: Session, rules: list[dict[str, Any]]) -> Preview:
    preview = Preview("preview.party_policy").party(session, "column.party", session.party)
    for rule in rules:
        above = f"> {amount_text(rule['above'], rule['currency'])} {rule['currency']}"
        preview.line("preview.rule", f"{act_said(rule['action'])} {above}")
    return preview if rules else preview.line("preview.rule", text("party.no_rules"))
