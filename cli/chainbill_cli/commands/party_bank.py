"""`party paying-bank`: ask, accept, refuse, end, list; `party successor`: accept, name. Loaded by `commands.party`."""

from __future__ import annotations

from chainbill_cli.answers import answer_write
from chainbill_cli.kit import Noun, argument
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.writing import Writing, call, write, writes

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
        preview = Preview("preview.party_ask_paying_bank").party(session, "column.bank", whom)
    outcome = write(session, writing, [call("party", "ask_paying_bank", bank=whom)], preview)
    answer_write(session, outcome, "change", "acts_on", bank=whom)
