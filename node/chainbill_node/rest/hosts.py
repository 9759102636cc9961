"""For which hosts a node answers: a web page of a stranger must not reach it through the browser of somebody inside.

Such a page gives its own name the address of the node (DNS rebinding); the browser then takes the two for one site. The
request still carries the page's name in `Host`, so a name that the node does not know is refused. An address in
figures, or no host at all, is no such page: a page that was loaded from there is the node's own. Ports are not
looked at, since a tunnel has another one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence

from chainbill_node.rest.problems import Problem

ANY = "*"
LOCAL = "localhost"
MAX_REMEMBERED_HOSTS = 64
_SHOWN = 80
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class AllowedHosts:
    """Names that a node answers for. `announced`: the one under which the ledger knows it, which may change."""

    def __init__(self, names: Iterable[str], announced: Callable[[], str] = lambda: "") -> None:
        self._names = frozenset(name.strip().lower().rstrip(".") for name in names if name.strip())
        self._announced = announced
        self._always: set[bytes] = set()

    def answers(self, field: bytes) -> bool:
        """Say whether the node answers for a Host field; those that hold for good are remembered."""
        if field in self._always:
            return True
        host = field.decode("latin-1")
        if not self._for_good(host_name(host)):
            return self.allow(host)
        if len(self._always) < MAX_REMEMBERED_HOSTS:
            self._always.add(field)
        return True

    def allow(self, host: str) -> bool:
        """Say so for its text: "bank1.example:7000", "[::1]:7000", "10.0.0.1"."""
        name = host_name(host)
        return self._for_good(name) or (name != "" and name == host_name(self._announced()))

    def _for_good(self, name: str) -> bool:
        known = name in self._names or ANY in self._names
        return known or name == LOCAL or name.endswith("." + LOCAL) or _is_address(name)


ANY_HOST = AllowedHosts((ANY,))


def host_name(host: str) -> str:
    """The name or address in a Host field, without the port, in lower case and without a last dot."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def wrong_site(method: str, given: Sequence[bytes], origin: bytes | None, hosts: AllowedHosts) -> Problem | None:
    """The 421 for a host that the node does not answer for, the 403 for a write that a page of another site sends.

    given, origin: the values of the fields Host and Origin.
    """
    if len(given) > 1 or (given and not hosts.answers(given[0])):
        return Problem(421, "host_not_allowed", fields={"value": b", ".join(given)[:_SHOWN].decode("latin-1")})
    if origin is None or method in _READS:
        return None
    if given and origin.partition(b"://")[2].lower() == given[0].lower():
        return None
    return Problem(403, "origin_not_allowed", fields={"value": origin[:_SHOWN].decode("latin-1")})
