"""Items for lists, statements, panels and exports."""

from dso.queries.items.grid import Listing, Total, grid
from dso.queries.items.lookup import by_numbers, by_words
from dso.queries.items.rows import ItemRow, item_rows

__all__ = ["ItemRow", "Listing", "Total", "by_numbers", "by_words", "grid", "item_rows"]
