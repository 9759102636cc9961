"""The work that is measured: transfers of tokens, signed, as the network's own contracts have them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

import load
from chainbill_node.home.keys import load_private_key
from chainbill_node.setup.network import CreatedNetwork

from chainbill import codec
from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, encode_body, sign_transaction

PIECES = 50
ROOM = {"open_drafts": 1_000_000, "open_drafts_with": 1_000_000, "open_offers": 10_000_000}
"""Parameters of a network that is measured: one party makes there what a whole network does."""
AMOUNT_MINOR = 100_000
OFFERED_MINOR = 40_000
MADE_AT_ONCE = 20
HOUR_MS = 3_600_000
SUBMIT = "/v1/transactions"
SUBMIT_WAITING = "/v1/transactions?wait=committed&timeout=60"
BATCH = "/v1/transactions/batch"
BATCH_WAITING = "/v1/transactions/batch?wait=committed&timeout=60"

NamedCall = tuple[str, str, dict[str, Any]]


class Sender:
    """Signs for one party of the network. now_ms: where the ledger's time is not the clock's."""

    def __init__(self, network: CreatedNetwork, alias: str) -> None:
        self.party = network.parties[alias].party
        self._network = network.genesis.hash
        self._key: PrivateKey = load_private_key(network.parties[alias].key)

    def sign(self, *calls: NamedCall, now_ms: int | None = None) -> bytes:
        """A transaction of these calls, valid for an hour."""
        body = encode_body(
            network=self._network,
            party=self.party,
            valid_until_ms=(time.time_ns() // 1_000_000 if now_ms is None else now_ms) + HOUR_MS,
            nonce=secrets.token_bytes(16),
            calls=[Call(*call) for call in calls],
            keys=[self._key.public],
        )
        return sign_transaction(body, [self._key])


def issue_call(debtor: str, creditor: str, face: int, today_s: float | None = None) -> NamedCall:
    """The issue of a bill that is due in 120 days."""
    due_s = (time.time() if today_s is None else today_s) + 120 * 86_400
    return (
        "bill",
        "issue",
        {
            "debtor": debtor,
            "creditor": creditor,
            "face": face,
            "currency": "CNY",
            "due_on": time.strftime("%Y-%m-%d", time.gmtime(due_s)),
            "invoices": [],
            "contract_no": "",
            "delivered_on": "",
            "reference": "",
            "terms": {},
        },
    )


def transfer_call(token: str, recipient: str, amount: int = OFFERED_MINOR) -> NamedCall:
    """Part of a token is cut off and offered, the rest stays."""
    recipients = [{"party": recipient, "amount": amount}]
    return ("token", "transfer", {"tokens": [token], "recipients": recipients})


def make_tokens(api: str, network: CreatedNetwork, count: int) -> list[str]:
    """Tokens of supplier1 that nothing has been done with yet."""
    supplier, anchor = Sender(network, "supplier1"), Sender(network, "anchor")
    issue = issue_call(anchor.party, supplier.party, PIECES * AMOUNT_MINOR)
    amounts = [AMOUNT_MINOR] * (PIECES - 1)
    made = results(api, [supplier.sign(issue) for _ in range(-(-count // PIECES))])
    bills = [answer["bill"] for answer in made]
    results(api, [anchor.sign(("bill", "confirm", {"bill": bill})) for bill in bills])
    accepts = [supplier.sign(("bill", "accept", {"bill": bill})) for bill in bills]
    roots = [answer["token"] for answer in results(api, accepts)]
    cuts = [supplier.sign(("token", "split", {"token": token, "amounts": amounts})) for token in roots]
    return [token for answer in results(api, cuts) for token in answer["tokens"]][:count]


def results(api: str, wires: Sequence[bytes]) -> list[Any]:
    """Hand in transactions of one call each and wait for their blocks; what the calls answer."""
    found: list[Any] = []
    for at in range(0, len(wires), MADE_AT_ONCE):
        status, body = load.ask(api, load.post(BATCH_WAITING, codec.encode(list(wires[at : at + MADE_AT_ONCE]))))
        load.none_refused(status, body)
        found += [item["result"] for item in json.loads(body)["data"]]
    return found


def transfers(network: CreatedNetwork, tokens: Sequence[str], calls: int = 1) -> list[bytes]:
    """Signed transactions of so many transfers each, one for each token."""
    supplier, other = Sender(network, "supplier1"), Sender(network, "supplier2")
    made = [transfer_call(token, other.party) for token in tokens]
    return [supplier.sign(*made[at : at + calls]) for at in range(0, len(made), calls)]


def batches(wires: Sequence[bytes], size: int, *, wait: bool) -> list[bytes]:
    """Requests of so many transactions; a size of 1 makes single requests."""
    if size == 1:
        return [load.post(SUBMIT_WAITING if wait else SUBMIT, one) for one in wires]
    path = BATCH_WAITING if wait else BATCH
    return [load.post(path, codec.encode(list(wires[at : at + size]))) for at in range(0, len(wires), size)]
