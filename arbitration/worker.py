"""Background work: which use case each kind of job is, the loop that runs them, and the tick of the clock."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from arbitration.actions import cases, delivery, evidence, expiry, signing, updates
from arbitration.actions.context import SYSTEM
from arbitration.domain.errors import Refused
from arbitration.portal import Portal
from arbitration.ports import LeasedJob, Unreachable

log = structlog.get_logger()

Handler = Callable[[Portal, dict[str, Any], int], object]

LEASE = timedelta(seconds=30)
IDLE_SECONDS = 0.2
TICK_SECONDS = 1.0
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 1800, 7200, 21600))
"""Waits before each further try; after the last one a person must look."""


def _in_one(use_case: Callable[..., object], *names: str) -> Handler:
    """A use case of one transaction, given the named arguments of the job in order."""

    def handle(portal: Portal, args: dict[str, Any], _: int) -> object:
        with portal.work(SYSTEM) as work:
            return use_case(work, *(args[name] for name in names))

    return handle


def _by_itself(use_case: Callable[..., object], *names: str) -> Handler:
    """A use case that opens its own transactions around slow work."""

    def handle(portal: Portal, args: dict[str, Any], _: int) -> object:
        return use_case(portal, *(args[name] for name in names))

    return handle


JOBS: dict[str, Handler] = {
    "open_case": _in_one(cases.open_case, "event"),
    "register_evidence": _by_itself(evidence.register_evidence, "event"),
    "fetch_evidence": lambda portal, args, attempt: evidence.fetch_evidence(portal, args["item"], attempt),
    "apply_events": _in_one(updates.apply_events, "case"),
    "report_gap": _in_one(updates.report_gap, "case"),
    "serve_notices": _in_one(cases.serve_notices, "case"),
    "send_access": _in_one(delivery.send_access, "party"),
    "close_record_if_due": _in_one(evidence.close_if_overdue, "case"),
    "prepare_ruling": _by_itself(signing.prepare, "ruling"),
    "seal_ruling": _by_itself(signing.seal, "ruling"),
    "announce": _in_one(delivery.announce, "idx"),
    "deliver": _by_itself(delivery.deliver, "delivery"),
}


def run(portal: Portal, stop: threading.Event) -> None:
    """Work until *stop* is set: due jobs first, then the clock, then a short rest."""
    until_tick = 0.0
    while not stop.is_set():
        if run_one(portal):
            continue
        if until_tick <= 0:
            _guarded_tick(portal)
            until_tick = TICK_SECONDS
        stop.wait(IDLE_SECONDS)
        until_tick -= IDLE_SECONDS


def run_all(portal: Portal) -> int:
    """Run whatever is due now, with what it leads to; how many. For tests and the command line."""
    count = 0
    while run_one(portal):
        count += 1
    return count


def run_one(portal: Portal) -> bool:
    """Take and run one due job; whether there was one."""
    with portal.read(SYSTEM) as work:
        if not work.ports.jobs.any_due(work.session, work.now):
            return False
    with portal.work(SYSTEM) as work:
        job = work.ports.jobs.lease(work.session, work.now, LEASE)
    if job is None:
        return False
    if job.attempt > len(BACKOFF) + 1:
        _give_up(portal, job, "its worker died at every attempt")
        return True
    try:
        JOBS[job.kind](portal, job.args, job.attempt)
    except Unreachable as problem:
        _again(portal, job, str(problem))
    except Refused as refusal:
        _give_up(portal, job, f"{refusal.code}: {refusal}")
    except Exception as error:
        log.exception("job failed", kind=job.kind, job=job.id, attempt=job.attempt)
        _again(portal, job, f"{type(error).__name__}: {error}")
    else:
        with portal.work(SYSTEM) as work:
            work.ports.jobs.finish(work.session, job, work.now)
    return True


def _again(portal: Portal, job: LeasedJob, problem: str) -> None:
    if job.attempt > len(BACKOFF):
        _give_up(portal, job, problem)
        return
    with portal.work(SYSTEM) as work:
        work.ports.jobs.retry(work.session, job, problem, work.now + BACKOFF[job.attempt - 1])


def _give_up(portal: Portal, job: LeasedJob, problem: str) -> None:
    log.error("job given up", kind=job.kind, job=job.id, attempt=job.attempt, problem=problem)
    with portal.work(SYSTEM) as work:
        work.ports.jobs.retry(work.session, job, problem, None)


def _guarded_tick(portal: Portal) -> None:
    try:
        expiry.tick(portal)
    except Exception:
        log.exception("tick failed")  # one bad deadline must not stop the office; it is tried again at the next tick
