"""One customer in plain Python, lived day by day: the ledger and a collector around the pure decision."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from dso.domain.codes import ActionState, Consumed, ItemType, StepType
from dso.domain.pool import PoolItem, chaseable, chased_amount, find_leader, is_chased
from dso.domain.scenarios import Account, ConsumedAt, Decision, Later, Leader, OpenAction, Plan, Rules, StepRule, decide


@dataclass
class World:
    """The state of one account; `day` decides, stores what was decided, and sends what may be sent."""

    plan: Plan
    rules: Rules
    items: dict[str, PoolItem] = field(default_factory=dict)
    numbers: int = 0
    reasons: list[Decision] = field(default_factory=list)
    sent: list[tuple[date, str, str]] = field(default_factory=list)
    passed: list[tuple[date, str]] = field(default_factory=list)
    open: OpenAction | None = None
    contact_on: date | None = None
    leader: Leader | None = None
    consumed: dict[int, list[ConsumedAt]] = field(default_factory=dict)
    listed: dict[int, set[int]] = field(default_factory=dict)

    def invoice(self, number: str, amount: str, due: date, type: ItemType = ItemType.INVOICE, **more: object) -> None:
        """A document arrives."""
        self.numbers += 1
        item = PoolItem(self.numbers, number, type, "EUR", Decimal(amount), due - timedelta(days=30), due)
        self.items[number] = replace(item, **more)  # type: ignore[arg-type]

    def change(self, number: str, **fields: object) -> None:
        """Something becomes known of a document."""
        self.items[number] = replace(self.items[number], **fields)  # type: ignore[arg-type]

    def paid(self, number: str) -> None:
        """A document is cleared."""
        del self.items[number]

    def account(self, today: date) -> Account:
        """The facts of the day."""
        settings = self.rules.settings
        found = find_leader(self.items.values(), settings, today)
        if found is None:
            self.leader = None
        elif self.leader is None or self.leader.id != found.id:
            self.leader = Leader(found.id, found.number, found.currency, found.remaining, found.due_on, today)
        else:
            self.leader = replace(self.leader, due_on=found.due_on, remaining=found.remaining)
        base = max(today, self.leader.due_on) if self.leader else today
        later = tuple(
            Later(item.due_on, item.currency, chased_amount(item))
            for item in self.items.values()
            if item.due_on > base and is_chased(item, settings, today)
        )
        leader_id = self.leader.id if self.leader else 0
        return Account(
            1,
            "C1",
            open_items=len(self.items),
            leader=self.leader,
            chaseable=chaseable(self.items.values(), settings, today),
            later=later,
            consumed=tuple(self.consumed.get(leader_id, ())),
            listed=frozenset(step for step, items in self.listed.items() if leader_id in items),
            open=self.open,
            last_contact_on=self.contact_on,
            to="Zoé Hébert",
            reachable=frozenset({"collection", "post"}),
            automatic_in_week=self._sent_since(today - timedelta(days=6)),
        )

    def _sent_since(self, first: date) -> int:
        return sum(on >= first and what.startswith("E-mail") for on, what, _number in self.sent)

    def day(self, today: date) -> Decision:
        """One day's run."""
        decision = decide(self.account(today), self.plan, self.rules, today)
        self.reasons.append(decision)
        for over in decision.passed_over:
            assert self.leader is not None
            self._use_up(over.step_id, over.on, Consumed.PASSED_OVER)
            self.passed.append((today, self._step(over.step_id).name))
        self.open = None
        if decision.action is not None:
            action = decision.action
            self.open = OpenAction(1, action.leader_id, action.step.id, action.on, action.state, basis=action.basis)
            if decision.send:
                self.do(today)
        return decision

    def do(self, today: date) -> None:
        """The open action is done: by the sender, or by the collector."""
        assert self.open is not None and self.leader is not None and self.open.step_id is not None
        step = self._step(self.open.step_id)
        word = "E-mail" if step.type is StepType.EMAIL else step.type.value
        self.sent.append((today, f"{word} {step.name}", self.leader.number))
        self._use_up(step.id, today, Consumed.DONE)
        if step.is_message:
            self.contact_on = today
            listed = {
                item.id
                for item in self.items.values()
                if is_chased(item, self.rules.settings, today) and item.due_on <= max(today, self.leader.due_on)
            }
            self.listed.setdefault(step.id, set()).update(listed)
        self.open = None

    def talked(self, today: date) -> None:
        """A conversation was logged."""
        self.contact_on = today

    def redate(self, on: date) -> None:
        """The collector moved the open action."""
        assert self.open is not None
        self.open = replace(self.open, on=on, user_dated=True, state=ActionState.PLANNED)

    def _use_up(self, step_id: int, on: date, how: Consumed) -> None:
        assert self.leader is not None
        self.consumed.setdefault(self.leader.id, []).append(ConsumedAt(step_id, how, on))

    def _step(self, step_id: int) -> StepRule:
        return next(step for step in self.plan.steps if step.id == step_id)
