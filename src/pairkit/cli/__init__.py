"""The command line: thin commands over the public functions."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say how to install what it needs."""
    try:
        from pairkit.cli.commands import run
    except ImportError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.stderr.write("The command line needs an extra: pip install 'pairkit[cli,io]'\n")
        sys.exit(2)
    sys.exit(run())
