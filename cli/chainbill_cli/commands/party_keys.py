"""`party`: rotate-key, key add, key prove, key revoke. Loaded by `commands.party`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from chainbill_contracts import CAPABILITIES, listed_key

from chainbill.statement import sign_statement
from chainbill_cli.answers import answer_write
from chainbill_cli.call_text import words_said
from chainbill_cli.commands.key import find_key
from chainbill_cli.failure import Failure, usage
from chainbill_cli.home import Profile, load_key, load_profiles, save_profiles
from chainbill_cli.kit import Noun, argument, option, stack
from chainbill_cli.output import Column
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import enumerated, language, text, texts_of
from chainbill_cli.writing import Outcome, Writing, call, write, writes

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey

PUBLIC_KEY = re.compile(r"^[0-9a-fA-F]{64}$")

key = Noun("key", help="party.key", context_settings={"help_option_names": ["-h", "--help"]})


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key that a party is to have: of this home by name (then `private` is there), or a public key in hex."""

    name: str
    public: str
    capabilities: tuple[str, ...]
    private: PrivateKey | None


def named_key(session: Session, typed: str) -> NamedKey:
    """The key of `NAME[=maker,checker,admin]`; without capabilities it has all three."""
    name, equals, listed = typed.partition("=")
    capabilities = capabilities_of(listed) if equals else CAPABILITIES
    if PUBLIC_KEY.match(name):
        return NamedKey(name, name.lower(), capabilities, None)
    private = load_key(find_key(session, name)[0])
    return NamedKey(name, private.public.hex(), capabilities, private)


def capabilities_of(listed: str) -> tuple[str, ...]:
    """The capabilities of `maker,checker,admin`, or as people read them, each once."""
    said = {word: code for code in CAPABILITIES for word in (code, *texts_of("value")[f"value.capability_{code}"])}
    found = tuple(dict.fromkeys(said.get(one.strip(), "") for one in re.split("[,，、]", listed)))
    if "" in found:
        known = [words_said("capability", [one]) for one in CAPABILITIES] if language() == "zh" else CAPABILITIES
        raise usage("party.bad_capability", value=listed, known=enumerated(known))
    return found


def add_profile(session: Session, name: str, party: str) -> None:
    """From now on the key's name is a profile that acts for the party."""
    profiles = load_profiles(session.settings.home)
    if name not in profiles:
        profiles[name] = Profile(name, party, find_key(session, name)[0])
        save_profiles(session.settings.home, profiles)


DIGESTS = frozenset({"operator", "certificate"})
"""What a key says that is a digest: 64 hex digits."""


def mark_said(name: str, value: str) -> str:
    """What is said of a key, as the ledger takes it; a usage error for a digest that is none."""
    if name in DIGESTS and value and not PUBLIC_KEY.match(value):
        raise usage("party.bad_digest", option=f"--{name}", value=value)
    return value.lower() if name in DIGESTS else value


def _mark(name: str, metavar: str, key: str) -> Any:
    said = partial(mark_said, name)
    return option(f"--{name}", default="", metavar=metavar, callback=lambda _c, _p, typed: said(typed), help=key)


MARKS = stack(
    [
        _mark("unit", "CODE", "party.opt_unit"),
        _mark("operator", "HASH", "party.opt_operator"),
        _mark("certificate", "HASH", "party.opt_certificate"),
    ]
)
"""What a key may say besides what it can do."""
MARKS_OF_KEYS = stack(
    [
        option("--unit", "units", multiple=True, metavar="[NAME=]CODE", help="party.opt_unit"),
        option("--operator", "operators", multiple=True, metavar="[NAME=]HASH", help="party.opt_operator"),
        option("--certificate", "certificates", multiple=True, metavar="[NAME=]HASH", help="party.opt_certificate"),
    ]
)
"""The same of the keys of an application: of the key NAME, or of all; an operator or a certificate is one key's."""


def marks_of_keys(named: Sequence[NamedKey], **typed: Sequence[str]) -> list[dict[str, str]]:
    """What is said of each of these keys. typed: units, operators and certificates as `[NAME=]VALUE`."""
    found: list[dict[str, str]] = [{} for _ in named]
    for option_name, values in typed.items():
        mark = option_name.removesuffix("s")
        for value in values:
            name, equals, said = value.partition("=")
            meant = [place for one, place in zip(named, found, strict=True) if not equals or one.name == name]
            if not meant or (not equals and mark != "unit" and len(named) > 1) or any(mark in one for one in meant):
                known = enumerated(one.name for one in named)
                raise usage("party.mark_of_which", option=f"--{mark}", value=value, known=known)
            for place in meant:
                place[mark] = mark_said(mark, said if equals else value)
    return found


CAPABILITY = option(
    "--capability",
    "capabilities",
    metavar="maker,checker,admin",
    multiple=True,
    required=True,
    callback=lambda _context, _parameter, typed: capabilities_of(",".join(typed)),
    help="party.opt_capability",
)


def proof_of(session: Session, listed: dict[str, Any], private: PrivateKey, party: str) -> str:
    """The new key's own signature over what it is to be for a party, in hex."""
    network = session.known.network or session.network_hash
    return sign_statement(private, network, "party", "key", {"party": party, **listed}).hex()


@option("--new", "name", required=True, metavar="NAME", help="party.opt_new")
@writes
def rotate_key(session: Session, writing: Writing, name: str) -> None:
    """Announce a new key in the place of the acting profile's, with all that the old one says but its certificate."""
    private, old = load_key(find_key(session, name)[0]), session.key.public.hex()
    known = {} if session.offline else _row_of(session, old)
    listed = listed_key(
        private.public.hex(),
        known.get("capabilities") or CAPABILITIES,
        unit=str(known.get("unit", "")),
        operator=str(known.get("operator", "")),
    )
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_rotate").line("preview.key_old", old)
        preview.line("column.key", listed["key"])
        preview.line("preview.capabilities", words_said("capability", listed["capabilities"]))
    _not_announced(session, listed["key"])
    proof = proof_of(session, listed, private, session.party)
    outcome = write(session, writing, [call("party", "rotate_key", old=old, new=listed, proof=proof)], preview)
    if outcome.status == "committed":
        _keep_profile(session, outcome, name)
    answer_write(session, outcome, "change", "acts_on", key=listed["key"])


def _not_announced(session: Session, public: str) -> None:
    """Refuse a key that another change of the party brings already: the later one lapses, and nobody says so then."""
    try:
        changes = [] if session.offline else list(session.client.pages(f"/v1/parties/{session.party}/changes"))
    except Failure:
        return
    for one in changes:
        content = one["content"]
        coming = content.get("new") or content.get("key")
        if one["status"] == "announced" and isinstance(coming, Mapping) and coming.get("key") == public:
            raise usage("party.key_announced", change=one["id"], acts_on=one["acts_on"])


def _keep_profile(session: Session, outcome: Outcome, name: str) -> None:
    """The key's name becomes a profile that signs for the party once the change has acted."""
    add_profile(session, name, session.party)
    if outcome.result.get("acts_on"):
        session.out.note(text("party.key_signs_from", name=name, acts_on=outcome.result["acts_on"]))


def _row_of(session: Session, public: str) -> Mapping[str, Any]:
    rows = session.registered(session.party).get("keys") or ()
    return next((row for row in rows if row["key"] == public), {})


@key.command("add", help="party.key_add")
@argument("name", metavar="NAME|PUBLIC_KEY")
@CAPABILITY
@MARKS
@option("--proof", default="", metavar="HEX", help="party.opt_proof")
@writes
def add(session: Session, writing: Writing, name: str, capabilities: tuple[str, ...], proof: str, **marks: str) -> None:
    """Announce one more key of the acting party; a key of this home becomes a profile of the party."""
    found = named_key(session, f"{name}={','.join(capabilities)}")
    listed = listed_key(found.public, found.capabilities, **marks)
    if found.private is not None:
        proof = proof_of(session, listed, found.private, session.party)
    if not proof:
        raise usage("party.proof_needed")
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_key_add").line("column.key", found.public)
        preview.line("preview.capabilities", words_said("capability", found.capabilities))
    outcome = write(session, writing, [call("party", "add_key", key=listed, proof=proof)], preview)
    if outcome.status == "committed" and found.private is not None:
        _keep_profile(session, outcome, found.name)
    answer_write(session, outcome, "change", "acts_on", key=found.public)


@key.command("prove", help="party.key_prove")
@argument("name", metavar="NAME")
@option("--party", "whom", required=True, metavar="PARTY", help="party.opt_whom")
@CAPABILITY
@MARKS
def prove(name: str, whom: str, capabilities: tuple[str, ...], **marks: str) -> None:
    """Sign with a key of this home what it is to be for a party whose admin keys are elsewhere."""
    session = current_session()
    found = named_key(session, f"{name}={','.join(capabilities)}")
    if found.private is None:
        raise usage("party.no_own_key")
    party = session.party_id(whom)
    listed = listed_key(found.public, found.capabilities, **marks)
    proved = {"key": found.public, "proof": proof_of(session, listed, found.private, party), "listed": listed}
    session.out.thing(proved, [Column("key", "id"), Column("proof", "id")])


@key.command("revoke", help="party.key_revoke")
@argument("name", metavar="NAME|PUBLIC_KEY")
@writes
def revoke(session: Session, writing: Writing, name: str) -> None:
    """Take a key of the acting party away."""
    found = named_key(session, name)
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_key_revoke").line("column.key", found.public)
    outcome = write(session, writing, [call("party", "revoke_key", key=found.public)], preview)
    answer_write(session, outcome, key=found.public)


def _preview(session: Session, title: str) -> Preview:
    return Preview(title).party(session, "column.party", session.party)
