"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("choices", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("subject", "code", name=op.f("uq_custom_fields_subject_code")),
    )
    op.create_table(
        "entities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("legal_id", sa.String(length=50), nullable=False),
        sa.Column("vat_number", sa.String(length=50), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=50), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(length=40), nullable=False),
        sa.Column("legal_footer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("smtp_host", sa.String(length=200), nullable=False),
        sa.Column("smtp_port", sa.Integer(), nullable=False),
        sa.Column("smtp_security", sa.String(length=10), nullable=False),
        sa.Column("smtp_user", sa.String(length=200), nullable=False),
        sa.Column("smtp_secret", sa.Text(), nullable=False),
        sa.Column("mail_from", sa.String(length=254), nullable=False),
        sa.Column("mail_bcc", sa.String(length=254), nullable=False),
        sa.Column("ledger_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_import_on", sa.Date(), nullable=True),
        sa.Column("last_run_on", sa.Date(), nullable=True),
        sa.Column("last_run_mark", sa.String(length=64), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
        sa.UniqueConstraint("name", name=op.f("uq_entities_name")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("worker", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("units", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rates")),
        sa.UniqueConstraint("reference", "currency", "on", name=op.f("uq_rates_reference_currency_on")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_email_at", ["email", "at"], unique=False)

    op.create_table(
        "statuses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("labels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("follow_up_days", sa.Integer(), nullable=False),
        sa.Column("template_step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_step_id"], ["steps.id"], name=op.f("fk_statuses_template_step_id"), use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statuses")),
        sa.UniqueConstraint("name", name=op.f("uq_statuses_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("may_import", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("job_title", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("mobile", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_to", sa.Date(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_from", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_users_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("iban", sa.String(length=40), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_bank_accounts_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_accounts_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_groups_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("entity_id", "name", name=op.f("uq_groups_entity_id_name")),
    )
    op.create_table(
        "import_mappings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_import_mappings_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint(
            "entity_id", "kind", "header_key", name=op.f("uq_import_mappings_entity_id_kind_header_key")
        ),
    )
    op.create_table(
        "import_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=100), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("measures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_import_runs_actor_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_import_runs_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.create_index("ix_import_runs_entity", ["entity_id", "kind", "id"], unique=False)

    op.create_table(
        "import_uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("stored_as", sa.String(length=100), nullable=False),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_import_uploads_author_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_import_uploads_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_uploads")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_import_uploads_stored_as")),
    )
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_uploads_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_user_id"), ["user_id"], unique=False)

    op.create_table(
        "job_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_job_runs_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_job_runs_entity",
            ["job", "entity_id", "due_at"],
            unique=True,
            sqlite_where=sa.text("entity_id IS NOT NULL"),
            postgresql_where=sa.text("entity_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_job_runs_installation",
            ["job", "due_at"],
            unique=True,
            sqlite_where=sa.text("entity_id IS NULL"),
            postgresql_where=sa.text("entity_id IS NULL"),
        )

    op.create_table(
        "payment_centres",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_payment_centres_contact_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_payment_centres_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_centres")),
    )
    with op.batch_alter_table("payment_centres", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_centres_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "penalty_rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("costs", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_penalty_rates_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_rates")),
        sa.UniqueConstraint(
            "entity_id",
            "country",
            "currency",
            "from_on",
            name=op.f("uq_penalty_rates_entity_id_country_currency_from_on"),
        ),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("start", sa.String(length=20), nullable=False),
        sa.Column("library", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_scenarios_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("entity_id", "name", name=op.f("uq_scenarios_entity_id_name")),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_settings_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    with op.batch_alter_table("settings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_settings_entity",
            ["name", "entity_id"],
            unique=True,
            sqlite_where=sa.text("entity_id IS NOT NULL"),
            postgresql_where=sa.text("entity_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_settings_installation",
            ["name"],
            unique=True,
            sqlite_where=sa.text("entity_id IS NULL"),
            postgresql_where=sa.text("entity_id IS NULL"),
        )

    op.create_table(
        "user_entities",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_user_entities_entity_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_entities_user_id")),
        sa.PrimaryKeyConstraint("user_id", "entity_id", name=op.f("pk_user_entities")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("unique_id", sa.String(length=200), nullable=True),
        sa.Column("business_name", sa.String(length=300), nullable=False),
        sa.Column("trade_name", sa.String(length=300), nullable=False),
        sa.Column("legal_id", sa.String(length=50), nullable=False),
        sa.Column("establishment_id", sa.String(length=50), nullable=False),
        sa.Column("vat_number", sa.String(length=50), nullable=False),
        sa.Column("business_line", sa.String(length=200), nullable=False),
        sa.Column("customer_type", sa.String(length=100), nullable=False),
        sa.Column("ultimate_parent_number", sa.String(length=100), nullable=False),
        sa.Column("street_number", sa.String(length=30), nullable=False),
        sa.Column("street", sa.String(length=300), nullable=False),
        sa.Column("street_line2", sa.String(length=300), nullable=False),
        sa.Column("street_line3", sa.String(length=300), nullable=False),
        sa.Column("po_box", sa.String(length=100), nullable=False),
        sa.Column("postal_code", sa.String(length=30), nullable=False),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("payment_term", sa.String(length=200), nullable=False),
        sa.Column("payment_method", sa.String(length=100), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("blocked_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("insolvent_on", sa.Date(), nullable=True),
        sa.Column("insolvency_administrator", sa.Text(), nullable=False),
        sa.Column("insolvency_deadline_on", sa.Date(), nullable=True),
        sa.Column("collector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scenario_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("interactive", sa.Boolean(), nullable=False),
        sa.Column("penalties", sa.Boolean(), nullable=False),
        sa.Column("recovery_cost", sa.Boolean(), nullable=False),
        sa.Column("collected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("ledger_incomplete", sa.Boolean(), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("order_backlog", sa.BigInteger(), nullable=True),
        sa.Column("insurer_guarantee", sa.BigInteger(), nullable=True),
        sa.Column("insurer_reference", sa.String(length=100), nullable=False),
        sa.Column("insurer_rating", sa.String(length=100), nullable=False),
        sa.Column("guarantee_type", sa.String(length=100), nullable=False),
        sa.Column("guarantee_currency", sa.String(length=3), nullable=False),
        sa.Column("temporary_guarantee", sa.BigInteger(), nullable=True),
        sa.Column("temporary_guarantee_start", sa.Date(), nullable=True),
        sa.Column("temporary_guarantee_end", sa.Date(), nullable=True),
        sa.Column("risk_category", sa.String(length=20), nullable=False),
        sa.Column("risk_score", sa.String(length=20), nullable=False),
        sa.Column("financial_score", sa.String(length=50), nullable=False),
        sa.Column("information", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("custom", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["collected_by_id"], ["customers.id"], name=op.f("fk_customers_collected_by_id")),
        sa.ForeignKeyConstraint(["collector_id"], ["users.id"], name=op.f("fk_customers_collector_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_customers_entity_id")),
        sa.ForeignKeyConstraint(
            ["payment_centre_id"], ["payment_centres.id"], name=op.f("fk_customers_payment_centre_id")
        ),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_customers_scenario_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_collected_by_id"), ["collected_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_collector_id"), ["collector_id"], unique=False)
        batch_op.create_index("ix_customers_entity_code", ["entity_id", "code"], unique=False)
        batch_op.create_index("ix_customers_entity_name", ["entity_id", "business_name"], unique=False)
        batch_op.create_index("ix_customers_legal", ["entity_id", "legal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_payment_centre_id"), ["payment_centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_scenario_id"), ["scenario_id"], unique=False)
        batch_op.create_index(
            "uq_customers_code_alone",
            ["entity_id", "code"],
            unique=True,
            sqlite_where=sa.text("unique_id IS NULL"),
            postgresql_where=sa.text("unique_id IS NULL"),
        )
        batch_op.create_index(
            "uq_customers_unique_id",
            ["entity_id", "unique_id"],
            unique=True,
            sqlite_where=sa.text("unique_id IS NOT NULL"),
            postgresql_where=sa.text("unique_id IS NOT NULL"),
        )

    op.create_table(
        "steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scenario_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("flavour", sa.String(length=20), nullable=False),
        sa.Column("after_due", sa.Integer(), nullable=True),
        sa.Column("after_previous", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("recipients", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("attachments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("also_by", sa.String(length=20), nullable=True),
        sa.Column("pass_over_after", sa.Integer(), nullable=True),
        sa.Column("minimum_leader", sa.BigInteger(), nullable=True),
        sa.Column("once_in_days", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("after_due IS NULL OR after_previous IS NULL", name=op.f("ck_steps_one_trigger")),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_steps_scenario_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
    )
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_steps_scenario_id"), ["scenario_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=100), nullable=False),
        sa.Column("visible_to_colleagues", sa.Boolean(), nullable=False),
        sa.Column("visible_to_debtor", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_attachments_author_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_attachments_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_attachments_entity_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_attachments_reply_id"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_attachments_stored_as")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_reply_id"), ["reply_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=30), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("mobile", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("for_collection", sa.Boolean(), nullable=False),
        sa.Column("bounced", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_contacts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_contacts_email", ["email"], unique=False)
        batch_op.create_index(
            "uq_contacts_for_collection",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("for_collection = 1"),
            postgresql_where=sa.text("for_collection"),
        )

    op.create_table(
        "customer_colleagues",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_colleagues_customer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_customer_colleagues_user_id")),
        sa.PrimaryKeyConstraint("customer_id", "user_id", name=op.f("pk_customer_colleagues")),
    )
    with op.batch_alter_table("customer_colleagues", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_colleagues_user_id"), ["user_id"], unique=False)

    op.create_table(
        "customer_groups",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_import", sa.String(length=1), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_groups_customer_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_customer_groups_group_id")),
        sa.PrimaryKeyConstraint("customer_id", "group_id", name=op.f("pk_customer_groups")),
    )
    with op.batch_alter_table("customer_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_groups_group_id"), ["group_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_events_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_events_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_customer", ["customer_id", "id"], unique=False)

    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("unique_id", sa.String(length=200), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("erp_type", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("cleared_by", sa.String(length=20), nullable=True),
        sa.Column("cleared_amount", sa.BigInteger(), nullable=True),
        sa.Column("expected_clearing_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=True),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("remaining_excl_tax", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("order_reference", sa.String(length=100), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("sales_person", sa.String(length=200), nullable=False),
        sa.Column("sales_admin", sa.String(length=200), nullable=False),
        sa.Column("payment_method", sa.String(length=100), nullable=False),
        sa.Column("document_url", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.String(length=200), nullable=False),
        sa.Column("custom", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status_type", sa.String(length=20), nullable=True),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("status_comment", sa.Text(), nullable=False),
        sa.Column("status_visible", sa.Boolean(), nullable=False),
        sa.Column("status_author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qualification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("promised_amount", sa.BigInteger(), nullable=True),
        sa.Column("promise_until", sa.Date(), nullable=True),
        sa.Column("promise_broken", sa.Boolean(), nullable=False),
        sa.Column("disputed_amount", sa.BigInteger(), nullable=True),
        sa.Column("reply_author", sa.String(length=200), nullable=False),
        sa.Column("reply_email", sa.String(length=254), nullable=False),
        sa.Column("reply_on", sa.Date(), nullable=True),
        sa.Column("reply_text", sa.Text(), nullable=False),
        sa.Column("internal_reply_author", sa.String(length=200), nullable=False),
        sa.Column("internal_reply_email", sa.String(length=254), nullable=False),
        sa.Column("internal_reply_on", sa.Date(), nullable=True),
        sa.Column("internal_reply_text", sa.Text(), nullable=False),
        sa.Column("ignored", sa.Boolean(), nullable=False),
        sa.Column("held_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(remaining <> 0) = (cleared_on IS NULL)", name=op.f("ck_items_open_or_cleared")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_items_customer_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["actions.id"], name=op.f("fk_items_held_by_id"), use_alter=True),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualifications.id"], name=op.f("fk_items_qualification_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["resolver_id"], ["users.id"], name=op.f("fk_items_resolver_id")),
        sa.ForeignKeyConstraint(["status_author_id"], ["users.id"], name=op.f("fk_items_status_author_id")),
        sa.ForeignKeyConstraint(["status_id"], ["statuses.id"], name=op.f("fk_items_status_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_items_cleared",
            ["entity_id", "cleared_on"],
            unique=False,
            sqlite_where=sa.text("cleared_on IS NOT NULL"),
            postgresql_where=sa.text("cleared_on IS NOT NULL"),
        )
        batch_op.create_index("ix_items_customer", ["customer_id", "due_on"], unique=False)
        batch_op.create_index(
            "ix_items_held_by",
            ["held_by_id"],
            unique=False,
            sqlite_where=sa.text("held_by_id IS NOT NULL"),
            postgresql_where=sa.text("held_by_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_items_number",
            ["entity_id", "number", "issued_year"],
            unique=False,
            postgresql_ops={"number": "varchar_pattern_ops"},
        )
        batch_op.create_index(
            "ix_items_open_account",
            ["account_id", "due_on", "remaining", "currency"],
            unique=False,
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.create_index(
            "ix_items_open_due",
            ["entity_id", "due_on", "remaining"],
            unique=False,
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.create_index(
            "ix_items_open_totals",
            ["entity_id", "customer_id", "currency", "due_on", "remaining", "type"],
            unique=False,
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.create_index(
            "uq_items_unique_id",
            ["entity_id", "unique_id"],
            unique=True,
            sqlite_where=sa.text("unique_id IS NOT NULL"),
            postgresql_where=sa.text("unique_id IS NOT NULL"),
        )

    op.create_table(
        "other_guarantees",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_other_guarantees_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_guarantees")),
    )
    with op.batch_alter_table("other_guarantees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_other_guarantees_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "qualifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("visible_to_customer", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_qualifications_action_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_qualifications_author_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["qualifications.id"], name=op.f("fk_qualifications_corrects_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_qualifications_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_qualifications_entity_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_qualifications_reply_id"), use_alter=True),
        sa.ForeignKeyConstraint(["resolver_id"], ["users.id"], name=op.f("fk_qualifications_resolver_id")),
        sa.ForeignKeyConstraint(["status_id"], ["statuses.id"], name=op.f("fk_qualifications_status_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualifications")),
    )
    with op.batch_alter_table("qualifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualifications_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_qualifications_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "rejected_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_rejected_rows_customer_id")),
        sa.ForeignKeyConstraint(["import_run_id"], ["import_runs.id"], name=op.f("fk_rejected_rows_import_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_rows")),
    )
    with op.batch_alter_table("rejected_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rejected_rows_import_run_id"), ["import_run_id"], unique=False)
        batch_op.create_index(
            "ix_rejected_rows_pending",
            ["customer_id"],
            unique=False,
            sqlite_where=sa.text("pending"),
            postgresql_where=sa.text("pending"),
        )

    op.create_table(
        "step_templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_step_templates_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_templates")),
        sa.UniqueConstraint("step_id", "language", name=op.f("uq_step_templates_step_id_language")),
    )
    with op.batch_alter_table("step_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_templates_step_id"), ["step_id"], unique=False)

    op.create_table(
        "actions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("flavour", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scenario_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("user_dated", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("to_confirm", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("resolver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qualification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_actions_confirmed_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_actions_customer_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_actions_done_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_actions_entity_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["items.id"], name=op.f("fk_actions_leader_id")),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualifications.id"], name=op.f("fk_actions_qualification_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["resolver_id"], ["users.id"], name=op.f("fk_actions_resolver_id")),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_actions_scenario_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_actions_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index("ix_actions_customer", ["customer_id", "state"], unique=False)
        batch_op.create_index("ix_actions_done", ["entity_id", "done_on"], unique=False)
        batch_op.create_index("ix_actions_leader", ["leader_id"], unique=False)
        batch_op.create_index(
            "ix_actions_open_on",
            ["entity_id", "on"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'confirmed', 'queued', 'error')"),
            postgresql_where=sa.text("state IN ('planned', 'confirmed', 'queued', 'error')"),
        )
        batch_op.create_index(batch_op.f("ix_actions_resolver_id"), ["resolver_id"], unique=False)
        batch_op.create_index(
            "uq_actions_open_scenario",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'scenario' AND state IN ('planned', 'confirmed', 'queued', 'error')"),
            postgresql_where=sa.text("kind = 'scenario' AND state IN ('planned', 'confirmed', 'queued', 'error')"),
        )

    op.create_table(
        "attachment_items",
        sa.Column("attachment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=op.f("fk_attachment_items_attachment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_attachment_items_item_id")),
        sa.PrimaryKeyConstraint("attachment_id", "item_id", name=op.f("pk_attachment_items")),
    )
    with op.batch_alter_table("attachment_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_items_item_id"), ["item_id"], unique=False)

    op.create_table(
        "event_items",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_items_event_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_event_items_item_id")),
        sa.PrimaryKeyConstraint("event_id", "item_id", name=op.f("pk_event_items")),
    )
    with op.batch_alter_table("event_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_items_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("import_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_item_changes_actor_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_item_changes_entity_id")),
        sa.ForeignKeyConstraint(["import_run_id"], ["import_runs.id"], name=op.f("fk_item_changes_import_run_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_changes_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_changes")),
    )
    with op.batch_alter_table("item_changes", schema=None) as batch_op:
        batch_op.create_index("ix_item_changes_entity_on", ["entity_id", "on"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_changes_import_run_id"), ["import_run_id"], unique=False)
        batch_op.create_index("ix_item_changes_item", ["item_id", "on"], unique=False)

    op.create_table(
        "qualification_items",
        sa.Column("qualification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_qualification_items_item_id")),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualifications.id"], name=op.f("fk_qualification_items_qualification_id")
        ),
        sa.PrimaryKeyConstraint("qualification_id", "item_id", name=op.f("pk_qualification_items")),
    )
    with op.batch_alter_table("qualification_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_items_item_id"), ["item_id"], unique=False)

    op.create_table(
        "action_items",
        sa.Column("action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_action_items_action_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_action_items_item_id")),
        sa.PrimaryKeyConstraint("action_id", "item_id", name=op.f("pk_action_items")),
    )
    with op.batch_alter_table("action_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_items_item_id"), ["item_id"], unique=False)

    op.create_table(
        "consumed_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["customers.id"], name=op.f("fk_consumed_steps_account_id")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_consumed_steps_action_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["items.id"], name=op.f("fk_consumed_steps_leader_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_consumed_steps_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumed_steps")),
        sa.UniqueConstraint(
            "account_id", "leader_id", "step_id", name=op.f("uq_consumed_steps_account_id_leader_id_step_id")
        ),
    )
    with op.batch_alter_table("consumed_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consumed_steps_leader_id"), ["leader_id"], unique=False)

    op.create_table(
        "contact_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_contact_logs_action_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_contact_logs_author_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_logs_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_contact_logs_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_contact_logs_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_logs")),
    )
    with op.batch_alter_table("contact_logs", schema=None) as batch_op:
        batch_op.create_index("ix_contact_logs_customer", ["customer_id", "on"], unique=False)
        batch_op.create_index("ix_contact_logs_entity", ["entity_id", "on"], unique=False)

    op.create_table(
        "customer_states",
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("receivable", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("not_due", sa.BigInteger(), nullable=False),
        sa.Column("oldest_due_on", sa.Date(), nullable=True),
        sa.Column("open_items", sa.Integer(), nullable=False),
        sa.Column("unconverted", sa.Boolean(), nullable=False),
        sa.Column("average_delay", sa.Integer(), nullable=True),
        sa.Column("average_duration", sa.Integer(), nullable=True),
        sa.Column("promises_kept", sa.Integer(), nullable=False),
        sa.Column("promises_broken", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leader_since_on", sa.Date(), nullable=True),
        sa.Column("chaseable", sa.BigInteger(), nullable=True),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("reason_data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason_on", sa.Date(), nullable=True),
        sa.Column("next_action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("next_action_on", sa.Date(), nullable=True),
        sa.Column("last_action_on", sa.Date(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_states_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_customer_states_entity_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["items.id"], name=op.f("fk_customer_states_leader_id")),
        sa.ForeignKeyConstraint(["next_action_id"], ["actions.id"], name=op.f("fk_customer_states_next_action_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_states")),
    )
    with op.batch_alter_table("customer_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_states_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_states_next_action_id"), ["next_action_id"], unique=False)
        batch_op.create_index("ix_customer_states_overdue", ["entity_id", "overdue"], unique=False)
        batch_op.create_index("ix_customer_states_reason", ["entity_id", "reason_code"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cc", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("bcc", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("edited_body", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("listed", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=100), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id_header", sa.String(length=200), nullable=False),
        sa.Column("references_header", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_messages_action_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_messages_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_messages_entity_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_messages_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "action_id", "occurrence", "recipient", name=op.f("uq_messages_action_id_occurrence_recipient")
        ),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_messages_entity_state", ["entity_id", "state", "id"], unique=False)
        batch_op.create_index("ix_messages_left", ["entity_id", "left_on"], unique=False)
        batch_op.create_index("ix_messages_recipient_sent", ["recipient", "sent_at"], unique=False)
        batch_op.create_index(
            "ix_messages_waiting",
            ["state", "next_try_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )

    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("flavour", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_count", sa.Integer(), nullable=False),
        sa.Column("last_address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_links_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_links_entity_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_links_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("nonce", name=op.f("uq_links_nonce")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_message_id"), ["message_id"], unique=False)

    op.create_table(
        "replies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_replies_customer_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_replies_entity_id")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["users.id"], name=op.f("fk_replies_handled_by_id")),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_replies_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("form_key", name=op.f("uq_replies_form_key")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index("ix_replies_entity_state", ["entity_id", "state", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_replies_link_id"), ["link_id"], unique=False)
        batch_op.create_index(
            "ix_replies_new",
            ["customer_id"],
            unique=False,
            sqlite_where=sa.text("state = 'new'"),
            postgresql_where=sa.text("state = 'new'"),
        )

    op.create_table(
        "reply_items",
        sa.Column("reply_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_reply_items_item_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_reply_items_reply_id")),
        sa.PrimaryKeyConstraint("reply_id", "item_id", name=op.f("pk_reply_items")),
    )
    with op.batch_alter_table("reply_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_items_item_id"), ["item_id"], unique=False)

    if op.get_context().dialect.supports_alter:
        op.create_foreign_key(op.f("fk_statuses_template_step_id"), "statuses", "steps", ["template_step_id"], ["id"])
        op.create_foreign_key(
            op.f("fk_payment_centres_contact_id"), "payment_centres", "contacts", ["contact_id"], ["id"]
        )
        op.create_foreign_key(op.f("fk_attachments_reply_id"), "attachments", "replies", ["reply_id"], ["id"])
        op.create_foreign_key(op.f("fk_items_held_by_id"), "items", "actions", ["held_by_id"], ["id"])
        op.create_foreign_key(
            op.f("fk_items_qualification_id"), "items", "qualifications", ["qualification_id"], ["id"]
        )
        op.create_foreign_key(op.f("fk_qualifications_action_id"), "qualifications", "actions", ["action_id"], ["id"])
        op.create_foreign_key(op.f("fk_qualifications_reply_id"), "qualifications", "replies", ["reply_id"], ["id"])
        op.create_foreign_key(
            op.f("fk_actions_qualification_id"), "actions", "qualifications", ["qualification_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    if op.get_context().dialect.supports_alter:
        op.drop_constraint(op.f("fk_statuses_template_step_id"), "statuses", type_="foreignkey")
        op.drop_constraint(op.f("fk_payment_centres_contact_id"), "payment_centres", type_="foreignkey")
        op.drop_constraint(op.f("fk_attachments_reply_id"), "attachments", type_="foreignkey")
        op.drop_constraint(op.f("fk_items_held_by_id"), "items", type_="foreignkey")
        op.drop_constraint(op.f("fk_items_qualification_id"), "items", type_="foreignkey")
        op.drop_constraint(op.f("fk_qualifications_action_id"), "qualifications", type_="foreignkey")
        op.drop_constraint(op.f("fk_qualifications_reply_id"), "qualifications", type_="foreignkey")
        op.drop_constraint(op.f("fk_actions_qualification_id"), "actions", type_="foreignkey")
    with op.batch_alter_table("reply_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reply_items_item_id"))

    op.drop_table("reply_items")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_replies_new", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")
        )
        batch_op.drop_index(batch_op.f("ix_replies_link_id"))
        batch_op.drop_index("ix_replies_entity_state")

    op.drop_table("replies")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_message_id"))
        batch_op.drop_index(batch_op.f("ix_links_customer_id"))

    op.drop_table("links")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_waiting",
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.drop_index("ix_messages_recipient_sent")
        batch_op.drop_index("ix_messages_left")
        batch_op.drop_index("ix_messages_entity_state")
        batch_op.drop_index("ix_messages_customer")

    op.drop_table("messages")
    with op.batch_alter_table("customer_states", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_states_reason")
        batch_op.drop_index("ix_customer_states_overdue")
        batch_op.drop_index(batch_op.f("ix_customer_states_next_action_id"))
        batch_op.drop_index(batch_op.f("ix_customer_states_leader_id"))

    op.drop_table("customer_states")
    with op.batch_alter_table("contact_logs", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_logs_entity")
        batch_op.drop_index("ix_contact_logs_customer")

    op.drop_table("contact_logs")
    with op.batch_alter_table("consumed_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consumed_steps_leader_id"))

    op.drop_table("consumed_steps")
    with op.batch_alter_table("action_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_items_item_id"))

    op.drop_table("action_items")
    with op.batch_alter_table("qualification_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualification_items_item_id"))

    op.drop_table("qualification_items")
    with op.batch_alter_table("item_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_item_changes_item")
        batch_op.drop_index(batch_op.f("ix_item_changes_import_run_id"))
        batch_op.drop_index("ix_item_changes_entity_on")

    op.drop_table("item_changes")
    with op.batch_alter_table("event_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_items_item_id"))

    op.drop_table("event_items")
    with op.batch_alter_table("attachment_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_items_item_id"))

    op.drop_table("attachment_items")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_actions_open_scenario",
            sqlite_where=sa.text("kind = 'scenario' AND state IN ('planned', 'confirmed', 'queued', 'error')"),
            postgresql_where=sa.text("kind = 'scenario' AND state IN ('planned', 'confirmed', 'queued', 'error')"),
        )
        batch_op.drop_index(batch_op.f("ix_actions_resolver_id"))
        batch_op.drop_index(
            "ix_actions_open_on",
            sqlite_where=sa.text("state IN ('planned', 'confirmed', 'queued', 'error')"),
            postgresql_where=sa.text("state IN ('planned', 'confirmed', 'queued', 'error')"),
        )
        batch_op.drop_index("ix_actions_leader")
        batch_op.drop_index("ix_actions_done")
        batch_op.drop_index("ix_actions_customer")

    op.drop_table("actions")
    with op.batch_alter_table("step_templates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_templates_step_id"))

    op.drop_table("step_templates")
    with op.batch_alter_table("rejected_rows", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_rejected_rows_pending", sqlite_where=sa.text("pending"), postgresql_where=sa.text("pending")
        )
        batch_op.drop_index(batch_op.f("ix_rejected_rows_import_run_id"))

    op.drop_table("rejected_rows")
    with op.batch_alter_table("qualifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualifications_entity_id"))
        batch_op.drop_index(batch_op.f("ix_qualifications_customer_id"))

    op.drop_table("qualifications")
    with op.batch_alter_table("other_guarantees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_other_guarantees_customer_id"))

    op.drop_table("other_guarantees")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_items_unique_id",
            sqlite_where=sa.text("unique_id IS NOT NULL"),
            postgresql_where=sa.text("unique_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_items_open_totals",
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.drop_index(
            "ix_items_open_due",
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.drop_index(
            "ix_items_open_account",
            sqlite_where=sa.text("cleared_on IS NULL"),
            postgresql_where=sa.text("cleared_on IS NULL"),
        )
        batch_op.drop_index("ix_items_number", postgresql_ops={"number": "varchar_pattern_ops"})
        batch_op.drop_index(
            "ix_items_held_by",
            sqlite_where=sa.text("held_by_id IS NOT NULL"),
            postgresql_where=sa.text("held_by_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_items_customer")
        batch_op.drop_index(
            "ix_items_cleared",
            sqlite_where=sa.text("cleared_on IS NOT NULL"),
            postgresql_where=sa.text("cleared_on IS NOT NULL"),
        )

    op.drop_table("items")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_customer")

    op.drop_table("events")
    with op.batch_alter_table("customer_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_groups_group_id"))

    op.drop_table("customer_groups")
    with op.batch_alter_table("customer_colleagues", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_colleagues_user_id"))

    op.drop_table("customer_colleagues")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contacts_for_collection",
            sqlite_where=sa.text("for_collection = 1"),
            postgresql_where=sa.text("for_collection"),
        )
        batch_op.drop_index("ix_contacts_email")
        batch_op.drop_index(batch_op.f("ix_contacts_customer_id"))

    op.drop_table("contacts")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_reply_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_customer_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_steps_scenario_id"))

    op.drop_table("steps")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customers_unique_id",
            sqlite_where=sa.text("unique_id IS NOT NULL"),
            postgresql_where=sa.text("unique_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_customers_code_alone",
            sqlite_where=sa.text("unique_id IS NULL"),
            postgresql_where=sa.text("unique_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customers_scenario_id"))
        batch_op.drop_index(batch_op.f("ix_customers_payment_centre_id"))
        batch_op.drop_index("ix_customers_legal")
        batch_op.drop_index("ix_customers_entity_name")
        batch_op.drop_index("ix_customers_entity_code")
        batch_op.drop_index(batch_op.f("ix_customers_collector_id"))
        batch_op.drop_index(batch_op.f("ix_customers_collected_by_id"))

    op.drop_table("customers")
    op.drop_table("user_entities")
    with op.batch_alter_table("settings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settings_installation",
            sqlite_where=sa.text("entity_id IS NULL"),
            postgresql_where=sa.text("entity_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_settings_entity",
            sqlite_where=sa.text("entity_id IS NOT NULL"),
            postgresql_where=sa.text("entity_id IS NOT NULL"),
        )

    op.drop_table("settings")
    op.drop_table("scenarios")
    op.drop_table("penalty_rates")
    with op.batch_alter_table("payment_centres", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_centres_entity_id"))

    op.drop_table("payment_centres")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_runs_installation",
            sqlite_where=sa.text("entity_id IS NULL"),
            postgresql_where=sa.text("entity_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_job_runs_entity",
            sqlite_where=sa.text("entity_id IS NOT NULL"),
            postgresql_where=sa.text("entity_id IS NOT NULL"),
        )

    op.drop_table("job_runs")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_user_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("import_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_uploads_entity_id"))

    op.drop_table("import_uploads")
    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_import_runs_entity")

    op.drop_table("import_runs")
    op.drop_table("import_mappings")
    op.drop_table("groups")
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_accounts_entity_id"))

    op.drop_table("bank_accounts")
    op.drop_table("users")
    op.drop_table("statuses")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failures_email_at")
        batch_op.drop_index("ix_sign_in_failures_address_at")

    op.drop_table("sign_in_failures")
    op.drop_table("rates")
    op.drop_table("heartbeats")
    op.drop_table("entities")
    op.drop_table("custom_fields")
