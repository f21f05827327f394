"""What was heard in a voice message is for customer care alone, also where it was written down before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EVENTS = sa.table(
    "ticket_events",
    sa.column("ticket_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("audience", sa.String),
    sa.column("text", sa.Text),
)
MESSAGES = sa.table(
    "whatsapp_messages",
    sa.column("ticket_id", sa.Integer),
    sa.column("transcript", sa.Text),
)
# How such a note has begun in both languages of the house. One that was corrected stands beside its correction, so
# that the words of the newest transcript would not find them all.
BEGINNINGS = ("Isi pesan suara: ", "Voice message, as heard: ")


def upgrade() -> None:
    event = EVENTS.c
    was_heard = sa.exists().where(
        MESSAGES.c.ticket_id == event.ticket_id, MESSAGES.c.transcript.is_not(None)
    )
    tells_it = sa.or_(*(event.text.startswith(beginning) for beginning in BEGINNINGS))
    is_note = sa.and_(event.kind == "note", event.audience == "staff")
    op.execute(EVENTS.update().where(is_note, tells_it, was_heard).values(audience="care"))
