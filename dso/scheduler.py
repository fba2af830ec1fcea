"""The clock process: leads or stands by, and hands what is due to the jobs.

Jobs live in memory, written in code at each start; what was done is in the table of runs. So a restart, a rename or
a second scheduler can neither lose a run nor do it twice.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from dso import clock
from dso.db import db
from dso.jobs.running import run_daily, run_repeated
from dso.jobs.table import DAILY, LOOK_SECONDS, REPEATED, Daily, Repeated
from dso.leadership import Leadership, leadership_for
from dso.services import jobs

log = logging.getLogger("dso.scheduler")

#: Seconds between two looks at the lock, and between two signs of life.
POLL = 1.0
BEAT = 10


class Scheduler:
    """Runs until told to stop; leads while it holds the lock, else waits for it."""

    def __init__(
        self,
        app: Flask,
        *,
        leadership: Leadership | None = None,
        daily: Sequence[Daily] = DAILY,
        repeated: Sequence[Repeated] = REPEATED,
        look_seconds: int = LOOK_SECONDS,
    ) -> None:
        self.app = app
        self.leadership = leadership or leadership_for(app.config["SQLALCHEMY_DATABASE_URI"])
        self.daily = daily
        self.repeated = repeated
        self.look_seconds = look_seconds
        self.worker = f"{socket.gethostname()}:{os.getpid()}"[:100]
        self._stopping = threading.Event()
        self._leading = False

    def stop(self) -> None:
        """Finish what is being done, then end; may be called by a signal."""
        self._stopping.set()

    def run(self) -> None:
        """Lead or stand by until stopped."""
        waiting = False
        while not self._stopping.is_set():
            if self.leadership.acquire():
                waiting = False
                self._lead()
            elif not waiting:
                log.info("%s stands by: another scheduler leads", self.worker)
                waiting = True
            self._stopping.wait(POLL)

    def _lead(self) -> None:
        log.info("%s leads", self.worker)
        if not self._do(jobs.give_up_interrupted):
            self.leadership.release()
            return
        self._leading = True
        timetable = self._timetable()
        timetable.start()
        try:
            self._keep_leading()
        finally:
            self._leading = False
            # What is being done is finished first; the claims keep a new leader from doing it as well.
            timetable.shutdown(wait=True)
            self.leadership.release()
            log.info("%s leads no more", self.worker)

    def _keep_leading(self) -> None:
        polls_per_beat = int(BEAT / POLL)
        polls = 0
        while not self._stopping.is_set() and self.leadership.held():
            if polls % polls_per_beat == 0:
                self._do(lambda: jobs.beat(self.worker, now=clock.now()))
            polls += 1
            self._stopping.wait(POLL)

    def _timetable(self) -> BackgroundScheduler:
        timetable = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self.daily) + len(self.repeated))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for daily in self.daily:
            turn = partial(self._turn, partial(run_daily, daily))
            timetable.add_job(turn, "interval", seconds=self.look_seconds, id=daily.name)
        for repeated in self.repeated:
            turn = partial(self._turn, partial(run_repeated, repeated, self.worker, self._goes_on))
            timetable.add_job(turn, "interval", seconds=repeated.seconds, id=repeated.name)
        return timetable

    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and self._leading

    def _turn(self, work: Callable[[], object]) -> None:
        """One turn of one job, in an application context of its own; not begun any more once stopping."""
        if not self._goes_on():
            return
        with self.app.app_context():
            work()

    def _do(self, work: Callable[[], object]) -> bool:
        """A short write of the scheduler itself; a database that is away must not end the process."""
        with self.app.app_context():
            try:
                work()
                db.session.commit()
            except SQLAlchemyError:
                db.session.rollback()
                log.exception("the scheduler could not write its record")
                return False
        return True
