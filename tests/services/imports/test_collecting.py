"""Python looks seldom through old objects while a file is taken in, and as ever afterwards."""

import gc
from collections.abc import Iterator

import pytest

from dso.domain.errors import Refused
from dso.services.imports.collecting import _USUAL, seldom
from tests.services.imports.helpers import Importer

ROW = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;90.00"


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    """Commands run earlier in this process have set thresholds of their own."""
    before = gc.get_threshold()
    gc.set_threshold(*_USUAL)
    yield
    gc.set_threshold(*before)


def test_garbage_is_looked_for_as_ever_after_an_import_that_went_well_and_one_that_did_not(take: Importer) -> None:
    usual, seen = gc.get_threshold(), []
    take.items(ROW, begin_writing=lambda: seen.append(gc.get_threshold()))
    assert seen[0] > usual == gc.get_threshold()

    def refuse() -> None:
        raise Refused("Stopped.")

    with pytest.raises(Refused):
        take.items(ROW, begin_writing=refuse)
    assert gc.get_threshold() == usual and gc.isenabled()


def test_of_two_files_at_a_time_none_leaves_the_other_way_behind() -> None:
    usual = gc.get_threshold()
    first, second = seldom(), seldom()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual
