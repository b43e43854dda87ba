"""Runs every documented example: the docstrings in ``src``, and README and ``docs`` in Markdown.

Each document runs in a temporary directory of its own, beside a copy of ``examples``. In Markdown,

- ``python`` and ``pycon`` blocks are executed, as doctests where they start with ``>>>``;
- in ``console`` blocks each ``$ command`` is run and must exit with 0, or with the number given on
  a line ``# exit code: N`` below it; other lines below it are the output to expect;
- ``toml``, ``csv`` and ``json`` blocks after ``<!-- file: NAME -->`` are written to that file.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract import DocTestStringParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer
from sybil.parsers.myst import CodeBlockParser, DocTestDirectiveParser, PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

EXAMPLES = Path(__file__).parent / "examples"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TIMEOUT = 300  # seconds a documented command may take

FILE = re.compile(r"<!-- file: (\S+) -->\s*\Z")
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
EXIT_CODE = re.compile(r"^# exit code: (\d+)\n", re.MULTILINE)
SHOWN = re.compile(r"(pip|git|make|cd|source|python3? -m (venv|pip))(\s|$)")  # and never run


def enter(namespace: dict[str, Any]) -> None:
    """Moves to a new temporary directory."""
    stack = contextlib.ExitStack()
    stack.enter_context(contextlib.chdir(stack.enter_context(tempfile.TemporaryDirectory())))
    shutil.copytree(EXAMPLES, "examples")
    namespace["__leave__"] = stack.close


def leave(namespace: dict[str, Any]) -> None:
    """Moves back, and removes the directory."""
    namespace.pop("__leave__")()


def pycon_blocks(document: Document) -> Iterator[Region]:
    """Doctests in ``pycon`` blocks."""
    parse = DocTestStringParser(DocTestEvaluator(FLAGS))
    for block in FencedCodeBlockLexer("pycon")(document):
        source = block.lexemes["source"]
        for region in parse(source, document.path):
            region.adjust(block, source)
            yield region


def file_blocks(document: Document) -> Iterator[Region]:
    """Blocks to write to the file that the comment before them names."""
    for block in FencedCodeBlockLexer("toml|csv|json")(document):
        if comment := FILE.search(document.text, 0, block.start):
            block.parsed = comment[1], block.lexemes["source"]
            block.evaluator = write_file
            yield block


def write_file(example: Example) -> None:
    """Writes one file of a document."""
    name, text = example.parsed
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run_console(example: Example) -> str | None:
    """The first thing that went wrong in a ``console`` block, if any."""
    commands = COMMAND.findall(example.parsed)
    if not commands:
        return "A console block has at least one line that starts with '$ '."
    problems = (run(command, below) for command, below in commands if not SHOWN.match(command))
    return next(filter(None, problems), None)


def run(command: str, below: str) -> str | None:
    """What is wrong with the exit code or the output of one command, if anything."""
    codes = EXIT_CODE.findall(below)
    expected = doctest.Example(command, EXIT_CODE.sub("", below))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S602 - the documentation is ours, and pipes are part of it
        command,
        shell=True,
        check=False,
        env=os.environ | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    if done.returncode != int(codes[0] if codes else 0):
        return f"$ {command}\nexited with {done.returncode}:\n{done.stdout}"
    checker = doctest.OutputChecker()
    if not expected.want.strip() or checker.check_output(expected.want, done.stdout, FLAGS):
        return None
    return f"$ {command}\n{checker.output_difference(expected, done.stdout, FLAGS)}"


docstrings = Sybil([DocTestParser(FLAGS)], path="src", pattern="*.py", setup=enter, teardown=leave)
markdown = Sybil(
    [
        CodeBlockParser("console", run_console),
        DocTestDirectiveParser(FLAGS),
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        file_blocks,
        pycon_blocks,
    ],
    patterns=["README.md", "docs/*.md", "docs/*/*.md"],
    excludes=["*/README.md"],
    setup=enter,
    teardown=leave,
)

pytest_collect_file = (docstrings + markdown).pytest()
