"""Promises in words: a limit, a line of a policy, a length of time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Tell
from helpdesk.sla.rules import ClockKind, Rule
from helpdesk.sla.seed import INTERNAL, SP4N
from helpdesk.web.filters import percent
from helpdesk.web.words import word

CLOCKS: dict[str, Any] = {
    ClockKind.TRIAGE: _l("Verification and grading"),
    ClockKind.DISPOSE: _l("Sending to a unit"),
    ClockKind.HOP: _l("Unit's answer"),
    ClockKind.ANSWER: _l("Answer (national indicator)"),
    ClockKind.RESOLVE: _l("Resolution"),
    ClockKind.CONFIRM: _l("Closing without a word from the complainant"),
}
STARTS: dict[str, Any] = {
    ClockKind.TRIAGE: _l(
        "from receipt until it is graded; red: for a complaint whose words sound like an emergency"
    ),
    ClockKind.DISPOSE: _l("from the grading until it is sent to a unit"),
    ClockKind.HOP: _l("from the sending until the unit has answered"),
    ClockKind.ANSWER: _l("from receipt until it is answered and followed up"),
    ClockKind.RESOLVE: _l("from receipt until it is resolved"),
    ClockKind.CONFIRM: _l("from the answer until silence closes it"),
}
TELLS: dict[str, Any] = {
    Tell.UNIT_HEAD: _l("head of unit"),
    Tell.SUPERVISOR: _l("customer-care supervisor"),
    Tell.LEADERSHIP: _l("leadership"),
}
_SOURCES: dict[str, Any] = {
    INTERNAL: _l("Internal target"),
    SP4N: _l("SP4N-LAPOR! practice"),
}


def limit_words(limit: Limit) -> str:
    """*3 hari kerja*."""
    count = limit.amount
    words = {
        LimitUnit.WORKING_DAYS: ngettext("%(num)d working day", "%(num)d working days", count),
        LimitUnit.CALENDAR_DAYS: ngettext("%(num)d calendar day", "%(num)d calendar days", count),
        LimitUnit.WORKING_HOURS: ngettext("%(num)d working hour", "%(num)d working hours", count),
        LimitUnit.HOURS: ngettext("%(num)d hour", "%(num)d hours", count),
        LimitUnit.MINUTES: ngettext("%(num)d minute", "%(num)d minutes", count),
        LimitUnit.SECONDS: ngettext("%(num)d second", "%(num)d seconds", count),
    }
    return str(words[limit.unit])


def line_name(clock: ClockKind, grade: str) -> str:
    """Which line of the policy it is: *Kerja unit · Merah*."""
    of_grade = word(grade, "grade") if grade else _("any grade")
    return f"{CLOCKS[clock]} · {of_grade}"


def rule_words(rule: Rule | None) -> str:
    """Everything a line says, in one sentence; what is not there is a dash."""
    if rule is None:
        return "–"
    parts = [limit_words(rule.limit)]
    if rule.is_pausable:
        parts.append(_("pauses while the complainant is asked"))
    parts.append(_warning_words(rule))
    parts.append(steps_words(rule) or _("nobody is told"))
    return " · ".join([*parts, source_words(rule.source)] if rule.source else parts)


def source_words(source: str) -> str:
    """Where a promise comes from: what we came with in the reader's language, what somebody typed as it is."""
    return str(_SOURCES.get(source, source))


def _warning_words(rule: Rule) -> str:
    """At which share of the limit its holder is warned."""
    if rule.warn_share >= 1:
        return str(_("no warning"))
    return str(_("warning at %(share)s", share=percent(rule.warn_share, 0)))


def steps_words(rule: Rule) -> str:
    """Who hears when it is late, and how long after; '' for nobody."""
    return "; ".join(
        _(
            "%(who)s, after %(limit)s",
            who=TELLS[step.tell],
            limit=limit_words(step.after),
        )
        if step.after.amount
        else str(TELLS[step.tell])
        for step in rule.steps
    )


def length_words(length: timedelta) -> str:
    """A length of working time in full: *3 jam 30 menit*."""
    minutes = int(length.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    words = [ngettext("%(num)d hour", "%(num)d hours", hours)] if hours else []
    if rest or not hours:
        words.append(ngettext("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(words)
