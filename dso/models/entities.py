"""Selling companies, their bank accounts, and exchange rates."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dso.db import Base, Json, Key, Money, UtcDateTime


class Entity(Base):
    """A selling company run on this installation."""

    __tablename__ = "entities"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    legal_name: Mapped[str] = mapped_column(String(200), default="")
    legal_id: Mapped[str] = mapped_column(String(50), default="")
    vat_number: Mapped[str] = mapped_column(String(50), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    timezone: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(20), default="en")
    #: Accent of the debtor page, "#rrggbb".
    colour: Mapped[str] = mapped_column(String(7), default="#0f5c63")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str] = mapped_column(String(40), default="")
    #: Language to footer text, shown under every mail and letter.
    legal_footer: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    smtp_host: Mapped[str] = mapped_column(String(200), default="")
    smtp_port: Mapped[int] = mapped_column(default=587)
    #: "none", "starttls" or "tls".
    smtp_security: Mapped[str] = mapped_column(String(10), default="starttls")
    smtp_user: Mapped[str] = mapped_column(String(200), default="")
    #: Sealed with the secret key of the installation.
    smtp_secret: Mapped[str] = mapped_column(Text, default="")
    mail_from: Mapped[str] = mapped_column(String(254), default="")
    mail_bcc: Mapped[str] = mapped_column(String(254), default="")
    #: When the last items file was taken in without being stopped; the ledger's age counts from here.
    ledger_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Day of the first items import: figures as at earlier days are rebuilt from document dates (11.6).
    first_import_on: Mapped[date | None]
    #: Day of the last day run; an earlier day is refused (11.6).
    last_run_on: Mapped[date | None]
    #: What that run had seen and written: a repeat that sees the same has nothing to do.
    last_run_mark: Mapped[str] = mapped_column(String(64), default="")
    #: When sending was last switched from test to live; the ramp-up week counts from here.
    live_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    bank_accounts: Mapped[list["BankAccount"]] = relationship(order_by="BankAccount.id", cascade="all, delete-orphan")


class BankAccount(Base):
    """An account debtors pay to."""

    __tablename__ = "bank_accounts"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    holder: Mapped[str] = mapped_column(String(200), default="")
    bank: Mapped[str] = mapped_column(String(200), default="")
    iban: Mapped[str] = mapped_column(String(40), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    #: Account details where there is no IBAN.
    details: Mapped[str] = mapped_column(Text, default="")


class Rate(Base):
    """Units of a currency for one unit of the reference currency, from a day on (1.6)."""

    __tablename__ = "rates"
    __table_args__ = (UniqueConstraint("reference", "currency", "on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(3))
    currency: Mapped[str] = mapped_column(String(3))
    on: Mapped[date]
    #: A ratio, not an amount: written as text, read by `Decimal(units)`, so that SQLite keeps every digit.
    units: Mapped[str] = mapped_column(String(30))


class PenaltyRate(Base):
    """Yearly late-interest rate and fixed cost of a debtor country from a day on (3.11)."""

    __tablename__ = "penalty_rates"
    __table_args__ = (UniqueConstraint("entity_id", "country", "currency", "from_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    from_on: Mapped[date]
    #: Percent a year, as an exact amount with four decimals.
    rate: Mapped[Decimal] = mapped_column(Money)
    #: Bands "from amount" to "fixed cost", both as text amounts.
    costs: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
