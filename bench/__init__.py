"""Measures the product against the speed table of its specification; nothing here ships."""
