"""One run of a command: settings, the acting profile, the nodes, and what the ledger says its date is."""

from __future__ import annotations

import re
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import click

from chainbill_cli import digits, ledger_clock, moments
from chainbill_cli import home as homes
from chainbill_cli.causes import cause_of
from chainbill_cli.client import NodeClient
from chainbill_cli.closest import close_names
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.handing_in import HandedIn
from chainbill_cli.kit import given_settings
from chainbill_cli.moments import ZONE_OFFSET_MINUTES
from chainbill_cli.names import MOST_READ, Names, newest_name
from chainbill_cli.node_answers import other_network
from chainbill_cli.output import Output
from chainbill_cli.settings import Settings, gather
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.values import date_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import httpx

    from chainbill.crypto.keys import PrivateKey
    from chainbill_cli.client import Signer
    from chainbill_cli.node_answers import Answer

LIKE_A_NAME = re.compile(r"[^\x21-\x7e]")
"""What registered names have and names of profiles do not: a space, or a sign that is not ASCII."""
MOST_NAMED = 5
"""Parties of one name that a refusal names at most."""


class Session:
    """Everything a command needs, made when it is first asked for."""

    def __init__(self, settings: Settings, *, transport: httpx.BaseTransport | None = None) -> None:
        self.settings = settings
        self.transport = transport
        self._registered: dict[str, dict[str, Any]] = {}
        self._objects: dict[str, dict[str, Any]] = {}
        self._by_name: dict[str, list[str]] | None = None
        self.offline = False
        self.named_currency = ""
        """The currency that amounts were typed in where nothing that has one could be read."""
        self.handed_in = HandedIn()
        self._ledger_time_ms: int | None = None
        homes.begin()
        moments.begin(self._zone)
        digits.begin(settings.home, self._known_hash, self._ask_currencies)

    @cached_property
    def known(self) -> homes.KnownNetwork:
        """What the home knows of the network."""
        return homes.load_network(self.settings.home)

    @cached_property
    def out(self) -> Output:
        """Where data goes."""
        settings = self.settings
        return Output(
            settings.output,
            color=settings.color,
            quiet=settings.quiet,
            name_of=self.names.name_of,
            learn=self.names.learn,
        )

    @cached_property
    def names(self) -> Names:
        """What tables call parties."""
        return Names(dict(self.known.names), self.registered, self._listed_parties)

    def _listed_parties(self, most: int) -> Iterator[dict[str, Any]]:
        return self.client.pages("/v1/parties", page=1_000, most=most)

    @cached_property
    def profile(self) -> homes.Profile:
        """Who acts."""
        try:
            return homes.find_profile(self.settings.home, self.settings.profile)
        except Failure as failure:
            asking = self._client(None)
            try:
                raise self._with_bearers(failure, self.settings.profile, asking) from failure
            finally:
                asking.close()

    @cached_property
    def key(self) -> PrivateKey:
        """The key of who acts."""
        return homes.load_key(self.profile.key)

    @cached_property
    def client(self) -> NodeClient:
        """The nodes, the acting profile's own first. A profile that is not there is said before anything is read."""
        acting = self.profile if self.settings.profile else None
        return self._client(None if acting is None else self._sign_read)

    def _client(self, signer: Signer | None) -> NodeClient:
        nodes = self.settings.nodes
        if not nodes:
            known = sorted(self.known.nodes, key=lambda node: node[0] != self.settings.profile)
            nodes = tuple(api for _, api in known)
        local = homes.is_local(self.settings.home)
        return NodeClient(
            nodes, timeout_s=self.settings.timeout_s, signer=signer, transport=self.transport, on_this_machine=local,
            contradicted=self._contradicted, network=self._known_hash(),
        )  # fmt: skip

    def close(self) -> None:
        """Close connections."""
        if "client" in self.__dict__:
            self.client.close()

    def _sign_read(self, method: str, url: str, body: bytes) -> Mapping[str, str]:
        from chainbill_cli.reading import signed_headers

        return signed_headers(self.key, method, url, body)

    @cached_property
    def network(self) -> dict[str, Any]:
        """GET /v1/network, once a run."""
        answer = self.client.get_answer("/v1/network")
        body: dict[str, Any] = answer.body
        if self.known.network and body["network"] != self.known.network.hex():
            raise other_network(self.client.in_order[0], body["network"], self.known.network.hex())
        self._hold_to_its_word(answer)
        return body

    def _hold_to_its_word(self, answer: Answer) -> None:
        """Keep in the home the clock and the digits of currencies, where others than it has once two nodes say so."""
        home, body = self.settings.home, answer.body
        if ledger_clock.moved(home, body):
            from chainbill_cli.second_look import same_clock

            if same_clock(self, answer):
                ledger_clock.remember(home, body)
        digits.remember(home, body)
        if told := digits.first_told():
            from chainbill_cli.second_look import same_digits

            if same_digits(self, answer, told):
                digits.confirmed(home, body)

    def _zone(self) -> int:
        """The network's zone, in minutes east of UTC, where a node can be asked."""
        try:
            found = None if self.offline else self.network.get("zone_offset_minutes")
        except Failure:
            found = None  # who needs the network says why it cannot be read
        return found if type(found) is int else ZONE_OFFSET_MINUTES

    def _contradicted(self, path: str, body: Any) -> str:
        """What is wrong where a node gives a currency other minor digits than it had, or moves a clock that is real."""
        if path != "/v1/network":
            return ""
        if body.get("clock") == "real" and body.get("clock_offset_ms"):
            return text("answer.clock")
        code = digits.contradicted(self.settings.home, body)
        return text("answer.digits", currency=code) if code else ""

    def _known_hash(self) -> str:
        """Hex of the genesis hash that the home knows, "" where it cannot be read: who needs it says why."""
        try:
            return self.known.network.hex()
        except (Failure, OSError):
            return ""

    def _ask_currencies(self) -> None:
        """Read which currencies the network takes, where a node can be asked."""
        if self.offline:
            return
        try:
            _ = self.network
        except Failure:
            return  # who needs the network says why it cannot be read; an unknown code stays unknown

    @property
    def network_hash(self) -> bytes:
        """What transactions are signed for: the genesis hash, from the home or, where it knows none, from the node."""
        if not self.offline:
            return bytes.fromhex(self.network["network"])
        if not self.known.network:
            raise fail(Exit.USAGE, "error.missing", what="network (network.json)")
        return self.known.network

    @property
    def party(self) -> str:
        """Id of the acting party."""
        return self.profile.party

    def take_ledger_time(self, typed: str) -> None:
        """What the ledger's time is, as a person says it, for signing without a node."""
        if not self.offline:
            raise usage("error.time_offline")
        self._ledger_time_ms = ledger_clock.time_value(typed, ZONE_OFFSET_MINUTES)

    def today(self) -> str:
        """The ledger's date."""
        if self._ledger_time_ms is not None:
            from chainbill.dates import date_of

            return date_of(self._ledger_time_ms, ZONE_OFFSET_MINUTES)
        if self.offline:
            raise usage("error.date_offline", value="today")
        return ledger_date(self.network)

    def now_ms(self) -> int:
        """The time of a block made now, in milliseconds UTC, as far as it can be known.

        Offline: as it was said, else this machine's time moved by the offset that the network was last read with.
        """
        if self._ledger_time_ms is not None:
            return self._ledger_time_ms
        own = time.time_ns() // 1_000_000
        return own + self.clock_ahead_ms() if self.offline else ledger_now_ms(self.network, own)

    def clock_ahead_ms(self) -> int:
        """By how much the ledger's clock was ahead of the true time when the home last heard of it."""
        return ledger_clock.offset_ms(self.settings.home, self.known.network.hex())

    def date(self, typed: str) -> str:
        """An ISO date from what was typed."""
        try:
            return date_value(typed, self.today)
        except Failure as failure:
            if failure.problem["code"] == "date_offline":
                raise usage("error.date_offline", value=typed) from failure
            raise

    def party_id(self, typed: str) -> str:
        """A party's id from a local name, a profile, a USCC or a LEI."""
        from chainbill.ids import normalise_identifier, valid_lei, valid_uscc

        plain = typed.strip()
        named = self.known.party_of(plain)
        if named:
            return named
        profiles = homes.load_profiles(self.settings.home)
        if plain in profiles:
            return profiles[plain].party
        identifier = normalise_identifier(plain)
        if valid_uscc(identifier) or valid_lei(identifier):
            return identifier
        names = [name for name, _ in self.known.names]
        unknown = close_names(usage("error.party_unknown", value=typed), plain, [*names, *profiles])
        raise self._with_bearers(unknown, plain, self.client)

    def registered(self, party: str) -> dict[str, Any]:
        """The registered party, {} when it cannot be read."""
        if self.offline:
            return {}
        if party not in self._registered:
            try:
                body = self.client.get(f"/v1/parties/{party}")
            except Failure as failure:
                if failure.exit_code is Exit.UNREACHABLE:
                    raise
                body = {}
            self._registered[party] = body if isinstance(body, dict) else {}
        return self._registered[party]

    def object_row(self, path: str, identifier: str) -> dict[str, Any]:
        """What a node shows at PATH/ID, read once a run; {} where none can be asked or it is not to be seen."""
        place = f"{path}/{identifier}"
        if place not in self._objects:
            self._objects[place] = {}
            try:
                body = {} if self.offline else self.client.get(place)
            except Failure:
                return {}
            shown = body.get("data", body) if isinstance(body, dict) else {}
            self._objects[place] = dict(shown) if isinstance(shown, dict) else {}
        return self._objects[place]

    def _with_bearers(self, failure: Failure, name: str, client: NodeClient) -> Failure:
        """The failure, with whom a registered name is of that was typed in the place of a profile or an id."""
        if not self.offline and LIKE_A_NAME.search(name):
            named = enumerated(self._bearers(name, client))
            if named:
                failure.problem["hint"] = text("error.registered_name", named=named)
        return failure

    def _bearers(self, name: str, client: NodeClient) -> list[str]:
        """Who is registered under this name, by what this home calls them; read once a run."""
        if self._by_name is None:
            self._by_name = {}
            try:
                for party in client.pages("/v1/parties", page=1_000, most=MOST_READ):
                    called, own = str(party["id"]), self.known.name_of(str(party["id"]))
                    for one in {said for names in party["names"] for said in (names["zh"], names["en"])}:
                        self._by_name.setdefault(one, []).append(called if own == called else bracketed(own, called))
            except (Failure, KeyError, TypeError):
                pass  # no node, or one that answers oddly: the refusal does without
        return self._by_name.get(name, [])[:MOST_NAMED]

    def registered_names(self, parties: Iterable[str]) -> Callable[[str], str]:
        """The registered names of these parties, whatever this home calls them."""
        found = Names({}, self.registered, self._listed_parties)
        found.learn(parties)
        return found.name_of

    def registered_name(self, party: str) -> str:
        """The name a party is registered under, in the language in use; its id if unknown."""
        return newest_name(self.registered(party)) or self.known.name_of(party)


def bank_in_place_of(session: Session, bank: str) -> str:
    """The bank that stands in a bank's place now: itself, or its successor; itself where that cannot be read."""
    return str((session.registered(bank).get("successor") or {}).get("successor") or bank)


def ledger_date(network: Mapping[str, Any]) -> str:
    """The ledger's date as /v1/network says it."""
    as_of = network.get("as_of") or {}
    return str(network.get("date") or as_of.get("date"))


def ledger_now_ms(network: Mapping[str, Any], own_ms: int) -> int:
    """The ledger's time now: the own clock moved by the network's clock offset."""
    clock = network.get("clock_offset_ms")
    return own_ms + (clock if isinstance(clock, int) else 0)


def current_session() -> Session:
    """The session of the command that runs now."""
    ctx = click.get_current_context()
    root = ctx.find_root()
    found = root.meta.get("session")
    if found is None:
        try:
            settings = gather(given_settings(ctx))
        except ValueError as error:
            raise fail(Exit.FAILED, "error.home_file", path="config.toml", why=cause_of(error)) from error
        found = root.meta["session"] = Session(settings, transport=root.obj)
        root.call_on_close(found.close)
    return cast(Session, found)
