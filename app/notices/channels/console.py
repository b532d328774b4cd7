"""The console: for the demo and for a machine without gateways, where the reader is its only user."""

from __future__ import annotations

from dataclasses import dataclass

import click


@dataclass(frozen=True)
class Console:
    """Writes messages to standard output."""

    name: str

    def send(self, to: str, message: str, reference: str) -> None:  # noqa: ARG002
        """Write one message."""
        click.echo(f"[{self.name}] {to}: {message}")
