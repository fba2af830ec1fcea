"""How often Python looks for objects that hold one another, while a file is taken in.

A million rows and twenty thousand accounts are objects that stay until they are written. By its own rules Python goes
through all of them again and again in search of garbage, for a quarter of the time of an import.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: How often the process looks when no file is taken in. Asked once: of two files at a time neither takes the other's.
_USUAL = gc.get_threshold()
#: New objects before the young are looked through, how often that is before the middle-aged are, and those before all.
_SELDOM = (300_000, 50, 1_000)


@contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage seldom within the block; afterwards it is as it was."""
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
