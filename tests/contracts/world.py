"""A small network without consensus: parties, days and transactions over all contracts.

The same tests run over two backends: plain Python (the harness) and the machine. Both keep their rows in the core's
overlay and run the core's checks after every transaction, so that ranges and holdings are derived as on a ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from chainbill_contracts import NAMES, genesis_init, listed_key, sources
from contracts.invariants import check_all
from contracts.one_name import refused_otherwise, told_otherwise

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.dates import add_days, date_of, start_of_day_ms
from chainbill.errors import Refused
from chainbill.ids import uscc_check_char
from chainbill.ledger import core_rows
from chainbill.ledger.authorisation import signer_of
from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.rules import STANDARD_RULES, BlockRules
from chainbill.state.keys import row_key, split_key, table_prefix
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView
from chainbill.statement import sign_statement
from chainbill.vm.context import Context
from chainbill.vm.testing import Harness

ZONE = 480
WITH_DAYS = (
    "account", "bill", "entry", "finance", "governance", "invoice", "label", "legal", "party", "pledge",
    "prepayment", "recourse", "recovery", "sale", "settlement", "standing", "succession", "token",
)  # fmt: skip
AGENDAS = {name: table_prefix(name, "agenda") for name in WITH_DAYS}
ALL = ["maker", "checker", "admin"]
VALIDATORS = [f"{number:064x}" for number in (11, 12, 13, 14)]


def uscc(number: int) -> str:
    first = f"9131000{number:010d}"
    return first + uscc_check_char(first)


ANCHOR, OTHER_ANCHOR = uscc(1), uscc(2)
S1, S2, S3, S4 = (uscc(number) for number in (101, 102, 103, 104))
BANK1, BANK2, BANK3, BANK4 = (uscc(number) for number in (201, 202, 203, 204))
BANKS = (BANK1, BANK2, BANK3, BANK4)
DIGEST = "ab" * 32
NETWORK = bytes.fromhex("a7" * 32)


def key_of(party: str, number: int = 0) -> str:
    return f"{number:02d}" + f"{int.from_bytes(party.encode(), 'big'):x}"[-62:].rjust(62, "0")


def a_key(public: str, capabilities: Sequence[str] = ALL, **fields: str) -> dict[str, Any]:
    """A key as applications and acts list it, with some of its fields otherwise."""
    return {**listed_key(public, capabilities), **fields}


def an_account(currency: str = "CNY", bank: str = BANK1, **fields: str) -> dict[str, Any]:
    return {"currency": currency, "bank": bank, "alg": "sha256", "digest": DIGEST, **fields}


def signed_application(statement: dict[str, Any], *keys: PrivateKey) -> dict[str, Any]:
    """An application, signed by these keys."""
    signatures = [(key, sign_statement(key, NETWORK, "party", "application", statement).hex()) for key in keys]
    listed = [{"key": key.public.hex(), "signature": signature} for key, signature in signatures]
    return {"statement": statement, "signatures": listed}


def proof_of(party: str, key: dict[str, Any], private: PrivateKey) -> str:
    """A new key's own signature over what it is to be."""
    return sign_statement(private, NETWORK, "party", "key", {"party": party, **key}).hex()


def as_admins(world: World, party: str, function: str, /, **arguments: Any) -> Any:
    """An act of the party's two admins."""
    keys = [key_of(party), key_of(party, 1)]
    return world.send(party, ("party", function, arguments), keys=keys)[0]


def two_people(world: World, party: str, function: str, /, **arguments: Any) -> Any:
    """An act of contract party that maker and checker sign."""
    keys = [key_of(party), key_of(party, 1)]
    return world.send(party, ("party", function, arguments), keys=keys)[0]


def name_paying_bank(world: World, debtor: str, bank: str) -> None:
    """A debtor asks a bank, and once it is asked the bank accepts."""
    change(world, debtor, "ask_paying_bank", bank=bank)
    two_people(world, bank, "accept_mandate", debtor=debtor)


def name_successor(world: World, bank: str, successor: str) -> None:
    """A bank accepts to succeed another, which then names it."""
    as_two(world, successor, "succession", "accept", bank=bank)
    as_two(world, bank, "succession", "name", bank=successor)


def stands_for(world: World, bank: str) -> str:
    """The bank in the place of this one: itself or its successor."""
    row = world.row("succession", "successor", bank)
    return str(row["successor"]) if row else bank


def change(world: World, party: str, function: str, /, **arguments: Any) -> str:
    """Announce a change and wait until it acts; its id."""
    announced = as_admins(world, party, function, **arguments)
    world.day(announced["acts_on"])
    return str(announced["change"])


def decide_by_vote(world: World, kind: str, content: Any = None, /, **fields: Any) -> None:
    """Propose something, and vote for it until it is decided."""
    proposal = world.call(BANK1, "governance", "propose", kind=kind, content=content or fields)["proposal"]
    for bank in BANKS[:3]:
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")


def add_key(world: World, party: str, number: int, capabilities: Sequence[str] = ALL, **fields: str) -> str:
    """Give a party the key of a number, and wait until it has it; the key in hex."""
    private = PrivateKey.from_seed(number.to_bytes(32, "big"))
    key = a_key(private.public.hex(), capabilities, **fields)
    change(world, party, "add_key", key=key, proof=proof_of(party, key, private))
    return str(key["key"])


def member(party: str, *roles: str, currencies: tuple[str, ...] = ("CNY",), **fields: Any) -> dict[str, Any]:
    return {
        "id": party,
        "name_zh": f"公司{party[-3:]}",
        "name_en": f"Company {party[-3:]}",
        "roles": list(roles),
        "identifiers": [],
        "keys": [
            a_key(key_of(party)),
            a_key(key_of(party, 1), ["checker", "admin"]),
        ],
        "accounts": [an_account(currency) for currency in currencies],
        "sponsor": BANK1 if "bank" not in roles else "",
        "paying_bank": BANK1 if "anchor" in roles else "",
        "policy": {"rules": []},
        **fields,
    }


MEMBERS = [
    *(member(bank, "bank", accounts=[an_account("CNY", bank)]) for bank in BANKS),
    member(ANCHOR, "anchor", currencies=("CNY", "EUR")),
    member(OTHER_ANCHOR, "anchor", "supplier"),
    *(member(supplier, "supplier", currencies=("CNY", "EUR")) for supplier in (S1, S2, S3, S4)),
]


class _OverlayRows:
    """The harness's rows, kept in an overlay; undoing is the world's business."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self.get = overlay.get
        self.put = overlay.put
        self.delete = overlay.delete
        self.walk = overlay.walk

    @property
    def rows(self) -> dict[bytes, Any]:
        return {}

    @rows.setter
    def rows(self, rows: dict[bytes, Any]) -> None:
        pass


class World:
    """One network at one moment; `day` and `call` move it on."""

    def __init__(
        self,
        backend: str = "plain",
        today: str = "2026-03-02",
        parameters: dict[str, Any] | None = None,
        calendar: list[dict[str, Any]] | None = None,
        members: list[dict[str, Any]] | None = None,
        changes: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.backend = backend
        self.height = 0
        self.time_ms = start_of_day_ms(today, ZONE) + 9 * 3_600_000
        self.gap_ms = 0
        self.clock = "adjustable"
        self.gas = BlockRules().gas_init  # of the genesis; then what a transaction may use
        self.recent: tuple[str, ...] = tuple(VALIDATORS)
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.used: Any = None
        """What the newest unit used of what it may; the plain backend does not measure."""
        self.failed_items: list[tuple[list[Any], str]] = []
        self.checked = backend == "plain" and not changes
        """Whether all that must hold is asked after each act and each day; not of broken contracts, and not where a
        test wrote rows of which it does not hold."""
        self._day_done = today
        self._seeds = 0
        changed = tuple((changes or {}).items())
        self._harness = _harness(changed)
        self._program = None if backend == "plain" else _program()
        parameters, init = parameters or {}, genesis_init(members or MEMBERS, calendar or [])
        place = (backend, changed, today, encode([parameters, init]))
        if place not in _GENESES:
            self.overlay = Overlay(MemoryView())
            self._genesis(parameters, init)
            view = MemoryView()
            view.apply(self.overlay.finish(0))
            _GENESES[place] = view, self._seeds
        view, self._seeds = _GENESES[place]
        self.overlay = Overlay(view)
        self.gas = STANDARD_RULES.run.bounds.gas_transaction

    @property
    def today(self) -> str:
        return date_of(self.time_ms, ZONE)

    # --- reading ------------------------------------------------------------------------------------------------------
    def row(self, contract: str, table: str, key: Any) -> Any:
        return self.overlay.get(row_key(contract, table, key))

    def rows(self, contract: str, table: str, leading: tuple[Any, ...] = ()) -> list[tuple[list[Any], Any]]:
        found, after = [], b""
        prefix = table_prefix(contract, table, leading)
        while True:
            page = self.overlay.scan(prefix, after, 500)
            found += [(list(_parts(key)), value) for key, value in page]
            if len(page) < 500:
                return found
            after = page[-1][0]

    def bill(self, bill: str) -> dict[str, Any]:
        return self.row("bill", "bill", bill)

    def token(self, token: str) -> dict[str, Any]:
        return self.row("token", "token", token)

    def tokens(self, bill: str) -> list[dict[str, Any]]:
        found = [row for _, row in self.rows("token", "token") if row["bill"] == bill]
        return sorted(found, key=lambda row: (row["lo"], row["born"]))

    def leaves(self, bill: str) -> list[dict[str, Any]]:
        return [self.token(leaf[1]) for _, leaf in self.rows("core", "range", (bill,))]

    def topics(self) -> list[str]:
        return [f"{contract}.{topic}" for contract, topic, _ in self.events]

    # --- acting -------------------------------------------------------------------------------------------------------
    def call(self, party: str, contract: str, function: str, /, **arguments: Any) -> Any:
        return self.send(party, (contract, function, arguments))[0]

    def send(self, party: str, *calls: tuple[str, str, dict[str, Any]], keys: list[str] | None = None) -> list[Any]:
        """One transaction in a block of its own; raises what refused it."""
        self.height += 1
        self.time_ms += 1000
        signers = []
        for key in keys if keys is not None else [key_of(party)]:
            row = self.row("party", "key", key)
            signers.append(signer_of(key, row or {}))
        context = self._context(party=party, signers=tuple(signers), transaction=f"{self.height:064x}")
        answers = self._unit(context, [(*call, "call") for call in calls])
        self._check()
        return answers

    def view(self, contract: str, function: str, /, **arguments: Any) -> Any:
        return self._unit(self._context(), [(contract, function, arguments, "view")])[0]

    def day(self, today: str) -> None:
        """Move to nine o'clock of a later day and do what it brings."""
        self.time_ms = start_of_day_ms(today, ZONE) + 9 * 3_600_000
        if self.gap_ms > self.row("governance", "parameter", "gap_limit_ms")["value"]:
            self.overlay.begin()
            before = self.overlay.get(core_rows.LAST_GAP) or {"stood_ms": 0}
            stood_ms = before["stood_ms"] + self.gap_ms
            self.overlay.put(core_rows.LAST_GAP, {"date": today, "stood_ms": stood_ms})
            self.overlay.commit()
        self.sweep()

    def sweep(self) -> None:
        self.height += 1
        while True:
            due = []
            for name, prefix in AGENDAS.items():
                for key, row in self.overlay.scan(prefix, b"", 1):
                    parts = split_key(key)[2]
                    if parts[0] <= self.today:
                        due.append((parts[0], name, key, list(parts[1:]), row))
            if not due:
                self.gap_ms = 0
                self._day_done = self.today
                self._check()
                return
            date, name, key, parts, row = min(due, key=lambda item: item[:3])
            self.overlay.delete(key)
            arguments = {"date": date, "item": parts, "row": row}
            try:
                self._unit(self._context(), [(name, "on_day", arguments, "each_day")])
            except Exception as error:
                self.failed_items.append(([name, *parts], str(error)))

    def plus(self, days: int) -> str:
        return add_days(self.today, days)

    def seed(self, *rows: tuple[tuple[str, str, Any], Any]) -> None:
        """Write rows that no contract writes yet, in a block of their own, with the core checks behind them."""
        self.height += 1
        self.overlay.begin()
        self.overlay.set_nonce(b"seed")
        for place, value in rows:
            self.overlay.put(row_key(*place), value)
        CoreChecks(self.overlay, self.height, self.today, AGENDAS.values(), adjustable_clock=True).run()
        self.overlay.commit()

    # --- inside -------------------------------------------------------------------------------------------------------
    def _check(self) -> None:
        if self.checked and self._day_done == self.today:
            check_all(self)

    def _genesis(self, parameters: dict[str, Any], init: dict[str, Any]) -> None:
        self.overlay.begin()
        self.overlay.set_nonce(b"genesis")
        for number, key in enumerate(VALIDATORS):
            row = {
                "alg": "ed25519",
                "name": f"bank{number + 1}",
                "party": BANKS[number],
                "address": "",
                "status": "active",
            }
            self.overlay.put(core_rows.validator_key(bytes.fromhex(key)), row)
        for name, source in sources().items():
            digest = tagged_hash("contract-source", source.encode()).hex()
            row = {"source": source, "hash": digest, "version": 1, "active_from": 0}
            self.overlay.put(core_rows.contract_key(name), row)
        for name, value in parameters.items():
            self.overlay.put(row_key("governance", "parameter", name), {"value": value})
        self.overlay.put(core_rows.RULES, STANDARD_RULES.row())
        self.overlay.put(core_rows.PROTOCOL, {"version": 1, "digest": "1" * 64, "from": 0})
        self.overlay.commit()
        for name in NAMES:
            if name in init:
                self._unit(self._context(), [(name, "begin", init[name], "init")])
        self.events.clear()

    def _context(self, **fields: Any) -> Context:
        return Context(
            height=self.height,
            time_ms=self.time_ms,
            today=self.today,
            gap_ms=self.gap_ms,
            chain_id="test",
            network=NETWORK.hex(),
            zone_offset_minutes=ZONE,
            proposer=VALIDATORS[0],
            recent_proposers=self.recent,
            clock=self.clock,
            **fields,
        )

    def _unit(self, context: Context, calls: list[tuple[str, str, dict[str, Any], str]]) -> list[Any]:
        self._seeds += 1
        seed = self._seeds.to_bytes(32, "big")
        self.overlay.begin()
        try:
            self.overlay.set_nonce(seed)
            values, events = self._run(context, calls, seed)
            CoreChecks(
                self.overlay, self.height, self.today, AGENDAS.values(), adjustable_clock=self.clock == "adjustable"
            ).run()
            otherwise = list(told_otherwise(self.overlay, context.party, calls, values, events))
            assert not otherwise, otherwise
        except Refused as error:
            otherwise = list(refused_otherwise(self.overlay, error.fields))
            self.overlay.rollback()
            assert not otherwise, otherwise
            raise
        except BaseException:
            self.overlay.rollback()
            raise
        self.overlay.commit()
        self.events += events
        return values

    def _run(self, context: Context, calls: list[tuple[str, str, dict[str, Any], str]], seed: bytes) -> Any:
        if self._program is None:
            return self._run_plain(context, calls, seed)
        from chainbill.vm.machine import Machine, Meter

        meter = Meter(self.gas)
        machine = Machine(self._program, self.overlay, context, meter, seed)
        values = [machine.run(name, function, arguments, kind=kind) for name, function, arguments, kind in calls]
        self.used = meter
        return values, [tuple(event) for event in machine.events]

    def _run_plain(self, context: Context, calls: list[tuple[str, str, dict[str, Any], str]], seed: bytes) -> Any:
        bench = self._harness
        bench.rows = _OverlayRows(self.overlay)  # type: ignore[assignment]
        bench.context, bench.id_seed, bench.events = context, seed, []
        bench._counter = 0
        values = [bench.run(name, function, arguments, kind=kind) for name, function, arguments, kind in calls]
        return values, bench.events


_GENESES: dict[Any, tuple[MemoryView, int]] = {}
"""The stored rows of each kind of genesis, and the seeds it took: a world only reads them."""


@lru_cache(maxsize=65_536)
def _parts(key: bytes) -> tuple[str | int, ...]:
    return tuple(split_key(key)[2])


@cache
def _harness(changes: tuple[tuple[str, tuple[str, str]], ...] = ()) -> Harness:
    changed = sources()
    for name, (before, after) in changes:
        changed[name] = changed[name].replace(before, after)
    return Harness(changed)


@cache
def _program() -> Any:
    from chainbill.vm.compiler import compile_contract, link

    return link({name: compile_contract(name, source) for name, source in sources().items()})


# --- short ways -------------------------------------------------------------------------------------------------------
def issue(world: World, by: str = S1, **fields: Any) -> str:
    arguments: dict[str, Any] = {
        "debtor": ANCHOR, "creditor": S1, "face": 100_000_000, "currency": "CNY", "due_on": world.plus(120),
        "invoices": [], "contract_no": "C-1", "delivered_on": "", "terms": {}, "reference": "", **fields,
    }  # fmt: skip
    return str(world.call(by, "bill", "issue", **arguments)["bill"])


def accepted_bill(world: World, **fields: Any) -> tuple[str, str]:
    """A bill that the anchor confirmed and the creditor accepted: (bill, token)."""
    bill = issue(world, **fields)
    row = world.bill(bill)
    world.call(row["debtor"], "bill", "confirm", bill=bill)
    return bill, world.call(row["creditor"], "bill", "accept", bill=bill)["token"]


def offer(world: World, token: str, *payees: tuple[str, int]) -> dict[str, Any]:
    row = world.token(token)
    recipients = [{"party": party, "amount": amount} for party, amount in payees]
    return world.call(row["holder"], "token", "transfer", tokens=[token], recipients=recipients)


def pay(world: World, token: str, party: str, amount: int) -> tuple[str, str]:
    """Offer and accept: (the recipient's token, the remainder)."""
    result = offer(world, token, (party, amount))
    accepted = world.call(party, "token", "accept", token=result["tokens"][0])["token"]
    return accepted, result["remainder"]


def ask(world: World, token: str, *banks: str, amount: int) -> dict[str, Any]:
    holder = world.token(token)["holder"]
    return world.call(holder, "finance", "request", token=token, banks=list(banks), amount=amount)


def bid(world: World, request: str, bank: str, **fields: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "request": request, "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "",
        "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {}, **fields,
    }  # fmt: skip
    return world.call(bank, "finance", "quote", **arguments)


def disburse(world: World, bank: str, quote: str, **fields: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "quote": quote, "reference": f"PAY-{quote}", "value_date": world.today, "amount": 0, "registration": "ZD-1",
        **fields,
    }  # fmt: skip
    return world.call(bank, "finance", "disburse", **arguments)


def finance(world: World, token: str, bank: str, amount: int, **fields: Any) -> tuple[str, str]:
    """Request, quote, agree, disburse: (the bank's token, the remainder)."""
    asked = ask(world, token, bank, amount=amount)
    quoted = bid(world, asked["request"], bank, **fields)
    world.call(world.row("finance", "request", asked["request"])["holder"], "finance", "agree", quote=quoted["quote"])
    return disburse(world, bank, quoted["quote"])["token"], asked["remainder"]


def settle(world: World, bill: str, amount: int, *, by: str = BANK1, **fields: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "bill": bill, "amount": amount, "reference": f"SET-{world.height}", "value_date": world.today, "partial": False,
        **fields,
    }  # fmt: skip
    return world.call(by, "settlement", "settle", **arguments)


# --- standing ---------------------------------------------------------------------------------------------------------
PAPERS: dict[str, dict[str, Any]] = {
    "suspended": {"authority": "", "number": "", "documents": ["5a" * 32]},
    "insolvent": {"authority": "Court of H", "number": "H-2026-17", "documents": ["5b" * 32, "5c" * 32]},
    "active": {"authority": "", "number": "", "documents": ["5d" * 32]},
}
"""What each order on a status names beside party and reason."""


def as_two(world: World, party: str, contract: str, function: str, /, **arguments: Any) -> Any:
    """An act that a party's maker and checker sign."""
    return world.send(party, (contract, function, arguments), keys=[key_of(party), key_of(party, 1)])[0]


def order(world: World, party: str, status: str, *, by: str = BANK1, **fields: Any) -> dict[str, Any]:
    """A bank orders a status, by default the sponsor of the members."""
    arguments = {"party": party, "status": status, "reason": "review", **PAPERS[status], **fields}
    return dict(as_two(world, by, "standing", "set_status", **arguments))


def ratify(world: World, entered: dict[str, Any], *, by: str = BANK2) -> dict[str, Any]:
    """A second bank ratifies an order."""
    return dict(as_two(world, by, "standing", "ratify", order=entered["order"]))


def private_key(number: int) -> PrivateKey:
    return PrivateKey.from_seed(number.to_bytes(32, "big"))


SEAT = private_key(15).public.hex()
"""The key of a node that is no validator yet."""


def seat(private: PrivateKey | None = None, **fields: Any) -> dict[str, Any]:
    """The content of a vote on a seat, with what the node's key signed; some of its fields otherwise."""
    private = private or private_key(15)
    content = {
        "alg": "ed25519", "key": private.public.hex(), "name": "bank5", "party": BANK1, "address": "127.0.0.1:1",
        **fields,
    }  # fmt: skip
    said = {name: content[name] for name in ("alg", "key", "name", "party", "address")}
    return {"proof": sign_statement(private, NETWORK, "governance", "seat", said).hex(), **content}


def administrator_keys(party: str, *numbers: int) -> list[dict[str, Any]]:
    """Keys of an administrator, each with the proof that it signed for this party."""
    found = []
    for number in numbers:
        key = a_key(private_key(number).public.hex())
        found.append({"key": key, "proof": proof_of(party, key, private_key(number))})
    return found


def announced_recovery(world: World) -> dict[str, Any]:
    """The sponsor of S2 announces new keys for it, with its clerks of the keys 0 and 1."""
    arguments = {"party": S2, "new_keys": administrator_keys(S2, 8101), "document": "d" * 64}
    return dict(as_two(world, BANK1, "recovery", "recover", **arguments))


def administer(world: World, party: str, *numbers: int, by: str = BANK1, second: str = BANK2) -> list[str]:
    """Make a party insolvent, name an administrator and wait until he acts; his keys in hex, of these numbers."""
    ratify(world, order(world, party, "insolvent", by=by), by=second)
    keys = administrator_keys(party, *(numbers or (901, 902)))
    court = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
    named = as_two(world, by, "standing", "name_administrator", party=party, keys=keys, **court)
    world.day(ratify(world, named, by=second)["acts_on"])
    return [str(one["key"]["key"]) for one in keys]
