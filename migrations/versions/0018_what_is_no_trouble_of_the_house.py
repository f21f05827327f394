"""Days that received what was joined, advertising or not ours are counted anew: it no longer counts as coming back."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO days_touched (received_on, ticket_id) "
        "SELECT received_on, MIN(id) FROM tickets "
        "WHERE status IN ('merged', 'spam', 'not_ours') GROUP BY received_on"
    )
