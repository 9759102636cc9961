"""Gas that parties used lately: whose transactions stand behind those of the others, and what the next ones will use.

What a transaction uses is known when it has been run, by whoever ran it, whether it succeeded or not. An account loses
a sixth a second. Only what is above the ordinary counts, and all of a failure. A party whose account is mostly that is
*dear*: a block takes its transactions last, and few of them. It *floods* from when that is more than a sixteenth of
what one transaction may use, until a quarter of that is left; so do all parties of one sponsor while those that do not
flood by themselves have used 64 times as much together: else a sponsor could flood by a thousand names. Where others
use the network too, blocks take none at all of those that flood for nine times as long as the last ones took, and for a
second more only where nobody else waits: so most blocks are short, and others seldom stand beside what is dear.
What is ordinary is no flood, however much of it there is; whose account is large by it is *busy*: where others send
little, a block takes no more of it than of what is dear.

Example: with 30 ns a gas a transaction of 8 million holds a block for 0.24 s; another one of that party waits 2.16 s
more. Pure: gas, seconds and times come in as arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import NamedTuple

from chainbill.vm.rules import STANDARD_RUN
from chainbill_node.mempool.limits import ALONE_WAITING_GAS, FLOOD_WAITING_GAS

FLOOD_GAS = STANDARD_RUN.bounds.gas_transaction // 16
"""More in an account than this is a flood: 80,000 dear gas a second for long. It is low because being held back costs
little where little was used: after this much, 15 to 30 ms of work, a party waits some 0.3 s once."""
SPONSORED_FLOOD_GAS = 64 * FLOOD_GAS
"""The same for the accounts of a sponsor's parties together: a bank has hundreds, and few are at work at once."""
CALM_GAS = FLOOD_GAS // 4
"""With less a party floods no more. One bound alone would let in a whole block of it each time it falls below."""
LEAST_DEAR_GAS = CALM_GAS // 4
"""With less than this, one or two milliseconds' work that nobody feels, no party stands behind others."""
LOST_A_SECOND = 6
"""One part of so many of each account is forgotten every second: four seconds halve it, so that a flood cannot pause
its way out of it, and a party that sent much once is as others after ten."""
FORGOTTEN_BELOW = 1_000
"""An account with less gas than this is none: less than the cheapest call."""
ORDINARY_GAS = 20_000
"""What a transaction may use before the rest of it is entered: a transfer (6,500) never floods, however many there are,
since sharing by turns already bounds what costs little to run."""
BUSY_GAS = 1_000_000
"""With more gas than this in its account, ordinary or not, a party is *busy*: from some 25 transfers a second on."""
FIRST_CALL_GAS = 5_000
"""Of a call by a party that nothing is known of: that of most calls."""
MAX_ACCOUNTS = 4_096
"""The ones with least give way: who floods is among those with most."""
OTHERS_WITHIN_MS = 10_000
"""Others are those whose transactions were run within so long: people who use a page send something as often."""
HELD_FOR = 9
"""So many times as long as it took to run them, those that flood are held back: a tenth of the time is theirs, so that
the median of others is that of blocks without them."""
MAX_HELD_MS = 5_000
"""No longer than a client waits for an answer, even where the dearest transaction takes a second."""
APART_MS = 1_000
"""For so long after that they wait for a block without others: one in which others stand takes its time from them. No
longer: where there are always others, they would never get in."""


class Use(NamedTuple):
    """What a transaction used when it was run."""

    party: str
    calls: int
    gas: int
    ok: bool = True


@dataclass(slots=True)
class _Account:
    gas: int = 0
    dear: int = 0
    """Of the gas what was above the ordinary: this alone is a flood."""
    calls: int = 0
    """In thousandths, forgotten like gas."""
    calm_ms: int = -OTHERS_WITHIN_MS
    """When a transaction of it was run last with little in the account."""


class Accounts:
    """Of one node. sponsor_of: the sponsor of a party, "" where it has none."""

    def __init__(self, sponsor_of: Callable[[str], str]) -> None:
        self._sponsor_of = sponsor_of
        self._of: dict[str, _Account] = {}
        self._flooding: frozenset[str] = frozenset()
        self._aged_ms = 0
        self._held_until_ms = 0
        self._most_waiting = ALONE_WAITING_GAS
        self._others_ms = -OTHERS_WITHIN_MS  # when a transaction of a calm party that does not flood was run last

    def charge(self, uses: Iterable[Use], now_ms: int, s_a_gas: float = 0.0) -> int:
        """Enter what was used. For how many ms those that flood are held back from now on; 0: for no longer.

        s_a_gas: seconds that this machine takes for a gas, where the uses are those of a block that has been committed.
        """
        self._age(now_ms)
        used = list(uses)
        for one in used:
            account = self._of.get(one.party)
            if account is None:
                account = self._of[one.party] = _Account()
            account.gas += one.gas
            if one.gas > ORDINARY_GAS or not one.ok:
                account.dear += one.gas - ORDINARY_GAS if one.ok else one.gas
            account.calls += 1_000 * one.calls
        if len(self._of) > MAX_ACCOUNTS:
            most = sorted(self._of.items(), key=lambda item: item[1].gas)[-MAX_ACCOUNTS // 2 :]
            self._of = dict(most)
        self._flooding = self._who_floods()
        for party in {one.party for one in used}:
            if self.used(party) < CALM_GAS and party in self._of:
                self._of[party].calm_ms = now_ms
        calm = [one.calm_ms for party, one in self._of.items() if party not in self._flooding]
        self._others_ms = max(calm, default=-OTHERS_WITHIN_MS)  # who floods now was no other when it began
        alone = self.alone(now_ms)
        self._most_waiting = ALONE_WAITING_GAS if alone else FLOOD_WAITING_GAS
        if alone:
            return 0
        of_flood = sum([one.gas for one in used if one.party in self._flooding])
        held_ms = min(MAX_HELD_MS, round(HELD_FOR * 1_000 * s_a_gas * of_flood))
        if held_ms:
            self._held_until_ms = max(self._held_until_ms, now_ms + held_ms)
        return held_ms

    @property
    def flooding(self) -> frozenset[str]:
        """The parties that flood."""
        return self._flooding

    def dear(self, parties: Iterable[str]) -> frozenset[str]:
        """Which of these flood, or may soon: most of what they used lately was above the ordinary. They stand behind
        others in a block, which takes little of them."""
        return frozenset([
            party for party in parties
            if party in self._flooding
            or ((one := self._of.get(party)) is not None and one.dear > LEAST_DEAR_GAS and 2 * one.dear > one.gas)
        ])  # fmt: skip

    def busy(self, parties: Iterable[str], now_ms: int) -> frozenset[str]:
        """Which of these send very much, ordinary or not, while others use the network who send little: beside those a
        block takes of them as of what is dear. Nobody is busy who is alone, or among such as send as much."""
        if not any(one.gas <= BUSY_GAS and 0 <= now_ms - one.calm_ms < OTHERS_WITHIN_MS for one in self._of.values()):
            return frozenset()
        return frozenset([party for party in parties if party in self._of and self._of[party].gas > BUSY_GAS])

    def alone(self, now_ms: int) -> bool:
        """Whether nobody else has used the network lately than those that use it much."""
        return not 0 <= now_ms - self._others_ms < OTHERS_WITHIN_MS

    def held(self, now_ms: int, *, beside_others: bool = False) -> frozenset[str]:
        """Those of them whose transactions no block takes now; beside_others: none that holds those of others too."""
        until_ms = self._held_until_ms + (APART_MS if beside_others else 0)
        held = now_ms < until_ms and self._held_until_ms - now_ms <= MAX_HELD_MS and not self.alone(now_ms)
        return self._flooding if held else frozenset()

    def used(self, party: str) -> int:
        """What is in the account of a party, in gas above the ordinary."""
        account = self._of.get(party)
        return 0 if account is None else account.dear

    def expected(self, party: str, calls: int) -> int:
        """The gas that so many calls of a party are likely to use: as much for each as its last ones did."""
        account = self._of.get(party)
        if account is None or not account.calls:
            return FIRST_CALL_GAS * calls
        return account.gas * 1_000 * calls // account.calls

    def enough(self, party: str, calls: int) -> bool:
        """Whether a party floods, and so many calls of it wait that no further transaction of it need wait too."""
        return party in self._flooding and self.expected(party, calls) >= self._most_waiting

    def _age(self, now_ms: int) -> None:
        """Take away what whole seconds take away. A clock that was set back takes nothing, and goes on from there."""
        self._aged_ms = min(self._aged_ms, now_ms)
        seconds = (now_ms - self._aged_ms) // 1_000
        if not seconds:
            return
        self._aged_ms += 1_000 * seconds
        kept = (1 - 1 / LOST_A_SECOND) ** seconds
        for account in self._of.values():
            account.gas, account.calls = int(account.gas * kept), int(account.calls * kept)
            account.dear = int(account.dear * kept)
        self._of = {
            party: one for party, one in self._of.items()
            if one.gas >= FORGOTTEN_BELOW or 0 <= now_ms - one.calm_ms < OTHERS_WITHIN_MS
        }  # fmt: skip

    def _who_floods(self) -> frozenset[str]:
        flooding = frozenset([
            party for party, one in self._of.items()
            if one.dear > FLOOD_GAS or (one.dear > CALM_GAS and party in self._flooding)
        ])  # fmt: skip
        if sum([one.dear for one in self._of.values()]) > SPONSORED_FLOOD_GAS:
            flooding |= self._flooding_together(self._of.keys() - flooding)
        return flooding

    def _flooding_together(self, parties: Set[str]) -> frozenset[str]:
        """Those of these parties whose sponsor's parties used too much together."""
        sponsors = {party: self._sponsor_of(party) or party for party in parties}
        together: Counter[str] = Counter()
        for party, sponsor in sponsors.items():
            together[sponsor] += self._of[party].dear
        return frozenset([party for party in parties if together[sponsors[party]] > SPONSORED_FLOOD_GAS])
