"""Minor digits of every currency that may be met here: the standard ones, and those that the network took by vote.

`currencies.json` of a home: `{"network", "currencies": {code: digits}}`, what the network said when it was read, also
of those that it takes no longer, because bills in them stay. Other digits than the standard's are kept once a second
node has said them, where the home knows one: else the first that is ever asked could turn it against all others. The
ledger never changes the digits of a currency, so a node that says others than the home has lies (`contradicted`): 1,000
would be signed as 10.00, or as 100,000.00. One process serves one home at a time: `begin` is called when its session is
made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chainbill.currencies import MINOR_DIGITS

FILE = "currencies.json"
MOST_DIGITS = 4


class _Known:
    """The digits known now, and where more of them are found."""

    digits: Mapping[str, int] = MINOR_DIGITS
    first: Mapping[str, int] = {}
    recall: Callable[[], Mapping[str, int]] | None = None
    ask: Callable[[], object] | None = None


def begin(home: Path, network: Callable[[], str], ask: Callable[[], object]) -> None:
    """Start anew: from the standard currencies, and from those kept in a home when the first amount is met.

    network: hex of the genesis hash that the home knows, or "". ask: reads /v1/network, which ends in `remember`.
    """
    _Known.digits, _Known.first = MINOR_DIGITS, {}
    _Known.recall = lambda: _kept(home, network())
    _Known.ask = ask


def remember(home: Path, network: Mapping[str, Any]) -> None:
    """Take over what /v1/network says of its currencies, and keep in the home what the standard says too."""
    told, name = said(network), str(network.get("network") or "")
    kept = _kept(home, name)
    _Known.digits = {**MINOR_DIGITS, **kept, **told}
    _Known.first = {one: places for one, places in told.items() if {**MINOR_DIGITS, **kept}.get(one) != places}
    _Known.recall = _Known.ask = None
    _keep(home, name, {one: places for one, places in told.items() if one not in _Known.first})


def confirmed(home: Path, network: Mapping[str, Any]) -> None:
    """Keep in the home all that `remember` took over: no other node says otherwise."""
    _keep(home, str(network.get("network") or ""), said(network))


def _keep(home: Path, name: str, told: Mapping[str, int]) -> None:
    kept = _kept(home, name)
    if not told.items() - kept.items() or not home.is_dir():
        return
    try:
        content = json.dumps({"network": name, "currencies": {**kept, **told}}) + "\n"
        (home / FILE).write_text(content, encoding="utf-8")
    except OSError:
        return  # a home that cannot be written to: the network is asked each time


def first_told() -> Mapping[str, int]:
    """Digits that neither ISO 4217 nor this home had before this run, so that nothing holds the node to them."""
    return _Known.first


def contradicted(home: Path, network: Mapping[str, Any]) -> str:
    """The currency of which /v1/network says other digits than the home has of the same network, "" if of none."""
    kept = _kept(home, str(network.get("network") or ""))
    return next((code for code, digits in said(network).items() if kept.get(code, digits) != digits), "")


def known(currency: str) -> Mapping[str, int]:
    """The digits of all currencies known here, to read amounts by; an unknown one is asked of the network first."""
    if _Known.recall is not None:
        recall, _Known.recall = _Known.recall, None
        _Known.digits = {**_Known.digits, **recall()}
    return _Known.digits if currency in _Known.digits else agreed()


def agreed() -> Mapping[str, int]:
    """The digits as the network has them, where it can be asked: what an amount that is written must go by."""
    if _Known.ask is not None:
        ask, _Known.ask = _Known.ask, None
        ask()
    return _Known.digits


def said(network: Mapping[str, Any]) -> dict[str, int]:
    """The digits that /v1/network gives currencies, also those that it takes no longer."""
    return {**_checked(network.get("withdrawn")), **_checked(network.get("currencies"))}


def _kept(home: Path, network: str) -> dict[str, int]:
    try:
        content = json.loads((home / FILE).read_text(encoding="utf-8"))
        return _checked(content["currencies"]) if network and content["network"] == network else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _checked(found: Any) -> dict[str, int]:
    """The pairs of code and digits among what was read."""
    pairs = found.items() if isinstance(found, dict) else ()
    return {code: digits for code, digits in pairs if type(digits) is int and 0 <= digits <= MOST_DIGITS}
