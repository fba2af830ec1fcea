"""`dso demo`: an invented company to try everything on."""

import click

from dso import clock, create_app, schema
from dso.cli import cli
from dso.cli.common import emit, opened
from dso.db import db
from dso.services import demo as service
from dso.services.demo.company import PASSWORD


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def demo(as_json: bool) -> None:
    """Load the demonstration into an empty database: customers, a year of history, today's plan, four people."""
    app = create_app()
    with opened(app):
        schema.upgrade()
        if service.is_loaded():
            people = service.people()
            link = service.debtor_link(now=clock.now())
            head = "The demonstration is loaded already."
        else:
            click.echo("Loading the demonstration (half a minute) …", err=True)
            loaded = service.load(now=clock.now())
            people, link = loaded.people, loaded.link
            head = f"The demonstration is loaded: {loaded.entity.name}, in test mode."
        db.session.commit()
        _tell(head, people, link, app.config["DSO"].public_url, as_json)


def _tell(head: str, people: list[service.Person], link: str, address: str, as_json: bool) -> None:
    width = max(len(person.email) for person in people)
    lines = [head, "", f"While dso serve runs, log in at {address} with the password {PASSWORD}", ""]
    lines += [f"  {person.email:<{width}}  {person.role}" for person in people]
    lines += ["", "A customer answers here:", f"  {link}", ""]
    lines.append("Both addresses are those of DSO_PUBLIC_URL: where dso serve has another --port, set it to that one.")
    lines.append("Everybody knows these passwords: keep the demonstration on your own machine.")
    shape = {
        "users": [{"email": person.email, "role": person.role, "password": PASSWORD} for person in people],
        "link": link,
        "url": address,
    }
    emit(shape, as_json, "\n".join(lines))
