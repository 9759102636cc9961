"""A node that lies: true answers of a real ledger, changed by a seeded hand; what is handed in goes no further.

Lies are small (a member away, of another kind, out of range, from elsewhere in the same answer, hostile text) or whole
(no JSON, another status, another answer given before).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from chainbill.ledger.transaction import Transaction, decode_transaction

DEEP = 100
HOSTILE = "\x1b]0;pwned\x07\x1b[2J\x9b31m\r\nPAID\u2028\u202e\u2066\ufeff\U000e0041\x7f"
OBEYED = frozenset("\x1b\x07\x9b\r\x7f\u2028\u202e\u2066\U000e0041")
"""Characters that a terminal obeys or that hide: none of them may be printed."""
VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 63, 64, 2**53 - 1, 2**53, -(2**53), 10**29, 10**40, 253_402_300_799_999, "", "x",
    "sold", "y" * 2_000, HOSTILE, "公司" * 30, "\ud83d", "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30",
    "99:99", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000+23:59", "-1", "1e999", "NaN", "=1+1", [], {}, [[]],
    [{}], {"": None}, ["x"] * 3, {"status": "ok"}, "ab" * 32, "CNY", "zzz", "B" * 18,
)  # fmt: skip
Place = tuple[Any, ...]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where something stands in a JSON value."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*place, name))


def at(value: Any, place: Place) -> Any:
    for name in place:
        value = value[name]
    return value


def nested(levels: int) -> Any:
    made: Any = "x"
    for _ in range(levels):
        made = {"x": [made]}
    return made


class LyingNode(httpx.BaseTransport):
    """Lies in so many of the answers (0 to 1) that it is asked for; what it did is in `lies`.

    What is handed in is kept in `taken` and answered as if it had been committed, sometimes with a lie.
    """

    def __init__(self, true: httpx.BaseTransport, chance: random.Random, share: float) -> None:
        self._true = true
        self._chance = chance
        self._share = share
        self._before: list[httpx.Response] = []
        self.lies: list[str] = []
        self.taken: list[Transaction] = []

    def close(self) -> None:
        """The true one stays."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._handed_in(request) if request.method == "POST" else self._true.handle_request(request)
        answer.read()
        self._before.append(answer)
        if self._chance.random() >= self._share:
            return httpx.Response(answer.status_code, content=answer.content, headers=_kind(answer))
        lie = self._chance.choices((self._small, self._of_form, self._whole), (8, 1, 2))[0]
        made = lie(answer)
        self.lies.append(f"{request.method} {request.url.path}: {self._told}")
        return made

    def _handed_in(self, request: httpx.Request) -> httpx.Response:
        transaction = decode_transaction(request.content)
        if request.url.path == "/v1/transactions":
            self.taken.append(transaction)
        tried = httpx.Request("POST", request.url.copy_with(path="/v1/transactions/simulate"), content=request.content,
                              headers={"content-type": "application/msgpack"})  # fmt: skip
        answer = self._true.handle_request(tried)
        answer.read()
        if request.url.path != "/v1/transactions" or answer.status_code != 200 or answer.json()["status"] != "ok":
            return answer
        said = {name: answer.json()[name] for name in ("result", "results", "events", "gas")}
        return httpx.Response(
            201, json={"id": transaction.id.hex(), "status": "committed", "height": 5, "index": 0, **said}
        )

    def _small(self, answer: httpx.Response) -> httpx.Response:
        try:
            body = json.loads(answer.content)
        except ValueError:
            return self._whole(answer)
        said = []
        for _ in range(self._chance.choice((1, 1, 1, 2, 5))):
            body = self._changed(body, said)
        self._told = "; ".join(said)
        return httpx.Response(answer.status_code, content=json.dumps(body).encode(), headers=_kind(answer))

    def _changed(self, body: Any, said: list[str]) -> Any:
        known = list(places(body))
        place = self._chance.choice(known)
        if not place:
            said.append("another body")
            return self._value(body, known)
        above, name = at(body, place[:-1]), place[-1]
        kinds = ("away", "value", "value", "value", "near", "more")
        grown = any(one.endswith(" more") for one in said)  # twice would be millions of entries: memory of the test's
        kind = self._chance.choice(kinds[:-1] if grown else kinds)
        said.append(f"{'.'.join(map(str, place))} {kind}")
        if kind == "away":
            del above[name]
        elif kind == "near" and type(above[name]) is int:
            above[name] += self._chance.choice((-1, 1, 10, 100_000))
        elif kind == "more" and isinstance(above[name], list):
            above[name] = above[name] * 2_000
        elif kind == "more" and isinstance(above[name], str):
            above[name] += HOSTILE
        else:
            above[name] = self._value(body, known)
            said[-1] += f" {above[name]!r}"[:60]
        return body

    def _value(self, body: Any, known: list[Place]) -> Any:
        kind = self._chance.random()
        if kind < 0.3:
            return json.loads(json.dumps(at(body, self._chance.choice(known))))
        return nested(DEEP) if kind > 0.97 else self._chance.choice(VALUES)

    def _of_form(self, answer: httpx.Response) -> httpx.Response:
        said = answer.content
        forms: dict[str, bytes] = {
            "cut": said[: len(said) // 2], "twice": said + said, "empty": b"", "no text": b"\xff\xfe",
            "member twice": said[:1] + b'"id": 1, "id": 2,' + said[1:], "a fraction": b'{"data": 1.5}',
            "NaN": said.replace(b": ", b": NaN, ", 1),
            "deep": b"[" * 100_000, "a number of 5,000 digits": b"9" * 5_000, "a word": b'"yes"', "null": b"null",
        }  # fmt: skip
        self._told, made = self._chance.choice(sorted(forms.items()))
        return httpx.Response(answer.status_code, content=made, headers=_kind(answer))

    def _whole(self, answer: httpx.Response) -> httpx.Response:
        odd = {"type": 1, "title": ["x"], "code": {"x": 1}, "detail": None, "errors": 5, "rule": "x", "hint": [HOSTILE]}
        told = {
            "title": HOSTILE,
            "code": "not_found",
            "detail": HOSTILE * 50,
            "hint": HOSTILE,
            "details": {"x": nested(50)},
        }
        chosen: dict[str, Callable[[], httpx.Response]] = {
            "html": lambda: httpx.Response(200, text="<html>log in", headers={"content-type": "text/html"}),
            "elsewhere": lambda: httpx.Response(302, headers={"location": "http://127.0.0.1:9/"}),
            "another answer": lambda: _again(self._chance.choice(self._before)),
            "unlucky kind": lambda: httpx.Response(200, content=answer.content, headers={"content-type": "text/x"}),
        }  # fmt: skip
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503):
            for name, body in (("odd", odd), ("told", told), ("bare", {"code": "bad_cursor", "status": status})):
                chosen[f"{status} {name}"] = lambda status=status, body=body: httpx.Response(status, json=body)  # type: ignore[misc]
        self._told, make = self._chance.choice(sorted(chosen.items(), key=lambda one: one[0]))
        return make()


def _kind(answer: httpx.Response) -> dict[str, str]:
    return {"content-type": answer.headers.get("content-type", "")}


def _again(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, content=answer.content, headers=_kind(answer))
