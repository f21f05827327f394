"""Taking a version of the policy back before it holds."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.sla.models import PolicyVersion
from helpdesk.sla.policies import current_version_id

# Longer than any unit of work: one that withdraws a version has committed before a complaint can run under it.
LAST_MINUTE = timedelta(minutes=1)


def may_be_withdrawn(version: PolicyVersion) -> bool:
    """Is it still to come? (The first version holds before its moment too, so it never is.)"""
    now = clock.now()
    begins_later = version.effective_from > now + LAST_MINUTE
    return begins_later and version.withdrawn_at is None and version.id != current_version_id(now)


def withdraw_version(version_id: int, *, by: Actor) -> None:
    """Let a version that is still to come never hold; its row stays, for the trail names it.

    Call inside a unit of work. Raises NotFound, and Refused when it is too late.
    """
    asked = select(PolicyVersion).where(PolicyVersion.id == version_id).with_for_update()
    version = db.session.scalars(asked.execution_options(populate_existing=True)).one_or_none()
    if version is None:
        raise NotFound
    if version.withdrawn_at is not None:
        return  # a second click
    if not may_be_withdrawn(version):
        raise Refused(
            _l(
                "Only a version that begins more than a minute from now can be withdrawn. "
                "Publish another one in its place."
            )
        )
    version.withdrawn_at = clock.now()
    trail.record(
        "policy_withdrawn",
        by=by,
        subject=("policy", version.id),
        details={"effective_from": version.effective_from.isoformat(), "note": version.note},
    )
