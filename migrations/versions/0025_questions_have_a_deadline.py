"""A question to the complainant has a deadline: they are reminded of it, and after it the clocks rest no longer.

Questions that are open get the moment that was named when they were asked; where that has passed, they are overdue from
now, so that no work becomes late in days on which it was said to rest. Without such a moment they wait as before.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Json, Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

QUESTIONS = sa.table(
    "questions",
    sa.column("id", sa.Integer),
    sa.column("ticket_id", sa.Integer),
    sa.column("answered_at", Moment),
    sa.column("due_at", Moment),
    sa.column("look_at", Moment),
)
EVENTS = sa.table(
    "ticket_events",
    sa.column("ticket_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("details", Json),
)


def upgrade() -> None:
    op.add_column("questions", sa.Column("due_at", Moment(), nullable=True))
    op.add_column("questions", sa.Column("look_at", Moment(), nullable=True))
    op.add_column(
        "questions",
        sa.Column("is_overdue", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_questions_look", "questions", ["look_at", "id"])
    _take_over_what_was_named()


def _take_over_what_was_named() -> None:
    connection, now = op.get_bind(), datetime.now(UTC)
    asked = (
        sa.select(QUESTIONS.c.id, EVENTS.c.details)
        .join(EVENTS, EVENTS.c.ticket_id == QUESTIONS.c.ticket_id)
        .where(QUESTIONS.c.answered_at.is_(None), EVENTS.c.kind == "ask")
    )
    for question_id, details in connection.execute(asked).all():
        named = details.get("due_at") if details.get("question_id") == question_id else None
        if named:
            until = max(datetime.fromisoformat(named), now)
            this_one = QUESTIONS.c.id == question_id
            connection.execute(
                QUESTIONS.update().where(this_one).values(due_at=until, look_at=until)
            )
