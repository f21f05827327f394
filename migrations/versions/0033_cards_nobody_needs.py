"""The cards of complainants that no ticket names go: corrections left them behind, where no deletion would find them."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_OF_NO_TICKET = "NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.complainant_id = {column})"


def upgrade() -> None:
    """Identifiers first, for they lean on the cards."""
    for table, column in (("identifiers", "complainant_id"), ("complainants", "id")):
        unneeded = _OF_NO_TICKET.format(column=f"{table}.{column}")
        op.execute(f"DELETE FROM {table} WHERE {unneeded}")  # noqa: S608 - names of our own
