"""`completion` and `version`."""

from __future__ import annotations

import click

from chainbill_cli.kit import Command, argument


@click.command("completion", cls=Command, help="root.completion")
@argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(ctx.find_root().command, {}, "chainbill", "_CHAINBILL_COMPLETE").source())
