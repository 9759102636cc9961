"""`governance`: propose, store, vote, withdraw, list, show."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from chainbill_cli.answers import answer_results, answer_write
from chainbill_cli.applying import read_applications
from chainbill_cli.call_text import argument_text
from chainbill_cli.commands.party_changes import new_key
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.foreseen import foreseen
from chainbill_cli.given_files import given_text
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import COURT_ORDER, DISPUTE, PREFIX_LENGTH, no_id, object_id
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.proposals import check_content
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns_of
from chainbill_cli.texts import enumerated, has_text, in_language, label, text
from chainbill_cli.values import json_value
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Writing, call, write, writes

KINDS = (
    "parameter", "contracts", "contract", "calendar", "validator_add", "validator_remove", "observer_add", "party",
    "rules", "protocol", "party_recover", "party_claim", "identifier", "successor",
    "party_status", "party_administrator", "party_close", "dispute", "label_scheme",
    "legal_order",
)  # fmt: skip
PATH = "/v1/governance/proposals"
BLOCKS_AHEAD = 100
PARTIES_OF = {"party_close": ("party",), "successor": ("bank", "successor")}
"""Kinds of which the words are parties, and what each is."""
ABOUT = {"dispute": ("dispute", DISPUTE), "legal_order": ("order", COURT_ORDER)}
"""Kinds of which the word is an object, and how it is found."""
SPOKEN = frozenset({"attestors", "documents", "keys", "new_keys"})
"""Lists in a proposal whose entries have members; a list of words or dates reads as one in any case."""
LONGEST_SHOWN = 300
LARGEST_SET = 60 * 1024
"""Bytes of the sources that one proposal carries; it shares a transaction of 64 KiB with its calls and signatures."""
KEY = re.compile(r"^[0-9a-fA-F]{64}$")

governance = noun("governance")
plain_commands(governance)


class Kind(click.Choice[str]):
    """A kind of proposal; hyphens may be typed for underscores."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        """Take what was typed as one of the kinds."""
        return super().convert(str(value).replace("-", "_"), parameter, context)


@governance.command("propose", help="governance.propose")
@argument("kind", type=Kind(KINDS), metavar="KIND")
@argument("words", nargs=-1, metavar="[ARGUMENTS]...")
@option("--content", default="", metavar="JSON|@FILE", help="governance.opt_content")
@option("--height", "--at", type=click.IntRange(1), default=None, help="governance.opt_height")
@option("--remove", multiple=True, metavar="NAME", help="governance.opt_remove")
@option("--replaces", default="", metavar="PROPOSAL", help="governance.opt_replaces")
@option("--stored", is_flag=True, help="governance.opt_stored")
@option("--document", "documents", multiple=True, metavar="FILE", help="party.opt_documents")
@option("--reason", default="", metavar="TEXT", help="party.opt_reason")
@option("--authority", default="", metavar="COURT", help="party.opt_authority")
@option("--number", default="", metavar="NUMBER", help="party.opt_number")
@writes
def propose(
    session: Session,
    writing: Writing,
    kind: str,
    *,
    words: tuple[str, ...],
    content: str,
    height: int | None,
    remove: tuple[str, ...],
    replaces: str,
    stored: bool,
    documents: tuple[str, ...],
    **said: str,
) -> None:
    """Propose a change; `contract NAME FILE` is short for a set of one contract."""
    if kind == "contract":
        words = (f"{words[0]}={words[1]}",) if len(words) == 2 else ()
    if content:
        value = json_value(content)
    elif kind in ("contract", "contracts") and (words or remove or (replaces and kind == "contracts")):
        at = _active_height(session, height) if words or remove else 1
        changed = {"contracts": _entries(words, stored), "removed": list(remove)}
        value = {**changed, "replaces": replaces.strip().upper(), "active_height": at}
    elif kind in ("party_status", "party_administrator") and len(words) >= 2 and documents:
        value = _about_standing(session, kind, words, [document_digest(path) for path in documents], **said)
    else:
        value = _content(session, kind, words, height)
    kind = "contracts" if kind == "contract" else kind
    check_content(kind, value)
    preview = _preview_propose(session, kind, value) if asks(session) else None
    outcome = write(session, writing, [call("governance", "propose", kind=kind, content=value)], preview)
    answer_write(session, outcome, "proposal")
    if outcome.status == "committed" and outcome.result.get("proposal"):
        session.out.note(text("governance.vote_too", proposal=outcome.result["proposal"]))


@governance.command("store", help="governance.store")
@argument("files", nargs=-1, required=True, metavar="FILE...")
@writes
def store(session: Session, writing: Writing, files: tuple[str, ...]) -> None:
    """Store sources of contracts, a transaction each, for sets that are larger than a transaction."""
    for path in files:
        source = given_text(path)
        preview = None
        if asks(session):
            preview = (
                Preview("preview.governance_store").line("preview.hash", _hash_of(source)).line("column.file", path)
            )
        outcome = write(session, writing, [call("governance", "store_source", source=source)], preview)
        answer_write(session, outcome, "hash")


def _preview_propose(session: Session, kind: str, content: Any) -> Preview:
    return content_lines(session, Preview("preview.governance_propose"), kind, content)


def content_lines(session: Session, preview: Preview, kind: str, content: Any) -> Preview:
    """What a proposal says, a line each: parties by name, words in the language in use; of a set of contracts the
    names and hashes that voters compare.
    """
    said = f"value.proposal_{kind}"
    preview.line("column.kind", text(said) if has_text(said) else kind)
    facts = dict(content) if isinstance(content, dict) else {"content": content}
    if kind == "contracts":
        for entry in facts.pop("contracts", ()):
            preview.line(str(entry["name"]), str(entry["hash"]))
    if kind == "rules":
        _rule_lines(preview, facts)
    if kind == "label_scheme" and facts.get("attestors") == []:
        preview.line("column.attestors", text("preview.proposed_scheme_retired"))
    for name, value in facts.items():
        if value in ("", [], {}, None):
            continue
        shown = _said(session, name, value, facts)
        shown = shown if len(shown) <= LONGEST_SHOWN else text("governance.long", count=len(shown))
        area = "column." + ("label" if kind == "label_scheme" else "")
        preview.line(f"preview.proposed_{name}" if has_text(f"preview.proposed_{name}") else label(name, area), shown)
    return preview


def _said(session: Session, name: str, value: Any, facts: Mapping[str, Any]) -> str:
    """A member of a proposal's content as a person reads it."""
    if name == "status" and has_text(f"value.{value}"):
        return text(f"value.{value}")
    if isinstance(value, str) or (name in SPOKEN and isinstance(value, list)):
        return argument_text(session, name, value, facts)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return text("root.list_comma").join(value)
    return json.dumps(value, ensure_ascii=False)


def _rule_lines(preview: Preview, facts: dict[str, Any]) -> None:
    """What a change of rules sets, a line each; taken out of the facts."""
    for name, value in (facts.pop("changes", None) or {}).items():
        preview.line(text("preview.proposed_rule", name=name), f"{value:,}" if type(value) is int else str(value))
    for code, digits in (facts.pop("currencies", None) or {}).items():
        said = text("preview.currency_ends") if digits is None else text("preview.currency_digits", digits=digits)
        preview.line(text("preview.proposed_currency", code=code), said)
    python = facts.pop("python", None)
    if python:
        preview.line("preview.proposed_python", enumerated(str(version) for version in python))


def _entries(words: tuple[str, ...], stored: bool) -> list[dict[str, str]]:
    """The contracts of a set: a file each, named by it (token.py) or before it (token=new/draft.py)."""
    entries = []
    for word in words:
        name, _, path = word.rpartition("=")
        source = given_text(path)
        entry = {"name": name or Path(path).stem, "hash": _hash_of(source)}
        entries.append(entry if stored else entry | {"source": source})
    if sum(len(entry.get("source", "").encode()) for entry in entries) > LARGEST_SET:
        raise usage("governance.set_too_large", files=" ".join(word.rpartition("=")[2] for word in words))
    return entries


def _hash_of(source: str) -> str:
    from chainbill.vm.natives import digest

    return digest(source)


def _content(session: Session, kind: str, words: tuple[str, ...], height: int | None) -> dict[str, Any]:
    if kind == "parameter" and len(words) == 2:
        return {"name": words[0], "value": words[1] if words[1].isalpha() else json_value(words[1])}
    if kind == "rules" and len(words) == 1:
        return _rules(session, words[0], height)
    if kind == "protocol" and len(words) == 2:
        if not re.fullmatch("[1-9][0-9]{0,9}", words[0]) or not KEY.match(words[1]):
            raise usage("governance.protocol", value=" ".join(words))
        return {"version": int(words[0]), "digest": words[1].lower(), "active_height": _active_height(session, height)}
    if kind == "calendar" and len(words) == 2 and words[0].isdigit():
        days = json_value(f"@{words[1]}")
        if isinstance(days, dict):
            return {"holidays": [], "workdays": [], **days, "year": _year(words[0], days)}
    if kind == "party_recover" and len(words) >= 3:
        whom = session.party_id(words[0])
        new_keys = [new_key(session, whom, one) for one in words[2:]]
        return {"party": whom, "new_keys": new_keys, "document": document_digest(words[1])}
    if kind == "identifier" and len(words) == 3:
        return {"scheme": words[0].lower(), "value": words[1], "party": session.party_id(words[2])}
    if kind in ("party", "party_claim") and len(words) == 1:
        return _application(words[0])
    if kind in ABOUT and len(words) == 1:
        name, what = ABOUT[kind]
        return {name: object_id(session, what, words[0])}
    of_parties = _of_parties(session, kind, words)
    if of_parties:
        return of_parties
    if kind == "validator_remove" and len(words) == 1:
        return {"key": _validator_key(session, words[0])}
    wanted = {
        "parameter": "NAME VALUE", "contracts": "[NAME=]FILE...", "contract": "NAME FILE", "calendar": "YEAR FILE",
        "validator_remove": "NAME|KEY", "rules": "FILE", "protocol": "VERSION DIGEST", "party": "FILE",
        "party_claim": "FILE", "party_recover": "PARTY DOCUMENT KEY...", "identifier": "SCHEME VALUE PARTY",
        "successor": "BANK SUCCESSOR", "dispute": "DISPUTE", "label_scheme": "SCHEME ATTESTOR...",
        "legal_order": "ORDER",
        "party_status": "PARTY suspended|insolvent|active --document FILE", "party_close": "PARTY",
        "party_administrator": "PARTY KEY... --document FILE",
    }.get(kind, "--content")  # fmt: skip
    raise usage("governance.arguments", kind=kind, wanted=in_language(wanted))


def _year(typed: str, days: Mapping[str, Any]) -> int:
    """The year that was typed; a usage failure where its file says another one."""
    if days.get("year", int(typed)) != int(typed):
        raise usage("governance.two_values", field="year", first=typed, second=days["year"])
    return int(typed)


def _application(path: str) -> dict[str, Any]:
    """The only application of a file: others would be passed over."""
    found = read_applications([path])
    if len(found) > 1:
        raise usage("governance.one_application", path=path, count=len(found))
    return found[0]


def _of_parties(session: Session, kind: str, words: tuple[str, ...]) -> dict[str, Any]:
    """The content of kinds that name parties and little else; {} for others, or where one is missing."""
    if kind == "label_scheme" and len(words) >= 2:
        return {"scheme": words[0].strip(), "attestors": [session.party_id(one) for one in words[1:]]}
    if len(words) == len(PARTIES_OF.get(kind, ())) > 0:
        return {name: session.party_id(word) for name, word in zip(PARTIES_OF[kind], words, strict=True)}
    return {}


def _about_standing(
    session: Session, kind: str, words: tuple[str, ...], documents: list[str], *, reason: str, **court: str
) -> dict[str, Any]:
    """The content of a vote on a party's status, or on its administrator."""
    party = session.party_id(words[0])
    if kind == "party_status":
        return {"party": party, "status": words[1], "reason": reason, "documents": documents, **court}
    return {
        "party": party,
        "keys": [new_key(session, party, one) for one in words[1:]],
        "documents": documents,
        **court,
    }


def _active_height(session: Session, height: int | None) -> int:
    return height or int(session.network["as_of"]["height"]) + BLOCKS_AHEAD


def _rules(session: Session, path: str, height: int | None) -> dict[str, Any]:
    """The content of a change of rules from a JSON file: any of "changes", "currencies", "python"; its height."""
    found = json_value(f"@{path}")
    parts: dict[str, Any] = {"changes": {}, "currencies": {}, "python": []}
    if not isinstance(found, dict) or not found:
        raise usage("governance.rules_file", path=path)
    if height and found.get("active_height", height) != height:
        raise usage("governance.two_values", field="active_height", first=height, second=found["active_height"])
    at = found["active_height"] if "active_height" in found else _active_height(session, height)
    return {**parts, **found, "active_height": at}


def _validator_key(session: Session, typed: str) -> str:
    """The public key of a validator, given by key or by name."""
    if KEY.match(typed.strip()):
        return typed.strip().lower()
    known = [] if session.offline else session.client.get("/v1/validators")["data"]
    found = [str(one["key"]) for one in known if one.get("name") == typed.strip()]
    if len(found) != 1:
        raise usage("governance.no_validator", value=typed, known=enumerated(str(one.get("name")) for one in known))
    return found[0]


def _meant(session: Session, typed: str, title: str) -> tuple[str, Preview | None]:
    """The id of the proposal that was meant, as typed where there is no node; its preview where one is shown."""
    found = {} if session.offline else find(session, typed)
    identifier = str(found.get("id") or typed.strip().upper())
    if not asks(session):
        return identifier, None
    if str(found.get("status") or "open") != "open":
        raise foreseen("proposal_closed", {"status": found["status"]})
    preview = Preview(title).line("column.proposal", identifier)
    if found.get("kind"):
        content_lines(session, preview, str(found["kind"]), found.get("content"))
    return identifier, preview


@governance.command("vote", help="governance.vote")
@argument("proposal")
@argument("choice", type=WordChoice(["yes", "no"], "value.vote_"))
@writes
def vote(session: Session, writing: Writing, proposal: str, choice: str) -> None:
    """Vote on a proposal."""
    identifier, preview = _meant(session, proposal, "preview.governance_vote")
    if preview is not None:
        preview.line("preview.choice", text(f"value.vote_{choice}"))
    change = call("governance", "vote", proposal=identifier, choice=choice)
    outcome = write(session, writing, [change], preview)
    decided = outcome.result.get("status")
    answer_write(session, outcome, "yes", "no", "needed", proposal=identifier, decision=decided)


@governance.command("ready", help="governance.ready")
@writes
def ready(session: Session, writing: Writing) -> None:
    """Say that the acting party's validators to be are up."""
    preview = None
    if asks(session):
        preview = Preview("preview.governance_ready").party(session, "column.party", session.party)
    answer_results(session, write(session, writing, [call("governance", "ready")], preview))


@governance.command("withdraw", help="governance.withdraw")
@argument("proposal")
@writes
def withdraw(session: Session, writing: Writing, proposal: str) -> None:
    """Take an own proposal back."""
    identifier, preview = _meant(session, proposal, "preview.governance_withdraw")
    outcome = write(session, writing, [call("governance", "withdraw", proposal=identifier)], preview)
    answer_write(session, outcome, proposal=identifier, decision=outcome.result.get("status"))


def _told(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A proposal as people read it: who voted by name, the content in words, a line a member."""
    cast: Mapping[str, Any] = row.get("votes") or {}
    votes = [f"{session.known.name_of(str(party))} {text(f'value.vote_{choice}')}" for party, choice in cast.items()]
    said = content_lines(session, Preview(""), str(row.get("kind")), row.get("content") or {}).lines[1:]
    return {
        **row,
        "votes": text("root.list_comma").join(votes),
        "content": [f"{name}{text('root.colon')}{value}" for name, value in said],
    }


@governance.command("show", help="governance.show")
@argument("proposal")
def show(proposal: str) -> None:
    """Show a proposal."""
    session = current_session()
    found = find(session, proposal)
    said = _told(session, found) if session.out.form == "table" else found
    session.out.thing(said, (*columns_of("proposals"), Column("content", "list"), Column("expires_on", "date")))


def find(session: Session, typed: str) -> dict[str, Any]:
    """The proposal that was meant, by id or prefix."""
    plain = typed.strip().upper()
    if len(plain) < PREFIX_LENGTH:
        raise no_id(typed, "governance list")
    found = [one for one in session.client.pages(PATH) if str(one["id"]).startswith(plain)]
    if len(found) > 1:
        raise usage("error.id_many", value=typed, ids=enumerated(str(one["id"]) for one in found[:5]))
    if not found:
        raise fail(Exit.FAILED, "governance.no_proposal", code="not_found", value=typed)
    session.client.rely_on(PATH, found[0], "id")
    return found[0]


plain_reads(governance, told={"proposals": _told})
