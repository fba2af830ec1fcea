"""Dunning plans: made, changed, copied, taken in from files, given to customers. Accounts are reviewed afterwards."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from dso.db import among, db
from dso.domain import hashtags, scenario_files
from dso.domain.codes import EventKind, StartRule
from dso.domain.errors import Refused
from dso.domain.scenario_files import ScenarioFile, StepFile
from dso.models import Customer, CustomField, Entity, Scenario, Step, StepTemplate, User
from dso.paths import SHIPPED
from dso.queries import scenarios as queries
from dso.services import history
from dso.services.actions.reviewing import review
from dso.services.messages import clean

STANDARD = "Standard"


def create(
    entity: Entity,
    name: str,
    *,
    now: datetime,
    language: str = "en",
    start: StartRule = StartRule.CONTINUE,
    library: bool = False,
) -> Scenario:
    """An empty scenario, or library of texts; Refused when the name is taken."""
    scenario = Scenario(entity_id=entity.id, name=_free(entity, name), created_at=now, steps=[])
    scenario.language, scenario.start, scenario.library = language, start, library
    db.session.add(scenario)
    db.session.flush()
    return scenario


def rename(entity: Entity, scenario: Scenario, name: str) -> None:
    """Give it another name; Refused when that is taken."""
    if name.strip() != scenario.name:
        scenario.name = _free(entity, name, but=scenario)
        db.session.flush()


def update_plan(
    entity: Entity, scenario: Scenario, *, language: str, start: StartRule, today: date, now: datetime
) -> None:
    """Change the language of last resort, or where the next leader starts; its accounts are decided on again."""
    scenario.language, scenario.start = language, start
    _review_users(entity, scenario, today=today, now=now)


def restore(scenario: Scenario) -> None:
    """Take an archived scenario back into use."""
    scenario.archived_at = None
    db.session.flush()


def duplicate(entity: Entity, scenario: Scenario, name: str, *, now: datetime) -> Scenario:
    """The same plan and texts under another name."""
    copy = scenario_files.read({**export(scenario), "name": name})
    made = create(entity, copy.name, now=now)
    _fill(made, copy)
    return made


def archive(entity: Entity, scenario: Scenario, *, now: datetime) -> None:
    """Take it out of use: deleted when nothing names it, else archived. Refused while customers have it."""
    if db.session.scalar(select(Customer.id).where(Customer.scenario_id == scenario.id).limit(1)):
        raise Refused('Customers still have the scenario "%(name)s": give them another one first.', name=scenario.name)
    if queries.is_used(scenario):
        scenario.archived_at = now
    else:
        db.session.delete(scenario)
    db.session.flush()


def set_paused(entity: Entity, scenario: Scenario, paused: bool, *, today: date, now: datetime) -> None:
    """Stop or let go the automatic messages of a scenario."""
    scenario.paused = paused
    _review_users(entity, scenario, today=today, now=now)


def save_step(
    entity: Entity, scenario: Scenario, step: Step | None, values: StepFile, *, today: date, now: datetime
) -> Step:
    """Add a step at the end, or change one; open actions follow at once."""
    scenario_files.check_step(values, library=scenario.library)
    for other in queries.steps_of(scenario):
        if other is not step and other.name == values.name:
            raise Refused('Another step is named "%(name)s".', name=values.name)
    fields = _custom_fields()
    if step is None:
        step = Step(position=_last(scenario) + 1, templates=[])
        scenario.steps.append(step)
    _set(step, values, fields)
    db.session.flush()
    _review_users(entity, scenario, today=today, now=now)
    return step


def remove_step(entity: Entity, scenario: Scenario, step: Step, *, today: date, now: datetime) -> None:
    """Take a step out of the plan; one that was done stays in the archive."""
    _take_out(scenario, step, now)
    _review_users(entity, scenario, today=today, now=now)


def reorder(entity: Entity, scenario: Scenario, step_ids: Sequence[int], *, today: date, now: datetime) -> None:
    """Put the steps in this order."""
    steps = {step.id: step for step in queries.steps_of(scenario)}
    if sorted(step_ids) != sorted(steps):
        raise Refused("The order names each step of the scenario once.")
    for position, step_id in enumerate(step_ids, 1):
        steps[step_id].position = position
    db.session.flush()
    db.session.expire(scenario, ["steps"])
    _review_users(entity, scenario, today=today, now=now)


def export(scenario: Scenario) -> dict[str, Any]:
    """The scenario as its file has it: what `import_file` reads back without loss."""
    found: dict[str, Any] = {"name": scenario.name, "language": scenario.language, "start": scenario.start.value}
    if scenario.library:
        found["library"] = True
    if not scenario.active:
        found["active"] = False
    found["steps"] = [_step_as_file(step) for step in queries.steps_of(scenario)]
    return found


def _step_as_file(step: Step) -> dict[str, Any]:
    """Only the words that say something; `pass_over_after` always for calls, whose default is not "never"."""
    found: dict[str, Any] = {"name": step.name, "type": step.type.value, "flavour": step.flavour.value}
    optional = {
        "after_due": step.after_due,
        "after_previous": step.after_previous,
        "mode": step.mode.value,
        "recipients": step.recipients or None,
        "sender": step.sender or None,
        "attachments": step.attachments or None,
        "also_by": step.also_by.value if step.also_by else None,
        "minimum_leader": None if step.minimum_leader is None else f"{step.minimum_leader:f}",
        "once_in_days": step.once_in_days,
    }
    found |= {word: value for word, value in optional.items() if value is not None}
    if step.pass_over_after is not None or step.type.value == "phone":
        found["pass_over_after"] = step.pass_over_after
    texts = sorted(step.templates, key=lambda text: text.language)
    found["templates"] = {text.language: {"subject": text.subject, "body": text.body} for text in texts}
    return found


def import_file(entity: Entity, data: object, *, today: date, now: datetime) -> tuple[Scenario, bool]:
    """Take in a scenario file; one of that name is brought to what the file says. The scenario; whether it was there.

    Steps are known by their names: a step that stays keeps what was done with it.
    """
    read = scenario_files.read(data)
    scenario = queries.by_name(entity, read.name)
    known = scenario is not None
    if scenario is None:
        scenario = create(entity, read.name, now=now)
    elif _has_customers(scenario) and read.library:
        raise Refused('Customers have the scenario "%(name)s": it cannot become a library.', name=read.name)
    scenario.archived_at = None
    kept = {step.name for step in read.steps}
    for step in queries.steps_of(scenario):
        if step.name not in kept:
            _take_out(scenario, step, now)
    _fill(scenario, read)
    if known:
        _review_users(entity, scenario, today=today, now=now)
    return scenario, known


def load_shipped(entity: Entity, *, now: datetime) -> list[Scenario]:
    """The scenarios that come with the product, those the entity does not have yet."""
    made = []
    for path in sorted((SHIPPED / "scenarios").glob("*.json")):
        read = scenario_files.read(json.loads(path.read_text("utf-8")))
        if queries.by_name(entity, read.name) is None:
            scenario = create(entity, read.name, now=now)
            _fill(scenario, read)
            made.append(scenario)
    return made


def archive_shipped(entity: Entity, but: Collection[object], *, now: datetime) -> None:
    """Take those that come with the product out of use where nobody has changed or uses them; those named stay."""
    for path in sorted((SHIPPED / "scenarios").glob("*.json")):
        read = scenario_files.read(json.loads(path.read_text("utf-8")))
        scenario = queries.by_name(entity, read.name)
        if read.name in but or read.library or scenario is None or _has_customers(scenario):
            continue
        if scenario_files.read(export(scenario)) == read:
            archive(entity, scenario, now=now)


def assign(
    entity: Entity,
    scenario: Scenario | None,
    customer_ids: Collection[int] | None,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> int:
    """Give customers a scenario (None takes theirs away), all of the entity without ids; how many have it now.

    The plan of the new scenario replaces what was planned at once.
    """
    if scenario is not None and (scenario.library or scenario.archived_at is not None):
        raise Refused('The scenario "%(name)s" cannot be given to customers.', name=scenario.name)
    mine = [Customer.entity_id == entity.id, Customer.archived_at.is_(None)]
    if customer_ids is not None:
        mine.append(among(Customer.id, customer_ids))
    wanted = scenario.id if scenario else None
    everybody = list(db.session.execute(select(Customer.id, Customer.scenario_id).where(*mine)))
    changed = [customer_id for customer_id, had in everybody if had != wanted]
    db.session.execute(
        update(Customer).where(*mine).values(scenario_id=wanted), execution_options={"synchronize_session": "fetch"}
    )
    name = scenario.name if scenario else "none"
    history.record_many([_given(entity, customer_id, name, actor, now) for customer_id in changed])
    if changed:
        review(entity, None if customer_ids is None else changed, today=today, now=now)
    return len(everybody)


def _given(entity: Entity, customer_id: int, name: str, actor: User | None, now: datetime) -> dict[str, Any]:
    return {
        "entity_id": entity.id,
        "customer_id": customer_id,
        "kind": EventKind.SCENARIO,
        "text": "Scenario: %(name)s",
        "data": {"params": {"name": name}},
        "actor_id": actor.id if actor else None,
        "at": now,
    }


def _free(entity: Entity, name: str, *, but: Scenario | None = None) -> str:
    name = name.strip()
    if not name:
        raise Refused("A scenario needs a name.")
    other = queries.by_name(entity, name)
    if other is not None and other is not but:
        raise Refused('There is already a scenario "%(name)s".', name=other.name)
    return name


def _fill(scenario: Scenario, read: ScenarioFile) -> None:
    """Bring a scenario to what a file says; steps of the same name are kept."""
    scenario.language, scenario.start = read.language, read.start
    scenario.library, scenario.active = read.library, read.active
    known = {step.name: step for step in queries.steps_of(scenario)}
    fields = _custom_fields()
    for position, values in enumerate(read.steps, 1):
        step = known.get(values.name)
        if step is None:
            step = Step(templates=[])
            scenario.steps.append(step)
        step.position = position
        _set(step, values, fields)
    db.session.flush()


def _custom_fields() -> list[str]:
    return list(db.session.scalars(select(CustomField.code).where(CustomField.subject == "customer")))


def _set(step: Step, values: StepFile, custom_fields: Collection[str]) -> None:
    """Put the values of a file or form on a step; texts with unknown hashtags are Refused."""
    columns = asdict(values)
    templates = columns.pop("templates")
    for name, value in columns.items():
        setattr(step, name, list(value) if isinstance(value, tuple) else value)
    for language, text in templates.items():
        where = f"{values.name} ({language})"
        hashtags.validate(text["subject"], text["body"], custom_fields=custom_fields, what=where)
    texts = {text.language: text for text in step.templates}
    for language in set(texts) - set(templates):
        step.templates.remove(texts[language])
    for language, text in templates.items():
        kept = texts.get(language)
        if kept is None:
            kept = StepTemplate(language=language)
            step.templates.append(kept)
        kept.subject, kept.body = clean.subject(text["subject"]), clean.template_body(text["body"])


def _take_out(scenario: Scenario, step: Step, now: datetime) -> None:
    if queries.is_step_used(step):
        step.archived_at = now
    else:
        scenario.steps.remove(step)
    db.session.flush()


def _last(scenario: Scenario) -> int:
    return max((step.position for step in scenario.steps), default=0)


def _has_customers(scenario: Scenario) -> bool:
    return db.session.scalar(select(Customer.id).where(Customer.scenario_id == scenario.id).limit(1)) is not None


def _review_users(entity: Entity, scenario: Scenario, *, today: date, now: datetime) -> None:
    """Decide again on the accounts that have the scenario."""
    db.session.flush()
    users = list(db.session.scalars(select(Customer.id).where(Customer.scenario_id == scenario.id)))
    review(entity, users, today=today, now=now)
