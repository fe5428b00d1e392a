"""What the commands share: the releases of the cache folder, options, and messages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from csp_dash.domain.settings import Settings
from csp_dash.warehouse import Releases

Command = TypeVar("Command", bound=Callable[..., object])
PATH = click.Path(path_type=Path)


def releases() -> Releases:
    """The releases in the cache folder."""
    return Releases(Settings.read(os.environ).cache)


def say(sentence: str) -> None:
    """To whoever watches, on standard error; standard output is kept for answers."""
    click.echo(sentence, err=True)


def counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files:,} files"


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Options that several commands have."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
