"""What somebody recorded, by whether it is still open: whoever has recorded for years has thousands that are closed."""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The new one first: MariaDB lets no foreign key be without an index.
    op.create_index("ix_tickets_recorded", "tickets", ["recorded_by_id", "is_open", "id"])
    op.drop_index("ix_tickets_recorder", table_name="tickets")
