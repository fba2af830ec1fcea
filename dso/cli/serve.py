"""The processes: `dso web`, `dso scheduler`, and `dso serve`, which keeps one of each running."""

import logging
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from dso import create_app, paths, schema
from dso.cli import cli
from dso.cli.common import opened
from dso.cli.supervisor import Supervisor, listen, watch_parent
from dso.domain.errors import Refused

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 = any free."
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes (default: one a core, at most 4)."
)
threads_option = click.option(
    "--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="In each process."
)


class WebServer(BaseApplication):
    """Gunicorn with our settings and without its own command line."""

    def __init__(self, app: Callable[[], Flask], settings: dict[str, Any]) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take our settings; the rest stays as gunicorn has it."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in each worker."""
        return self._app()


def web_settings(bind: str, workers: int | None, threads: int) -> dict[str, Any]:
    """Threads serve who waits for something outside; paths of requests hold link secrets, so there is no access log."""
    return {
        "bind": bind,
        "workers": workers or min(os.cpu_count() or 1, 4),
        "threads": threads,
        "worker_class": "gthread" if threads > 1 else "sync",
        "timeout": 300,
        "graceful_timeout": 20,
        "proc_name": "dso web",
        "accesslog": None,
        "control_socket_disable": True,
    }


def ready_app() -> Flask:
    """The application over a database that is up to date; Refused in words otherwise."""
    app = create_app()
    if words := paths.missing_assets():
        raise Refused(words)
    with opened(app):
        schema.ensure_current()
    return app


@cli.command()
@host_option
@port_option
@workers_option
@threads_option
@click.option("--listening", type=int, hidden=True, help="Number of an open socket to serve instead.")
def web(host: str, port: int, workers: int | None, threads: int, listening: int | None) -> None:
    """Serve the pages; any number of these may run over one PostgreSQL database."""
    _log_to_standard_error(logging.WARNING)
    ready_app()
    watch_parent()
    bind = f"fd://{listening}" if listening is not None else f"{host}:{port}"
    WebServer(create_app, web_settings(bind, workers, threads)).run()


@cli.command()
def scheduler() -> None:
    """Run what runs by the clock; of several, one leads and the others stand by."""
    from dso.scheduler import Scheduler

    _log_to_standard_error()
    clockwork = Scheduler(ready_app())
    watch_parent()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        clockwork.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clockwork.run()


@cli.command()
@host_option
@port_option
@workers_option
@threads_option
def serve(host: str, port: int, workers: int | None, threads: int) -> None:
    """Web server and scheduler in one command; a process that dies is started again."""
    _log_to_standard_error()
    ready_app()
    with listen(host, port) as socket:
        number = socket.fileno()
        words = ["web", "--listening", str(number), "--threads", str(threads)]
        words += ["--workers", str(workers)] if workers else []
        keeper = Supervisor({"web": words, "scheduler": ["scheduler"]}, keep_open=(number,))
        shown, port = socket.getsockname()[:2]
        click.echo(f"dso serves http://{shown}:{port} (Ctrl-C stops it)", err=True)
        code = keeper.run()
    if code:
        raise Refused("A process of the server would not stay up; see what it said above.")


def _log_to_standard_error(level: int = logging.INFO) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It says at each tick that a slow job is still at work; that is what jobs may be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
