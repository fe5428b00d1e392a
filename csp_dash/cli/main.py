"""Command line: `python -m csp_dash COMMAND`; `--help` lists the commands, `COMMAND --help` what one takes."""

from __future__ import annotations

import os
import sys

import click

from csp_dash.catalogue import CatalogueError
from csp_dash.cli import answers, data, releases
from csp_dash.cli.listening import PortBusy
from csp_dash.cli.serve import serve
from csp_dash.ingest.errors import BadInput
from csp_dash.panels.answer import NoAnswer
from csp_dash.warehouse import SnapshotError

COMMANDS: tuple[click.Command, ...] = (
    serve,
    data.refresh,
    data.fetch,
    data.ingest,
    data.recognise,
    data.template,
    data.build,
    releases.releases,
    releases.rollback,
    releases.prune,
    releases.report,
    releases.rejected,
    releases.inputs,
    answers.value,
    answers.compare,
    answers.open_data_command,
    answers.status,
    answers.power,
)


class _InOrder(click.Group):
    """Lists its commands as they are declared."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


command = _InOrder(
    "python -m csp_dash", {str(one.name): one for one in COMMANDS}, help="The community-safety dashboard."
)


def overview() -> str:
    """A line of Markdown for each command: its name and what it does."""
    return "\n".join(f"- `{one.name}`: {one.get_short_help_str(limit=200)}" for one in COMMANDS)


def manual() -> str:
    """Markdown with the help of every command."""
    parts = []
    for one in COMMANDS:
        context = click.Context(one, info_name=f"python -m csp_dash {one.name}", max_content_width=100)
        parts.append(f"## {one.name}\n\n```text\n{one.get_help(context)}\n```\n")
    return "\n".join(parts).rstrip()


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return the exit status: 0 when it answered, 2 with a sentence on standard error when it could not, 3 when
    files were set aside and the rest was taken in, 130 when it was stopped."""
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        with command.make_context("python -m csp_dash", words) as context:
            status = command.invoke(context)
    except click.exceptions.Exit as done:  # after --help
        return done.exit_code
    except click.ClickException as fault:
        fault.show()
        return 2
    except (NoAnswer, BadInput, SnapshotError, CatalogueError, PortBusy, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The live release is as it was.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read the answer has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(status or 0)
