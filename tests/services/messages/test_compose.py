"""The text of a message: figures, language, salutation, links, what a template may not do."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import Channel, FieldType, Flavour, ItemType, Mode, StatusType, StepType
from dso.domain.errors import Refused
from dso.models import Action, ActionItem, CustomField
from dso.services import messages
from dso.services.messages import Draft
from tests import factories
from tests.conftest import TODAY
from tests.services.messages.scene import Scene, a_scene, an_action, set_setting, when

pytestmark = pytest.mark.usefixtures("app")


def draft_of(scene: Scene, **more: Any) -> Draft:
    db.session.flush()
    db.session.expire_all()
    return messages.compose(scene.action, actor=None, **when(), **more)


def write(scene: Scene, subject: str, body: str, language: str = "fr") -> None:
    (template,) = [one for one in scene.scenario.steps[0].templates if one.language == language]
    template.subject, template.body = subject, body
    db.session.flush()


def test_the_text_follows_the_country_and_writes_amounts_as_its_language_does() -> None:
    draft = draft_of(a_scene())
    assert draft.language == "fr"
    assert draft.subject == "Relance : 1\u202f250,50\u00a0€ échus"
    assert "1\u202f000,00" in draft.body_html
    assert "Bonjour Zoé Hébert" in draft.body_html
    assert "FR76 3000 4000 0312 3456 7890 143" in draft.body_html
    assert draft.sender == "Zoé Noël"


def test_the_language_of_the_contact_comes_before_the_country() -> None:
    scene = a_scene()
    scene.contact.language = "en"
    draft = draft_of(scene)
    assert (draft.language, draft.subject) == ("en", "Reminder: €1,250.50 overdue")


def test_without_a_text_in_the_language_the_scenarios_is_taken_and_it_is_said() -> None:
    scene = a_scene(language="it")
    draft = draft_of(scene)
    assert draft.language == "en"
    assert any("language" in str(warning) for warning in draft.warnings)


def test_the_amount_of_the_text_is_the_chaseable_amount_credits_deducted() -> None:
    scene = a_scene()
    factories.an_item(scene.customer, "-200", type=ItemType.PAYMENT)
    factories.an_item(scene.customer, "77", status_type=StatusType.DISPUTE)
    factories.an_item(scene.customer, "500", days_late=-20)
    draft = draft_of(scene)
    assert "1\u202f050,50" in draft.subject
    assert "Règlement reçu" in draft.body_html
    assert "77,00" not in draft.body_html
    assert "500,00" not in draft.body_html


def test_every_currency_has_its_own_table_and_total() -> None:
    scene = a_scene()
    factories.an_item(scene.customer, "300", currency="USD")
    draft = draft_of(scene)
    assert draft.subject == "Relance : 1\u202f250,50\u00a0€ et 300,00\u00a0$US échus"
    assert draft.body_html.count("<thead>") == 2


def test_a_name_that_looks_like_script_is_text_on_the_page() -> None:
    scene = a_scene(business_name='<script>alert("x")</script> & Co')
    write(scene, "#customer_name", "<p>#customer_name</p>")
    draft = draft_of(scene)
    assert "<script" not in draft.body_html
    assert "&lt;script&gt;" in draft.body_html
    assert draft.subject == '<script>alert("x")</script> & Co'


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        '<img src="https://tracker.example/x.gif">',
        '<a href="javascript:alert(1)">x</a>',
        '<p onclick="alert(1)">x</p>',
        '<iframe src="https://x.example"></iframe>',
        '<p style="background:url(https://x.example)">x</p>',
        "<form><input name=a></form>",
    ],
)
def test_what_a_template_may_not_hold_is_gone_when_it_is_rendered(harm: str) -> None:
    scene = a_scene()
    write(scene, "Hello", f"<p>Before</p>{harm}<p>After</p>")
    html = draft_of(scene).body_html
    body = html.partition("<body")[2]
    for word in ("script", "tracker.example", "onclick", "iframe", "x.example", "<form", "<input"):
        assert word not in body
    assert "Before" in body and "After" in body


def test_a_value_cannot_turn_a_link_into_a_script() -> None:
    scene = a_scene(custom={"site": "javascript:alert(1)"})
    a_custom_field("site")
    write(scene, "Hello", '<p><a href="#customer_field_site">site</a></p>')
    assert "javascript:" not in draft_of(scene).body_html


def a_custom_field(code: str) -> None:
    db.session.add(CustomField(subject="customer", code=code, label=code, type=FieldType.TEXT))
    db.session.flush()


def test_a_custom_field_without_a_value_is_empty_and_one_that_does_not_exist_is_named() -> None:
    scene = a_scene()
    a_custom_field("region")
    write(scene, "Région [#customer_field_region]", "Bonjour")
    assert draft_of(scene).subject == "Région []"
    write(scene, "#customer_field_other", "Bonjour")
    (message,) = messages.queue_for_action(scene.action, actor=None, **when())
    assert "#customer_field_other" in message.explanation


def test_a_subject_stays_one_line_whatever_the_values_hold() -> None:
    scene = a_scene(business_name="Evil\r\nBcc: all@x.example")
    write(scene, "For #customer_name", "Hello")
    assert draft_of(scene).subject == "For Evil Bcc: all@x.example"


def test_an_unknown_hashtag_of_a_kept_template_is_named() -> None:
    scene = a_scene()
    write(scene, "Hello", "#items_lst")
    scene.action.mode = Mode.AUTOMATIC
    queued = messages.queue_for_action(scene.action, actor=None, **when())
    assert "#items_lst" in queued[0].explanation


def test_a_paragraph_that_leads_to_a_page_goes_where_there_is_none() -> None:
    scene = a_scene(interactive=False)
    draft = draft_of(scene)
    assert "Répondre" not in draft.body_html
    assert "Répondre" in draft_of(a_scene()).body_html


def test_the_preview_holds_no_working_link() -> None:
    html = draft_of(a_scene()).body_html
    assert "link.invalid" not in html
    assert "Voir le détail et répondre" in html


def test_the_composer_shows_values_in_words_and_keeps_tables_and_links_as_hashtags() -> None:
    draft = draft_of(a_scene())
    assert "Merci de régler 1\u202f250,50\u00a0€" in draft.text
    assert "#items_list_overdue" in draft.text
    assert "#interactive_page_button" in draft.text


def test_what_a_person_wrote_is_shown_with_its_tables() -> None:
    scene = a_scene()
    draft = draft_of(scene, subject="Deux mots", body="Voici <ceci>\n\n#items_list_overdue")
    assert draft.subject == "Deux mots"
    assert "Voici &lt;ceci&gt;" in draft.body_html
    assert scene.items[0].number in draft.body_html


def test_the_legal_footer_stands_under_every_message() -> None:
    scene = a_scene()
    scene.entity.legal_footer = {"en": "Acme SA, RCS 1", "fr": "Acme SA au capital de 1 €"}
    assert "Acme SA au capital de 1 €" in draft_of(scene).body_html


def test_a_specific_action_speaks_of_its_own_items_though_they_are_held() -> None:
    scene = a_scene()
    other, own = scene.items
    specific = factories_specific(scene, own.id)
    own.held_by_id = specific.id
    db.session.flush()
    draft = messages.compose(specific, actor=None, **when())
    assert own.number in draft.body_html
    assert other.number not in draft.body_html
    assert "250,50" in draft.subject


def factories_specific(scene: Scene, item_id: int) -> Action:
    specific = an_action(scene.customer, scene.scenario, scene.items[0], kind="specific", leader_id=None)
    specific.items = [ActionItem(item_id=item_id)]
    db.session.flush()
    return specific


def test_status_words_are_those_for_the_debtor_and_hidden_comments_stay_hidden() -> None:
    scene = a_scene()
    status = factories.a_status(StatusType.DISPUTE, name="Inner words", labels={"fr": "Point en discussion"})
    item = scene.items[0]
    item.status, item.status_type, item.status_on = status, StatusType.DISPUTE, TODAY
    item.status_comment = "they always complain"
    specific = factories_specific(scene, item.id)
    write(scene, "#status_name", "<p>#status_name: #status_comment</p>")
    draft = messages.compose(specific, actor=None, **when())
    assert draft.subject == "Point en discussion"
    assert "always complain" not in draft.body_html
    item.status_visible = True
    db.session.flush()
    assert "always complain" in messages.compose(specific, actor=None, **when()).body_html


def test_a_call_has_its_sheet_and_no_recipients() -> None:
    scene = a_scene(step={"type": StepType.PHONE, "flavour": Flavour.PLAIN, "mode": Mode.MANUAL})
    scene.action.type = StepType.PHONE
    draft = draft_of(scene)
    assert draft.channel is None
    assert draft.recipients == ()
    assert scene.items[0].number in draft.body_html


def test_an_internal_message_goes_to_the_resolver_in_its_language() -> None:
    scene = a_scene()
    resolver = factories.a_user(language="en")
    scene.action.flavour, scene.action.resolver = Flavour.INTERNAL, resolver
    draft = draft_of(scene)
    assert [one.address for one in draft.recipients] == [resolver.email]
    assert draft.language == "en"


def test_penalties_are_in_the_lists_of_those_who_bear_them_and_can_be_left_out(session: Session) -> None:
    scene = a_scene(penalties=True, recovery_cost=True, amounts=("10000",))
    set_setting("penalties.rate", "12")
    due = TODAY - timedelta(days=30)
    scene.items[0].due_on = due
    session.flush()
    write(scene, "#items_amount_overdue_late_penalties", "#items_list_overdue\n\n#items_amount_include_late_penalties")
    draft = draft_of(scene)
    assert draft.subject == "138,63\u00a0€"
    assert "10\u202f138,63" in draft.body_html
    assert "Pénalités" in draft.body_html
    write(scene, "x", "#items_list_overdue_exclude_late_penalties")
    assert "Pénalités" not in draft_of(scene).body_html


def test_an_item_sold_to_a_factor_says_who_is_to_be_paid() -> None:
    scene = a_scene()
    scene.items[0].assigned_to = "Factor One"
    html = draft_of(scene).body_html
    assert f"{scene.items[0].number}\u00a0: à régler à Factor One" in html.replace(" : ", "\u00a0: ")


def test_no_contact_is_refused_when_it_is_to_be_sent_and_warned_of_before() -> None:
    scene = a_scene()
    scene.contact.email = ""
    draft = draft_of(scene)
    assert any("no contact" in str(warning) for warning in draft.warnings)
    with pytest.raises(Refused):
        messages.queue_for_action(scene.action, actor=scene.collector, **when())


def test_lists_of_grouped_accounts_have_a_table_each() -> None:
    scene = a_scene()
    member = factories.a_customer(entity=scene.entity, code="MEMBER", collected_by_id=scene.customer.id)
    item = factories.an_item(member, "70")
    write(scene, "#items_amount_overdue", "#items_list_collection_grouped_splitted")
    draft = draft_of(scene)
    assert "(MEMBER)" in draft.body_html
    assert item.number in draft.body_html
    assert "1\u202f320,50" in draft.subject


def test_values_have_no_more_than_exact_cents() -> None:
    scene = a_scene(amounts=("0.10", "0.20", "1000.70"))
    assert "1\u202f000,70" in draft_of(scene).subject  # below "ignore below", the small ones are not asked for
    assert isinstance(scene.items[0].remaining, Decimal)


def test_a_letter_goes_by_post_without_a_page() -> None:
    scene = a_scene(step={"type": StepType.LETTER, "flavour": Flavour.PLAIN})
    scene.action.type = StepType.LETTER
    draft = draft_of(scene)
    assert draft.channel is Channel.LETTER
    assert [replace(one, name="").address for one in draft.recipients] == ["post"]
    assert "Répondre" not in draft.body_html
