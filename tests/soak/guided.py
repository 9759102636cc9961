"""Inputs for the decoders that coverage leads (atheris, libFuzzer): those that reach new code are kept and changed.

`run` starts this file as a process, since libFuzzer ends its process itself. The first byte of an input names the
format. atheris is an optional dependency of the soak (requirements-soak.lock); without it the soak says so.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soak.tally import Tally

TESTS = Path(__file__).resolve().parents[1]
AT_ONCE_S = 12
MAX_INPUT_BYTES = 4_096
COUNT = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
PLANTED = "CHAINBILL_PLANTED"
NAME = "decoder inputs led by coverage"


def inputs(tally: Tally, base: int) -> Iterator[None]:
    """Some seconds at a time; what was found interesting is kept between the turns."""
    if importlib.util.find_spec("atheris") is None:
        tally.notes.append(f"{NAME}: left out, atheris is not installed (pip install -r requirements-soak.lock)")
        while True:
            yield
    with tempfile.TemporaryDirectory(prefix="chainbill-guided-") as folder:
        number = base % 2**31
        while True:
            one_turn(tally, Path(folder), number)
            number += 1
            yield


def one_turn(tally: Tally, folder: Path, seed: int, seconds: int = AT_ONCE_S, longer: float = 120) -> None:
    """One process; its count and what it found go into the tally. longer: seconds that it may take beyond its own."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    line = [
        sys.executable, __file__, str(corpus), f"-max_total_time={seconds}", f"-seed={seed or 1}",
        f"-max_len={MAX_INPUT_BYTES}", "-print_final_stats=1", "-timeout=30", f"-artifact_prefix={folder}/",
    ]  # fmt: skip
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=seconds + longer)
    except subprocess.TimeoutExpired as error:  # told, and the other parts of the soak go on
        tally.found(NAME, error, f"-seed={seed}")
        return
    counted = COUNT.search(done.stderr)
    tally.tried(NAME, int(counted[1]) if counted else 0)
    for path in [*folder.glob("crash-*"), *folder.glob("timeout-*"), *folder.glob("oom-*")]:
        repeat = f"python tests/soak/guided.py FILE, with FILE = bytes.fromhex({path.read_bytes().hex()!r})"
        told = (done.stdout + done.stderr).partition("Uncaught Python exception")[2].strip(" =\n:")
        tally.found(NAME, AssertionError((told or done.stderr.strip()[-600:])[:600]), repeat)
        path.unlink()
    if done.returncode and counted is None:
        tally.found(NAME, RuntimeError(f"exit {done.returncode}: {done.stderr[-400:]}"), f"-seed={seed}")


def planted(data: bytes) -> bytes:
    """A decoder with a fault deep inside."""
    if len(data) > 2 and data[0] == 0x62 and data[1] == 0x75 and data[2] == 0x67:
        raise RuntimeError("the planted fault")
    return data


def main() -> None:
    """The process: instrument what decodes, then let libFuzzer call `try_one` for ever."""
    import atheris  # type: ignore[import-not-found, unused-ignore]

    sys.path[:0] = [str(TESTS), str(TESTS / "node"), str(TESTS / "faults")]
    with atheris.instrument_imports(include=["chainbill", "chainbill_node", "chainbill_cli"]):
        import test_faults_fuzz as fuzz

    formats = list(fuzz.FORMATS)
    if os.environ.get(PLANTED):  # a test of the search itself: three steps that chance alone does not take together
        formats = [fuzz.Format("planted", atheris.instrument_func(planted), (b"...",))]

    def try_one(data: bytes) -> None:
        if data:
            fuzz.holds(formats[data[0] % len(formats)], data[1:])

    corpus = Path(sys.argv[1])
    if corpus.is_dir() and not any(corpus.iterdir()):
        for place, fmt in enumerate(formats):
            for number, sample in enumerate(fmt.samples):
                if len(sample) < MAX_INPUT_BYTES:
                    (corpus / f"sample-{place}-{number}").write_bytes(bytes([place]) + sample)
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
