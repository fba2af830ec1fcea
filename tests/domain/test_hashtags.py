"""Hashtags: found, checked, filled in."""

import pytest

from dso.domain import hashtags
from dso.domain.errors import Refused
from dso.domain.hashtags import Value


def test_every_hashtag_has_a_family_and_a_description() -> None:
    for name, tag in hashtags.CATALOGUE.items():
        assert tag.name == name
        assert tag.description


def test_the_catalogue_holds_the_names_of_the_specification() -> None:
    names = """
        items_list items_list_overdue items_list_not_due items_list_selected
        items_list_overdue_exclude_late_penalties items_list_collection_grouped_splitted
        items_amount items_amount_overdue items_amount_not_due items_amount_selected
        items_amount_overdue_include_late_penalties items_amount_overdue_late_penalties
        items_amount_late_penalties leader_number leader_due_date leader_days_overdue customer_name
        customer_code customer_address customer_legal_id customer_vat_number contact_name
        contact_first_name payment_term status_name status_comment status_date promised_date
        resolver_name my_company_name my_company_address my_company_legal_id
        my_company_bank_details my_company_logo my_company_logo_noresize penalty_rate recovery_cost
        my_name my_email my_phone my_mobile my_job_title my_signature my_profile_image
        interactive_page_button interactive_page_link today action_name previous_message_date
        items_list_disputed items_list_promised statement
    """.split()
    assert [name for name in names if name not in hashtags.CATALOGUE] == []


def test_an_unknown_hashtag_is_refused_and_named() -> None:
    with pytest.raises(Refused) as refused:
        hashtags.validate("Invoice #leader_number", "Dear #contact_nmae,", what="First reminder")
    assert "contact_nmae" in str(refused.value)
    assert "First reminder" in str(refused.value)


def test_a_table_in_a_subject_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        hashtags.validate("Please pay #items_list_overdue", "Hello")
    assert "items_list_overdue" in str(refused.value)


def test_a_custom_field_is_known_once_it_exists() -> None:
    assert hashtags.unknown("#customer_field_region") == ["customer_field_region"]
    assert hashtags.unknown("#customer_field_region", ["region"]) == []


def test_the_longest_name_wins() -> None:
    values = {"items_amount": Value("A"), "items_amount_overdue": Value("B")}
    filled = hashtags.fill_text("#items_amount_overdue, #items_amount.", values)
    assert filled == "B, A."


def test_an_underscore_after_a_hashtag_is_only_an_underscore() -> None:
    assert hashtags.unknown("_#today_") == []
    assert hashtags.fill_text("_#today_", {"today": Value("1 May")}) == "_1 May_"


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    values = {"customer_name": Value('<b>A & "B"</b>')}
    assert hashtags.fill_text("#customer_name", values) == '<b>A & "B"</b>'
    assert hashtags.fill_html("<p>#customer_name</p>", values) == "<p>&lt;b&gt;A &amp; &quot;B&quot;&lt;/b&gt;</p>"


def test_a_value_with_html_of_its_own_keeps_it_in_the_body_and_not_in_an_attribute() -> None:
    values = {"interactive_page_link": Value("https://x/p/1?a=1&b=2", '<a href="u">open</a>')}
    filled = hashtags.fill_html('<a href="#interactive_page_link">page</a> #interactive_page_link', values)
    assert filled == '<a href="https://x/p/1?a=1&amp;b=2">page</a> <a href="u">open</a>'


def test_a_value_is_never_read_again_as_a_template() -> None:
    values = {"customer_name": Value("#my_email"), "my_email": Value("zoe@example.com")}
    assert hashtags.fill_text("#customer_name", values) == "#my_email"


def test_a_value_cannot_close_the_attribute_it_stands_in() -> None:
    values = {"customer_code": Value('"><script>x</script>')}
    filled = hashtags.fill_html('<a href="https://x/?c=#customer_code">x</a>', values)
    assert "<script>" not in filled


def test_lines_of_a_value_stay_lines() -> None:
    values = {"customer_address": Value("1 High Street\nLondon")}
    assert hashtags.fill_html("#customer_address", values) == "1 High Street<br>London"


@pytest.mark.parametrize(
    "text",
    [
        "Order #12 and #2026-1",
        "caf&#233; &#xe9;",
        '<p style="color:#a1b2c3">x</p>',
        '<span style="color: #bad">x</span>',
        "See https://example.com/terms#section",
        "# heading",
    ],
)
def test_what_only_looks_like_a_hashtag_is_left_alone(text: str) -> None:
    assert hashtags.unknown(text) == []
    assert hashtags.fill_html(text, {"today": Value("1 May")}) == text


def test_a_hashtag_in_a_web_address_is_filled_in() -> None:
    values = {"customer_code": Value("C1")}
    assert hashtags.fill_text("https://x/?c=#customer_code", values) == "https://x/?c=C1"


def test_names_without_a_value_stay_as_written() -> None:
    assert hashtags.fill_text("#today #interactive_page_link", {"today": Value("now")}) == (
        "now #interactive_page_link"
    )


def test_plain_text_is_told_from_html() -> None:
    assert not hashtags.is_rich("Dear Sir,\n\n3 < 4 & so on")
    assert hashtags.is_rich("<p>Dear Sir,</p>")
    assert hashtags.is_rich("x <script>alert(1)</script>")
