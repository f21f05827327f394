"""A virus scanner may examine files from outside; and since when a job has been failing is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "examined_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("found", sa.String(120), nullable=False),
        sa.Column("is_older", sa.Boolean(), nullable=False),
        sa.Column("wanted_at", Moment(), nullable=False),
        sa.Column("examined_at", Moment(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("look_at", Moment(), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("lease_token", sa.String(36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examined_files")),
        sa.UniqueConstraint("digest", name=op.f("uq_examined_files_digest")),
    )
    op.create_index("ix_examined_files_due", "examined_files", ["look_at", "id"])
    op.create_index("ix_examined_files_verdict", "examined_files", ["verdict", "wanted_at"])
    op.add_column("job_beats", sa.Column("failing_since", Moment(), nullable=True))
