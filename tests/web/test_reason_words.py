"""Sentences of the timeline and reasons as a page says them."""

from flask import Flask
from flask_babel import force_locale

from dso.http.reasons import filled

FALLS = "credits would fall from %(old)s to %(new)s %(currency)s"
CHANGED = "Changed by the import of %(file)s: %(fields)s"


def test_the_fields_an_import_changed_are_named_as_people_read_them(app: Flask) -> None:
    changed = {"file": "a.csv", "fields": "business_name, company_contact"}
    with app.test_request_context():
        assert filled(CHANGED, changed) == "Changed by the import of a.csv: Business name, Company contact"
        with force_locale("fr"):
            assert "business_name" not in filled(CHANGED, changed)
            assert "Changed" not in filled(CHANGED, changed)


def test_all_amounts_of_a_sentence_are_written_alike(app: Flask) -> None:
    falls = {"old": "-1223853.75", "new": "-422622.71", "currency": "EUR"}
    with app.test_request_context():
        assert filled(FALLS, falls) == "credits would fall from −1,223,853.75 to −422,622.71 EUR"
        assert filled("%(count)s of %(total)s open items", {"count": "5", "total": "9"}) == "5 of 9 open items"
