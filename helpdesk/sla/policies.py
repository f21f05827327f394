"""Versions of the promises: which one holds at a moment, what it says, how one is published.

A version is never changed: a clock keeps the rule under which it started, so a new policy cannot
rewrite the past. The sources that the shipped figures come from stand beside each rule and in
``seed``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, kept_in_unit
from helpdesk.lib.editing import find_row
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.remembered import remembered
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Step
from helpdesk.sla.models import PolicyRule, PolicyVersion
from helpdesk.sla.rules import (
    ANY_GRADE,
    GRADES,
    UNGRADED_RUNS_AS,
    ClockKind,
    Rule,
    compare,
    in_order,
)

_Key = tuple[str, str]
_EXTENSION = "policy_versions"


class NoPolicy(LookupError):
    """No version, or no such rule in it: the installation was not set up (``flask setup``)."""


def current_version(at: datetime) -> PolicyVersion:
    """The version under which a complaint received at *at* runs.

    The first version also covers what was received before it, such as a letter found late. Raises
    NoPolicy when there is none.
    """
    return find_row(PolicyVersion, current_version_id(at))


def current_version_id(at: datetime) -> int:
    """The id of ``current_version``, for a ticket to remember. Raises NoPolicy when there is none."""
    starts = _starts()
    begun = [version_id for effective_from, version_id in starts if effective_from <= at]
    return begun[-1] if begun else starts[0][1]


def versions_in_force(begins: datetime, ends: datetime) -> list[int]:
    """The ids of all versions under which complaints received from *begins* until *ends* run, the earliest first.

    Of a stretch that has not begun yet, the one under which it will. Raises NoPolicy when there is none.
    """
    later = [version_id for starts_at, version_id in _starts() if begins < starts_at < ends]
    return list(dict.fromkeys([current_version_id(begins), *later]))


def _starts() -> list[tuple[datetime, int]]:
    starts = remembered("policy starts", trail.edition(), _read_starts, even_in_unit=True)
    if not starts:
        raise NoPolicy("no policy version")
    return starts


def _read_starts() -> list[tuple[datetime, int]]:
    """From when each version holds, the earliest first; few, and every change is noted in the trail."""
    return [(row.effective_from, row.id) for row in db.session.execute(_STARTS)]


_HOLDS = PolicyVersion.withdrawn_at.is_(None)
_STARTS = (
    select(PolicyVersion.effective_from, PolicyVersion.id)
    .where(_HOLDS)
    .order_by(PolicyVersion.effective_from, PolicyVersion.id)
)


def rule_for(version_id: int, clock_kind: str, grade: str) -> Rule:
    """The rule of a version for a clock and a grade ('' is not graded yet, and runs as hijau).

    A grade without a line of its own falls under the line for any grade. Raises NoPolicy without
    either.
    """
    rules = _version(version_id).by_key
    rule = rules.get((clock_kind, grade or UNGRADED_RUNS_AS)) or rules.get((clock_kind, ANY_GRADE))
    if rule is None:
        raise NoPolicy(f"version {version_id} has no rule for {clock_kind!r}, grade {grade!r}")
    return rule


def rules_of(version_id: int) -> list[Rule]:
    """Every rule of a version, in the order of the clocks and then of the grades."""
    return in_order(_version(version_id).by_key.values())


def rule_by_id(rule_id: int) -> Rule:
    """The rule under which a running clock started. Raises NoPolicy when there is no such row."""
    known_here = [*_written_here().values(), *_known_versions().values()]
    for known in known_here:  # a copy: another thread may be adding one
        if rule_id in known.by_id:
            return known.by_id[rule_id]
    version_id = db.session.scalar(select(PolicyRule.version_id).where(PolicyRule.id == rule_id))
    if version_id is None:
        raise NoPolicy(f"no policy rule {rule_id}")
    return _version(version_id).by_id[rule_id]


def last_published() -> PolicyVersion | None:
    """The version that was written last and not withdrawn, whatever the moment from which it holds."""
    newest = select(PolicyVersion).where(_HOLDS).order_by(PolicyVersion.id.desc()).limit(1)
    version: PolicyVersion | None = db.session.scalar(newest)
    return version


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """The version in whose place this one came, or would have come; None for the first."""
    listed = [each for each in versions() if each.withdrawn_at is None or each.id == version.id]
    older = listed[[each.id for each in listed].index(version.id) + 1 :]
    return older[0] if older else None


def versions() -> list[PolicyVersion]:
    """Every version, the newest first; those that were withdrawn too."""
    newest_first = PolicyVersion.effective_from.desc(), PolicyVersion.id.desc()
    return list(db.session.scalars(select(PolicyVersion).order_by(*newest_first)))


def publish_version(
    rules: Iterable[Rule],
    *,
    by: Actor,
    effective_from: datetime | None = None,
    note: str = "",
    based_on: int | None = None,
) -> PolicyVersion:
    """Store a complete version, in force for what is received from *effective_from* (None: now).

    Running clocks keep their rule. *based_on* is the version that was before the writer's eyes:
    raises Conflict when another was published since, or that one withdrawn. Raises Invalid when a
    clock would be left without a rule, a limit or warning makes no sense, the answer clock could be
    paused, nothing would be different from then on, or the version would begin in the past; only
    the very first may, because there is no past under it to rewrite.
    """
    rules, now = list(rules), clock.now()
    _check_rules(rules)
    # The first version's row is the turnstile: of two who publish at once, the later sees the other's.
    db.session.scalar(
        select(PolicyVersion.id).order_by(PolicyVersion.id).limit(1).with_for_update()
    )
    newest = last_published()
    if newest is not None and based_on is not None and newest.id != based_on:
        raise Conflict(_l("A version was published or withdrawn meanwhile. Compare both."))
    begins = effective_from or now
    if newest is not None:
        _check_beginning(rules, begins, now)
    version = PolicyVersion(
        effective_from=begins,
        created_at=now,
        created_by_id=by.user_id,
        created_by_label=by.label,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    db.session.add_all(_row(version.id, rule) for rule in rules)
    db.session.flush()
    _written_here()[version.id] = _read(version.id)
    trail.record(
        "policy_published",
        by=by,
        subject=("policy", version.id),
        details={"after": {"effective_from": begins.isoformat(), "note": note}},
    )
    return version


def _check_beginning(rules: Iterable[Rule], begins: datetime, now: datetime) -> None:
    """A version after the first leaves the past alone, and says something new for what comes."""
    if begins < now:
        raise Invalid({"effective_from": _l("A new policy cannot begin in the past.")})
    if not compare(rules_of(current_version_id(begins)), rules):
        raise Invalid(
            {
                "rules": _l(
                    "Nothing was changed yet: these promises hold already. Change at least one line."
                )
            }
        )


def _check_rules(rules: Sequence[Rule]) -> None:
    keys = [(rule.clock, rule.grade) for rule in rules]
    faults: dict[str, Any] = {}
    if len(set(keys)) < len(keys):
        faults["rules"] = _l("A clock has two rules for the same grade.")
    for kind in ClockKind:
        if (kind, ANY_GRADE) not in keys and any((kind, grade) not in keys for grade in GRADES):
            faults[kind.value] = _l("Every grade needs a rule for this clock.")
    for rule in rules:
        field = f"{rule.clock}.{rule.grade}" if rule.grade else rule.clock.value
        if rule.grade not in (*GRADES, ANY_GRADE):
            faults[field] = _l("This grade does not exist.")
        elif rule.limit.amount < 1:
            faults[field] = _l("The limit must be at least 1.")
        elif not 0 < rule.warn_share <= 1:
            faults[field] = _l("The warning must come between the start and the deadline.")
        elif rule.clock is ClockKind.ANSWER and rule.is_pausable:
            # Permenkes 30/2022, INM 12: exclusion "tidak ada"
            faults[field] = _l(
                "The answer clock never pauses: the national indicator has no exclusion."
            )
    if faults:
        raise Invalid(faults)


class _Version(NamedTuple):
    """What a version says."""

    by_key: dict[_Key, Rule]
    by_id: dict[int, Rule]


def _version(version_id: int) -> _Version:
    """What a version says, read once by this process: after its commit it never changes."""
    known = _written_here().get(version_id) or _known_versions().get(version_id)
    if known is None:
        known = _read(version_id)
        if known.by_id:
            _known_versions()[version_id] = known
    return known


def _read(version_id: int) -> _Version:
    rows = db.session.scalars(select(PolicyRule).where(PolicyRule.version_id == version_id)).all()
    rules = {row.id: _rule(row) for row in rows}
    return _Version({(rule.clock.value, rule.grade): rule for rule in rules.values()}, rules)


def _known_versions() -> dict[int, _Version]:
    known: dict[int, _Version] = current_app.extensions.setdefault(_EXTENSION, {})
    return known


def _written_here() -> dict[int, _Version]:
    """The versions that this unit of work writes: it may still be rolled back, and their ids be given again."""
    return kept_in_unit("versions written here", dict)


def _rule(row: PolicyRule) -> Rule:
    return Rule(
        clock=ClockKind(row.clock),
        grade=row.grade,
        limit=Limit(row.limit_amount, LimitUnit(row.limit_unit)),
        is_pausable=row.is_pausable,
        warn_share=row.warn_share,
        steps=tuple(Step.from_json(step) for step in row.steps),
        source=row.source,
        rule_id=row.id,
    )


def _row(version_id: int, rule: Rule) -> PolicyRule:
    return PolicyRule(
        version_id=version_id,
        clock=rule.clock.value,
        grade=rule.grade,
        limit_amount=rule.limit.amount,
        limit_unit=rule.limit.unit.value,
        is_pausable=rule.is_pausable,
        warn_share=rule.warn_share,
        steps=[step.as_json() for step in rule.steps],
        source=rule.source,
    )
