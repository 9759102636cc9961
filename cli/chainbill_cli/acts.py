"""Which command carries out which act of the contracts: what remedies name to people who type commands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chainbill_contracts.declared_acts import acts

from chainbill_cli.texts import has_text, in_language, text

ACTS: Mapping[str, str] = {place: act.command for place, act in acts().items()}
NAMED = re.compile(
    r"(?<![A-Za-z0-9_./])(?:"
    + "|".join(map(re.escape, sorted(ACTS, key=len, reverse=True)))
    + r")(?![A-Za-z0-9_:/]|\.\w)"
)
VOTED = re.compile(r"(?<!chainbill )governance propose(?= \w)")


def act_said(act: str) -> str:
    """An act, `bill.issue`, by its name in the language in use, with the code that is typed beside it."""
    key = f"act.{act.replace('.', '_')}"
    return text("act.named", name=text(key), act=act) if has_text(key) else act


def names_an_act(text: str) -> bool:
    """Whether a text names an act of a contract."""
    return NAMED.search(text) is not None


def in_commands(text: str) -> str:
    """The text with the commands in the place of the acts that it names; of votes too, which it names by command."""
    told = NAMED.sub(lambda found: f"chainbill {in_language(ACTS[found.group()])}", text)
    return VOTED.sub("chainbill governance propose", told)
