"""Tests, one folder per level."""
