"""Talking to nodes by REST: several nodes tried in order, errors handed on as the node gave them.

A read of a closed network is signed (RFC 9421) with the acting profile's key: the first 401 asks for it, from then on
every read of this run is signed. A write may be sent to several nodes: its id makes it happen once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chainbill_cli.causes import cause_of, connection_cause
from chainbill_cli.failure import Exit, Failure, exit_for_status, fail, usage
from chainbill_cli.texts import language, text

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_S = 3.0
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer, unpacked: what says more is no node."""
WHOLE_WITHIN = 10
"""So many times as long as one may wait for the next bytes of an answer, it may take in all."""
READY_STATUSES = frozenset({200, 503})
Signer = Callable[[str, str, bytes], Mapping[str, str]]
"""Method, full address and body of a request → headers that sign it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A node's answer: HTTP status, decoded JSON body, headers, and the node that gave it.

    sent_before: the same bytes had gone to another node of this call, whose answer was lost.
    """

    status: int
    body: Any
    headers: Mapping[str, str]
    node: str
    sent_before: bool = False


def same_times(body: Mapping[str, Any]) -> dict[str, object]:
    """The parameters that read at any node what an answer was read at."""
    as_of = body["as_of"]
    if as_of.get("basis") == "value":
        return {"at": as_of["valued_on"], "known_at": as_of["known_at"]["height"]}
    return {"at": as_of["height"]}


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
    ) -> None:
        self._hint = "error.unreachable_local" if on_this_machine else "error.unreachable_hint"
        self.nodes = tuple(checked_address(node) for node in nodes)
        self.timeout_s = timeout_s
        self._signer = signer
        self._sign_reads = sign_reads
        self._transport = transport
        self._http: httpx.Client | None = None

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
        answer = self._first("GET", path, query, None, {})
        if answer.status == 401 and not self._sign_reads and self._signer is not None:
            self._sign_reads = True
            answer = self._first("GET", path, query, None, {})
        if answer.status >= 300 or (isinstance(answer.body, str) and query.get("format") != "csv"):
            raise problem_failure(answer)  # also another site, or a page to log in at: that is no empty list
        return answer

    def ask_ready(self, *, timeout_s: float | None = None) -> dict[str, Any]:
        """What the first node that answers says at /ready, ready or not; signed where it tells only that.

        timeout_s: how long one node may take, where that is less than the client's own.
        """
        import httpx

        tried = []
        for node in self.nodes:
            try:
                answer = self._ask(node, "GET", "/ready", timeout_s=timeout_s)
                if tells_little(answer.body) and not self._sign_reads and self._signer is not None:
                    self._sign_reads = True
                    told = self._ask(node, "GET", "/ready", timeout_s=timeout_s)
                    answer = told if told.status in READY_STATUSES else answer
            except httpx.TransportError as error:
                tried.append(f"{node} ({connection_cause(error)})")
                continue
            if isinstance(answer.body, dict) and answer.status in READY_STATUSES:
                return dict(answer.body)
            raise problem_failure(answer)
        if not tried:
            raise fail(Exit.UNREACHABLE, "error.no_node")
        raise unreachable(tried, self._hint, maybe_sent=False)

    def pages(
        self, path: str, *, page: int = 1_000, most: int | None = None, **parameters: object
    ) -> Iterator[dict[str, Any]]:
        """All entries of a list, page after page; `most`: no more than the first so many are wanted.

        A cursor is its node's own. Where another takes over in between, the list is begun again there, at the same
        height, and goes on behind what was given.
        """
        after: str | None = None
        given, skip, begun = 0, 0, -1
        body: dict[str, Any] = {}
        while most is None or given < most:
            try:
                body = self.get(path, limit=page, after=after, **parameters)
            except Failure as refused:
                if after is None or refused.problem.get("code") != "bad_cursor" or given == begun:
                    raise
                parameters |= same_times(body)
                after, begun, skip = None, given, given
                continue
            for entry in body["data"][skip:]:
                given += 1
                yield entry
            skip = max(0, skip - len(body["data"]))
            after = body.get("next")
            if not after:
                return

    def post_transaction(self, wire: bytes, *, path: str = "/v1/transactions", **parameters: object) -> Answer:
        """Hand in a signed transaction; a node's problem is an answer here, not a failure."""
        query = {name: str(value) for name, value in parameters.items()}
        headers = {"content-type": "application/msgpack"}
        answer = self._first("POST", path, query, wire, headers)
        if answer.status == 401 and not self._sign_reads and self._signer is not None:
            self._sign_reads = True
            answer = self._first("POST", path, query, wire, headers)
        return answer

    def _first(
        self, method: str, path: str, query: Mapping[str, str], content: bytes | None, headers: dict[str, str]
    ) -> Answer:
        """The answer of the first node that is there and ready."""
        import httpx

        if not self.nodes:
            raise fail(Exit.UNREACHABLE, "error.no_node")
        tried: list[str] = []
        busy: Answer | None = None
        late = False
        for node in self.nodes:
            try:
                answer = self._ask(node, method, path, query=query, content=content, headers=headers)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                tried.append(f"{node} ({connection_cause(error)})")
                continue
            except httpx.TransportError as error:
                late = True
                tried.append(f"{node} ({connection_cause(error)})")
                continue
            if answer.status == 503:
                busy = busy or answer
                continue
            return replace(answer, sent_before=late)
        if busy is not None:
            return busy
        raise unreachable(tried, self._hint, maybe_sent=late and method == "POST")

    def _ask(
        self,
        node: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = MappingProxyType({}),
        content: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        timeout_s: float | None = None,
    ) -> Answer:
        import httpx

        within = httpx.USE_CLIENT_DEFAULT if timeout_s is None else httpx.Timeout(min(timeout_s, self.timeout_s))
        url = httpx.URL(node + path, params=dict(query)) if query else httpx.URL(node + path)
        sent = {"accept": "application/json", "accept-language": "zh-CN" if language() == "zh" else "en", **headers}
        if self._sign_reads and self._signer is not None:
            sent.update(self._signer(method, str(url), content or b""))
        with self.http.stream(method, url, headers=sent, content=content, timeout=within) as response:
            kind = response.headers.get("content-type", "")
            try:
                said = _whole(response, deadline_in(WHOLE_WITHIN * self.timeout_s))
                body = json.loads(said) if "json" in kind else said.decode(response.encoding or "utf-8", "replace")
            except (ValueError, RecursionError) as error:
                failure = fail(Exit.FAILED, "error.bad_answer", node=node, why=cause_of(error))
                failure.problem["maybe_sent"] = method == "POST"
                raise failure from error
        return Answer(response.status_code, body, response.headers, node)


def _whole(response: httpx.Response, deadline: float) -> bytes:
    """The body, unpacked. ValueError for one that is too large, or does not come to its end."""
    said = bytearray()
    for part in response.iter_bytes():
        said += part
        if len(said) > LARGEST_ANSWER:
            raise ValueError(text("error.answer_large", most=LARGEST_ANSWER // 1024**2))
        if not left_until(deadline):
            raise ValueError(text("error.answer_slow"))
    return bytes(said)


def checked_address(node: str) -> str:
    """The address of a node's REST interface; a usage error for what can be none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(node)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if not right or any(character.isspace() for character in node):
        raise usage("error.node_address", value=node)
    return node


def tells_little(body: object) -> bool:
    """Whether an answer at /ready is that of a closed network to somebody who did not sign: yes or no."""
    return isinstance(body, dict) and "ready" in body and "height" not in body


def unreachable(tried: list[str], hint: str, *, maybe_sent: bool) -> Failure:
    """Nobody answered. hint: a text key; `maybe_sent`: a request may have arrived although its answer did not."""
    failure = fail(Exit.UNREACHABLE, "error.unreachable", tried=", ".join(tried), hint=text(hint))
    failure.problem["maybe_sent"] = maybe_sent
    return failure


def problem_failure(answer: Answer) -> Failure:
    """The failure for a node's problem object, which is handed on as it is."""
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    exit_code = exit_for_status(answer.status, str(code or ""))
    if isinstance(answer.body, dict) and ("code" in answer.body or "title" in answer.body):
        return Failure(exit_code, answer.body)
    why = f"HTTP {answer.status} {str(answer.body)[:200]}"
    failure = fail(exit_code, "error.bad_answer", node=answer.node, why=why)
    failure.problem["status"] = answer.status
    return failure


def deadline_in(seconds: float) -> float:
    """A moment on the monotonic clock, that many seconds from now."""
    return time.monotonic() + seconds


def left_until(deadline: float) -> float:
    """Seconds until a deadline, never below zero."""
    return max(0.0, deadline - time.monotonic())
