"""Sentences of the timeline and reasons as a page says them."""

from flask import Flask
from flask_babel import force_locale

from dso.http.reasons import filled

CHANGED = "Changed by the import of %(file)s: %(fields)s"


def test_the_fields_an_import_changed_are_named_as_people_read_them(app: Flask) -> None:
    changed = {"file": "a.csv", "fields": "business_name, company_contact"}
    with app.test_request_context():
        assert filled(CHANGED, changed) == "Changed by the import of a.csv: Business name, Company contact"
        with force_locale("fr"):
            assert "business_name" not in filled(CHANGED, changed)
            assert "Changed" not in filled(CHANGED, changed)
