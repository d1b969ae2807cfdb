"""The worker's loops: none waits for another's work, and none ends because something else failed."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from arbitration import worker
from arbitration.actions import people
from arbitration.actions.context import SYSTEM
from arbitration.adapters.database import migrate
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.config import load
from arbitration.portal import Portal
from arbitration.ports import LeasedJob, Sent
from arbitration.store.base import Base
from arbitration.store.cases import Case
from arbitration.store.jobs import Job
from arbitration.store.people import Attempt
from arbitration.web import verify
from tests import postgres
from tests.domain.escalations import escalation
from tests.factories import Office, open_office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment, with_ports


@contextmanager
def running(portal: Portal) -> Iterator[None]:
    """The worker at work beside the test."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(portal, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold; only a test that fails waits for all of this."""
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False


def overdue_answer(office: Office, clock: FakeClock) -> str:
    """A case whose respondent has let the time for an answer pass, which nobody has noted yet."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    clock.tick(hours=48, seconds=1)
    return case_no


def new_dispute(office: Office) -> str:
    """Escalated and acknowledged, not opened yet; the case number."""
    payload = escalation()
    payload["data"]["dispute"]["platform_dispute_id"] = f"D-{next(office.serial)}"
    return str(json.loads(office.post(payload).body)["case"])


def is_open(office: Office, case_no: str) -> bool:
    with office.portal.read(SYSTEM) as work:
        return work.session.get(Case, case_no) is not None


class EndlessJobs(EmbeddedJobs):
    """As soon as one job is done there is another."""

    def __init__(self, case_no: str) -> None:
        self.case_no = case_no

    def any_due(self, session, now, kinds=None) -> bool:
        return True

    def lease(self, session, now, hold, kinds=None) -> LeasedJob:
        return LeasedJob(id=0, kind="close_record_if_due", args={"case": self.case_no}, attempt=1, lease="")


class SilentPlatform(FakeGateway):
    """Takes a call and does not answer before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.called = threading.Event()
        self.answer = threading.Event()

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Sent:
        self.called.set()
        self.answer.wait()
        return super().post(url, body, headers)


def test_every_kind_of_job_is_in_exactly_one_lane():
    lanes = [worker.OFFICE, *worker.APART]
    assert sorted(kind for lane in lanes for kind in lane.kinds) == sorted(worker.JOBS)


def test_the_clock_goes_on_however_many_jobs_are_due(office, clock):
    case_no = overdue_answer(office, clock)
    with running(with_ports(office.portal, jobs=EndlessJobs(case_no))):
        assert eventually(lambda: office.case(case_no).defaulted_at is not None)


def test_a_platform_that_does_not_answer_holds_up_neither_the_clock_nor_other_jobs(office, clock):
    platform = SilentPlatform()
    overdue = overdue_answer(office, clock)
    first = new_dispute(office)
    with running(with_ports(office.portal, gateway=platform)):
        try:
            assert platform.called.wait(30)
            second = new_dispute(office)
            assert eventually(lambda: office.case(overdue).defaulted_at is not None)
            assert eventually(lambda: is_open(office, second))
        finally:
            platform.answer.set()
    assert is_open(office, first)


def test_what_nobody_will_ask_for_any_more_is_forgotten(office, clock):
    with office.portal.work(SYSTEM) as work:
        work.ports.limits.allow(work.session, "password:x", most=1, within=timedelta(minutes=15), now=work.now)
        work.ports.jobs.enqueue(work.session, "close_record_if_due", {"case": "CA-2026-000000"}, work.now)
        job = work.ports.jobs.lease(work.session, work.now, worker.LEASE)
        assert job
        assert work.ports.jobs.finish(work.session, job, work.now)
    clock.tick(days=8)
    with running(office.portal):
        assert eventually(lambda: rows(office, Job) == rows(office, Attempt) == 0)


def test_no_attempts_are_forgotten_while_they_count():
    assert max(people.SIGN_IN_WINDOW, verify.WINDOW) < worker.KEEP_ATTEMPTS


def rows(office: Office, table: type[Base]) -> int:
    with office.portal.read(SYSTEM) as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def control(server: postgres.Cluster, *words: str) -> None:
    """Stop or start a private server."""
    folder = str(server.admin.query["host"])
    user = "postgres" if os.geteuid() == 0 else None
    program = postgres.newest_installed() / "pg_ctl"
    subprocess.run([program, "-D", f"{folder}/data", "-w", "-s", *words], check=True, user=user, cwd="/")


@pytest.fixture
def private_server() -> Iterator[postgres.Cluster]:
    if "DATABASE_URL" in os.environ:
        pytest.skip("DATABASE_URL names somebody's server")
    with postgres.cluster() as server:
        yield server
        control(server, "stop", "-m", "immediate")


@contextmanager
def switched_off(server: postgres.Cluster) -> Iterator[None]:
    """The server stops at once, as its machine might, and comes back when the test goes on."""
    folder = str(server.admin.query["host"])
    control(server, "stop", "-m", "immediate")
    yield
    control(server, "start", "-l", f"{folder}/log", "-o", f"-k {folder} -p 5432 -c listen_addresses= -c fsync=off")


def test_the_worker_outlives_a_database_that_restarts(private_server, tmp_path, clock, gateway):
    private_server.create("office")
    migrate(private_server.owner_url("office"))
    portal = assemble(load(environment(tmp_path, private_server.app_url("office"))), clock, gateway)
    office = open_office(portal)
    with capture_logs() as log, running(portal):
        before = new_dispute(office)
        assert eventually(lambda: is_open(office, before))
        with switched_off(private_server):
            assert eventually(lambda: sum(line["event"] == "worker failed" for line in log) > 4)
        after = new_dispute(office)
        assert eventually(lambda: is_open(office, after))
    portal.close()
