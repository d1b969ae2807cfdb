"""SIGKILL at every named step between draft and publication: in the end there is exactly one published ruling."""

import os
import shutil
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from arbitration import worker
from arbitration.actions import rulings, signing
from arbitration.actions.context import SYSTEM
from arbitration.adapters.clock import OffsetClock
from arbitration.config import load
from arbitration.domain.rulings import RulingState
from arbitration.domain.verification import Verdict
from arbitration.store import history
from arbitration.store.rulings import Ruling
from arbitration.wiring import build, make_secrets, migrate_database
from tests.factories import Office, open_office

PREPARING = ("prepare.stored", "prepare.rendered", "prepare.written", "prepare.committed")
SEALING = (
    "seal.stored",
    "seal.committed",
    "seal.certified",
    "seal.signed",
    "seal.closed",
    "seal.checked",
    "seal.issued",
)


def steps(names: tuple[str, ...], by_default: int) -> list[Any]:
    """Each takes seconds: the first few of *names* by default, the others among the slow tests."""
    return [*names[:by_default], *(pytest.param(name, marks=pytest.mark.long) for name in names[by_default:])]


def settings_in(home: Path):
    return load({"ARBITRATION_ENV": "test", "ARBITRATION_HOME": str(home)})


@pytest.fixture(scope="module")
def deliberated(tmp_path_factory) -> tuple[Path, Office, str]:
    """An installation with real keys and fonts, and a case whose draft is finished."""
    home = tmp_path_factory.mktemp("deliberated")
    make_secrets(home)
    migrate_database(settings_in(home))
    office = open_office(build(settings_in(home)))
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.close_record(case_no)
    office.draft(case_no)
    return home, office, case_no


@pytest.fixture(scope="module")
def requested(deliberated, tmp_path_factory) -> Path:
    """As it stands when the arbitrator has asked for the ruling to be prepared."""
    home, office, case_no = deliberated
    with office.portal.work(office.actors["arbitrator"]) as work:
        signing.request(work, case_no, rulings.draft(work, case_no).version)
    return copied(home, tmp_path_factory.mktemp("requested") / "home")


@pytest.fixture(scope="module")
def signed(deliberated, requested, tmp_path_factory) -> Path:
    """As it stands when the arbitrator has signed and nothing is sealed yet."""
    home, office, case_no = deliberated
    office.settle()
    with office.portal.read(SYSTEM) as work:
        shown = work.session.scalar(select(Ruling.unsigned_sha256))
    signing.sign(
        office.portal,
        office.actors["arbitrator"],
        case_no,
        typed_case_no=case_no,
        code=office.code("arbitrator"),
        unsigned_sha256=str(shown),
    )
    return copied(home, tmp_path_factory.mktemp("signed") / "home")


def copied(home: Path, target: Path) -> Path:
    """A copy of an installation at rest: no process runs on it."""
    shutil.copytree(home, target)
    return target


def kill_worker_at(home: Path, failpoint: str) -> None:
    """A process of its own works off the jobs, and dies by SIGKILL at *failpoint*."""
    child = os.fork()
    if child == 0:
        worker.run_all(build(replace(settings_in(home), failpoint=failpoint)))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{failpoint} was never reached"
    assert os.WTERMSIG(status) == signal.SIGKILL


def work_on(home: Path) -> None:
    """Another worker takes up what the dead one held, once its lease has run out on the installation's own clock."""
    OffsetClock(home / "clock.json").shift(worker.LEASE + timedelta(seconds=1))
    portal = build(settings_in(home))
    worker.run_all(portal)
    portal.close()


def state_of(home: Path) -> RulingState:
    portal = build(settings_in(home))
    try:
        with portal.read(SYSTEM) as work:
            return work.session.scalars(select(Ruling.state)).one()
    finally:
        portal.close()


def check_published_once(home: Path) -> None:
    portal = build(settings_in(home))
    with portal.read(SYSTEM) as work:
        ruling = work.session.scalars(select(Ruling)).one()
        events = [event.kind for event, _ in history.of_case(work.session, ruling.case_no)]
        problems = history.problems(work.session)
    report = portal.ports.verifier.verify(portal.ports.blobs.read(ruling.signed_blob or ""))
    portal.close()
    assert ruling.state is RulingState.ISSUED
    assert (events.count("ruling_prepared"), events.count("ruling_issued")) == (1, 1)
    assert report.verdict is Verdict.PROVEN, report.failed
    assert problems == []


@pytest.mark.parametrize("point", steps(SEALING, 2))
def test_a_sealing_killed_anywhere_publishes_exactly_one_ruling(signed, tmp_path, point):
    home = copied(signed, tmp_path / "home")
    kill_worker_at(home, point)
    work_on(home)
    check_published_once(home)


@pytest.mark.parametrize("point", steps(PREPARING, 1))
def test_a_preparation_killed_anywhere_prepares_exactly_once(requested, tmp_path, point):
    home = copied(requested, tmp_path / "home")
    kill_worker_at(home, point)
    work_on(home)
    assert state_of(home) is RulingState.PREPARED
