"""Which command carries out which act of the contracts: what remedies name to people who type commands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chainbill_cli.texts import has_text, in_language, text

ACTS: Mapping[str, str] = {
    "account.announce": "party account --announce CURRENCY:BANK:NUMBER",
    "account.attest": "party account PARTY --attest CURRENCY",
    "audit.grant": "party grant AUDITOR",
    "audit.revoke_grant": "party grant AUDITOR --revoke",
    "bill.accept": "bill accept BILL",
    "bill.cancel": "bill cancel BILL",
    "bill.confirm": "bill confirm BILL",
    "bill.issue": "bill issue",
    "bill.reject": "bill reject BILL",
    "bill.withdraw": "bill withdraw BILL",
    "finance.agree": "finance agree QUOTE",
    "finance.decline": "finance decline REQUEST",
    "finance.decline_quote": "finance decline QUOTE",
    "finance.disburse": "finance disburse QUOTE",
    "finance.quote": "finance quote REQUEST",
    "finance.request": "finance request TOKEN --to BANK",
    "finance.withdraw": "finance withdraw REQUEST",
    "finance.withdraw_quote": "finance withdraw QUOTE",
    "governance.advance_clock": "localnet clock",
    "governance.propose": "governance propose KIND",
    "governance.ready": "governance ready",
    "governance.store_source": "governance store FILE",
    "governance.vote": "governance vote PROPOSAL yes|no",
    "governance.withdraw": "governance withdraw PROPOSAL",
    "invoice.dispute": "invoice dispute FINGERPRINT",
    "invoice.uphold": "invoice uphold DISPUTE",
    "invoice.withdraw_dispute": "invoice withdraw DISPUTE",
    "party.accept_mandate": "party paying-bank accept PARTY",
    "party.add_identifier": "party add-identifier PARTY SCHEME=VALUE",
    "party.add_key": "party key add NAME",
    "party.ask_paying_bank": "party paying-bank ask BANK",
    "party.attest_size": "party size PARTY SIZE",
    "party.end_mandate": "party paying-bank end PARTY",
    "party.give_up_identifier": "party give-up-identifier SCHEME=VALUE",
    "party.halt": "party halt",
    "party.lift_halt": "party halt PARTY --lift",
    "party.refuse_mandate": "party paying-bank refuse PARTY",
    "party.register": "party register FILE",
    "party.rename": "party rename PARTY --name-zh NAME",
    "party.revoke_key": "party key revoke NAME",
    "party.rotate_key": "party rotate-key --new NAME",
    "party.set_encryption_key": "party encryption-key HEX",
    "party.set_policy": "party policy",
    "party.withdraw_change": "party change withdraw CHANGE",
    "recovery.recover": "party recover PARTY",
    "recovery.veto": "party recovery veto RECOVERY",
    "recovery.withdraw": "party recovery withdraw RECOVERY",
    "settlement.acknowledge": "bill received BILL TOKEN",
    "settlement.pay_result": "bill payment BILL TOKEN",
    "settlement.proceed": "bill settle BILL",
    "settlement.settle": "bill settle BILL",
    "standing.close": "party close PARTY",
    "standing.leave": "party leave",
    "standing.name_administrator": "party administrator PARTY",
    "standing.object_to": "party object ORDER",
    "standing.ratify": "party ratify ORDER",
    "standing.set_status": "party suspend PARTY",
    "standing.stay": "party stay",
    "succession.accept": "party successor accept BANK",
    "succession.name": "party successor name BANK",
    "token.accept": "token accept TOKEN",
    "token.give_back": "token return TOKEN",
    "token.merge": "token merge TOKEN TOKEN",
    "token.recall": "token recall TOKEN",
    "token.reject": "token reject TOKEN",
    "token.split": "token split TOKEN",
    "token.transfer": "token transfer TOKEN --to PARTY:AMOUNT",
}
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
