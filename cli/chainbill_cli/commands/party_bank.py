"""`party paying-bank`: ask, accept, refuse, end, list; `party successor`: accept, name. Loaded by `commands.party`."""

from __future__ import annotations

from typing import Any

from chainbill_cli.answers import answer_list, answer_results, answer_write, lists
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
    outcome = _write(session, writing, "party", "ask_paying_bank", "bank", whom)
    answer_write(session, outcome, "change", "acts_on", bank=whom)


@paying_bank.command("accept", help="party.paying_bank_accept")
@argument("debtor", metavar="PARTY")
@writes
def accept(session: Session, writing: Writing, debtor: str) -> None:
    """Accept as a bank to pay the bills of a debtor that asked."""
    answer_results(session, _write(session, writing, "party", "accept_mandate", "debtor", session.party_id(debtor)))


@paying_bank.command("refuse", help="party.paying_bank_refuse")
@argument("debtor", metavar="PARTY")
@writes
def refuse(session: Session, writing: Writing, debtor: str) -> None:
    """Refuse as a bank to pay the bills of a debtor that asked."""
    answer_results(session, _write(session, writing, "party", "refuse_mandate", "debtor", session.party_id(debtor)))


@paying_bank.command("end", help="party.paying_bank_end")
@argument("debtor", metavar="PARTY")
@writes
def end(session: Session, writing: Writing, debtor: str) -> None:
    """End the mandate of a debtor for bills that it has not confirmed yet."""
    answer_results(session, _write(session, writing, "party", "end_mandate", "debtor", session.party_id(debtor)))


@paying_bank.command("list", help="party.paying_bank_list")
@argument("party", default="")
@word_filter("--status", "/v1/parties/{party}/mandates", "mandate", "party.opt_mandate_status")
@lists
def list_mandates(party: str, **filters: Any) -> None:
    """Whom the party asked, or who asked it: what waits for a bank's answer has the status asked."""
    session = current_session()
    whom = session.party_id(party) if party else session.party
    answer_list(session, f"/v1/parties/{whom}/mandates", MANDATE_ROWS, **filters)


@successor.command("accept", help="party.successor_accept")
@argument("bank")
@writes
def accept_succession(session: Session, writing: Writing, bank: str) -> None:
    """Agree as a bank to pay in the place of another."""
    answer_results(session, _write(session, writing, "succession", "accept", "bank", session.party_id(bank)))


@successor.command("name", help="party.successor_name")
@argument("bank")
@writes
def name(session: Session, writing: Writing, bank: str) -> None:
    """Name the bank that pays from now on in the acting bank's place."""
    answer_results(session, _write(session, writing, "succession", "name", "bank", session.party_id(bank)))


def _write(session: Session, writing: Writing, contract: str, function: str, role: str, party: str) -> Any:  # noqa: PLR0917
    """Carry out an act that names one party."""
    preview = None
    if asks(session):
        preview = Preview(f"preview.{contract}_{function}").party(session, f"preview.{role}", party)
    return write(session, writing, [call(contract, function, **{role: party})], preview)
