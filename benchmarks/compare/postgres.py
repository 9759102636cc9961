"""PostgreSQL behind FastAPI that checks Ed25519: what a bank would build instead. fsync on, one server, trusted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import load
import msgpack
from chainbill_node.setup.ports import free_ports
from figures import latency_ms
from nacl.signing import SigningKey

from compare import NotHereError

HERE = Path(__file__).resolve().parent
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
WORKERS = os.cpu_count() or 1
MANY = 100
CONNECTIONS = {1: 64, MANY: 8}
READY_WITHIN_S = 30.0


def run(count: int) -> dict[str, Any]:
    """Transfers a second singly and by 100 a request, and latencies of the full load."""
    try:
        import asyncpg  # noqa: F401
    except ImportError as error:
        raise NotHereError("asyncpg is not installed: make .venv/.bench") from error
    with server() as (address, version):
        supplier = SigningKey.generate()
        singles, warm = count // 3, count // 10
        tokens = asyncio.run(_make(address, supplier, count + singles + warm))
        signed = [_signed(supplier, token) for token in tokens]
        with service(address) as api:
            load.flood([api], _requests(signed[count + singles :], MANY), CONNECTIONS[MANY])
            found: dict[str, Any] = {"system": f"{version}, FastAPI × {WORKERS}, PyNaCl"}
            for name, size, part in (("batched", MANY, signed[:count]), ("single", 1, signed[count:-warm])):
                outcome = load.flood([api], _requests(part, size), CONNECTIONS[size])
                found[name] = {"committed_per_s": round(len(part) / outcome.took_s, 1), **latency_ms(outcome.waits_s)}
        left = asyncio.run(_count(address))
        if left != 2 * len(signed):
            raise RuntimeError(f"{left} tokens were made of {len(signed)} transfers")
    return found


def _signed(key: SigningKey, token: str) -> bytes:
    body = msgpack.packb(["S1", token, "S2", 40_000, secrets.token_bytes(16)])
    packed: bytes = msgpack.packb([body, key.sign(body).signature])
    return packed


def _requests(signed: list[bytes], size: int) -> list[bytes]:
    if size == 1:
        return [load.post("/transfer", one) for one in signed]
    parts = (signed[at : at + size] for at in range(0, len(signed), size))
    return [load.post("/transfers", msgpack.packb([msgpack.unpackb(one) for one in part])) for part in parts]


async def _make(address: str, supplier: SigningKey, count: int) -> list[str]:
    """The schema, two parties, and tokens of the first, 50 a bill; their ids."""
    import asyncpg

    link = await asyncpg.connect(address)
    try:
        await link.execute((HERE / "schema.sql").read_text())
        keys = [("S1", bytes(supplier.verify_key)), ("S2", bytes(SigningKey.generate().verify_key))]
        await link.executemany("INSERT INTO parties (id, key) VALUES ($1, $2)", keys)
        bills = [(f"B{number:018d}", "ANCHOR", 5_000_000, "CNY") for number in range(-(-count // 50))]
        await link.copy_records_to_table("bills", records=bills)
        tokens = [
            (
                f"T{number:018d}",
                f"B{number // 50:018d}",
                number % 50 * 100_000,
                (number % 50 + 1) * 100_000,
                "S1",
                "",
                1,
                "",
                "live",
            )
            for number in range(count)
        ]
        await link.copy_records_to_table("tokens", records=tokens)
        await link.execute("ANALYZE")
    finally:
        await link.close()
    return [token[0] for token in tokens]


async def _count(address: str) -> int:
    import asyncpg

    link = await asyncpg.connect(address)
    try:
        return int(await link.fetchval("SELECT count(*) FROM tokens WHERE parent <> ''"))
    finally:
        await link.close()


@contextlib.contextmanager
def server() -> Iterator[tuple[str, str]]:
    """A PostgreSQL of its own: (address, version). Raises NotHereError."""
    if not PLACES:
        raise NotHereError("PostgreSQL is not installed: apt-get install postgresql")
    tools = PLACES[0]
    folder = Path(tempfile.mkdtemp(prefix="chainbill-postgres-"))
    try:
        as_user = _as_user(folder)
        data = folder / "data"
        subprocess.run(
            [*as_user, tools / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "on", "shared_buffers": "256MB"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [*as_user, tools / "postgres", "-D", data, *options], cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until = time.monotonic() + READY_WITHIN_S
            while subprocess.run([tools / "pg_isready", "-q", "-h", folder], check=False).returncode:
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError("PostgreSQL did not start")
                time.sleep(0.1)
            version = subprocess.run([tools / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
            yield f"postgresql://postgres@/postgres?host={folder}", f"PostgreSQL {version.split()[2]}"
        finally:
            subprocess.run(
                [*as_user, tools / "pg_ctl", "-D", data, "-m", "fast", "stop"],
                check=False,
                capture_output=True,
                cwd=folder,
            )
            process.wait(READY_WITHIN_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_user(folder: Path) -> list[str]:
    """PostgreSQL does not run as root: how to run it as its own user then."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError as error:
        raise NotHereError("there is no user postgres: apt-get install postgresql") from error
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


@contextlib.contextmanager
def service(address: str) -> Iterator[str]:
    """The bank's service over a database: its address."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", "bank_service:app", "--port", str(port), "--workers", str(WORKERS),
            "--log-level", "warning", "--no-access-log",
        ],
        cwd=HERE,
        env={**os.environ, "DATABASE": address},
    )  # fmt: skip
    api = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                load.read(api, "/openapi.json")
                break
            except OSError as error:
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError("the service did not start") from error
                time.sleep(0.1)
        yield api
    finally:
        process.terminate()
        process.wait(READY_WITHIN_S)
