"""Letters with their own numbers, the letterhead's settings, and case files built by the worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    _letterhead()
    _numbered_letters()
    _case_files()


def _letterhead() -> None:
    """What stands at the head and the foot of a letter; empty until an administrator fills it in."""
    with op.batch_alter_table("organisation", schema=None) as table:
        for name, length in (
            ("parent", 160),
            ("letter_code", 20),
            ("letter_initials", 20),
            ("signatory_number", 40),
        ):
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        table.add_column(sa.Column("logo_digest", sa.String(64), nullable=True))
        table.add_column(
            sa.Column("shows_figures", sa.Boolean(), nullable=False, server_default=sa.text("0"))
        )


def _numbered_letters() -> None:
    """Receipts and sheets carry the ticket's number and have none of their own: NULL."""
    with op.batch_alter_table("letters", schema=None) as table:
        table.add_column(sa.Column("number_year", sa.SmallInteger(), nullable=True))
        table.add_column(sa.Column("number_seq", sa.Integer(), nullable=True))
        table.create_unique_constraint(
            op.f("uq_letters_number_year_number_seq"), ["number_year", "number_seq"]
        )


def _case_files() -> None:
    moment = helpdesk.lib.database.Moment
    op.create_table(
        "case_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("built_at", moment(), nullable=True),
        sa.Column("pdf_digest", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("look_at", moment(), nullable=True),
        sa.Column("leased_until", moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_case_files_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_case_files_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
    )
    with op.batch_alter_table("case_files", schema=None) as table:
        table.create_index("ix_case_files_due", ["look_at", "id"])
        table.create_index("ix_case_files_asked", ["ticket_id", "asked_by_id", "id"])
        table.create_index("ix_case_files_asked_at", ["asked_at"])
