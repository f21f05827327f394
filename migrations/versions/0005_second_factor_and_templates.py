"""Second factor, versions of letter templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    _second_factors()
    _recovery_codes()
    _what_a_session_awaits()
    _who_must_have_one()
    _letter_wordings()
    _which_wording_a_letter_has()
    _audit_by_act()


def _second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_secret", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint(
            "user_id", "code_hash", name=op.f("uq_recovery_codes_user_id_code_hash")
        ),
    )


def _what_a_session_awaits() -> None:
    with op.batch_alter_table("user_sessions") as table:
        table.add_column(
            sa.Column("awaits", sa.String(length=10), nullable=False, server_default="")
        )


def _who_must_have_one() -> None:
    with op.batch_alter_table("organisation") as table:
        table.add_column(
            sa.Column(
                "requires_second_factor", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )


def _letter_wordings() -> None:
    op.create_table(
        "letter_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blocks", helpdesk.lib.database.Json(), nullable=False),
        sa.Column("created_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_letter_wordings_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wordings")),
        sa.UniqueConstraint(
            "letter", "language", "version", name=op.f("uq_letter_wordings_letter_language_version")
        ),
    )


def _which_wording_a_letter_has() -> None:
    """Letters issued so far were drawn with the words that came with the product: version 0."""
    with op.batch_alter_table("letters") as table:
        table.add_column(
            sa.Column("wording_version", sa.Integer(), nullable=False, server_default="0")
        )


def _audit_by_act() -> None:
    # not in a batch: a table made anew would lose the triggers that keep the trail append-only
    op.create_index("ix_audit_act", "audit_entries", ["act", "id"])
