"""Until when a unit asks for more time, while customer care has not decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = helpdesk.lib.database.Moment()
    op.add_column("dispositions", sa.Column("wants_until", moment, nullable=True))
