"""Indexes that answer a count by themselves, and the sums of days kept in the order in which they are asked for."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# table, index, its columns from now on; what was there before is the beginning of it
COVERING = (
    ("tickets", "ix_tickets_worklist", "is_open due_at id access status followed_up_at"),
    ("tickets", "ix_tickets_needs", "is_open needs due_at id access status was_returned"),
    ("tickets", "ix_tickets_waiting", "is_waiting is_open due_at id access status"),
    ("sla_clocks", "ix_sla_clocks_kind", "kind stopped_at due_at disposition_id"),
)


def upgrade() -> None:
    for table, index, columns in COVERING:
        op.drop_index(index, table_name=table)
        op.create_index(index, table, columns.split())
    if op.get_bind().dialect.name == "sqlite":  # MariaDB keeps every table in this order
        keyed = {"sqlite_with_rowid": False}
        with op.batch_alter_table("day_facts", recreate="always", table_kwargs=keyed):
            pass
