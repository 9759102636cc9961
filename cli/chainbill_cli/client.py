"""Talking to nodes by REST: several nodes tried in order, errors handed on as the node gave them.

What a node answers has the shape that the OpenAPI document says and is about what was asked for (`expected_answers`),
or the next node is asked; one that answered otherwise is asked last from then on.

A read of a closed network is signed (RFC 9421) with the acting profile's key: the first 401 asks for it, from then on
every read of this run is signed. A write may be sent to several nodes: its id makes it happen once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chainbill_cli.answer_bodies import Unusable, read_body
from chainbill_cli.asked import Asked, checked_address
from chainbill_cli.causes import connection_cause
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.node_answers import (
    NOT_FOUND,
    Answer,
    Contrary,
    bad_answer,
    other_network,
    problem_failure,
    same_times,
    tells_little,
    unreachable,
)
from chainbill_cli.relied_on import NETWORK, Listed, Meant, difference, is_row
from chainbill_cli.texts import bracketed, language, text
from chainbill_cli.time_limit import limited

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_S = 3.0
WHOLE_WITHIN = 10
"""So many times as long as one may wait for the next bytes of an answer, it may take in all."""
MOST_PAGES = 10_000
"""Pages of one list that are read: ten million entries, should a node never end."""
READY_STATUSES = frozenset({200, 503})
Signer = Callable[[str, str, bytes], Mapping[str, str]]
"""Method, full address and body of a request → headers that sign it."""


class NodeClient:
    """A client of the nodes of one network; on_this_machine: it is a local network, whose nodes the user can start."""

    def __init__(
        self,
        nodes: tuple[str, ...],
        *,
        timeout_s: float,
        signer: Signer | None = None,
        sign_reads: bool = False,
        transport: httpx.BaseTransport | None = None,
        on_this_machine: bool = False,
        contradicted: Callable[[str, Any], str] = lambda _path, _body: "",
        network: str = "",
    ) -> None:
        """contradicted: (path, body) → what is wrong with it by what is known here, "" where nothing is.

        network: the genesis hash in hex that every answer must name where it names one; "" for any.
        """
        self.network = network
        self._hint = "error.unreachable_local" if on_this_machine else "error.unreachable_hint"
        self.nodes = tuple(checked_address(node) for node in nodes)
        self.timeout_s = timeout_s
        self._signer = signer
        self._sign_reads = sign_reads
        self._transport = transport
        self._http: httpx.Client | None = None
        self._doubted: set[str] = set()
        self._contradicted = contradicted
        self._streams: dict[str, Any] = {}
        self._silent: set[str] = set()
        self.rows_read: dict[str, list[Answer]] = {}
        """What was said of rows and of the clock since something was handed in: of each the answers that differ."""
        self.listed: list[Listed | Meant] = []
        """Entries of lists on which an act rests, since something was handed in."""
        self._read_at: dict[str, str] = {}

    @property
    def in_order(self) -> list[str]:
        """The nodes in the order in which they are asked: last those that gave what cannot be used."""
        return sorted(self.nodes, key=self._doubted.__contains__)

    @property
    def http(self) -> httpx.Client:
        """The HTTP client, made on first use."""
        if self._http is None:
            import httpx

            timeout = httpx.Timeout(self.timeout_s, connect=min(CONNECT_TIMEOUT_S, self.timeout_s))
            self._http = httpx.Client(timeout=timeout, transport=self._transport, trust_env=False)
        return self._http

    def close(self) -> None:
        """Close connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def get(self, path: str, **parameters: object) -> Any:
        """The JSON body of a read; parameters that are None or "" are left out. A node's problem is a Failure."""
        return self.get_answer(path, **parameters).body

    def get_answer(self, path: str, **parameters: object) -> Answer:
        """As `get`, with status and headers."""
        query = {name: str(value) for name, value in parameters.items() if value not in (None, "", ())}
        answer = self._first(Asked("GET", path, query))
        if answer.status == 401 and not self._sign_reads and self._signer is not None:
            self._sign_reads = True
            answer = self._first(Asked("GET", path, query))
        self._read_at[path] = answer.node
        if not query and (path == NETWORK or is_row(path)) and (answer.status < 300 or answer.status == NOT_FOUND):
            known = self.rows_read.setdefault(path, [])
            if all(one.status != answer.status or difference(path, one.body, answer.body) for one in known):
                known.append(answer)
        if answer.status >= 300:
            raise problem_failure(answer)
        return answer

    def rely_on(self, path: str, entry: Mapping[str, Any], *key: str, **parameters: object) -> None:
        """Note an entry of a list that was just read, on which what is signed rests. key: members to find it by."""
        self.listed.append(Listed(path, parameters, key, entry, self._read_at[path]))

    def rely_on_meaning(
        self, path: str, typed: str, found: str, ids_of: Callable[[Mapping[str, Any]], Iterable[str]]
    ) -> None:
        """Note what a typed beginning means by a list that was just read."""
        self.listed.append(Meant(path, typed, found, ids_of, self._read_at[path]))

    def all_pages(self, path: str, **filters: str) -> Iterator[dict[str, Any]]:
        """All entries of a list by the first node, then by every other one that answers: for what must not be there."""
        parameters: Any = dict(filters)
        yield from self.pages(path, **parameters)
        for node in self._others(self._read_at[path]):
            other = self._alone(node)
            try:
                yield from other.pages(path, **parameters)
            except Failure:
                self._silent.add(node)
            finally:
                other.close()

    def _alone(self, node: str) -> NodeClient:
        """A client as this one, of one node."""
        return NodeClient(
            (node,), timeout_s=self.timeout_s, signer=self._signer, sign_reads=self._sign_reads,
            transport=self._transport, contradicted=self._contradicted, network=self.network,
        )  # fmt: skip

    def listed_elsewhere(self, listed: Listed | Meant) -> Iterator[Answer]:
        """What other nodes read out in its place, "not found" too. One that does not answer is not asked again."""
        for node in self._others(listed.node):
            other = self._alone(node)
            try:
                found = listed.found_in(other.pages(listed.path, **listed.parameters))
            except Failure as failure:
                if failure.problem.get("status") != NOT_FOUND:
                    self._silent.add(node)
                    continue
                found = None
            finally:
                other.close()
            yield Answer(NOT_FOUND, {}, {}, node) if found is None else Answer(200, found, {}, node)

    def elsewhere(self, path: str, besides: str) -> Iterator[Answer]:
        """What the other nodes say, "not found" too, and what is contrary to what is known here.

        One that does not answer is not asked so again in this run.
        """
        for node in self._others(besides):
            answer = self._heard(node, Asked("GET", path))
            if answer is not None and (answer.status < 300 or answer.status == NOT_FOUND):
                yield answer

    def post_elsewhere(self, wire: bytes, besides: str, **parameters: object) -> Answer | None:
        """The answer of the first other node that gives one to a transaction which a node has answered already."""
        asked = _handing_in(wire, "/v1/transactions", parameters)
        heard = (self._heard(node, asked) for node in self._others(besides))
        return next((answer for answer in heard if answer is not None and answer.status < 500), None)

    def _others(self, besides: str) -> list[str]:
        """The other nodes, without those that have not answered in this run."""
        return [node for node in self.in_order if node != besides and node not in self._silent]

    def _heard(self, node: str, asked: Asked) -> Answer | None:
        """What a node says, also what is contrary to what is known here; None where it says nothing of this network."""
        import httpx

        try:
            return self._ask(node, asked)
        except Contrary as said:
            return said.answer
        except (httpx.RequestError, httpx.InvalidURL, Unusable, Failure):  # a Failure: it is of another network
            self._silent.add(node)
            return None

    def ask_ready(self, *, timeout_s: float | None = None) -> dict[str, Any]:
        """What the first node that answers says at /ready, ready or not; signed where it tells only that.

        timeout_s: how long one node may take, where that is less than the client's own.
        """
        import httpx

        tried: list[str] = []
        unusable: list[str] = []
        for node in self.in_order:
            try:
                answer = self._ask(node, Asked("GET", "/ready"), timeout_s=timeout_s)
                if tells_little(answer.body) and not self._sign_reads and self._signer is not None:
                    self._sign_reads = True
                    told = self._ask(node, Asked("GET", "/ready"), timeout_s=timeout_s)
                    answer = told if told.status in READY_STATUSES else answer
            except httpx.RequestError as error:
                self._doubted.add(node)
                tried.append(bracketed(node, connection_cause(error)))
                continue
            except Unusable as error:
                unusable.append(self._doubt(node, "/ready", error))
                continue
            if answer.status in READY_STATUSES:
                return dict(answer.body)
            raise problem_failure(answer)
        raise self._nobody(unusable, tried, maybe_sent=False)

    def pages(
        self, path: str, *, page: int = 1_000, most: int | None = None, **parameters: object
    ) -> Generator[dict[str, Any], None, dict[str, Any]]:
        """All entries of a list, page after page; `most`: no more than the first so many are wanted. Gives back what
        the last page said of the list.

        A cursor is its node's own. Where another takes over in between, the list is begun again there, at the same
        height, and goes on behind what was given.
        """
        after: str | None = None
        given, skip, begun = 0, 0, -1
        body: dict[str, Any] = {}
        turned: set[str] = set()
        while most is None or given < most:
            try:
                body = self.get(path, limit=page, after=after, **parameters)
            except Failure as refused:
                if after is None or refused.problem.get("code") != "bad_cursor" or given == begun:
                    raise
                parameters |= same_times(body)
                after, begun, skip = None, given, given
                turned.clear()
                continue
            for entry in body["data"][skip:]:
                given += 1
                yield entry
            skip = max(0, skip - len(body["data"]))
            after = body.get("next")
            if not after:
                break
            self.turn(path, after, turned)
        return body

    def turn(self, path: str, after: str, turned: set[str]) -> None:
        """Note that a list goes on at this cursor. A failure where it has been there, or does not come to its end."""
        if after in turned or len(turned) >= MOST_PAGES:
            why = f"next{text('root.colon')}{text('answer.circle')}"
            raise bad_answer([bracketed(f"{self.in_order[0]}{path}", why)])
        turned.add(after)

    def post_transaction(self, wire: bytes, *, path: str = "/v1/transactions", **parameters: object) -> Answer:
        """Hand in a signed transaction; a node's problem is an answer here, not a failure."""
        if path == "/v1/transactions":
            self.rows_read.clear()  # they may be others from now on
            self.listed.clear()
        asked = _handing_in(wire, path, parameters)
        answer = self._first(asked)
        if answer.status == 401 and not self._sign_reads and self._signer is not None:
            self._sign_reads = True
            answer = self._first(asked)
        return answer

    def _first(self, asked: Asked) -> Answer:
        """The answer of the first node that is there and ready, and answers what was asked.

        A read that made a node fail (500) is asked of the next one too.
        """
        import httpx

        if not self.nodes:
            raise fail(Exit.UNREACHABLE, "error.no_node")
        tried: list[str] = []
        unusable: list[str] = []
        second_best: Answer | None = None
        late = False
        for node in self.in_order:
            try:
                answer = self._ask(node, asked)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                self._doubted.add(node)
                tried.append(bracketed(node, connection_cause(error)))
                continue
            except httpx.RequestError as error:
                late = True
                self._doubted.add(node)  # else each request of this run would wait as long
                tried.append(bracketed(node, connection_cause(error)))
                continue
            except Unusable as error:
                late = late or error.maybe_done
                unusable.append(self._doubt(node, asked.path, error))
                continue
            if answer.status == 503 or (answer.status >= 500 and asked.method == "GET"):
                second_best = second_best or answer
                continue
            return replace(answer, sent_before=late)
        if second_best is not None:
            return replace(second_best, sent_before=late)
        raise self._nobody(unusable, tried, maybe_sent=late and asked.method == "POST")

    def _doubt(self, node: str, path: str, error: Unusable) -> str:
        """Ask this node last from now on; what it said, with the address."""
        self._doubted.add(node)
        return bracketed(f"{node}{path}", error)

    def _nobody(self, unusable: list[str], tried: list[str], *, maybe_sent: bool) -> Failure:
        """That no node gave an answer that can be used, or that none is there."""
        if not unusable and not tried:
            return fail(Exit.UNREACHABLE, "error.no_node")
        if not unusable:
            return unreachable(tried, self._hint, maybe_sent=maybe_sent)
        return bad_answer([*unusable, *tried], maybe_sent=maybe_sent)

    def _ask(self, node: str, asked: Asked, *, timeout_s: float | None = None) -> Answer:
        import httpx
        from chainbill_node.rest.schema_parts import NETWORK_FIELD

        from chainbill_cli.expected_answers import unfit

        within = httpx.USE_CLIENT_DEFAULT if timeout_s is None else httpx.Timeout(min(timeout_s, self.timeout_s))
        url = httpx.URL(node + asked.path, params=dict(asked.query)) if asked.query else httpx.URL(node + asked.path)
        speaks = "zh-CN" if language() == "zh" else "en"
        sent = {"accept": "application/json", "accept-language": speaks, "accept-encoding": "gzip", **asked.headers}
        if self._sign_reads and self._signer is not None:
            sent.update(self._signer(asked.method, str(url), asked.content or b""))
        seconds = WHOLE_WITHIN * self.timeout_s
        with limited(self._streams, node, seconds) as limit:
            try:
                with self.http.stream(
                    asked.method, url, headers=sent, content=asked.content, timeout=within,
                    extensions={"trace": limit.saw},
                ) as response:  # fmt: skip
                    body = read_body(response, deadline_in(seconds))
            except httpx.RequestError as error:
                if limit.over:
                    raise Unusable(text("answer.slow")) from error
                if isinstance(error, httpx.DecodingError):
                    raise Unusable(text("answer.unpacked")) from error
                raise
        found = response.headers.get(NETWORK_FIELD, self.network)
        if self.network and found != self.network:
            raise other_network(node, found, self.network)
        wrong = unfit(asked, response.status_code, body)
        if wrong is not None:
            raise Unusable(str(wrong), maybe_done=not 400 <= response.status_code < 500)
        answer = Answer(response.status_code, body, response.headers, node)
        against = self._contradicted(asked.path, body) if response.status_code < 300 else ""
        if against:
            raise Contrary(against, answer)
        return answer


def _handing_in(wire: bytes, path: str, parameters: Mapping[str, object]) -> Asked:
    from chainbill.ledger.transaction import decode_transaction

    query = {name: str(value) for name, value in parameters.items()}
    headers = {"content-type": "application/msgpack"}
    return Asked("POST", path, query, wire, headers, decode_transaction(wire).id.hex())


def deadline_in(seconds: float) -> float:
    """A moment on the monotonic clock, that many seconds from now."""
    return time.monotonic() + seconds


def left_until(deadline: float) -> float:
    """Seconds until a deadline, never below zero."""
    return max(0.0, deadline - time.monotonic())
