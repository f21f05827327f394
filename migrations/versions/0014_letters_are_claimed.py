"""One worker draws a letter, and one that cannot be drawn waits without holding up the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LETTERS = sa.table(
    "letters",
    sa.column("pdf_digest", sa.String),
    sa.column("look_at", Moment),
    sa.column("created_at", Moment),
)


def upgrade() -> None:
    op.add_column("letters", sa.Column("look_at", Moment(), nullable=True))
    op.add_column("letters", sa.Column("leased_until", Moment(), nullable=True))
    op.add_column("letters", sa.Column("lease_token", sa.String(length=36), nullable=True))
    is_pending = LETTERS.c.pdf_digest.is_(None)
    op.execute(LETTERS.update().where(is_pending).values(look_at=LETTERS.c.created_at))
    op.drop_index("ix_letters_pdf_digest", "letters")
    op.create_index("ix_letters_due", "letters", ["look_at", "id"])
