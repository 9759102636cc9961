"""Transfers a second on a network of real nodes on this machine: TLS between nodes, every signature verified by each
node, synced commits, the load client on the same cores.

    python benchmarks/throughput.py [--validators 4] [--transfers 4000] [--batch 50] [--singles] [--profile DIR]

Prints figures, asserts only that every transfer took effect exactly once and that all nodes agree.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chainbill_node.setup.keys import load_private_key
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.network import CreatedNetwork
from cores import started_on

from chainbill import codec
from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, encode_body, sign_transaction

PIECES = 50
AMOUNT_MINOR = 100_000
MADE_AT_ONCE = 20
MSGPACK = {"Content-Type": "application/msgpack"}


class Client:
    """One keep-alive connection to one node."""

    def __init__(self, api: str) -> None:
        parts = urlsplit(api)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

    def post(self, path: str, body: bytes) -> Any:
        self._connection.request("POST", path, body, MSGPACK)
        answer = self._connection.getresponse()
        content = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status}: {content}")
        return content

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path)
        return self._connection.getresponse().read()


class Sender:
    """Signs for one party of the network."""

    def __init__(self, network: CreatedNetwork, alias: str) -> None:
        self.party = network.parties[alias].party
        self._chain_id = network.genesis.chain_id
        self._key: PrivateKey = load_private_key(network.parties[alias].key)

    def sign(self, *calls: tuple[str, str, dict[str, Any]]) -> bytes:
        body = encode_body(
            chain_id=self._chain_id,
            party=self.party,
            valid_until_ms=time.time_ns() // 1_000_000 + 3_600_000,
            nonce=secrets.token_bytes(16),
            calls=[Call(*call) for call in calls],
        )
        return sign_transaction(body, [self._key])


def start(
    network: CreatedNetwork, profile: Path | None, cores: set[int] | None = None
) -> list[subprocess.Popen[bytes]]:
    """One process a node, on these cores (None: all)."""
    processes = []
    for number, node in enumerate(network.nodes):
        environment = dict(os.environ)
        if profile is not None and number == 0:
            environment["CHAINBILL_PROFILE"] = str(profile / node.name)
        with (node.home / "node.log").open("ab") as log, started_on(cores):
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "chainbill_node.main", "--home", str(node.home), "--log-level", "warning"],
                    stdout=log,
                    stderr=log,
                    env=environment,
                )
            )
    return processes


def wait_ready(network: CreatedNetwork) -> None:
    until = time.monotonic() + 60
    for node in network.nodes:
        while time.monotonic() < until:
            try:
                if json.loads(Client(node.api).get("/ready"))["ready"]:
                    break
            except OSError:
                pass
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{node.name} is not ready: {(node.home / 'node.log').read_text()[-2000:]}")


def make_tokens(network: CreatedNetwork, count: int) -> list[str]:
    """Tokens of supplier1 that nothing has been done with yet."""
    client = Client(network.nodes[0].api)
    supplier, anchor = Sender(network, "supplier1"), Sender(network, "anchor")
    issue = {
        "debtor": anchor.party,
        "creditor": supplier.party,
        "face": PIECES * AMOUNT_MINOR,
        "currency": "CNY",
        "due_on": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 120 * 86_400)),
        "invoices": [],
        "contract_no": "",
        "delivered_on": "",
        "terms": {},
    }
    amounts = [AMOUNT_MINOR] * (PIECES - 1)
    made = committed(client, [supplier.sign(("bill", "issue", issue)) for _ in range(-(-count // PIECES))])
    bills = [answer["bill"] for answer in made]
    committed(client, [anchor.sign(("bill", "confirm", {"bill": bill})) for bill in bills])
    roots = [
        answer["token"]
        for answer in committed(client, [supplier.sign(("bill", "accept", {"bill": bill})) for bill in bills])
    ]
    cuts = [supplier.sign(("token", "split", {"token": token, "amounts": amounts})) for token in roots]
    return [token for answer in committed(client, cuts) for token in answer["tokens"]][:count]


def committed(client: Client, wires: list[bytes]) -> list[Any]:
    """Hand in transactions of one call each and wait for their blocks; what the calls answer."""
    results = []
    for at in range(0, len(wires), MADE_AT_ONCE):
        body = codec.encode(wires[at : at + MADE_AT_ONCE])
        answer = client.post("/v1/transactions/batch?wait=committed&timeout=60", body)
        if answer["refused"]:
            raise RuntimeError(str(answer)[:2000])
        results += [item["result"] for item in answer["data"]]
    return results


def transfers(network: CreatedNetwork, tokens: list[str]) -> list[bytes]:
    """One signed transfer of part of each token: it is cut, one piece is offered, the other stays."""
    supplier, other = Sender(network, "supplier1"), Sender(network, "supplier2")
    return [
        supplier.sign(
            ("token", "transfer", {"tokens": [token], "recipients": [{"party": other.party, "amount": 40_000}]})
        )
        for token in tokens
    ]


def send_all(network: CreatedNetwork, wires: list[bytes], batch: int, connections: int) -> list[float]:
    """Hand everything in, round robin over nodes; waits of single requests in seconds (empty for batches)."""
    shares = [wires[number::connections] for number in range(connections)]
    waits: list[float] = []
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            client = Client(network.nodes[number % len(network.nodes)].api)
            share = shares[number]
            for at in range(0, len(share), batch):
                if batch == 1:
                    began = time.perf_counter()
                    client.post("/v1/transactions?wait=committed&timeout=60", share[at])
                    waits.append(time.perf_counter() - began)
                    continue
                answer = client.post("/v1/transactions/batch", codec.encode(share[at : at + batch]))
                if answer["refused"]:
                    raise RuntimeError(str(answer)[:2000])
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return waits


def total(network: CreatedNetwork, name: str) -> int:
    lines = Client(network.nodes[0].api).get("/metrics").decode().splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith(name + " "))))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(
    network: CreatedNetwork,
    processes: list[subprocess.Popen[bytes]],
    wires: list[bytes],
    *,
    batch: int,
    connections: int,
    profile: bool = False,
) -> None:
    profiled = processes[:1] if profile else []
    before, refused = total(network, TOTAL), total(network, REFUSED)
    blocks = json.loads(Client(network.nodes[0].api).get("/ready"))["height"]
    for process in profiled:
        process.send_signal(signal.SIGUSR1)
    used = [cpu_seconds(process.pid) for process in processes]
    began = time.perf_counter()
    waits = send_all(network, wires, batch, connections)
    sent = time.perf_counter() - began
    while total(network, TOTAL) - before < len(wires) and time.perf_counter() - began < 300:
        time.sleep(0.02)
    took = time.perf_counter() - began
    for process in profiled:
        process.send_signal(signal.SIGUSR1)
    used = [cpu_seconds(process.pid) - before_s for process, before_s in zip(processes, used, strict=True)]
    committed = total(network, TOTAL) - before
    blocks = json.loads(Client(network.nodes[0].api).get("/ready"))["height"] - blocks
    print(
        f"  {committed} transfers in {took:.2f} s: {committed / took:.0f}/s ({sent:.2f} s to hand in, {blocks} blocks)"
    )
    print(f"  CPU of the nodes: {sum(used) / committed * 1e6:.0f} us a transfer, all together")
    if waits:
        cuts = statistics.quantiles(waits, n=100)
        print(f"  latency p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, {connections} connections")
    if committed != len(wires) or total(network, REFUSED) != refused:
        raise RuntimeError("a transfer was refused or lost")


TOTAL = "chainbill_consensus_total_txs_total"
REFUSED = "chainbill_consensus_refused_txs_total"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validators", type=int, default=4)
    parser.add_argument("--transfers", type=int, default=4_000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--connections", type=int, default=0)
    parser.add_argument("--singles", action="store_true", help="also one transaction a request")
    parser.add_argument("--profile", type=Path, help="folder for a cProfile of the first node")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chainbill-bench-"))
    network = create_local_network(folder / "net", validators=given.validators)
    if given.profile:
        given.profile.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    processes = start(network, given.profile)
    try:
        wait_ready(network)
        print(f"{given.validators} validators ready after {time.perf_counter() - began:.1f} s, {os.cpu_count()} cores")
        singles = given.transfers // 4 if given.singles else 0
        began = time.perf_counter()
        tokens = make_tokens(network, given.transfers + singles)
        print(f"{len(tokens)} tokens made in {time.perf_counter() - began:.1f} s")
        wires = transfers(network, tokens)
        print(f"batches of {given.batch}:")
        measure(
            network,
            processes,
            wires[: given.transfers],
            batch=given.batch,
            connections=given.connections or given.validators,
            profile=given.profile is not None,
        )
        if singles:
            print("one transaction a request:")
            measure(
                network,
                processes,
                wires[given.transfers :],
                batch=1,
                connections=given.connections or 32,
                profile=given.profile is not None,
            )
        time.sleep(1.5)
        heads = {
            (one["height"], one["app_hash"])
            for one in (json.loads(Client(node.api).get("/ready")) for node in network.nodes)
        }
        print(f"all nodes at the same height and state: {len(heads) == 1}")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
