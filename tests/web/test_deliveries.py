"""The page of outgoing webhooks: what failed first, a page at a time, in the reader's words."""

import re

import pytest

from arbitration.store.delivery import Delivery
from arbitration.web.deliveries import EVENTS_TOLD, PAGE
from tests.factories import Office
from tests.web.conftest import Browser

AGAIN = re.compile(r'action="/deliveries/(\d+)/replay"')


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    return office.escalate()


def sent(office: Office, case_no: str, number: int, *, failed: bool = False) -> None:
    """One more delivery of the case's platform, taken or not."""
    with office.portal.work(office.actors["registrar"]) as work:
        work.session.add(
            Delivery(
                platform_id=office.case(case_no).platform_id,
                case_no=case_no,
                webhook_id=f"evt_{number}",
                kind="case.response_due",
                body="{}",
                created_at=work.now,
                attempts=1,
                last_status=500 if failed else 200,
                delivered_at=None if failed else work.now,
            )
        )


def rows(page: str) -> list[str]:
    return page.partition("<tbody")[2].split('<tr role="row">')[1:]


def test_what_failed_stands_first_and_is_sent_again_from_its_row(
    office: Office, browser: Browser, case_no: str
) -> None:
    sent(office, case_no, 1, failed=True)
    sent(office, case_no, 2)
    browser.sign_in("officer")
    first, *others = rows(browser.get("/deliveries").text)
    assert "Answered with 500" in first
    assert AGAIN.search(first.partition("</details>")[2])
    assert others
    assert not any(AGAIN.search(row.partition("</details>")[2]) for row in others)
    assert all(AGAIN.search(row.partition("</details>")[0]) for row in others)


def test_deliveries_are_paged(office: Office, browser: Browser, case_no: str) -> None:
    for number in range(PAGE + 1):
        sent(office, case_no, number)
    browser.sign_in("officer")
    first = browser.get("/deliveries").text
    assert len(rows(first)) == PAGE
    assert 'href="/deliveries?page=2" rel="next"' in first
    second = browser.get("/deliveries?page=2").text
    assert 0 < len(rows(second)) < PAGE
    assert 'href="/deliveries?page=1" rel="prev"' in second
    assert len(rows(browser.get("/deliveries?page=0").text)) == PAGE
    assert rows(browser.get("/deliveries?page=99").text)
    assert browser.get("/deliveries?page=x").status_code == 200


def test_events_have_names_in_the_language_of_the_reader(office: Office, browser: Browser, case_no: str) -> None:
    sent(office, case_no, 1)
    browser.sign_in("auditor")
    (row, *_) = rows(browser.get("/deliveries?lang=zh").text)
    assert re.search(r"<span>[^<a-z]+<", row.partition("<th")[2])
    assert "<code>case.response_due</code>" in row.partition("<details")[2]
    assert {"party.access", "ruling.issued", "case.closed"} <= set(EVENTS_TOLD)


def test_an_auditor_sends_nothing_again(office: Office, browser: Browser, case_no: str) -> None:
    sent(office, case_no, 1, failed=True)
    browser.sign_in("auditor")
    assert not AGAIN.search(browser.get("/deliveries").text)
