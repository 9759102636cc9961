"""What holds for one run: where home is, which nodes, who acts, how to print.

A setting comes from (first wins) the command line, a `CHAINBILL_…` variable, `config.toml` of the home, the default.
Home, when not named, is `~/.chainbill` if it has profiles, else the local network started last, else `~/.chainbill`.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTPUTS = ("table", "wide", "json", "jsonl", "csv")
DEFAULT_TIMEOUT_S = 30
SWITCH = ("off", "on")
KEPT = ("node", "as", "output", "timeout", "currency", "compare")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings in force. `compare`: nothing is confirmed or quoted without the invoices' files.

    `sources` says for each name where its value came from.
    """

    home: Path
    nodes: tuple[str, ...]
    profile: str
    output: str
    quiet: bool
    verbose: int
    color: bool
    yes: bool
    timeout_s: float
    currency: str
    compare: bool
    sources: dict[str, str]

    @property
    def machine(self) -> bool:
        """Whether the answer is for a program (JSON), which is never asked anything."""
        return self.output in {"json", "jsonl"}


def user_directory() -> Path:
    """The directory of this user's chainbill files."""
    return Path.home() / ".chainbill"


def pointer_file() -> Path:
    """The file that names the home of the local network started last."""
    return user_directory() / "current-localnet"


def default_home() -> Path:
    """Home when none is named."""
    own = user_directory()
    if (own / "profiles.toml").is_file():
        return own
    try:
        pointed = Path(pointer_file().read_text(encoding="utf-8").strip())
    except OSError:
        return own
    return pointed if (pointed / "profiles.toml").is_file() else own


def read_config(home: Path) -> dict[str, Any]:
    """The kept settings of a home; empty when there are none. ValueError when the file is broken."""
    path = home / "config.toml"
    if not path.is_file():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write_config(home: Path, values: dict[str, Any]) -> None:
    """Keep settings in a home."""
    import tomli_w

    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(tomli_w.dumps(values), encoding="utf-8")


def gather(given: dict[str, Any]) -> Settings:
    """Put the settings together; `given` are those of the command line and the environment."""
    home = Path(given["home"]).expanduser().absolute() if given.get("home") else default_home()
    kept = read_config(home)
    sources: dict[str, str] = {"home": "given" if given.get("home") else "default"}

    def pick(name: str, default: Any) -> Any:
        for source, values in (("given", given), ("config", kept)):
            value = values.get(name)
            if value not in (None, (), ""):
                sources[name] = source
                return value
        sources[name] = "default"
        return default

    nodes = pick("node", ())
    if isinstance(nodes, str):
        nodes = tuple(nodes.split())
    return Settings(
        home=home,
        nodes=tuple(node.rstrip("/") for node in nodes),
        profile=str(pick("as", "")),
        output=str(pick("output", "table")),
        quiet=bool(given.get("quiet")),
        verbose=int(given.get("verbose") or 0),
        color=not given.get("no_color") and "NO_COLOR" not in os.environ,
        yes=bool(given.get("yes")),
        timeout_s=float(pick("timeout", DEFAULT_TIMEOUT_S)),
        currency=str(pick("currency", "CNY")),
        compare=str(pick("compare", SWITCH[0])) == SWITCH[1],
        sources=sources,
    )
