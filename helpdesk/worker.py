"""The worker: what happens without anybody asking. A process of its own, beside the web processes.

Each job claims its work in the database, so that two workers, on one machine or on several, are
harmless; the second only takes over when the first is gone. A job that fails is logged, shown on
the administrator's page through its heartbeat, and tried again at its next turn.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from config import Settings
from helpdesk import backup_alarm, housekeeping
from helpdesk.accounts import public_certificate
from helpdesk.backup import nightly, on_request, read_back
from helpdesk.improvements import reminding
from helpdesk.intake import examining, fetching, retention, understanding
from helpdesk.intake.whatsapp import forgetting, line_alerts, media, talking
from helpdesk.letters import shelf
from helpdesk.lib import clock, heartbeats
from helpdesk.lib.clock_watch import ClockWatch
from helpdesk.messaging import postman
from helpdesk.messaging.whatsapp import catalogue
from helpdesk.monitoring import facts
from helpdesk.monitoring.summaries import building, schedule
from helpdesk.tickets import (
    case_files,
    erased_files,
    escalating,
    reaching,
    recomputing,
    resending,
    unanswered,
    undelivered,
)

log = logging.getLogger(__name__)

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
# A machine that slept catches up once, not for every turn it missed
MISFIRE_GRACE = timedelta(minutes=5)
TURNS_LOOKED_AT_EVERY = timedelta(seconds=5)
DELIVER = "deliver messages"
MESSAGES_PER_ROUND = 25
ROUNDS_LAST = timedelta(seconds=10)  # a stop waits for them to end


@dataclass(frozen=True)
class Job:
    """Something done again and again; *run* is given the moment at which its turn came.

    When it has done something, which what it returns says, the job *wakes* has its turn at once: somebody waits for
    what comes of it. Without the *setting* that it is named for it has no turns at all.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    wakes: str = ""
    setting: str = ""

    def is_wanted(self, settings: Settings) -> bool:
        """Has it anything to do in this house?"""
        return not self.setting or bool(getattr(settings, self.setting))


def deliver_messages(at: datetime) -> None:
    """Send what waits in the outbox, round after round until nothing goes any more or ten seconds are over."""
    send = partial(
        postman.deliver_due, limit=MESSAGES_PER_ROUND, when_failed=undelivered.note_undelivered
    )
    while send(clock.now()).sent and clock.now() - at < ROUNDS_LAST:
        pass


JOBS: tuple[Job, ...] = (
    Job("sweep clocks", timedelta(seconds=15), escalating.escalate_due),
    Job(recomputing.JOB, timedelta(seconds=10), recomputing.recompute_changed),
    Job("count figures", timedelta(seconds=30), facts.settle_days),
    Job(fetching.JOB, timedelta(seconds=10), fetching.fetch_due, wakes=understanding.JOB),
    Job(understanding.JOB, timedelta(seconds=5), understanding.understand_mail, wakes=DELIVER),
    Job(understanding.POSTS_JOB, timedelta(seconds=1), understanding.understand_posts),
    Job(talking.JOB, timedelta(seconds=1), talking.answer_due, wakes=DELIVER),
    Job(media.JOB, timedelta(seconds=3), media.fetch_due),
    Job(line_alerts.JOB, timedelta(minutes=1), line_alerts.watch),
    Job(catalogue.JOB, timedelta(minutes=1), catalogue.look),
    Job(forgetting.JOB, timedelta(seconds=20), forgetting.forget_due),
    Job(DELIVER, timedelta(seconds=5), deliver_messages),
    Job(reaching.JOB, timedelta(minutes=1), reaching.follow_up_unread),
    Job(unanswered.JOB, timedelta(minutes=1), unanswered.follow_up_questions),
    Job(reminding.JOB, timedelta(minutes=1), reminding.remind_due),
    Job("keep letters", timedelta(seconds=20), shelf.keep_pending),
    Job("ask for monthly summaries", timedelta(minutes=1), schedule.ask_monthly),
    Job("build summaries", timedelta(seconds=5), building.build_due),
    Job("watch the clock", timedelta(minutes=1), ClockWatch().look),
    Job(nightly.JOB, timedelta(minutes=5), backup_alarm.back_up_when_due),
    Job(on_request.JOB, timedelta(seconds=5), on_request.back_up_when_asked),
    Job(read_back.JOB, timedelta(seconds=10), backup_alarm.read_back_when_due),
    Job(public_certificate.JOB, timedelta(hours=6), public_certificate.look),
    Job("answer link requests", timedelta(seconds=5), resending.answer_requests, wakes=DELIVER),
    Job("build case files", timedelta(seconds=3), case_files.build_due),
    Job(retention.JOB, timedelta(minutes=1), retention.erase_due),
    Job(erased_files.JOB, timedelta(minutes=1), erased_files.throw_away),
    Job("housekeeping", timedelta(hours=1), housekeeping.keep_house),
    Job(examining.JOB, timedelta(seconds=3), examining.examine_due, setting="clamd"),
    Job(examining.WATCH_JOB, timedelta(minutes=1), examining.watch, setting="clamd"),
    Job(examining.OLDER_JOB, timedelta(minutes=10), examining.take_up_older, setting="clamd"),
)


def work(app: Flask, jobs: Iterable[Job] = JOBS) -> None:
    """Run the *jobs* until SIGTERM or SIGINT, then finish those at work and return.

    The signals are blocked in this thread and all it starts, and waited for: a handler that
    interrupted the scheduler in the middle of its locks could stop it for ever.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    settings: Settings = app.extensions["settings"]
    wanted = tuple(job for job in jobs if job.is_wanted(settings))
    scheduler = make_scheduler(app, wanted)
    scheduler.start()
    log.info("worker started")
    while signal.sigtimedwait(STOP_SIGNALS, TURNS_LOOKED_AT_EVERY.total_seconds()) is None:
        bring_turns_near(scheduler, wanted)
    log.info("worker is finishing its jobs")
    scheduler.shutdown(wait=True)
    log.info("worker stopped")


def make_scheduler(app: Flask, jobs: tuple[Job, ...]) -> BackgroundScheduler:
    """A scheduler with every job on it, each in a thread of its own, first due at once."""
    woken = {job.wakes for job in jobs}
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max_workers=max(1, len(jobs) + len(woken)))},
        job_defaults={
            "coalesce": True,
            "misfire_grace_time": int(MISFIRE_GRACE.total_seconds()),
        },
    )
    for job in jobs:
        scheduler.add_job(
            run_job,
            "interval",
            args=(app, job, partial(_have_turn, scheduler)),
            seconds=job.every.total_seconds(),
            id=job.name,
            # Woken while it is at work, a job begins beside itself: what came may have come after it looked
            max_instances=2 if job.name in woken else 1,
            next_run_time=clock.now(),
        )
    return scheduler


def bring_turns_near(scheduler: BackgroundScheduler, jobs: Iterable[Job]) -> None:
    """Give a turn now to each job whose next one lies further ahead than it ever does: the clock was set back.

    Turns are moments of the clock, so all would stand still for as long as it was set back by.
    """
    for job in jobs:
        planned = scheduler.get_job(job.name)
        if planned and planned.next_run_time > clock.now() + job.every + TURNS_LOOKED_AT_EVERY:
            _have_turn(scheduler, job.name)


def run_job(app: Flask, job: Job, wake: Callable[[str], object] = lambda _name: None) -> bool:
    """Run *job* once in an application context of its own; returns whether it went well and never
    raises. *wake* is given the name of the job that it wakes.
    """
    try:
        with app.app_context(), heartbeats.beat(job.name):
            has_done = job.run(clock.now())
    except Exception:  # the heartbeat has it; the other jobs go on
        log.exception("job failed", extra={"job": job.name})
        return False
    if has_done and job.wakes:
        wake(job.wakes)
    return True


def _have_turn(scheduler: BackgroundScheduler, name: str) -> None:
    """Let a job's next turn be now."""
    scheduler.modify_job(name, next_run_time=clock.now())
