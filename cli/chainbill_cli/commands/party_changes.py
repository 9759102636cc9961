"""`party`: change list and withdraw, halt, recover, recovery list, veto and withdraw. Loaded by `commands.party`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chainbill_contracts import listed_key

from chainbill_cli.acts import act_said
from chainbill_cli.answers import answer_results
from chainbill_cli.call_text import argument_text, key_said
from chainbill_cli.commands.party_keys import named_key, proof_of
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import usage
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.money_said import said
from chainbill_cli.names import newest_name
from chainbill_cli.output import beginning
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, has_text, text
from chainbill_cli.values import json_value
from chainbill_cli.writing import Writing, call, write, writes

HELP = {"context_settings": {"help_option_names": ["-h", "--help"]}}
change = Noun("change", help="party.change", **HELP)  # type: ignore[arg-type]
recovery = Noun("recovery", help="party.recovery", **HELP)  # type: ignore[arg-type]


Short = Callable[[Any], str]


def _as_it_is(digits: Any) -> str:
    return str(digits)


def told(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A change as people read it: its kind and what would change, in words."""
    return said_of(session, row, _as_it_is if session.out.width is None else beginning)


def said_of(session: Session, row: Mapping[str, Any], short: Short = _as_it_is) -> dict[str, Any]:
    """A change with its kind and what would change in words. short: how much of a key's digits is said."""
    key = f"value.change_{row['kind']}"
    content = _what(session, row["content"], short)
    return {**row, "kind": text(key) if has_text(key) else row["kind"], "content": content}


def _what(session: Session, content: Mapping[str, Any], short: Short) -> str:
    """What would change, in one line: keys with what they may do, rules with their amounts, a bank by name."""
    if "statement" in content:
        statement = content["statement"]
        name = newest_name({"names": [{"zh": statement["name_zh"], "en": statement["name_en"]}]})
        return text("party.claimed_as", name=name, keys=_keys_said(statement["keys"], short))
    if "old" in content:
        return text("party.key_replaced", old=short(content["old"]), new=_keys_said([content["new"]], short))
    if "policy" in content:
        return text("root.semicolon").join(map(_rule_said, content["policy"]["rules"])) or text("value.none")
    if "bank" in content:
        return argument_text(session, "bank", content["bank"], {})
    if "keys" in content:
        return _keys_said(content["keys"], short)
    key = content.get("key")
    return _keys_said([key], short) if isinstance(key, Mapping) else short(key) if key else text("value.none")


def _rule_said(rule: Mapping[str, Any]) -> str:
    """The act first: what it tells is what a narrow table must keep."""
    return f"{act_said(rule['action'])} {text('column.above')} {said(rule['above'], rule['currency'])}"


def _keys_said(keys: Iterable[Mapping[str, Any]], short: Short) -> str:
    return text("root.semicolon").join(key_said({**one, "key": short(one["key"])}) for one in keys)


@argument("party", default="")
@option("--reason", default="", metavar="TEXT", help="party.opt_reason")
@option("--lift", is_flag=True, help="party.opt_lift")
@writes
def halt(session: Session, writing: Writing, party: str, *, reason: str, lift: bool) -> None:
    """Halt the acting party at once, or lift a halt."""
    whom = session.party_id(party) if party else session.party
    if not lift and whom != session.party:
        raise usage("party.halt_own")
    act = call("party", "lift_halt", party=whom) if lift else call("party", "halt", reason=reason)
    title = "preview.halt_lift" if lift else "preview.halt"
    preview = Preview(title).party(session, "column.party", whom) if asks(session) else None
    answer_results(session, write(session, writing, [act], preview))


@argument("party")
@option("--key", "keys", required=True, multiple=True, metavar="NAME[=…]|FILE", help="party.opt_new_key")
@option("--document", required=True, metavar="FILE", help="party.opt_recovery_document")
@writes
def recover(session: Session, writing: Writing, party: str, *, keys: tuple[str, ...], document: str) -> None:
    """Announce new keys of a party in the place of all it has; the acting party is its sponsor."""
    whom = session.party_id(party)
    new_keys = [new_key(session, whom, one) for one in keys]
    digest = document_digest(document)
    preview = None
    if asks(session):
        preview = Preview("preview.recover").party(session, "column.party", whom)
        for one in new_keys:
            preview.line("column.key", key_said(one["key"]))
        preview.line("column.document", bracketed(document, digest))
    act = call("recovery", "recover", party=whom, new_keys=new_keys, document=digest)
    answer_results(session, write(session, writing, [act], preview))


def new_key(session: Session, party: str, typed: str) -> dict[str, Any]:
    """A key that is to take the place of others, with its proof: of this home by name, or what `key prove` printed."""
    if typed.endswith(".json"):
        found = json_value(f"@{typed}")
        if isinstance(found, dict) and isinstance(found.get("listed"), dict) and isinstance(found.get("proof"), str):
            return {"key": found["listed"], "proof": found["proof"]}
        raise usage("party.bad_proof_file", path=typed)
    named = named_key(session, typed)
    if named.private is None:
        raise usage("party.no_own_key")
    listed = listed_key(named.public, named.capabilities)
    return {"key": listed, "proof": proof_of(session, listed, named.private, party)}
