"""Writes the one migration there is before the first release, from the tables as they are now."""

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate, check, downgrade, migrate, upgrade

import dso.models  # noqa: F401 - the tables must be known
from dso import paths
from dso.db import db

VERSIONS = paths.MIGRATIONS / "versions"
NAME = "0001_initial.py"


def bare_app(url: str) -> Flask:
    """Database and migrations without doors, so that a page that does not load cannot stop a migration."""
    app = Flask("dso_migrations")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    Migrate(app, db, directory=str(paths.MIGRATIONS))
    return app


def write(folder: Path) -> None:
    """Replace the migration; the old one stays where the new one cannot be written."""
    others = sorted(path.name for path in VERSIONS.glob("*.py") if not path.name.startswith("0001_"))
    if others:
        sys.exit(f"There are later migrations ({', '.join(others)}): the first one is not rewritten any more.")
    VERSIONS.mkdir(exist_ok=True)
    kept = {path: path.read_text() for path in VERSIONS.glob("0001_*.py")}
    for path in kept:
        path.unlink()
    try:
        with bare_app(f"sqlite:///{folder / 'empty.sqlite'}").app_context():
            migrate(message="initial", rev_id="0001")
        _tidy(VERSIONS / NAME)
    except BaseException:
        for path, text in kept.items():
            path.write_text(text)
        raise


def _tidy(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines(keepends=True) if "# ###" not in line]
    path.write_text("".join(lines).replace('"""initial."""', '"""The first tables."""'))
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "check", "--quiet", "--fix", path], check=True)
    subprocess.run([ruff, "format", "--quiet", path], check=True)


def try_on(url: str) -> None:
    """Up, no difference from the tables, down, up again."""
    with bare_app(url).app_context():
        upgrade()
        check()
        downgrade(revision="base")
        upgrade()
        downgrade(revision="base")


def try_on_server(server: str) -> None:
    """The same in a database of its own on a PostgreSQL server."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg", database="postgres")
    name = f"dso_initial_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            try_on(url.set(database=name).render_as_string(hide_password=False))
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    """Write it and try it."""
    with tempfile.TemporaryDirectory() as name, (paths.MIGRATIONS / "env.py").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        write(Path(name))
        try_on(f"sqlite:///{Path(name) / 'trial.sqlite'}")
    if server := os.environ.get("DSO_TEST_DATABASE_URL"):
        try_on_server(server)
    print(f"migrations/versions/{NAME} is what the tables say.")


if __name__ == "__main__":
    main()
