"""Text scripts that drive the simulator: tests/transcripts/*.txt, each command followed by what came of it.

They are golden runs and the mutants' gallows; `python -m tests.sim --write` writes their output again. A change in it
is a change in behaviour, to be read like one. The commands: docs/consensus-scripts.md.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sim.checkers import ViolationError
from sim.script_commands import Run, carry_out
from sim.script_words import ScriptError, Words, lines
from sim.seeded import remembered_signatures

FOLDER = Path(__file__).resolve().parent.parent / "transcripts"


@dataclass(frozen=True)
class Played:
    """What came of a script. `text`: it with its output as it is now; `checker`: who fired, "" for none."""

    text: str
    checker: str


def play(text: str, *, as_it_stands: bool = True) -> Played:
    """Run the commands of a script, until a promise is broken. Raises ScriptError where it cannot be read; as it
    stands, also where it goes against what it expects, or where commands follow a broken promise."""
    written: list[str] = []
    checker = ""
    with ExitStack() as stack, remembered_signatures():
        run = Run(stack)
        for line in lines(text):
            written.append(line.text)
            if not line.is_command:
                continue
            if checker and not as_it_stands:
                break
            words = Words(line.text, run.names)
            quietly = words.takes("quietly")
            try:
                if checker:
                    raise ScriptError("goes_on_after_a_broken_promise", line.text)
                carry_out(run, words)
                output = run.output()
            except ViolationError as violation:
                checker = violation.checker
                output = [*run.output(), f"a promise is broken: {violation}"]
            except ScriptError as error:
                if as_it_stands or error.reason != "expectation":
                    raise error.at(line.number) from None
                output = run.output()
            written += [f"  {one}" for one in (output[-1:] if quietly else output)]
    return Played("\n".join(written) + "\n", checker)


def scripts() -> dict[str, str]:
    """Every script by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))}


def fired(name: str) -> str:
    """The checker that fires in a script under whatever is broken now, "" for none."""
    return play((FOLDER / f"{name}.txt").read_text(encoding="utf-8"), as_it_stands=False).checker


def write() -> None:
    """Write the output of all of them again."""
    for name, text in scripts().items():
        (FOLDER / f"{name}.txt").write_text(play(text).text, encoding="utf-8")
