"""Golden vectors: regenerated identically under two hash seeds, and read back by their own rules."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.merkle import verify_inclusion
from chainbill.crypto.signing import verify
from chainbill.errors import Malformed
from chainbill.state.keys import row_key, split_key
from chainbill.state.proof import StateProof, verify_proof
from chainbill.statement import statement_hash, verify_statement
from chainbill.text_rule import check_text
from chainbill.vm import compile_contract, link

VECTORS = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_vectors_are_current_under_every_hash_seed(seed: str) -> None:
    command = [sys.executable, str(VECTORS / "generate.py"), "--check"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def read(value: Any) -> Any:
    if isinstance(value, list):
        return [read(item) for item in value]
    if isinstance(value, dict):
        ((kind, content),) = value.items()
        if kind == "bytes":
            return bytes.fromhex(content)
        return int(content) if kind == "int" else {key: read(item) for key, item in content}
    return value


def test_codec_vectors() -> None:
    vectors = load("codec")
    for case in vectors["values"]:
        assert encode(read(case["value"])).hex() == case["bytes"]
        assert decode(bytes.fromhex(case["bytes"])) == read(case["value"])
    for case in vectors["refused"]:
        assert refusal(decode, bytes.fromhex(case["bytes"])) == case["reason"] != ""
    for case in vectors["unencodable"]:
        assert refusal(encode, read(case["value"])) == case["reason"] != ""
    for case in vectors["bounded"]:
        bounds = {name: bound for name, bound in case.items() if name.startswith("max_")}
        assert refusal(decode, bytes.fromhex(case["bytes"]), **bounds) == case["reason"]


def test_text_vectors() -> None:
    vectors = load("text")
    for case in vectors["valid"]:
        check_text(bytes.fromhex(case["utf8"]).decode())
    for case in vectors["refused"]:
        assert refusal(check_text, bytes.fromhex(case["utf8"]).decode()) == case["reason"] != ""


def refusal(work: Callable[..., object], *arguments: Any, **options: Any) -> str:
    try:
        work(*arguments, **options)
    except Malformed as error:
        return error.reason
    return ""


def test_crypto_vectors() -> None:
    for case in load("crypto_hashing")["hashes"]:
        assert tagged_hash(case["domain"], *map(bytes.fromhex, case["parts"])).hex() == case["hash"]
    for case in load("crypto_signing")["signatures"]:
        public, message, signature = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
        assert verify(public, case["domain"], message, signature)
    merkle = load("crypto_merkle")
    for tree in merkle["trees"]:
        for index, proof in enumerate(tree["proofs"]):
            item, parts = bytes.fromhex(merkle["items"][index]), [bytes.fromhex(part) for part in proof]
            assert verify_inclusion(bytes.fromhex(tree["root"]), item, index, tree["size"], parts)


def test_state_vectors() -> None:
    vectors = load("state_keys")
    for case in vectors["refused"]:
        assert refusal(row_key, case["contract"], case["table"], case["parts"]) == case["reason"] != ""
    for case in vectors["refused_bytes"]:
        assert refusal(split_key, bytes.fromhex(case["key"])) == case["reason"] != ""
    keys = vectors["keys"]
    for case in keys:
        assert row_key(case["contract"], case["table"], case["parts"]).hex() == case["key"]
        assert split_key(bytes.fromhex(case["key"])) == (case["contract"], case["table"], case["parts"])
    assert [case["key"] for case in keys] == sorted(case["key"] for case in keys)


def test_state_tree_vectors() -> None:
    def shows(root: str, case: dict[str, Any]) -> bool:
        value = [bytes.fromhex(case["bucket"]), [bytes.fromhex(sibling) for sibling in case["siblings"]]]
        held = bytes.fromhex(case["row_hash"]) if case["row_hash"] else None
        return verify_proof(bytes.fromhex(root), bytes.fromhex(case["key"]), held, StateProof.from_value(value))

    vectors = load("state_tree")
    for state in (*vectors["states"], *vectors["split"]):
        assert all(shows(state["root"], case) for case in state["proofs"])
    assert {len(case["siblings"]) for state in vectors["split"] for case in state["proofs"]} == {18, 19, 21, 22}
    for case in vectors["refused"]:
        if case["reason"] is None:
            assert not shows(case["root"], case), case["why"]
        else:
            with pytest.raises(Malformed, match=case["reason"]):
                shows(case["root"], case)


def test_program_vectors() -> None:
    """The hash of a source, the row of a program and a set that is refused, from the vectors' own bytes."""
    vectors = load("program")
    for case in vectors["programs"]:
        for name, hashed in case["row"]:
            assert tagged_hash("contract-digest", bytes.fromhex(case["hashed"][name])).hex() == hashed
        assert decode(bytes.fromhex(case["encoded"])) == case["row"]
    running = link({name: compile_contract(name, text) for name, text in vectors["running"].items()})
    for case in vectors["sets"]:
        assert running.examine(case["contracts"], case["removed"]) == case["problem"], case["case"]


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_the_document_of_the_vectors_names_every_member(path: Path) -> None:
    """tests/vectors/README.md: a section for each file, and in it each member at the top of the file."""
    sections = re.split(r"^## ", (VECTORS / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    [section] = [one for one in sections if one.startswith(f"{path.name}\n")]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert named == list(json.loads(path.read_text(encoding="utf-8")))


def test_check_names_what_differs(tmp_path: Path) -> None:
    for name in ("generate.py", "make_crypto_hashing.py", "crypto_hashing.json"):
        (tmp_path / name).write_bytes((VECTORS / name).read_bytes())
    (tmp_path / "orphan.json").write_text("{}")
    changed = (tmp_path / "crypto_hashing.json").read_text().replace("row", "raw", 1)
    (tmp_path / "crypto_hashing.json").write_text(changed)
    command = [sys.executable, str(tmp_path / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "crypto_hashing.json" in done.stderr
    assert "orphan.json" in done.stderr


def test_statement_vectors() -> None:
    vectors = load("statement")
    key = bytes.fromhex(vectors["key"]["public"])
    for case in vectors["accepted"]:
        subject = (bytes.fromhex(case["network"]), case["contract"], case["purpose"], case["statement"])
        assert encode([1, *subject]).hex() == case["bytes"]
        assert tagged_hash("statement", bytes.fromhex(case["bytes"])).hex() == case["hash"]
        signature = bytes.fromhex(case["signature"])
        assert verify_statement(*subject, algorithm="ed25519", key=key, signature=signature)
    for case in vectors["not_verified"]:
        subject = (bytes.fromhex(case["network"]), case["contract"], case["purpose"], case["statement"])
        signature = bytes.fromhex(case["signature"])
        assert not verify_statement(*subject, algorithm=case["alg"], key=key, signature=signature)
    application, added = vectors["examples"]
    subject = (bytes.fromhex(application["network"]), "party", "application", application["application"]["statement"])
    assert statement_hash(*subject).hex() == application["hash"]
    for listed, one in zip(subject[3]["keys"], application["application"]["signatures"], strict=True):
        key, signature = bytes.fromhex(one["key"]), bytes.fromhex(one["signature"])
        assert listed["key"] == one["key"]
        assert verify_statement(*subject, algorithm=listed["alg"], key=key, signature=signature)
    subject = (bytes.fromhex(added["network"]), "party", "key", added["statement"])
    assert statement_hash(*subject).hex() == added["hash"]
    key, proof = bytes.fromhex(added["arguments"]["key"]["key"]), bytes.fromhex(added["arguments"]["proof"])
    assert verify_statement(*subject, algorithm="ed25519", key=key, signature=proof)
    for case in vectors["refused"]:
        with pytest.raises(Malformed, match=case["reason"]):
            statement_hash(bytes(32), case["contract"], case["purpose"], {})
