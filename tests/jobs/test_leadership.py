"""Of several schedulers one leads; the lock of one that dies goes to another."""

from pathlib import Path

from sqlalchemy import create_engine, text

from dso.leadership import FileLeadership, Leadership, PostgresLeadership, leadership_for
from tests.databases import SERVER, new_database


def only_one_leads(one: Leadership, other: Leadership) -> None:
    assert one.acquire()
    assert one.held()
    assert not other.acquire()
    assert not other.held()
    one.release()
    assert not one.held()
    assert other.acquire()
    other.release()


def test_only_one_of_two_leads(tmp_path: Path) -> None:
    with new_database(tmp_path) as url:
        only_one_leads(leadership_for(url), leadership_for(url))


def test_the_lock_fits_the_database(tmp_path: Path) -> None:
    with new_database(tmp_path) as url:
        kind = PostgresLeadership if SERVER else FileLeadership
        assert isinstance(leadership_for(url), kind)


def test_a_leader_whose_connection_is_cut_notices_and_another_leads(tmp_path: Path) -> None:
    """On SQLite there is no connection to cut: there the lock goes with the file's descriptor."""
    with new_database(tmp_path) as url:
        one, other = leadership_for(url), leadership_for(url)
        assert one.acquire()
        cut(one, url)
        assert not one.held()
        assert other.acquire()
        assert not one.acquire()
        other.release()


def cut(leader: Leadership, url: str) -> None:
    if isinstance(leader, PostgresLeadership):
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            connection.execute(text(others + "(SELECT oid FROM pg_database WHERE datname = current_database())"))
        engine.dispose()
    else:
        leader.release()


def test_a_server_that_cannot_be_reached_makes_nobody_leader() -> None:
    away = PostgresLeadership("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    assert not away.acquire()
    assert not away.held()
