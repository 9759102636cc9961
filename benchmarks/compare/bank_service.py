"""A bank's own service: FastAPI checks the Ed25519 signature, PostgreSQL does the transfer; one commit a request.

Started by `compare.postgres` under uvicorn; DATABASE is asyncpg's address of the database.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import msgpack
from fastapi import FastAPI, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

POOL = 10


class Bank:
    """Connections and the parties' keys."""

    pool: Any
    keys: dict[str, VerifyKey]

    def checked(self, item: Sequence[bytes]) -> tuple[Any, ...]:
        """(nonce, party, token, recipient, amount, body, signature) of a signed request. Raises HTTPException."""
        body, signature = item
        party, token, recipient, amount, nonce = msgpack.unpackb(body)
        try:
            self.keys[party].verify(body, signature)
        except (BadSignatureError, KeyError) as error:
            raise HTTPException(403, "signature") from error
        return nonce, party, token, recipient, amount, body, signature


bank = Bank()


@contextlib.asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Connect and load the keys."""
    bank.pool = await asyncpg.create_pool(os.environ["DATABASE"], min_size=POOL, max_size=POOL)
    bank.keys = {row["id"]: VerifyKey(row["key"]) for row in await bank.pool.fetch("SELECT id, key FROM parties")}
    yield
    await bank.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/transfer", status_code=201)
async def transfer(request: Request) -> dict[str, str]:
    """One signed transfer."""
    fields = bank.checked(msgpack.unpackb(await request.body()))
    return {"token": await bank.pool.fetchval("SELECT transfer($1, $2, $3, $4, $5, $6, $7)", *fields)}


@app.post("/transfers", status_code=201)
async def transfers(request: Request) -> dict[str, list[str]]:
    """Many of them, all or none."""
    columns = list(zip(*map(bank.checked, msgpack.unpackb(await request.body())), strict=True))
    made = await bank.pool.fetchval("SELECT transfer_many($1, $2, $3, $4, $5, $6, $7)", *map(list, columns))
    return {"tokens": made}
