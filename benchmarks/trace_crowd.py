"""Long reads from many addresses, and what others wait meanwhile: python benchmarks/trace_crowd.py [--bills 3000].

An anchor has so many bills. From so many addresses of the loopback somebody asks every node for the trace of all of
them, again as soon as an answer is there, or nothing at all (`--addresses 0`). Meanwhile a bystander of one more
address reads the network four times a second, each fourth time a list of 1,000 bills too, and hands in a transaction
each second. Prints how long each waited.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import load
import work
from running import Running

AT_ONCE = 50
PAUSE_S = 0.25
BYSTANDER, OPERATOR = "127.0.0.1", "127.0.0.2"


def bills(net: Running, count: int) -> str:
    """So many bills of one anchor, accepted; the anchor."""
    anchor, supplier = work.Sender(net.network, "anchor"), work.Sender(net.network, "supplier1")
    api = net.apis[0]
    for _ in range(-(-count // AT_ONCE)):
        issue = work.issue_call(anchor.party, supplier.party, 100_000)
        made = [one["bill"] for one in work.results(api, [supplier.sign(issue) for _ in range(AT_ONCE)])]
        work.results(api, [anchor.sign(("bill", "confirm", {"bill": bill})) for bill in made])
        work.results(api, [supplier.sign(("bill", "accept", {"bill": bill})) for bill in made])
    return anchor.party


def read_from(source: str, api: str, path: str) -> int:
    """Read once from an address of the loopback; the status."""
    url = urlsplit(api)
    line = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120, source_address=(source, 0))
    try:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


def crowd(
    net: Running, addresses: int, path: str, over: threading.Event
) -> tuple[list[threading.Thread], Counter[str]]:
    """Ask all nodes from all addresses until it is over; the threads, and what became of their reads."""
    outcomes: Counter[str] = Counter()

    def reading(source: str, api: str) -> None:
        while not over.is_set():
            try:
                outcomes[str(read_from(source, api, path))] += 1
            except OSError as error:
                outcomes[type(error).__name__] += 1

    pairs = [(f"127.0.1.{number}", api) for number in range(1, addresses + 1) for api in net.apis]
    return [threading.Thread(target=reading, args=one, daemon=True) for one in pairs], outcomes


def told(what: str, waits: list[float]) -> None:
    """One line of waits."""
    print(f"{what}: {len(waits)}, median {statistics.median(waits):.3f} s, longest {max(waits):.3f} s", flush=True)


def timed_read(net: Running, path: str) -> float:
    """Seconds that the bystander waits for an answer."""
    began = time.monotonic()
    if read_from(BYSTANDER, net.apis[0], path) != 200:
        raise RuntimeError(f"the read of {path} was refused")
    return time.monotonic() - began


def bystander(net: Running, seconds: float) -> None:
    """Read and hand in for so long; print what it waited."""
    sender, anchor = work.Sender(net.network, "supplier2"), work.Sender(net.network, "anchor")
    reads: list[float] = []
    lists: list[float] = []
    commits: list[float] = []
    until, next_commit = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < until:
        if now >= next_commit:
            next_commit = now + 1
            call = work.issue_call(anchor.party, sender.party, 100)
            load.committed(*load.ask(net.apis[0], load.post(work.SUBMIT_WAITING, sender.sign(call))))
            commits.append(time.monotonic() - now)
        reads.append(timed_read(net, "/v1/network"))
        if len(reads) % 4 == 0:
            lists.append(timed_read(net, f"/v1/bills?debtor={anchor.party}&limit=1000"))
        time.sleep(PAUSE_S)
    told("reads of the network", reads)
    told("lists of 1,000 bills", lists)
    told("commits", commits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=3_000)
    parser.add_argument("--addresses", type=int, default=60)
    parser.add_argument("--validators", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    with Running(given.validators) as net:
        path = f"/v1/trace/anchors/{bills(net, given.bills)}"
        began = time.monotonic()
        read_from(OPERATOR, net.apis[0], path)
        print(f"one trace alone: {time.monotonic() - began:.2f} s", flush=True)
        bystander(net, given.seconds / 3)
        over = threading.Event()
        threads, outcomes = crowd(net, given.addresses, path, over)
        for thread in threads:
            thread.start()
        used = net.cpu_s()
        bystander(net, given.seconds)
        over.set()
        print(f"{given.addresses} addresses: {dict(outcomes)}, CPU of all nodes {net.cpu_s() - used:.1f} s")


if __name__ == "__main__":
    main()
