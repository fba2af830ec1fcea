"""`dso init`: tables, a selling company, the first administrator."""

import click
from flask import current_app
from sqlalchemy import func, select

from dso import clock, create_app, schema
from dso.cli import cli
from dso.cli.common import emit, opened
from dso.db import db
from dso.domain.errors import Refused
from dso.models import Entity
from dso.queries.users import by_email
from dso.services.installation import Administrator, Company, check_company, install

#: Option, question.
_QUESTIONS = {
    "entity": "Name of your company",
    "currency": "Its currency (ISO code, such as EUR)",
    "country": "Its country (ISO code, such as FR)",
    "timezone": "Its time zone (such as Europe/Paris)",
    "admin_email": "E-mail address of the first administrator",
}


@cli.command()
@click.option("--entity", help="Name of the selling company.")
@click.option("--currency", help="Its currency, an ISO code such as EUR.")
@click.option("--country", help="Its country, an ISO code such as FR.")
@click.option("--timezone", help="Its time zone, such as Europe/Paris.")
@click.option("--language", default="", help="Language of its documents: en, fr or de (default: the country's).")
@click.option("--admin-email", help="E-mail address of the administrator.")
@click.option("--admin-password", help="The administrator's password; asked for when not given.")
@click.option("--admin-first-name", default="", help="First name of the administrator.")
@click.option("--admin-last-name", default="Administrator", help="Last name of the administrator.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def init(as_json: bool, language: str, **given: str | None) -> None:
    """Make the tables (or bring them up to date) and add a company with its administrator.

    With all options given it asks nothing.
    """
    with opened(create_app()):
        before = schema.current()
        schema.upgrade()
        if not any(given[name] for name in _QUESTIONS) and db.session.query(Entity.id).first():
            words = "The tables are up to date." if before == schema.head() else "The tables were brought up to date."
            emit({"schema": schema.head()}, as_json, words)
            return
        answers = _ask(given)
        company = Company(answers["entity"], answers["currency"], answers["country"], answers["timezone"], language)
        check_company(company)
        known = by_email(answers["admin_email"]) is not None
        password = given["admin_password"] or ("" if known else _ask_password())
        person = Administrator(
            answers["admin_email"], password, given["admin_first_name"] or "", given["admin_last_name"] or ""
        )
        entity, admin = install(company, person, now=clock.now())
        db.session.commit()
        _tell(entity, admin.email, as_json)


def _ask(given: dict[str, str | None]) -> dict[str, str]:
    try:
        return {name: given[name] or click.prompt(question, err=True) for name, question in _QUESTIONS.items()}
    except click.Abort as abort:
        click.echo(err=True)
        missing = " ".join(f"--{name.replace('_', '-')}" for name in _QUESTIONS if not given[name])
        raise Refused("Nobody answers: give %(options)s.", options=missing) from abort


def _ask_password() -> str:
    try:
        return str(click.prompt("Password of the administrator", hide_input=True, confirmation_prompt=True, err=True))
    except click.Abort as abort:
        raise Refused("Nobody answers: give --admin-password.") from abort


def _tell(entity: Entity, email: str, as_json: bool) -> None:
    words = (
        f"{entity.name} is ready, with the shipped statuses and scenarios, in test mode: nothing is sent.\n"
        f"Start it with: dso serve\nLog in as {email}."
    )
    done = {
        "entity": entity.name,
        "entity_id": entity.id,
        "currency": entity.currency,
        "country": entity.country,
        "timezone": entity.timezone,
        "language": entity.language,
        "admin": email,
        "schema": schema.head(),
    }
    watched = current_app.config["DSO"].watch_path
    several = (db.session.scalar(select(func.count()).select_from(Entity)) or 0) > 1
    if watched is not None and several:
        words += (
            f"\nThe files of a company lie in a folder of its name in {watched} from now on, none in {watched} itself."
        )
    emit(done, as_json, words)
