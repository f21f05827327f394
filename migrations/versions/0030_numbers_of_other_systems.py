"""What a complaint is called in the system that it was forwarded from, such as SP4N-LAPOR!."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # MariaDB compares without regard to capitals by itself.
    number = sa.String(64).with_variant(sa.String(64, collation="NOCASE"), "sqlite")
    column = sa.Column("origin_number", number, nullable=False, server_default="")
    op.add_column("tickets", column)
    op.create_index("ix_tickets_origin_number", "tickets", ["origin_number"])
