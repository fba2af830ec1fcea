"""Keeps child processes of `dso serve` running, and ends them with it, however it ends."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from types import FrameType

from dso.domain.errors import Refused

log = logging.getLogger("dso.serve")

#: A child that dies this often within a minute has a reason that starting it again does not cure.
MOST_DEATHS = 5
#: Seconds a child may take to finish what it is doing before it is ended the hard way.
PATIENCE = 45.0
_PIPE = "DSO_SERVE_PIPE"


def listen(host: str, port: int) -> "closing[socket.socket]":
    """A listening socket, made before the children so that a port in use is said in words, and kept over restarts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        words = "Cannot listen on %(host)s:%(port)s: %(reason)s."
        raise Refused(words, host=host, port=port, reason=error.strerror or error) from error
    listener.listen(1024)
    return closing(listener)


def watch_parent() -> None:
    """Where `dso serve` started this process, end politely when it is gone, even by kill -9."""
    number = os.environ.pop(_PIPE, "")
    if number:
        threading.Thread(target=_wait_for_parent, args=(int(number),), daemon=True).start()


def _wait_for_parent(pipe: int) -> None:
    # Nothing is ever written: reading ends when the last holder of the other end, the parent, is gone.
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)


class Supervisor:
    """Starts each command, starts it again when it dies, stops all of them together."""

    def __init__(self, commands: Mapping[str, Sequence[str]], keep_open: Sequence[int] = ()) -> None:
        self._commands = commands
        self._keep_open = tuple(keep_open)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths: dict[str, list[float]] = {name: [] for name in commands}
        self._stopping = threading.Event()
        self._read_end, self._write_end = os.pipe()

    def run(self) -> int:
        """Run until told to stop (0) or until a child will not stay up (1)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        code = 0
        try:
            while not self._stopping.is_set() and not code:
                code = 0 if self._keep_all() else 1
                self._stopping.wait(0.2)
        finally:
            self._end_all()
            os.close(self._write_end)
            os.close(self._read_end)
        return code

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _keep_all(self) -> bool:
        """Start what does not run; False when one of them died too often."""
        for name in self._commands:
            child = self._children.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None and not self._may_start_again(name, child.returncode):
                return False
            self._start(name)
        return True

    def _start(self, name: str) -> None:
        environment = {**os.environ, _PIPE: str(self._read_end)}
        words = [sys.executable, "-m", "dso", *self._commands[name]]
        # A session of its own: Ctrl-C reaches only us, and we stop the children in order.
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own program, words of our own
            words, env=environment, pass_fds=(self._read_end, *self._keep_open), start_new_session=True
        )

    def _may_start_again(self, name: str, code: int) -> bool:
        now = time.monotonic()
        recent = [at for at in self._deaths[name] if now - at < 60]
        self._deaths[name] = [*recent, now]
        log.error("%s ended with %s; %s", name, code, "starting it again" if len(recent) < MOST_DEATHS else "giving up")
        return len(recent) < MOST_DEATHS and not self._stopping.wait(min(0.2 * 2 ** len(recent), 5))

    def _end_all(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for name, child in self._children.items():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop in time and is ended", name)
                child.kill()
                child.wait()
