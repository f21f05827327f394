"""A case file that was built is handed out only while its reader may still know what stands in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_files", sa.Column("shows", sa.String(length=64), nullable=True))
