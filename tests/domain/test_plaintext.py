"""The text part of a message."""

from dso.domain import plaintext


def test_paragraphs_are_parted_by_one_blank_line() -> None:
    assert plaintext.from_html("<p>One</p>\n<p></p><div><p>Two<br>Three</p></div>") == "One\n\nTwo\nThree\n"


def test_a_link_shows_its_address_once() -> None:
    text = plaintext.from_html(
        '<p><a href="https://x/p/1">Answer</a></p><p><a href="https://x/">https://x/</a> '
        '<a href="mailto:zoe@x.example">zoe@x.example</a></p>'
    )
    assert text == "Answer: https://x/p/1\n\nhttps://x/ zoe@x.example\n"


def test_a_table_is_aligned_and_figures_stand_right() -> None:
    text = plaintext.from_html(
        "<table class='items'><tr><th>Number</th><th class='right'>Open</th></tr>"
        "<tr><td><a href='https://x/'>F1</a></td><td class='right'>1 000,00</td></tr>"
        "<tr><td>F2345678</td><td class='right'>5,00</td></tr></table>"
    )
    assert text == "Number        Open\nF1        1 000,00\nF2345678      5,00\n"


def test_a_total_over_several_columns_stays_under_its_column() -> None:
    text = plaintext.from_html(
        "<table><tr><td>A</td><td>B</td><td class='right'>10</td></tr>"
        "<tr><td colspan='2'>Total</td><td class='right'>10</td></tr></table>"
    )
    first, second = text.splitlines()
    assert first.index("10") == second.index("10")


def test_lists_entities_and_what_is_not_text() -> None:
    text = plaintext.from_html("<style>p{color:red}</style><ul><li>a &amp; b</li><li>c&nbsp;d</li></ul>")
    assert text == "- a & b\n- c\u00a0d\n"


def test_the_address_of_a_button_is_written_out() -> None:
    text = plaintext.from_html('<table class="button"><tr><td><a href="https://x/p/1">Answer</a></td></tr></table>')
    assert text == "Answer: https://x/p/1\n"
