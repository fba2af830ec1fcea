"""Whatever a file holds, it is taken or refused in a sentence: no traceback, no end of waiting, no full memory."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.services.imports.readers import open_table
from tests.databases import SERVER
from tests.ledgers import ledger
from tests.services.imports.damage import Sample, damaged, samples
from tests.services.imports.helpers import DATA, Importer

pytestmark = pytest.mark.slow
#: Damaged files of each test; more when somebody asks for it, from another beginning. Fewer on a server, for what
#: reads a file knows no database.
FILES = int(os.environ.get("DSO_TEST_FUZZ", "36" if SERVER else "72"))
SEED = int(os.environ.get("DSO_TEST_SEED", "0"))
#: Seconds of work after which a file of a few rows counts as one that does not end.
ENDLESS = 60
MOST_MEMORY = 250 << 20
_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(?!"?(?:pg_temp\.|temp\.)?"?imported_)')
SAMPLES = cache(samples)


@pytest.fixture
def filled(take: Importer) -> Importer:
    """An entity that knows the customers of the samples and has items of its own."""
    for name in ("fr_clients.csv", "sap_customers.txt"):
        take.file(ImportKind.CUSTOMERS, DATA / name)
    take.items("C10000;FC1;FAC;2026-10-13;2026-11-13;100.00;100.00", "C1;F2;FAC;2026-10-13;2026-11-13;1;1")
    db.session.flush()
    return take


@contextmanager
def nothing_written() -> Iterator[None]:
    """Within the block no statement changes a table that stays, and nothing waits to be written."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if _WRITES.match(statement):
            found.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert not found and not db.session.new and not db.session.dirty and not db.session.deleted, found


@contextmanager
def ending() -> Iterator[None]:
    """What is still at work after a minute never ends."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("it does not end")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(ENDLESS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def memory(name: str) -> int:
    """Bytes: VmRSS now, VmHWM at most since the mark was reset."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) << 10


@contextmanager
def small() -> Iterator[None]:
    """However large a file claims to be, the memory is not filled."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < MOST_MEMORY


def read(take: Importer, sample: Sample, data: bytes) -> str:
    """What came of a file: "taken", or the sentence that refuses it."""
    path = take._folder / sample.name
    path.write_bytes(data)
    with ending():
        try:
            for rows, lines in open_table(path, sample.kind).chunks():
                assert len(rows) == len(lines) and list(lines) == sorted(lines)
            with nothing_written():
                take.file(sample.kind, path, dry=True, **sample.options)
        except Refused as error:
            return str(error)
    return "taken"


def taken_and_back(take: Importer, sample: Sample) -> None:
    """What can be previewed can be written, whatever its cells hold."""
    nested = db.session.begin_nested()
    try:
        with suppress(Refused):
            take.file(sample.kind, take._folder / sample.name, force=True, **sample.options)
    finally:
        nested.rollback()


def test_every_sample_is_taken_whole(filled: Importer) -> None:
    assert {(each.name, read(filled, each, each.data)) for each in SAMPLES()} == {
        (each.name, "taken") for each in SAMPLES()
    }


def test_damaged_files_are_taken_or_refused_in_a_sentence_and_change_nothing(filled: Importer) -> None:
    before, said = ledger(db.session.connection()), set()
    with small():
        for seed in range(SEED, SEED + FILES):
            chance = Random(seed)
            sample = SAMPLES()[seed % len(SAMPLES())]
            began = time.process_time()
            try:
                said.add(read(filled, sample, damaged(sample, chance)))
                if seed % 3 == 0:
                    taken_and_back(filled, sample)
            except Exception as error:
                raise AssertionError(f"{sample.name}, seed {seed}") from error
            assert time.process_time() - began < ENDLESS, f"{sample.name}, seed {seed}"
    assert ledger(db.session.connection()) == before
    assert "taken" in said and len(said) > 5


@settings(max_examples=FILES, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data(), st.randoms())
def test_files_damaged_by_design_are_taken_or_refused_in_a_sentence(
    filled: Importer, data: st.DataObject, chance: Random
) -> None:
    sample = data.draw(st.sampled_from(SAMPLES()))
    assert read(filled, sample, damaged(sample, chance))
