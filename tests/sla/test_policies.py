"""Policies: which version holds, which rule applies, and that the past is never rewritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, Refused
from helpdesk.sla.due import Limit, LimitUnit
from helpdesk.sla.milestones import Tell
from helpdesk.sla.models import PolicyRule, PolicyVersion
from helpdesk.sla.policies import (
    NoPolicy,
    current_version,
    publish_version,
    rule_by_id,
    rule_for,
    rules_of,
    version_before,
    versions,
    versions_in_force,
)
from helpdesk.sla.rules import ANY_GRADE, ClockKind, Rule
from helpdesk.sla.seed import first_rules
from helpdesk.sla.withdrawing import may_be_withdrawn, withdraw_version
from tests.sla.conftest import QueryCounter

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
AYU = Actor.system("Ayu")


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def publish(rules: list[Rule], effective_from: datetime | None = None) -> PolicyVersion:
    """Publish in its own unit."""
    return unit_of_work(
        lambda: publish_version(rules, by=AYU, effective_from=effective_from, note="test")
    )


def stricter() -> list[Rule]:
    """The shipped rules with a triage of one hour."""
    one_hour = Limit(1, LimitUnit.HOURS)
    return [
        replace(rule, limit=one_hour) if rule.clock is ClockKind.TRIAGE else rule
        for rule in first_rules()
    ]


@pytest.mark.parametrize(
    ("clock", "grade", "limit"),
    [
        ("answer", "merah", Limit(24, LimitUnit.HOURS)),
        ("answer", "kuning", Limit(3, LimitUnit.CALENDAR_DAYS)),
        ("answer", "hijau", Limit(7, LimitUnit.CALENDAR_DAYS)),
        ("answer", "", Limit(7, LimitUnit.CALENDAR_DAYS)),  # not graded yet runs as hijau
        ("triage", "", Limit(2, LimitUnit.WORKING_HOURS)),
        ("triage", "merah", Limit(1, LimitUnit.HOURS)),
        ("triage", "kuning", Limit(2, LimitUnit.WORKING_HOURS)),
        ("dispose", "merah", Limit(1, LimitUnit.HOURS)),
        ("dispose", "kuning", Limit(4, LimitUnit.WORKING_HOURS)),
        ("hop", "", Limit(3, LimitUnit.WORKING_DAYS)),
        ("resolve", "kuning", Limit(7, LimitUnit.WORKING_DAYS)),
        ("confirm", "merah", Limit(10, LimitUnit.WORKING_DAYS)),
    ],
)
def test_the_shipped_promises(seeded: Flask, clock: str, grade: str, limit: Limit) -> None:
    assert rule_for(current_version(NOW).id, clock, grade).limit == limit


def test_what_is_shipped_comes_back_as_it_was_stored(seeded: Flask) -> None:
    version_id = current_version(NOW).id
    assert sorted(rules_of(version_id), key=str) == sorted(
        [
            replace(rule, rule_id=rule_for(version_id, rule.clock, rule.grade).rule_id)
            for rule in first_rules()
        ],
        key=str,
    )
    answer = rule_for(version_id, "answer", "merah")
    assert answer.source == "Permenkes 30/2022, INM 12"
    assert not answer.is_pausable
    assert [step.tell for step in answer.steps] == [Tell.SUPERVISOR, Tell.LEADERSHIP]
    assert rule_for(version_id, "hop", "merah").steps[0].tell is Tell.UNIT_HEAD


def test_a_new_version_holds_from_its_moment_and_changes_no_older_one(seeded: Flask) -> None:
    first = current_version(NOW)
    next_week = NOW + timedelta(days=7)
    second = publish(stricter(), next_week)
    assert current_version(NOW).id == first.id
    assert current_version(next_week).id == second.id
    assert rule_for(first.id, "triage", "").limit == Limit(2, LimitUnit.WORKING_HOURS)
    assert rule_for(second.id, "triage", "").limit == Limit(1, LimitUnit.HOURS)
    assert [version.id for version in versions()] == [second.id, first.id]
    assert second.created_by_label == "Ayu"
    assert second.created_at == NOW


def test_of_two_versions_from_one_moment_the_later_holds(seeded: Flask) -> None:
    publish(stricter())
    last = publish(first_rules())
    assert current_version(NOW).id == last.id


def test_a_version_that_is_withdrawn_never_holds(seeded: Flask) -> None:
    first, next_week = current_version(NOW), NOW + timedelta(days=7)
    second = publish(stricter(), next_week)
    last = publish(first_rules(), NOW + timedelta(days=9))
    assert may_be_withdrawn(second)
    for _click in range(2):
        unit_of_work(lambda: withdraw_version(second.id, by=AYU))
    assert current_version(next_week).id == first.id
    assert versions_in_force(NOW, NOW + timedelta(days=30)) == [first.id, last.id]
    assert version_before(last) == first
    assert version_before(second) == first
    assert [version.id for version in versions()] == [last.id, second.id, first.id]
    assert rule_for(second.id, "triage", "").limit == Limit(1, LimitUnit.HOURS), "still to be read"
    acts = list(db.session.scalars(select(AuditEntry.act)))
    assert acts.count("policy_withdrawn") == 1


@pytest.mark.parametrize("before", [timedelta(0), timedelta(minutes=1), timedelta(days=-1)])
def test_a_version_that_holds_or_is_about_to_cannot_be_withdrawn(
    seeded: Flask, before: timedelta
) -> None:
    begins = NOW + timedelta(days=7)
    second = publish(stricter(), begins)
    with time_machine.travel(begins - before, tick=False):
        with pytest.raises(Refused):
            unit_of_work(lambda: withdraw_version(second.id, by=AYU))
        assert current_version(begins).id == second.id


def test_the_only_version_cannot_be_withdrawn_though_its_moment_is_to_come(house: Flask) -> None:
    only = publish(first_rules(), NOW + timedelta(days=7))
    with pytest.raises(Refused):
        unit_of_work(lambda: withdraw_version(only.id, by=AYU))
    assert current_version(NOW).id == only.id


def test_the_first_version_covers_what_was_received_before_it(seeded: Flask) -> None:
    long_ago = datetime(2019, 1, 1, tzinfo=UTC)
    assert current_version(long_ago).id == current_version(NOW).id


def test_only_the_first_version_may_begin_in_the_past(house: Flask) -> None:
    yesterday = NOW - timedelta(days=1)
    publish(first_rules(), yesterday)
    with pytest.raises(Invalid) as refusal:
        publish(stricter(), yesterday)
    assert set(refusal.value.fields) == {"effective_from"}


def without_green_answer() -> list[Rule]:
    """One grade of one clock has no rule."""
    return [rule for rule in first_rules() if (rule.clock, rule.grade) != ("answer", "hijau")]


def with_answer(**values: Any) -> Callable[[], list[Rule]]:
    """The red answer's rule changed."""
    return lambda: [
        replace(rule, **values) if (rule.clock, rule.grade) == ("answer", "merah") else rule
        for rule in first_rules()
    ]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (without_green_answer, "answer"),
        (lambda: [*first_rules(), *first_rules()], "rules"),
        (with_answer(is_pausable=True), "answer.merah"),
        (with_answer(limit=Limit(0, LimitUnit.HOURS)), "answer.merah"),
        (with_answer(warn_share=0.0), "answer.merah"),
        (with_answer(warn_share=1.5), "answer.merah"),
        (
            lambda: [*first_rules(), Rule(ClockKind.HOP, "ungu", Limit(1, LimitUnit.HOURS))],
            "hop.ungu",
        ),
    ],
)
def test_a_policy_with_a_hole_or_a_contradiction_is_refused(
    house: Flask, rules: Callable[[], list[Rule]], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(rules())
    assert set(refusal.value.fields) == {field}
    assert versions() == []


def test_without_setup_there_is_no_policy(house: Flask) -> None:
    with pytest.raises(NoPolicy):
        current_version(NOW)
    with pytest.raises(NoPolicy):
        rule_for(1, "answer", ANY_GRADE)
    with pytest.raises(NoPolicy):
        rule_by_id(1)


def test_one_query_reads_all_rules_of_a_version(seeded: Flask, queries: QueryCounter) -> None:
    version_id = current_version(NOW).id

    def read_everything() -> None:
        for rule in rules_of(version_id):
            assert rule_for(version_id, rule.clock, rule.grade) == rule
            assert rule.rule_id is not None
            assert rule_by_id(rule.rule_id) == rule

    assert queries(read_everything) == 1
    assert queries(read_everything) == 0


def test_a_running_clock_finds_its_rule_by_id(seeded: Flask, queries: QueryCounter) -> None:
    hop = PolicyRule.clock == "hop", PolicyRule.grade == "merah"
    rule_id = db.session.scalars(select(PolicyRule.id).where(*hop)).one()
    assert queries(lambda: rule_by_id(rule_id)) == 2
    with seeded.app_context():
        assert queries(lambda: rule_by_id(rule_id)) == 0, "this process has read it"
        assert rule_by_id(rule_id).limit == Limit(12, LimitUnit.HOURS)


def test_a_version_that_was_rolled_back_is_not_remembered(seeded: Flask) -> None:
    def read_and_fail() -> None:
        version_id = publish_version(stricter(), by=AYU).id
        read.append((version_id, rules_of(version_id)))
        raise LookupError

    read: list[tuple[int, list[Rule]]] = []
    with pytest.raises(LookupError):
        unit_of_work(read_and_fail)
    version_id, rules = read[0]
    assert rules
    assert rules_of(version_id) == []


def test_what_writes_a_version_need_not_read_it_for_each_clock(
    seeded: Flask, queries: QueryCounter
) -> None:
    def write_and_use() -> int:
        version_id = publish_version(stricter(), by=AYU).id
        rule = rule_for(version_id, ClockKind.TRIAGE, ANY_GRADE)
        assert rule.limit == Limit(1, LimitUnit.HOURS)
        assert rule.rule_id is not None
        return queries(lambda: rule_by_id(rule.rule_id))

    assert unit_of_work(write_and_use) == 0
