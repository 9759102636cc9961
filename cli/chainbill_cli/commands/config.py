"""`config`: settings kept in a home."""

from __future__ import annotations

from chainbill_cli.asked import checked_address
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, noun
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import Session, current_session
from chainbill_cli.settings import KEPT, OUTPUTS, SWITCH, read_config, write_config
from chainbill_cli.texts import enumerated, text

ROWS = ranked("setting value source", Column("setting"), Column("value", "prose"), Column("source", "origin"))

config = noun("config")


@config.command("show", help="root.config_show")
def show() -> None:
    """Show the settings in force."""
    session = current_session()
    settings = session.settings
    values = {
        "home": str(settings.home), "node": " ".join(settings.nodes), "as": settings.profile,
        "output": settings.output, "timeout": f"{settings.timeout_s:g}", "currency": settings.currency,
        "compare": SWITCH[settings.compare],
    }  # fmt: skip
    rows = [{"setting": name, "value": value, "source": settings.sources[name]} for name, value in values.items()]
    session.out.rows(rows, ROWS)


@config.command("set", help="root.config_set")
@argument("name")
@argument("value")
def set_(name: str, value: str) -> None:
    """Keep a setting."""
    session = current_session()
    if name not in KEPT:
        raise usage("error.setting", name=name, known=enumerated(KEPT))
    _check(name, value)
    write_config(session.settings.home, {**read_config(session.settings.home), name: value})
    _answer(session, name, value)


@config.command("unset", help="root.config_unset")
@argument("name")
def unset(name: str) -> None:
    """Forget a kept setting."""
    session = current_session()
    values = read_config(session.settings.home)
    if name not in values:
        raise usage("error.no_setting_kept", name=name)
    del values[name]
    write_config(session.settings.home, values)
    _answer(session, name, None)
    session.out.note(text("root.setting_gone", name=name))


def _answer(session: Session, name: str, value: str | None) -> None:
    session.out.thing({"setting": name, "value": value}, ROWS[:2])


def _check(name: str, value: str) -> None:
    choices = {"output": OUTPUTS, "compare": SWITCH}.get(name, ())
    if choices and value not in choices:
        raise usage("error.not_one_of", value=value, choices=enumerated(choices))
    if name == "currency":
        currency_code(value)
    if name == "node":
        checked_address(value)
    if name == "timeout" and not _is_seconds(value):
        raise usage("error.setting_seconds", name=name, value=value)


def _is_seconds(value: str) -> bool:
    return value.isascii() and value.replace(".", "", 1).isdigit() and float(value) > 0
