"""Write the golden vectors, or compare them with what the code gives now.

    python tests/vectors/generate.py            write every tests/vectors/NAME.json from make_NAME.py
    python tests/vectors/generate.py --check    exit 1 and name the files that differ; write nothing
    python tests/vectors/generate.py NAME…      only these

Each make_NAME.py has `make() -> dict`: JSON values only, byte strings as lowercase hex, the same on every run and
under every PYTHONHASHSEED. A file that has no maker, or a maker that has no file, counts as a difference.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def render(name: str) -> str:
    """The text of NAME.json as the code gives it now."""
    return json.dumps(importlib.import_module(f"make_{name}").make(), ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Run the command line; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    makers = {path.stem.removeprefix("make_") for path in HERE.glob("make_*.py")}
    orphans = {path.stem for path in HERE.glob("*.json")} - makers
    names = options.names or sorted(makers)
    if not options.check:
        for name in names:
            (HERE / f"{name}.json").write_text(render(name), encoding="utf-8")
        return 0
    differing = [name for name in names if not current(HERE / f"{name}.json", render(name))]
    differing += [] if options.names else sorted(orphans)
    for name in differing:
        print(f"{name}.json differs from make_{name}.py", file=sys.stderr)
    return 1 if differing else 0


def current(path: Path, text: str) -> bool:
    """Does the file hold exactly this text?"""
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
