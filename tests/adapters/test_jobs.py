"""What every job queue keeps to, on every database: written with the business, held by one, run at least once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from arbitration.adapters.database import Database
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.domain.errors import NotFound
from arbitration.ports import Jobs, LeasedJob
from arbitration.store.intake import take_number
from arbitration.store.jobs import Job

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOLD = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(params=[EmbeddedJobs])
def jobs(request: pytest.FixtureRequest) -> Jobs:
    """Every adapter of the port; an engine that comes later is added here."""
    return request.param()


class TestJobs:
    def enqueue(self, database: Database, jobs: Jobs, *kinds: str, at: datetime = NOW) -> None:
        with database.writing() as session:
            for kind in kinds:
                jobs.enqueue(session, kind, {"kind": kind}, at)

    def lease(self, database: Database, jobs: Jobs, now: datetime = NOW) -> LeasedJob | None:
        with database.writing() as session:
            return jobs.lease(session, now, HOLD)

    def finish(self, database: Database, jobs: Jobs, job: LeasedJob, now: datetime = NOW) -> bool:
        with database.writing() as session:
            return jobs.finish(session, job, now)

    def retry(self, database: Database, jobs: Jobs, job: LeasedJob, run_at: datetime | None) -> None:
        with database.writing() as session:
            jobs.retry(session, job, "it went wrong", run_at)

    def any_due(self, database: Database, jobs: Jobs, now: datetime = NOW) -> bool:
        with database.reading() as session:
            return jobs.any_due(session, now)

    def test_a_job_comes_back_as_it_was_written(self, database, jobs):
        args = {"case": "CA-2026-000001", "n": 7, "text": "充值 “Ω” \n", "none": None}
        with database.writing() as session:
            jobs.enqueue(session, "open_case", args, NOW)
        leased = self.lease(database, jobs)
        assert (leased.kind, leased.args, leased.attempt) == ("open_case", args, 1)

    def test_a_job_exists_exactly_if_the_business_write_does(self, database, jobs):
        with suppress(RuntimeError), database.writing() as session:
            take_number(session, "case-2026")
            jobs.enqueue(session, "open_case", {}, NOW)
            raise RuntimeError
        assert self.lease(database, jobs) is None
        with database.writing() as session:
            assert take_number(session, "case-2026") == 1
            jobs.enqueue(session, "open_case", {}, NOW)
            jobs.enqueue(session, "announce", {}, NOW)
        assert {self.lease(database, jobs).kind, self.lease(database, jobs).kind} == {"open_case", "announce"}

    def test_a_job_is_seen_by_nobody_before_it_is_committed(self, database, jobs):
        with database.writing() as session:
            jobs.enqueue(session, "open_case", {}, NOW)
            assert not self.any_due(database, jobs)
        assert self.any_due(database, jobs)

    def test_a_job_waits_for_its_time(self, database, jobs):
        self.enqueue(database, jobs, "later", at=NOW + SECOND)
        assert not self.any_due(database, jobs)
        assert self.lease(database, jobs) is None
        assert self.any_due(database, jobs, NOW + SECOND)
        assert self.lease(database, jobs, NOW + SECOND).kind == "later"

    def test_jobs_come_in_the_order_of_their_time_and_then_of_their_writing(self, database, jobs):
        self.enqueue(database, jobs, "third", "fourth", at=NOW)
        self.enqueue(database, jobs, "first", "second", at=NOW - SECOND)
        assert [self.lease(database, jobs).kind for _ in range(4)] == ["first", "second", "third", "fourth"]

    def test_who_asks_for_some_kinds_gets_no_others(self, database, jobs):
        self.enqueue(database, jobs, "announce", "deliver", "deliver")
        with database.writing() as session:
            taken = [jobs.lease(session, NOW, HOLD, {"deliver", "fetch"}) for _ in range(3)]
        assert [job and job.kind for job in taken] == ["deliver", "deliver", None]
        with database.reading() as session:
            assert not jobs.any_due(session, NOW, {"deliver"})
            assert jobs.any_due(session, NOW, {"deliver", "announce"})

    def test_a_leased_job_is_nobody_elses(self, database, jobs):
        self.enqueue(database, jobs, "one")
        assert self.lease(database, jobs)
        assert self.lease(database, jobs) is None
        assert not self.any_due(database, jobs)
        assert self.lease(database, jobs, NOW + HOLD) is None

    def test_eight_workers_on_two_connections_take_each_job_once(self, database, jobs):
        kinds = [f"job {number}" for number in range(40)]
        self.enqueue(database, jobs, *kinds)
        other = Database(database.url.render_as_string(hide_password=False))
        start = threading.Barrier(8)

        def take_all(mine: Database) -> list[str]:
            start.wait()
            return [job.kind for job in iter(lambda: self.lease(mine, jobs), None)]

        with ThreadPoolExecutor(8) as workers:
            taken = list(workers.map(take_all, [database, other] * 4))
        other.dispose()
        assert sorted(kind for kinds_of_one in taken for kind in kinds_of_one) == sorted(kinds)

    def test_a_worker_that_died_loses_its_job_to_the_next(self, database, jobs):
        self.enqueue(database, jobs, "one")
        dead = self.lease(database, jobs)
        later = NOW + HOLD + SECOND
        assert self.any_due(database, jobs, later)
        again = self.lease(database, jobs, later)
        assert (again.id, again.attempt) == (dead.id, 2)

    def test_who_comes_back_after_its_lease_can_neither_finish_nor_give_back(self, database, jobs):
        self.enqueue(database, jobs, "one")
        slow = self.lease(database, jobs)
        later = NOW + HOLD + SECOND
        again = self.lease(database, jobs, later)
        assert not self.finish(database, jobs, slow, later)
        self.retry(database, jobs, slow, later)
        self.retry(database, jobs, slow, None)
        assert self.lease(database, jobs, later) is None
        assert self.finish(database, jobs, again, later)

    def test_a_lease_whose_transaction_is_taken_back_was_none(self, database, jobs):
        self.enqueue(database, jobs, "one")
        with suppress(RuntimeError), database.writing() as session:
            assert jobs.lease(session, NOW, HOLD)
            raise RuntimeError
        assert self.lease(database, jobs).attempt == 1

    def test_what_is_done_stays_done(self, database, jobs):
        self.enqueue(database, jobs, "one")
        job = self.lease(database, jobs)
        assert self.finish(database, jobs, job)
        for now in (NOW, NOW + HOLD + SECOND, NOW + timedelta(days=365)):
            assert self.lease(database, jobs, now) is None
            assert not self.any_due(database, jobs, now)
        assert not self.finish(database, jobs, job)
        self.retry(database, jobs, job, NOW)
        assert self.lease(database, jobs) is None

    def test_done_is_done_only_with_what_was_written_beside_it(self, database, jobs):
        self.enqueue(database, jobs, "one")
        job = self.lease(database, jobs)
        with suppress(RuntimeError), database.writing() as session:
            jobs.finish(session, job, NOW)
            raise RuntimeError
        assert self.lease(database, jobs, NOW + HOLD + SECOND).attempt == 2

    def test_a_job_given_back_runs_again_at_the_time_named_and_counts(self, database, jobs):
        self.enqueue(database, jobs, "one")
        self.retry(database, jobs, self.lease(database, jobs), NOW + 5 * SECOND)
        assert self.lease(database, jobs, NOW + 4 * SECOND) is None
        again = self.lease(database, jobs, NOW + 5 * SECOND)
        assert (again.kind, again.args, again.attempt) == ("one", {"kind": "one"}, 2)

    def test_a_job_given_up_waits_for_a_person(self, database, jobs):
        self.enqueue(database, jobs, "one")
        job = self.lease(database, jobs)
        self.retry(database, jobs, job, None)
        assert self.lease(database, jobs, NOW + timedelta(days=365)) is None
        with database.writing() as session:
            jobs.revive(session, job.id, NOW + SECOND)
        again = self.lease(database, jobs, NOW + SECOND)
        assert (again.id, again.attempt) == (job.id, 1)
        assert self.finish(database, jobs, again)

    def test_only_what_was_given_up_can_be_revived(self, database, jobs):
        self.enqueue(database, jobs, "one")
        job = self.lease(database, jobs)
        for number in (job.id, job.id + 1):
            with pytest.raises(NotFound), database.writing() as session:
                jobs.revive(session, number, NOW)

    def test_jobs_done_long_ago_are_forgotten_some_at_a_time_and_no_others(self, database, jobs):
        self.enqueue(database, jobs, "old", "older", "fresh", "given up", "leased", "due")
        old, older, fresh, failed, leased = [self.lease(database, jobs) for _ in range(5)]
        self.finish(database, jobs, old, NOW - 2 * SECOND)
        self.finish(database, jobs, older, NOW - 3 * SECOND)
        self.finish(database, jobs, fresh, NOW)
        self.retry(database, jobs, failed, None)
        for left in (1, 1, 0):
            with database.writing() as session:
                assert jobs.prune(session, NOW, 1) == left
        with database.reading() as session:
            kept = set(session.scalars(select(Job.kind)))
        assert kept == {"fresh", "given up", "leased", "due"}
        assert self.finish(database, jobs, leased)

    def test_one_job_that_fails_holds_up_no_other(self, database, jobs):
        self.enqueue(database, jobs, "bad", "good")
        self.retry(database, jobs, self.lease(database, jobs), NOW + SECOND)
        assert self.lease(database, jobs).kind == "good"
