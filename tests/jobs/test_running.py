"""What is due by the clock is worked once, made up once, begun again after an error, and never in a burst."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso import clock
from dso.domain.errors import Refused
from dso.jobs.running import run_daily, run_repeated
from dso.jobs.table import DAILY, Daily, Repeated
from dso.models import Entity, JobRun
from dso.queries import jobs as job_queries
from dso.services import jobs
from tests import factories


class Worker:
    """A job that notes which days it worked for whom, and fails when told to."""

    def __init__(self) -> None:
        self.worked: list[tuple[int, date]] = []
        self.error: Exception | None = None

    def __call__(self, entity: Entity, now: datetime) -> Mapping[str, Any]:
        if self.error:
            raise self.error
        self.worked.append((entity.id, clock.today(entity.timezone)))
        return {"accounts": 1}


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def job(worker: Worker) -> Daily:
    return Daily("day_run", worker)


@pytest.fixture
def company(session: Session) -> Entity:
    return factories.an_entity(created_at=datetime(2026, 1, 1, tzinfo=UTC), timezone="Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def work_at(job: Daily, text: str) -> int:
    with clock.at(at(text)):
        return run_daily(job)


def runs(session: Session) -> list[JobRun]:
    return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def test_a_day_is_worked_when_it_opens_and_not_before(
    company: Entity, job: Daily, worker: Worker, session: Session
) -> None:
    work_at(job, "2026-11-19T07:30")
    assert work_at(job, "2026-11-20T07:29:59") == 0
    assert work_at(job, "2026-11-20T07:30") == 1
    assert worker.worked == [(company.id, date(2026, 11, 19)), (company.id, date(2026, 11, 20))]
    assert [(run.status, run.counts, run.due_at) for run in runs(session)] == [
        ("done", {"accounts": 1}, at("2026-11-19T07:30")),
        ("done", {"accounts": 1}, at("2026-11-20T07:30")),
    ]


def test_a_day_is_worked_once_however_often_one_looks(company: Entity, job: Daily, worker: Worker) -> None:
    for minute in range(30, 60):
        work_at(job, f"2026-11-20T07:{minute}")
    work_at(job, "2026-11-20T22:59")
    work_at(job, "2026-11-20T23:01")
    assert worker.worked == [(company.id, date(2026, 11, 20))]


def test_days_missed_are_made_up_by_one_run_of_the_day_it_is_now(company: Entity, job: Daily, worker: Worker) -> None:
    work_at(job, "2026-11-16T08:00")
    assert work_at(job, "2026-11-20T10:00") == 1
    assert work_at(job, "2026-11-20T10:01") == 0
    assert [day for _, day in worker.worked] == [date(2026, 11, 16), date(2026, 11, 20)]


def test_a_day_missed_is_made_up_before_the_next_one_opens(company: Entity, job: Daily, worker: Worker) -> None:
    work_at(job, "2026-11-18T08:00")
    assert work_at(job, "2026-11-20T05:00") == 1
    assert work_at(job, "2026-11-20T08:00") == 1
    assert [day for _, day in worker.worked] == [date(2026, 11, 18), date(2026, 11, 20), date(2026, 11, 20)]


def test_a_new_company_does_not_make_up_days_before_it_was_there(session: Session, job: Daily, worker: Worker) -> None:
    factories.an_entity(created_at=at("2026-11-20T10:00"))
    assert work_at(job, "2026-11-20T10:01") == 0
    assert work_at(job, "2026-11-21T07:30") == 1


def test_every_company_opens_by_its_own_clock(session: Session, job: Daily, worker: Worker) -> None:
    long_ago = at("2026-01-01T00:00")
    paris = factories.an_entity(created_at=long_ago, timezone="Europe/Paris")
    tokyo = factories.an_entity(created_at=long_ago, timezone="Asia/Tokyo")
    work_at(job, "2026-11-19T12:00")
    worker.worked.clear()
    work_at(job, "2026-11-19T23:30")
    assert worker.worked == [(tokyo.id, date(2026, 11, 20))]
    work_at(job, "2026-11-20T07:30")
    assert worker.worked == [(tokyo.id, date(2026, 11, 20)), (paris.id, date(2026, 11, 20))]


@pytest.mark.parametrize(
    ("first", "days"),
    [
        ("2028-02-27", 4),  # a leap day
        ("2026-03-27", 4),  # the clock goes forward
        ("2026-10-23", 4),  # the clock goes back
        ("2026-12-23", 5),  # public holidays: the day is worked, sending has its own rules
    ],
)
def test_every_day_is_worked_exactly_once(company: Entity, job: Daily, worker: Worker, first: str, days: int) -> None:
    start = at(f"{first}T00:00")
    for quarter in range(days * 96):
        with clock.at(start + timedelta(minutes=15 * quarter)):
            run_daily(job)
    made_up, *worked = [day for _, day in worker.worked]
    assert worked == [start.date() + timedelta(days=n) for n in range(days)]
    assert made_up == start.date(), "the night before the first opening makes up the day before"


def test_a_run_that_fails_says_why_and_is_begun_again_later(
    company: Entity, job: Daily, worker: Worker, session: Session
) -> None:
    worker.error = Refused("The mail server is %(name)s.", name="away")
    assert work_at(job, "2026-11-20T07:30") == 1
    assert [(run.status, run.error) for run in runs(session)] == [("failed", "The mail server is away.")]
    assert work_at(job, "2026-11-20T07:39") == 0
    worker.error = None
    assert work_at(job, "2026-11-20T07:40") == 1
    assert [(run.status, run.error, run.attempts) for run in runs(session)] == [("done", "", 2)]
    assert worker.worked == [(company.id, date(2026, 11, 20))]


def test_a_run_that_goes_on_failing_is_left_to_people(
    company: Entity, job: Daily, worker: Worker, session: Session
) -> None:
    worker.error = ValueError("broken")
    begun = [work_at(job, f"2026-11-20T{7 + minute // 60:02}:{minute % 60:02}") for minute in range(30, 600, 5)]
    assert sum(begun) == jobs.MOST_ATTEMPTS
    assert [(run.status, run.error, run.attempts) for run in runs(session)] == [("failed", "ValueError: broken", 5)]


def test_a_failed_run_of_one_company_does_not_stop_the_next(session: Session) -> None:
    first, second = (factories.an_entity(created_at=at("2026-01-01T00:00")) for _ in range(2))
    worked = []

    def work(entity: Entity, now: datetime) -> Mapping[str, Any]:
        if entity.id == first.id:
            raise ValueError("broken")
        worked.append(entity.id)
        return {}

    assert work_at(Daily("day_run", work), "2026-11-20T08:00") == 2
    assert worked == [second.id]


def test_what_a_failed_run_wrote_is_undone(company: Entity, session: Session) -> None:
    def work(entity: Entity, now: datetime) -> Mapping[str, Any]:
        entity.legal_name = "half done"
        session.flush()
        raise ValueError("broken")

    work_at(Daily("day_run", work), "2026-11-20T08:00")
    session.expire_all()
    assert company.legal_name != "half done"


def test_a_run_cut_off_by_a_crash_is_begun_again_at_once(
    company: Entity, job: Daily, worker: Worker, session: Session
) -> None:
    assert jobs.claim("day_run", company.id, at("2026-11-20T07:30"), now=at("2026-11-20T07:30")) is not None
    assert work_at(job, "2026-11-20T07:31") == 0
    assert jobs.give_up_interrupted() == 1
    assert work_at(job, "2026-11-20T07:31") == 1
    assert [(run.status, run.attempts) for run in runs(session)] == [("done", 2)]


def test_one_due_run_is_claimed_by_one_only(company: Entity) -> None:
    due_at, now = at("2026-11-20T07:30"), at("2026-11-20T07:31")
    assert jobs.claim("day_run", company.id, due_at, now=now) is not None
    assert jobs.claim("day_run", company.id, due_at, now=now) is None
    assert jobs._begin("day_run", company.id, due_at, now) is None, "the unique key says so, not the look before"
    assert jobs.claim("other", company.id, due_at, now=now) is not None
    assert jobs.claim("day_run", None, due_at, now=now) is not None
    assert jobs.claim("day_run", None, due_at, now=now) is None


def test_a_repeated_turn_that_fails_does_not_stop_the_next(session: Session) -> None:
    turns = []

    def work(name: str, goes_on: Callable[[], bool]) -> Mapping[str, Any]:
        turns.append(name)
        raise ValueError("broken")

    run_repeated(Repeated("send", 5, work), "me", lambda: True)
    run_repeated(Repeated("send", 5, work), "me", lambda: True)
    assert turns == ["me", "me"]


def test_the_scheduler_is_alive_for_a_minute_after_it_said_so(session: Session) -> None:
    assert not job_queries.scheduler_is_alive(at("2026-11-20T09:00"))
    jobs.beat("one", now=at("2026-11-20T09:00"))
    jobs.beat("two", now=at("2026-11-20T09:00:10"))
    assert job_queries.scheduler_is_alive(at("2026-11-20T09:01:10"))
    assert not job_queries.scheduler_is_alive(at("2026-11-20T09:01:11"))


def test_the_table_of_jobs_has_each_name_once() -> None:
    assert [job.name for job in DAILY] == ["day_run"]
