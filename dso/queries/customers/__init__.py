"""Customers for lists, the customer file and exports."""

from dso.queries.customers.search import CustomerRow, Found, Totals, search

__all__ = ["CustomerRow", "Found", "Totals", "search"]
