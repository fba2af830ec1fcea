"""The rules of files taken in: what their bytes, cells and headers mean (specification chapter 2)."""
