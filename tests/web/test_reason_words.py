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


def test_counts_are_grouped_as_everywhere_and_years_are_not(app: Flask) -> None:
    cleared = {"count": "588000", "total": "588001"}
    rows = "rows of the file: %(rows)s, of the last full file: %(last)s"
    with app.test_request_context():
        assert filled("%(count)s of %(total)s open items", cleared) == "588,000 of 588,001 open items"
        assert filled(rows, {"rows": "1200", "last": "3400"}).endswith("file: 1,200, of the last full file: 3,400")
        assert filled("the year is not before %(last)s", {"last": "2099"}) == "the year is not before 2099"
