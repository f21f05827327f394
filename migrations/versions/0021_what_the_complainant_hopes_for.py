"""What the complainant hopes for: the receipt of a public service has a place for it (Law 25/2009, article 42)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("remedy", sa.String(500), nullable=False, server_default=""))
