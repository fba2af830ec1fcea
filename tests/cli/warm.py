"""A process that has loaded the commands and forks one import for each line it reads; run as a module.

A start costs two seconds, a fork none. Each child says on standard output, which is left to it for that alone, when
it begins and enters a phase; the parent says how it ended.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from dso import cli, create_app
from dso.cli import commands, common
from dso.db import db
from dso.services import actions, imports
from dso.services.imports import ImportOptions


def say(*words: object) -> None:
    """One line, whole even when the process ends in the next instant."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Begin an import for each line of words, until there are no more."""
    commands.load()
    # Its engine is not connected yet: each child connects by itself.
    app = create_app()
    vars(common)["create_app"] = lambda: app
    say("ready")
    for line in sys.stdin:
        process = os.fork()
        if not process:
            work(json.loads(line))
        _process, status = os.waitpid(process, 0)
        say("ended", os.waitstatus_to_exitcode(status))


def work(words: list[str]) -> None:
    """In the child: the command, whose own words go into a file; never returns."""
    say("begun", os.getpid())
    out = Path("said").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - as long as the process
    sys.stdout = sys.stderr = out
    sys.argv = ["dso", *words]
    code = 70
    try:
        watched()
        cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        out.close()
        os._exit(code)


def watched() -> None:
    """Make the import tell its phases."""
    told = [""]

    def tell(phase: str, _rows: int = 0) -> None:
        if told[0] != phase:
            told[0] = phase
            say(phase)

    real_run, real_review = imports.run_import, actions.review

    def run(entity: Any, kind: Any, path: Path, options: ImportOptions, **more: Any) -> Any:
        begin = saying("writing", options.begin_writing)
        return real_run(entity, kind, path, replace(options, tell=tell, begin_writing=begin), **more)

    def saying(phase: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def work(*args: Any, **more: Any) -> Any:
            tell(phase)
            return do(*args, **more)

        return work

    imports.run_import = run
    actions.review = saying("reviewing", real_review)

    @event.listens_for(db.session, "before_commit")
    def committing(_session: object) -> None:
        if told[0] == "reviewing":
            tell("committing")


if __name__ == "__main__":
    main()
