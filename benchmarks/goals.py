"""What fast means here: each goal, its floor and its aim, beside what a run measured. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from figures import picked, ratio

Found = Mapping[str, Any]

# The best of what was measured on a machine of this kind (2 cores, 24 GiB) with the same work; not measured again here.
FABRIC_PER_S = 556  # Hyperledger Fabric 3, 4 SmartBFT orderers and 4 peers, Go chaincode
QUORUM_PER_S = 662  # GoQuorum, 4 IBFT validators, Solidity


@dataclass(frozen=True)
class Goal:
    """value: from the results, None where it was not measured. at_most: lower is better."""

    en: str
    zh: str
    floor: float
    aim: float
    value: Callable[[Found], float | None]
    unit: str = ""
    at_most: bool = False

    def verdict(self, found: Found) -> str:
        """ "aim", "floor", "missed" or "not measured"."""
        value = self.value(found)
        if value is None:
            return "not measured"
        if self.at_most:
            return "aim" if value <= self.aim else "floor" if value <= self.floor else "missed"
        return "aim" if value >= self.aim else "floor" if value >= self.floor else "missed"


def at(path: str) -> Callable[[Found], float | None]:
    """The figure at a path of the results."""
    return lambda found: picked(found, path)


def over(path: str, other: float | str) -> Callable[[Found], float | None]:
    """The figure at a path ÷ a constant, or ÷ the figure at another path."""

    def value(found: Found) -> float | None:
        part, whole = picked(found, path), picked(found, other) if isinstance(other, str) else other
        return None if part is None or not whole else ratio(part, whole)

    return value


def start_s(found: Found) -> float | None:
    """Start-up with the largest ledger, if it had 10⁶ tokens."""
    points = found.get("startup") or []
    return next((one["start_s"] for one in points if one["tokens"] >= 10**6), None)


FOUR, ONE = "four_validators", "one_validator"
GOALS = (
    Goal(
        "4 validators, batches of 50, ÷ four-process ceiling", "4 个验证节点，每批 50 笔 ÷ 四进程上限",
        0.40, 0.70, at(f"{FOUR}.batched.ratio_to_ceiling"),
    ),
    Goal(
        "4 validators, one transaction a request, ÷ ceiling", "4 个验证节点，每请求一笔 ÷ 上限",
        0.20, 0.40, at(f"{FOUR}.single.ratio_to_ceiling"),
    ),
    Goal(
        "1 validator on one core ÷ its ceiling", "1 个验证节点（单核）÷ 其上限",
        0.40, 0.70, at(f"{ONE}.batched.ratio_to_ceiling"),
    ),
    Goal(
        f"4 validators ÷ Fabric SmartBFT ({FABRIC_PER_S}/s)", f"4 个验证节点 ÷ Fabric SmartBFT（{FABRIC_PER_S} 笔/秒）",
        5, 10, over(f"{FOUR}.batched.committed_per_s", FABRIC_PER_S), "×",
    ),
    Goal(
        f"4 validators ÷ GoQuorum IBFT ({QUORUM_PER_S}/s)", f"4 个验证节点 ÷ GoQuorum IBFT（{QUORUM_PER_S} 笔/秒）",
        4, 8, over(f"{FOUR}.batched.committed_per_s", QUORUM_PER_S), "×",
    ),
    Goal(
        "1 validator ÷ PostgreSQL + FastAPI + Ed25519, singly", "1 个验证节点 ÷ PostgreSQL + FastAPI + Ed25519，逐笔",
        1, 1.5, over("compare.chainbill.single.committed_per_s", "compare.postgres.single.committed_per_s"), "×",
    ),
    Goal(
        "the same, 100 a request", "同上，每请求 100 笔",
        0.3, 0.5, over("compare.chainbill.batched.committed_per_s", "compare.postgres.batched.committed_per_s"), "×",
    ),
    Goal(
        "calls/s, 10 calls a transaction, 4 validators", "调用数/秒，每笔交易 10 个调用，4 个验证节点",
        4_000, 9_000, at(f"{FOUR}.ten_calls.calls_per_s"),
    ),
    Goal(
        "latency p50 at 500 tx/s, 4 validators", "500 笔/秒时延迟 p50，4 个验证节点",
        50, 10, at(f"{FOUR}.at_500_per_s.p50_ms"), "ms", at_most=True,
    ),
    Goal(
        "latency p99 at 500 tx/s, 4 validators", "500 笔/秒时延迟 p99，4 个验证节点",
        200, 40, at(f"{FOUR}.at_500_per_s.p99_ms"), "ms", at_most=True,
    ),
    Goal(
        "cost of a transfer, 10⁶ ÷ 10⁴ tokens", "单笔转让成本，10⁶ ÷ 10⁴ 个凭证",
        1.3, 1.1, at("growth.cost_ratio_1e6_to_1e4"), "×", at_most=True,
    ),
    Goal("start-up with 10⁶ tokens", "10⁶ 个凭证时的启动时间", 10, 3, start_s, "s", at_most=True),
)  # fmt: skip
