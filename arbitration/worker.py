"""Background work: which use case each kind of job is, the loops that run them, and the tick of the clock."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from arbitration.actions import (
    arrivals,
    bundle,
    cases,
    closing,
    custody,
    delivery,
    duplicates,
    expiry,
    items,
    previews,
    productions,
    signing,
    standard_paper,
    standard_trial,
    stored_files,
    updates,
)
from arbitration.actions.context import SYSTEM
from arbitration.domain.errors import Refused
from arbitration.portal import Portal
from arbitration.ports import LeasedJob, Unreachable

log = structlog.get_logger()

Handler = Callable[[Portal, dict[str, Any], int], object]

LEASE = timedelta(seconds=30)
IDLE_SECONDS = 0.2
LONGEST_REST_SECONDS = 1.0
TICK_SECONDS = 1.0
PRUNE_SECONDS = 60.0
PRUNED_AT_ONCE = 500
SWEEP_SECONDS = 3600.0
KEEP_DONE_JOBS = timedelta(days=7)
KEEP_ATTEMPTS = timedelta(days=1)
"""Longer than any window in which attempts are counted."""
LONGEST_PAUSE_SECONDS = 30.0
"""After a failure a loop pauses, and twice as long after each further one, up to this."""
GRACE_SECONDS = 10.0
"""What is still running so long after the end was asked for is left to the next start, as after any crash."""
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
    "register_evidence": _by_itself(arrivals.register_evidence, "event"),
    "fetch_evidence": lambda portal, args, attempt: arrivals.fetch_evidence(portal, args["item"], attempt),
    "scan_held": _by_itself(items.scan_held, "item"),
    "preview_evidence": _by_itself(previews.make, "item"),
    "forget_file": _by_itself(stored_files.forget_file, "ref"),
    "stamp_evidence": _by_itself(custody.stamp, "item"),
    "fingerprint_picture": _by_itself(duplicates.fingerprint, "item"),
    "apply_events": _in_one(updates.apply_events, "case"),
    "report_gap": _in_one(updates.report_gap, "case", "after"),
    "serve_notices": _in_one(cases.serve_notices, "case"),
    "send_access": _in_one(delivery.send_access, "party"),
    "expire_production": _in_one(productions.expire, "production"),
    "reopen_production": _in_one(productions.reopen, "item"),
    "close_record_if_due": _in_one(closing.close_if_overdue, "case"),
    "prepare_ruling": _by_itself(signing.prepare, "ruling"),
    "seal_ruling": _by_itself(signing.seal, "ruling"),
    "seal_standard": _by_itself(standard_paper.seal, "version"),
    "try_standard": _by_itself(standard_trial.advance, "trial"),
    "make_bundle": _by_itself(bundle.make, "case", "view"),
    "announce": _in_one(delivery.announce, "idx"),
    "deliver": _by_itself(delivery.deliver, "delivery"),
}


@dataclass(frozen=True)
class Lane:
    """Kinds of jobs that wait for each other, and for those of no other lane; each is held for `lease` at a time."""

    kinds: frozenset[str]
    lease: timedelta = LEASE


DELIVERIES = Lane(frozenset({"deliver"}), lease=timedelta(minutes=1))
DOWNLOADS = Lane(frozenset({"fetch_evidence"}), lease=timedelta(minutes=10))
"""Both call strangers, who may be slow: their leases are longer than a call may last."""
PREVIEWS = Lane(frozenset({"preview_evidence"}), lease=timedelta(minutes=3))
"""Strangers' files may take their processes to every limit."""
FILES = Lane(frozenset({"register_evidence", "scan_held"}), lease=timedelta(minutes=10))
"""Open up to a hundred files of a stranger, each of which may take its limits."""
STAMPS = Lane(frozenset({"stamp_evidence", "fingerprint_picture"}), lease=timedelta(minutes=1))
"""An authority elsewhere may be slow too, and so may a large picture."""
TRIALS = Lane(frozenset({"try_standard"}))
"""Much work that nobody's deadline waits for."""
BUNDLES = Lane(frozenset({"make_bundle"}), lease=timedelta(minutes=30))
"""Much printing, likewise."""
APART = (DELIVERIES, DOWNLOADS, FILES, PREVIEWS, STAMPS, TRIALS, BUNDLES)
OFFICE = Lane(frozenset(JOBS).difference(*(lane.kinds for lane in APART)))
EVERYTHING = Lane(frozenset(JOBS))


def run(portal: Portal, stop: threading.Event) -> None:
    """Work until *stop* is set: the clock and each lane of jobs go on by themselves, whatever holds up another."""
    bell = threading.Condition()
    steps: list[tuple[Callable[[], bool], float]] = [
        (partial(_tick, portal), TICK_SECONDS),
        (partial(prune, portal), PRUNE_SECONDS),
        (partial(_sweep, portal), SWEEP_SECONDS),
        (partial(_look, portal, bell), IDLE_SECONDS),
        *((partial(_work, portal, lane, bell), IDLE_SECONDS) for lane in (OFFICE, *APART)),
    ]
    loops = [threading.Thread(target=_repeat, args=(*step, stop), daemon=True) for step in steps]
    for loop in loops:
        loop.start()
    stop.wait()
    _ring(bell)
    until = time.monotonic() + GRACE_SECONDS
    for loop in loops:
        loop.join(max(0.0, until - time.monotonic()))


def _repeat(step: Callable[[], bool], rest: float, stop: threading.Event) -> None:
    """Take *step* until *stop* is set, with a *rest* in seconds whenever it found nothing to do.

    What fails is the database, or one bad deadline: neither ends the office, and both are tried again.
    """
    pause = rest
    while not stop.is_set():
        try:
            found = step()
        except Exception:
            log.exception("worker failed", next_try_in=pause)
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            continue
        pause = rest
        if not found:
            stop.wait(rest)


def _look(portal: Portal, bell: threading.Condition) -> bool:
    """Call all lanes where any job is due: one looks for them, and they rest. What nobody hears is still due."""
    with portal.read(SYSTEM) as work:
        due = work.ports.jobs.any_due(work.session, work.now, EVERYTHING.kinds)
    if due:
        _ring(bell)
    return False


def _ring(bell: threading.Condition) -> None:
    with bell:
        bell.notify_all()


def _work(portal: Portal, lane: Lane, bell: threading.Condition) -> bool:
    """The next job of *lane*, or a rest until the bell."""
    if not run_one(portal, lane):
        with bell:
            bell.wait(LONGEST_REST_SECONDS)
    return True


def _tick(portal: Portal) -> bool:
    """What the clock brings; never reason to look again before its next tick."""
    expiry.tick(portal)
    return False


def _sweep(portal: Portal) -> bool:
    """What crashes left among the files; at the start, too. All of it at once, so there is never more."""
    stored_files.sweep(portal)
    return False


def prune(portal: Portal) -> bool:
    """Forget some of what nobody will ask for any more; whether there may be more of it."""
    with portal.work(SYSTEM) as work:
        jobs = work.ports.jobs.prune(work.session, work.now - KEEP_DONE_JOBS, PRUNED_AT_ONCE)
        attempts = work.ports.limits.prune(work.session, work.now - KEEP_ATTEMPTS, PRUNED_AT_ONCE)
    return PRUNED_AT_ONCE in (jobs, attempts)


def run_all(portal: Portal) -> int:
    """Run whatever is due now, with what it leads to; how many. For tests and the command line."""
    count = 0
    while run_one(portal):
        count += 1
    return count


def run_one(portal: Portal, lane: Lane = EVERYTHING) -> bool:
    """Take and run one due job of *lane*; whether there was one."""
    with portal.read(SYSTEM) as work:
        if not work.ports.jobs.any_due(work.session, work.now, lane.kinds):
            return False
    with portal.work(SYSTEM) as work:
        job = work.ports.jobs.lease(work.session, work.now, lane.lease, lane.kinds)
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
        log.exception("job failed", kind=job.kind, args=job.args, job=job.id, attempt=job.attempt)
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
