"""The list of a case's evidence with a hundred times as many items, for staff and for a party."""

import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from arbitration import logs
from arbitration.actions import filing
from arbitration.adapters.database import migrate
from arbitration.config import load
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.web.app import create_app
from tests.benchmarks.rows import Row, percentile
from tests.factories import Office, open_office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment
from tests.web.conftest import Browser
from tests.web.test_party import party_of

FEW, MANY = 10, 1_000
RUNS = 3
REQUESTS = 100
WARM_UP = 10
AT_MOST = 2.0
AT_ONCE = 20

Get = Callable[[], float]


def run() -> list[Row]:
    """Both cases in turn, request by request, so that they see the same machine."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        logs.configure("info", nowhere)
        url = f"sqlite:///{folder}/arbitration.db"
        migrate(url)
        settings = load(environment(Path(folder), url))
        portal = assemble(settings, FakeClock(), FakeGateway())
        office = open_office(portal)
        app = create_app(settings, portal)
        cases = {number: _case_with(office, number) for number in (FEW, MANY)}
        staff = Browser(app.test_client(), office)
        staff.sign_in("arbitrator")
        listed = {number: _getter(staff, f"/cases/{case_no}/evidence") for number, case_no in cases.items()}
        last = {**listed, MANY: _getter(staff, f"/cases/{cases[MANY]}/evidence?page={MANY // AT_ONCE}")}
        parties = {number: party_of(app, office, case_no, Role.CLAIMANT) for number, case_no in cases.items()}
        for party in parties.values():
            party.enter()
        own = {number: _getter(party.browser, party.path) for number, party in parties.items()}
        rows = [
            _row("evidence of a case, arbitrator", listed),
            _row("the same, its last page", last),
            _row("a party's page", own),
        ]
        portal.close()
    return rows


def _case_with(office: Office, number: int) -> str:
    """A case in its evidence period with so many items; every file is its own."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    claimant = office.party(case_no, Role.CLAIMANT)
    contents = [f"{case_no}: file {n}\n".encode() for n in range(number - 1)]  # one came with the escalation
    for first in range(0, len(contents), AT_ONCE):
        batch = [
            filing.Upload(f"{n}.txt", io.BytesIO(each)) for n, each in enumerate(contents[first : first + AT_ONCE])
        ]
        filing.upload(office.portal, claimant, case_no, Kind.CHAT_LOG, batch)
        with office.portal.work(claimant) as work:
            filing.submit(work, case_no)
    office.settle()
    return case_no


def _getter(browser: Browser, path: str) -> Get:
    """CPU seconds of one request."""

    def get() -> float:
        start = time.process_time()
        answer = browser.get(path)
        spent = time.process_time() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return spent

    return get


def _row(name: str, getters: dict[int, Get]) -> Row:
    few, many = (statistics.median(each) for each in zip(*(_round(getters) for _ in range(RUNS)), strict=True))
    ratio = many / few
    more = f"n {RUNS}x{REQUESTS}, p50 of CPU time; {MANY:,} items : {FEW}"
    return Row(name, f"{many * 1e3:.2f} ms", f"{few * 1e3:.2f} ms", ratio, f"<= {AT_MOST}", ratio <= AT_MOST, more)


def _round(getters: dict[int, Get]) -> tuple[float, float]:
    for _ in range(WARM_UP):
        for get in getters.values():
            get()
    samples: dict[int, list[float]] = {number: [] for number in getters}
    for _ in range(REQUESTS):
        for number, get in getters.items():
            samples[number].append(get())
    return percentile(samples[FEW], 0.5), percentile(samples[MANY], 0.5)
