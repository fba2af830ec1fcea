"""Tests, one folder per level."""

import gc

# Before the product is loaded, which takes it for the usual: with Python's own thresholds a quarter of the time goes
# into looking for garbage among all that was loaded.
gc.set_threshold(9_000, 20, 50)
