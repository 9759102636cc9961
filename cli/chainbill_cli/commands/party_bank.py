"""`party paying-bank`: ask, accept, refuse, end, list; `party successor`: accept, name. Loaded by `commands.party`."""

from __future__ import annotations

from typing import Any

from chainbill_cli.answers import answer_list, answer_write, lists
from chainbill_cli.filter_words import word_filter
from chainbill_cli.kit import Noun, argument
from chainbill_cli.output import Column, ranked
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.writing import Writing, call, write, writes

MANDATE_ROWS = ranked(
    "debtor bank status from asked_on until",
    Column("debtor", "party"), Column("bank", "party"), Column("status", "mandate"), Column("asked_on", "date"),
    Column("from", "date", "column.mandate_from"), Column("until", "date"),
)  # fmt: skip
HELP = {"help_option_names": ["-h", "--help"]}

paying_bank = Noun("paying-bank", help="party.paying_bank", context_settings=HELP)
successor = Noun("successor", help="party.successor", context_settings=HELP)


@paying_bank.command("ask", help="party.paying_bank_ask")
@argument("bank")
@writes
def ask(session: Session, writing: Writing, bank: str) -> None:
    """Ask a bank to pay the bills that the acting party will confirm."""
    whom = session.party_id(bank)
    preview = None
    if asks(session):
        preview = Preview("preview.party_ask_paying_bank").party(session, "preview.bank", whom)
    outcome = write(session, writing, [call("party", "ask_paying_bank", bank=whom)], preview)
    answer_write(session, outcome, "change", "acts_on", bank=whom)


@paying_bank.command("list", help="party.paying_bank_list")
@argument("party", default="")
@word_filter("--status", "/v1/parties/{party}/mandates", "mandate", "party.opt_mandate_status")
@lists
def list_mandates(party: str, **filters: Any) -> None:
    """Whom the party asked, or who asked it: what waits for a bank's answer has the status asked."""
    session = current_session()
    whom = session.party_id(party) if party else session.party
    answer_list(session, f"/v1/parties/{whom}/mandates", MANDATE_ROWS, **filters)
