"""The settings pages: settings in words, the sending switch, company, statuses, groups, fields."""

import smtplib
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import current_app
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Role, StatusType
from dso.models import CustomField, Entity, Group, Status, User
from dso.queries import settings
from dso.services.messages import servers
from dso.services.sealing import unseal
from tests.conftest import NOW, Client
from tests.factories import a_customer, a_status, a_user, an_entity

Login = Callable[[User], Client]


@pytest.fixture
def admins(login: Login, admin: User) -> Client:
    """A browser of the administrator."""
    return login(admin)


@pytest.fixture
def manager(login: Login, entity: Entity) -> Client:
    """A browser of a credit manager."""
    return login(a_user(role=Role.CREDIT_MANAGER))


def _setting(name: str, entity: Entity | None = None) -> str:
    """The value as the next request would read it."""
    settings.forget()
    return settings.get(entity, name)


WHAT = {
    "what-collection__minimum_amount": "50",
    "what-collection__ignore_below": "5",
    "what-collection__chased_types": ["FAC", "ODI"],
    "what-collection__methods_not_chased": "direct debit",
}


def test_every_page_of_the_settings_opens(admins: Client) -> None:
    for path in (
        "",
        "/company",
        "/users",
        "/users/new",
        "/statuses",
        "/statuses/new",
        "/groups",
        "/fields",
        "/fields/new",
    ):
        assert admins.get(f"/settings{path}").status_code == 200, path
    assert admins.get("/settings").status_code == 200
    assert admins.get("/settings/first-steps").status_code == 200
    assert admins.get("/settings/live").status_code == 200
    assert admins.get("/settings/company/accounts/new").status_code == 200


def test_a_section_is_saved_for_the_company(admins: Client, entity: Entity) -> None:
    answer = admins.post("/settings/sections/what", data=WHAT)
    assert (answer.status_code, answer.location) == (303, "/settings#what")
    assert _setting("collection.minimum_amount", entity) == "50"
    assert _setting("collection.minimum_amount") == "20"


def test_what_does_not_fit_stays_beside_its_field_and_nothing_is_saved(admins: Client, entity: Entity) -> None:
    answer = admins.post("/settings/sections/what", data={**WHAT, "what-collection__ignore_below": "-7"})
    assert answer.status_code == 422
    assert "-7" in answer.text
    assert _setting("collection.minimum_amount", entity) == "20"


def test_the_value_of_all_companies_holds_where_one_has_none_of_its_own(admins: Client, entity: Entity) -> None:
    other = an_entity()
    admins.post("/settings/sections/what", data={**WHAT, "for": "all"})
    assert _setting("collection.minimum_amount", other) == "50"
    assert _setting("collection.minimum_amount", entity) == "50"


def test_setting_the_default_again_drops_the_own_value(admins: Client, entity: Entity) -> None:
    admins.post("/settings/sections/what", data=WHAT)
    admins.post("/settings/sections/what", data={**WHAT, "what-collection__minimum_amount": "20"})
    an_entity()
    admins.post("/settings/sections/what", data={**WHAT, "for": "all", "what-collection__minimum_amount": "30"})
    assert _setting("collection.minimum_amount", entity) == "30"


def test_a_manager_changes_defaults_but_not_security(manager: Client) -> None:
    assert manager.post("/settings/sections/what", data=WHAT).status_code == 303
    data = {"security-security__password_months": "3", "security-security__idle_months": "0"}
    assert manager.post("/settings/sections/security", data=data).status_code == 403
    assert _setting("security.password_months") == "0"


def test_turning_sending_on_asks_first_and_is_for_administrators(admins: Client, manager: Client) -> None:
    assert "stays “not sent (test)” for good" in admins.get("/settings/live").text
    assert manager.post("/settings/live", data={"mode": "live"}).status_code == 403
    assert _setting("sending.mode") == "test"
    admins.post("/settings/live", data={"mode": "live"})
    assert _setting("sending.mode") == "live"


def test_going_live_is_written_down_with_its_instant(admins: Client, entity: Entity) -> None:
    admins.post("/settings/live", data={"mode": "live"})
    assert entity.live_at == NOW


def test_automatic_sending_is_paused_and_goes_on(manager: Client, entity: Entity) -> None:
    manager.post("/settings/pause", data={"paused": "on"})
    assert _setting("sending.paused", entity) == "on"
    manager.post("/settings/pause", data={"paused": "off"})
    assert _setting("sending.paused", entity) == "off"


COMPANY = {
    "legal_name": "Acme SA",
    "address": "1 rue de la Paix\n75002 Paris",
    "language": "fr",
    "colour": "#123456",
    "footer_en": "",
    "footer_fr": "SA au capital de 1 000 EUR",
}


def test_the_company_page_keeps_who_the_company_is(admins: Client, entity: Entity) -> None:
    assert admins.post("/settings/company", data=COMPANY).status_code == 303
    assert (entity.legal_name, entity.colour) == ("Acme SA", "#123456")
    assert entity.legal_footer == {"fr": "SA au capital de 1 000 EUR"}


@pytest.mark.parametrize(("field", "value"), [("website", "javascript:alert(1)"), ("email", "acme"), ("colour", "red")])
def test_a_company_with_something_wrong_is_not_saved(admins: Client, entity: Entity, field: str, value: str) -> None:
    answer = admins.post("/settings/company", data={**COMPANY, field: value})
    assert answer.status_code == 422 and "is-invalid" in answer.text
    assert entity.legal_name != "Acme SA"


def test_a_bank_account_needs_an_iban_that_can_be_right(admins: Client, entity: Entity) -> None:
    data = {"currency": "eur", "iban": "FR7630006000011234567890188"}
    answer = admins.post("/settings/company/accounts/new", data=data)
    assert (answer.status_code, "This IBAN cannot be right" in answer.text) == (422, True)
    data["iban"] = "fr76 3000 6000 0112 3456 7890 189"
    assert admins.post("/settings/company/accounts/new", data=data).status_code == 303
    (account,) = entity.bank_accounts
    assert (account.currency, account.iban) == ("EUR", "FR76 3000 6000 0112 3456 7890 189")


def test_a_bank_account_of_another_company_is_not_found(admins: Client, entity: Entity) -> None:
    assert admins.get("/settings/company/accounts/999").status_code == 404
    assert admins.post("/settings/company/accounts/999/remove").status_code == 404


def _picture(format: str, size: tuple[int, int] = (1600, 200)) -> BytesIO:
    content = BytesIO()
    Image.new("RGB", size, "#0f5c63").save(content, format)
    content.seek(0)
    return content


def test_a_logo_is_kept_as_a_small_png_of_its_pixels_alone(admins: Client, entity: Entity) -> None:
    answer = admins.post("/settings/company/logo", data={"file": (_picture("JPEG"), "logo.jpg")})
    assert answer.status_code == 303
    shown = admins.get("/settings/company/logo")
    assert shown.mimetype == "image/png"
    with Image.open(BytesIO(shown.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 100))


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_becomes_no_logo(admins: Client, entity: Entity, content: bytes) -> None:
    answer = admins.post("/settings/company/logo", data={"file": (BytesIO(content), "logo.png")})
    assert answer.status_code == 422
    assert entity.logo_type == ""


MAIL = {"host": "mail.acme.example", "port": "587", "security": "starttls", "user": "acme", "secret": "s3cr3t-word"}


def test_the_secret_of_the_mail_server_is_never_shown_again(admins: Client, entity: Entity) -> None:
    admins.post("/settings/company/mail", data=MAIL)
    assert unseal(entity.smtp_secret) == "s3cr3t-word"
    assert "s3cr3t-word" not in admins.get("/settings/company").text


def test_the_secret_of_the_mail_server_cannot_be_read_from_the_database_alone(
    admins: Client, entity: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    admins.post("/settings/company/mail", data=MAIL)
    assert "s3cr3t-word" not in entity.smtp_secret
    server = servers.of_entity(entity)
    assert server is not None
    assert server.secret == "s3cr3t-word"
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "another one")
    server = servers.of_entity(entity)
    assert server is not None
    assert server.secret == ""


def test_an_empty_password_keeps_the_secret_unless_server_or_user_change(admins: Client, entity: Entity) -> None:
    admins.post("/settings/company/mail", data=MAIL)
    admins.post("/settings/company/mail", data={**MAIL, "secret": "", "port": "25"})
    assert unseal(entity.smtp_secret) == "s3cr3t-word"
    admins.post("/settings/company/mail", data={**MAIL, "secret": "", "host": "evil.example"})
    assert entity.smtp_secret == ""


def test_a_test_message_without_a_server_is_refused_in_words(admins: Client) -> None:
    answer = admins.post("/settings/company/mail/test")
    assert (answer.status_code, "There is no mail server yet" in answer.text) == (409, True)


def test_a_server_that_cannot_be_reached_is_told_in_words(
    admins: Client, entity: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(smtplib.SMTP, "connect", away)
    admins.post("/settings/company/mail", data=MAIL)
    answer = admins.post("/settings/company/mail/test", follow_redirects=True)
    assert "the mail server cannot be reached: mail.acme.example" in answer.text


STATUS = {
    "type": "promise",
    "name": "Cheque sent",
    "label_en": "Cheque",
    "follow_up_days": "5",
    "mode": "manual",
    "template": "0",
}


def test_a_status_is_added_changed_and_retired(admins: Client, session: Session) -> None:
    a_status(StatusType.PROMISE)
    assert admins.post("/settings/statuses/new", data=STATUS).status_code == 303
    row = session.scalar(select(Status).where(Status.name == "Cheque sent"))
    assert row is not None
    assert (row.type, row.labels, row.follow_up_days) == (StatusType.PROMISE, {"en": "Cheque"}, 5)
    admins.post(f"/settings/statuses/{row.id}", data={**STATUS, "type": "litigation", "name": "Cheque on its way"})
    assert (row.type, row.name) == (StatusType.PROMISE, "Cheque on its way")
    admins.post(f"/settings/statuses/{row.id}/active", data={"active": ""})
    assert not row.active


def test_of_each_type_one_status_stays(admins: Client) -> None:
    only = a_status(StatusType.LITIGATION)
    answer = admins.post(f"/settings/statuses/{only.id}/active", data={"active": ""})
    assert answer.status_code == 409
    assert only.active


def test_two_statuses_of_one_name_are_refused(admins: Client) -> None:
    a_status(StatusType.PROMISE, name="CHEQUE SENT")
    assert "already" in admins.post("/settings/statuses/new", data=STATUS).text


def test_a_group_is_added_renamed_and_taken_off_its_customers(admins: Client, session: Session, entity: Entity) -> None:
    admins.post("/settings/groups", data={"name": "North"})
    group = session.scalar(select(Group))
    assert group is not None
    customer = a_customer(groups=[group])
    assert admins.post("/settings/groups", data={"name": "north"}).status_code == 422
    admins.post(f"/settings/groups/{group.id}", data={"name": "Nord"})
    assert [each.name for each in customer.groups] == ["Nord"]
    admins.post(f"/settings/groups/{group.id}/remove")
    assert customer.groups == []


def test_a_custom_field_gets_a_code_for_files(admins: Client, session: Session) -> None:
    data = {"subject": "customer", "type": "list", "label": "Région d’été", "choices": "Nord\n\nSud\nNord"}
    assert admins.post("/settings/fields/new", data=data).status_code == 303
    field = session.scalar(select(CustomField))
    assert field is not None
    assert (field.code, field.choices) == ("region_d_ete", ["Nord", "Sud"])
    assert admins.post("/settings/fields/new", data={**data, "choices": ""}).status_code == 422


def test_first_steps_tell_what_is_left(admins: Client) -> None:
    text = admins.get("/settings/first-steps").text
    assert "Import your customers" in text
    assert "Go live" in text
