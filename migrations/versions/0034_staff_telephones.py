"""Staff can be told on WhatsApp, on a telephone that they connect themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_telephones",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("connected_at", Moment(), nullable=True),
        sa.Column("hears_all", sa.Boolean(), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=True),
        sa.Column("code_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_telephones")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_telephones_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_staff_telephones_contact_id")
        ),
        sa.UniqueConstraint("code_digest", name=op.f("uq_staff_telephones_code_digest")),
    )
    op.create_index("ix_staff_telephones_contact_id", "staff_telephones", ["contact_id"])
