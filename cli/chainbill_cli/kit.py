"""click, as this program uses it: groups that load late, texts by key, global options before or after a command.

Help strings are text keys ("bill.issue"), looked up when they are shown. Every command and group takes the global
options too; the one typed last on the line wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

import click

from chainbill_cli.help_text import HelpContext
from chainbill_cli.settings import OUTPUTS
from chainbill_cli.texts import has_text, in_language, text

Function = TypeVar("Function", bound=Callable[..., Any])


def say(key: str | None) -> str:
    """The text of a key; other strings as they are."""
    if not key:
        return ""
    return text(key) if has_text(key) else key


class Option(click.Option):
    """An option whose help is a text key.

    One that may be left out (default None) is not left out by an empty value: `--debtor "$WHO"`, where WHO is not
    set, would list everybody's.
    """

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """The value as its type has it; BadParameter for an empty one."""
        if value == "" and self.default is None and self.expose_value:
            raise click.BadParameter(text("error.wants_value"), ctx, self)
        return super().type_cast_value(ctx, value)

    def make_metavar(self, ctx: click.Context) -> str:
        """What is to be typed, named in the language in use."""
        return in_language(super().make_metavar(ctx).removesuffix(" RANGE"))

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names and help, looked up now."""
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        said = record[1].replace(self.help, say(self.help), 1)
        for english, key in (("[default: ", "root.default"), ("required]", "root.required")):
            said = said.replace(english, text(key), 1)
        return record[0], said


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    if value not in (None, (), False, 0):
        name = "as" if parameter.name == "as_" else str(parameter.name)
        ctx.find_root().meta[f"chainbill.{name}"] = value
    return value


def given_settings(ctx: click.Context) -> dict[str, Any]:
    """The global options typed anywhere on the line."""
    prefix = "chainbill."
    return {name.removeprefix(prefix): value for name, value in ctx.find_root().meta.items() if name.startswith(prefix)}


def _global(*names: str, env: str = "", **attributes: Any) -> Callable[[bool], Option]:
    def make(at_root: bool) -> Option:
        return Option(
            [*names],
            expose_value=False,
            callback=_remember,
            hidden=not at_root,
            envvar=f"CHAINBILL_{env}" if at_root and env else None,
            **attributes,
        )

    return make


GLOBALS: tuple[Callable[[bool], Option], ...] = (
    _global("--home", env="HOME", metavar="DIR", help="option.home"),
    _global("--node", env="NODE", metavar="URL", multiple=True, help="option.node"),
    _global("--as", "as_", env="AS", metavar="PROFILE", help="option.as"),
    _global("-o", "--output", env="OUTPUT", type=click.Choice(OUTPUTS), help="option.output"),
    _global("--lang", env="LANG", type=click.Choice(["en", "zh"]), help="option.lang"),
    _global("-q", "--quiet", env="QUIET", is_flag=True, default=None, help="option.quiet"),
    _global("-v", "--verbose", env="VERBOSE", count=True, help="option.verbose"),
    _global("--no-color", env="NO_COLOR", is_flag=True, default=None, help="option.no_color"),
    _global("--yes", env="YES", is_flag=True, default=None, help="option.yes"),
    _global(
        "--timeout", env="TIMEOUT", type=click.FloatRange(min=0, min_open=True), metavar="S", help="option.timeout"
    ),
)


class AllMissing(click.MissingParameter):
    """Everything that is required and is not there, so that it is said at once; click tells the first of it."""

    def __init__(self, missing: Sequence[click.Parameter | None], ctx: click.Context) -> None:
        super().__init__(ctx=ctx, param=missing[0])
        self.missing = missing


class _Translated(click.Command):
    """Shared behaviour of commands and groups: help by key, global options, headings in the language in use."""

    at_root = False
    context_class = HelpContext
    _extra: list[Option] | None = None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the line; AllMissing where something that is required is not there."""
        typed = list(args)  # click takes its own apart
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as first:
            given, _, _ = self.make_parser(ctx).parse_args(args=typed)
            wanted = [one for one in self.get_params(ctx) if one.required]
            missing = [one for one in wanted if one.value_is_missing(one.consume_value(ctx, given)[0])]
            raise AllMissing(missing or [first.param], ctx) from first

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Own parameters, the global options, --help."""
        if self._extra is None:
            taken = {name for parameter in self.params for name in parameter.opts}
            made = [make(self.at_root) for make in GLOBALS]
            self._extra = [option for option in made if not taken & set(option.opts)]
        *own, help_option = super().get_params(ctx)
        return [*own, *self._extra, help_option]

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  click's own signature
        """One line for the group's list."""
        return say(self.help)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """--help, described in the language in use."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = text("root.help_option")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The usage line."""
        pieces = in_language(" ".join(self.collect_usage_pieces(ctx)))
        formatter.write_usage(ctx.command_path, pieces, text("root.usage") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """What the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(say(self.help))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, without the hidden ones, then the commands of a group."""
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        records = [record for record in (option.get_help_record(ctx) for option in options) if record]
        if records:
            with formatter.section(text("root.options")):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """A hint at the global options."""
        if not self.at_root:
            formatter.write_paragraph()
            formatter.write_text(text("root.globals_hint"))


class Command(_Translated):
    """A command of a noun."""


class Noun(_Translated, click.Group):
    """A noun with its verbs."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with one line each."""
        records = []
        for name in self.list_commands(ctx):
            short = self.short_help_of(ctx, name)
            if short is not None:
                records.append((name, short))
        if records:
            with formatter.section(text("root.commands")):
                formatter.write_dl(records)

    def short_help_of(self, ctx: click.Context, name: str) -> str | None:
        """One line about a command of this group, None when it is hidden."""
        command = self.get_command(ctx, name)
        return None if command is None or command.hidden else command.get_short_help_str()


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Print the program's version and end."""
    del parameter
    if value and not ctx.resilient_parsing:
        import chainbill

        click.echo(f"chainbill {chainbill.__version__}")
        ctx.exit()


class Program(Noun):
    """The program: nouns are modules of `chainbill_cli.commands`, loaded when they are used."""

    at_root = True

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.modules = modules
        self.params.append(
            Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help="root.version_flag",
            )
        )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The nouns, in the order of the help."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a noun."""
        if cmd_name not in self.modules:
            return None
        module = import_module(f"chainbill_cli.commands.{self.modules[cmd_name]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def short_help_of(self, ctx: click.Context, name: str) -> str | None:  # noqa: ARG002
        """One line about a noun, without loading it."""
        return text(f"root.{name}")


def noun(name: str) -> Noun:
    """A group for one noun; its help is the text `root.NAME`."""
    return Noun(name, help=f"root.{name}", context_settings={"help_option_names": ["-h", "--help"]})


def option(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    """An option with help by key."""
    return click.option(*names, cls=Option, **attributes)


def argument(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    """A positional argument."""
    return click.argument(*names, **attributes)


def stack(decorators: Iterable[Callable[[Function], Function]]) -> Callable[[Function], Function]:
    """Several options as one decorator, in the order given."""
    chosen = list(decorators)

    def apply(function: Function) -> Function:
        for decorate in reversed(chosen):
            function = decorate(function)
        return function

    return apply
