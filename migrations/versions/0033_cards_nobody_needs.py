"""The cards of complainants that no ticket names go: corrections left them behind, where no deletion would find them."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Identifiers first, for they lean on the cards."""
    op.execute(
        "DELETE FROM identifiers "
        "WHERE NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.complainant_id = identifiers.complainant_id)"
    )
    op.execute(
        "DELETE FROM complainants "
        "WHERE NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.complainant_id = complainants.id)"
    )
