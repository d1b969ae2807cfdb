"""The docket over HTTP: whose cases, which views, filters, pages, export and search."""

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import insert, inspect

from arbitration.actions import cases
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import RejectReason
from arbitration.domain.permissions import Role
from arbitration.store.cases import Case
from arbitration.store.docket import LOOKED_THROUGH
from arbitration.web import docket, wording
from arbitration.web.i18n import LOCALES, catalogue
from tests.domain.escalations import escalation
from tests.factories import Office
from tests.fakes import FakeClock
from tests.web.conftest import Browser

NUMBER = re.compile(r"<code>(CA-\d{4}-\d{6})</code>")


def listed(browser: Browser, path: str = "/docket") -> list[str]:
    """The numbers of the cases in a list, in its order."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return NUMBER.findall(answer.text)


def count_of(page: str, label: str) -> str | None:
    found = re.search(rf'{label}(?: <span class="count[^"]*">([^<]+)</span>)?</a>', page)
    assert found, f"no view {label}"
    return found[1]


def copies(office: Office, case_no: str, number: int) -> list[str]:
    """So many more cases like *case_no*, written as rows, each with a deadline of its own."""
    names = [f"CA-2025-{serial:06}" for serial in range(1, number + 1)]
    with office.portal.work(SYSTEM) as work:
        model = work.session.get_one(Case, case_no)
        row = {column: getattr(model, column) for column in inspect(Case).column_attrs.keys()}  # noqa: SIM118
        work.session.execute(
            insert(Case),
            [
                row
                | {"case_no": name, "platform_dispute_id": name, "title": name}
                | {"next_due_at": model.next_due_at.replace(microsecond=serial)}
                for serial, name in enumerate(names)
            ],
        )
    return names


@pytest.fixture
def registrar(browser: Browser) -> Browser:
    browser.sign_in("registrar")
    return browser


def test_each_role_sees_its_own_cases_under_its_own_title(office: Office, app: Any) -> None:
    office.add_platform("wanka")
    ours, theirs = office.escalate(), office.escalate(slug="wanka")
    office.admit(theirs)
    office.seat(theirs)
    expected = {
        "registrar": ("All cases", {ours, theirs}),
        "auditor": ("All cases", {ours, theirs}),
        "arbitrator": ("My docket", {theirs}),
        "officer": ("Our cases", {ours}),
    }
    for name, (title, numbers) in expected.items():
        browser = Browser(app.test_client(), office)
        browser.sign_in(name)
        page = browser.get("/docket").text
        assert f"<h1>{title}</h1>" in page
        assert set(NUMBER.findall(page)) == numbers, name


def test_an_account_without_cases_has_no_docket(office: Office, browser: Browser) -> None:
    office.add_staff("editor", Role.STANDARDS_EDITOR)
    browser.sign_in("editor")
    for path in ("/docket", "/docket.csv", "/search?q=x"):
        assert browser.get(path).status_code == 403, path


def test_the_nearest_deadline_stands_first(office: Office, registrar: Browser) -> None:
    later, sooner = office.escalate(), office.escalate()
    office.admit(later)
    assert listed(registrar) == [sooner, later]


def test_a_case_needs_my_action_when_its_next_deadline_is_mine(office: Office, registrar: Browser) -> None:
    mine, respondents = office.escalate(), office.escalate()
    office.admit(respondents)
    office.seat(respondents)
    assert listed(registrar, "/docket?view=mine") == [mine]
    page = registrar.get("/docket").text
    assert (count_of(page, "All open"), count_of(page, "Needs my action")) == ("2", "1")
    assert "Decide on admission" in page
    assert "The respondent replies" in page


def test_views_by_time_follow_the_clock(office: Office, registrar: Browser, clock: FakeClock) -> None:
    soon, later = office.escalate(), office.escalate()
    office.admit(later)
    office.seat(later)
    assert listed(registrar, "/docket?view=soon") == [soon]
    assert listed(registrar, "/docket?view=overdue") == []
    clock.tick(minutes=31)
    assert listed(registrar, "/docket?view=overdue") == [soon]
    assert listed(registrar, "/docket?view=soon") == []
    page = registrar.get("/docket").text
    assert "2 cases are open. 1 is past its deadline." in page
    assert 'data-urgency="overdue"' in page


def test_a_prepared_ruling_waits_under_to_sign_for_its_arbitrator_only(office: Office, app: Any) -> None:
    ready, other = office.escalate(), office.escalate()
    for case_no in (ready, other):
        office.admit(case_no)
        office.seat(case_no)
        office.respond(case_no)
        office.close_record(case_no)
    office.draft(ready)
    office.prepare(ready)
    arbitrator = Browser(app.test_client(), office)
    arbitrator.sign_in("arbitrator")
    assert listed(arbitrator, "/docket?view=sign") == [ready]
    assert count_of(arbitrator.get("/docket").text, "To sign") == "1"
    registrar = Browser(app.test_client(), office)
    registrar.sign_in("registrar")
    assert "To sign" not in registrar.get("/docket").text


def test_ended_cases_have_their_own_view_and_say_how_they_ended(office: Office, registrar: Browser) -> None:
    open_one, ended = office.escalate(), office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.reject(work, ended, RejectReason.OUT_OF_SCOPE, "不属于数字商品。")
    assert listed(registrar) == [open_one]
    assert listed(registrar, "/docket?view=ended") == [ended]
    assert "It is not about digital goods" in registrar.get("/docket?view=ended").text


def test_words_are_found_in_number_order_title_and_names(office: Office, registrar: Browser) -> None:
    changed = escalation()["data"]
    changed["order"]["order_id"] = "ZB-7718"
    changed["goods"][0]["title"] = "100% 正版_授权"
    changed["parties"][0]["display_name"] = "Lin O'Neil"
    wanted = office.escalate(order=changed["order"], goods=changed["goods"], parties=changed["parties"])
    other = office.escalate()
    for words in ("zb-7718", "正版_授权", "100%25", "o'neil", wanted, wanted.lower()):
        assert listed(registrar, f"/docket?filter={words}") == [wanted], words
    assert set(listed(registrar, "/docket?filter=CA-")) == {wanted, other}
    assert listed(registrar, "/docket?filter=__") == []


def test_stage_and_platform_narrow_a_view(office: Office, registrar: Browser) -> None:
    office.add_platform("wanka")
    ours, theirs, admitted = office.escalate(), office.escalate(slug="wanka"), office.escalate()
    office.admit(admitted)
    page = registrar.get("/docket").text
    wanka = re.search(r'<option value="(\d+)">Wanka</option>', page)
    assert wanka
    assert listed(registrar, f"/docket?platform={wanka[1]}") == [theirs]
    assert listed(registrar, "/docket?stage=admitted") == [admitted]
    assert set(listed(registrar, "/docket?stage=escalated")) == {ours, theirs}


def test_who_sees_one_platform_is_offered_no_choice_of_platforms(office: Office, browser: Browser) -> None:
    office.add_platform("wanka")
    office.escalate()
    browser.sign_in("officer")
    assert 'name="platform"' not in browser.get("/docket").text


@pytest.mark.parametrize(
    "query",
    [
        "view=nothing",
        "view=sign",
        "platform=x",
        "platform=99999999999999999999",
        "stage=evidence%00",
        "after=1.CA-2026-000001",
        "after=999999999999999999.CA-2026-000001",
        "after=x&before=y",
        "filter=%25%5C_%00",
    ],
)
def test_nonsense_in_the_address_is_no_error(office: Office, registrar: Browser, query: str) -> None:
    office.escalate()
    assert registrar.get(f"/docket?{query}").status_code == 200
    assert registrar.get(f"/docket.csv?{query}").status_code == 200


def test_a_filter_that_finds_nothing_offers_to_be_cleared(office: Office, registrar: Browser) -> None:
    office.escalate()
    page = registrar.get("/docket?view=soon&filter=nothing").text
    assert "No cases match" in page
    assert 'href="/docket?view=soon"' in page


def test_an_empty_view_says_why_it_is_empty(office: Office, registrar: Browser, other_browser: Browser) -> None:
    assert "as soon as a platform has escalated it" in registrar.get("/docket").text
    assert "Every deadline" not in registrar.get("/docket?view=overdue").text
    assert "when its next deadline has passed" in registrar.get("/docket?view=overdue").text
    other_browser.sign_in("arbitrator")
    assert "as soon as the registrar asks you to sit in it" in other_browser.get("/docket").text


def test_pages_follow_one_another_and_lead_back(office: Office, registrar: Browser) -> None:
    names = copies(office, office.escalate(), 120)
    first = registrar.get("/docket")
    seen = [NUMBER.findall(first.text)]
    addresses = ["/docket"]
    for _ in range(2):
        following = re.search(r'href="([^"]+)" rel="next"', registrar.get(addresses[-1]).text)
        assert following
        addresses.append(following[1].replace("&amp;", "&"))
        seen.append(listed(registrar, addresses[-1]))
    assert [len(page) for page in seen] == [50, 50, 21]
    assert [number for page in seen for number in page if number in names] == names
    assert 'rel="next"' not in registrar.get(addresses[-1]).text
    back = re.search(r'href="([^"]+)" rel="prev"', registrar.get(addresses[-1]).text)
    assert back
    assert listed(registrar, back[1].replace("&amp;", "&")) == seen[1]


def test_counting_stops_at_a_hundred(office: Office, registrar: Browser) -> None:
    copies(office, office.escalate(), 120)
    page = registrar.get("/docket").text
    assert count_of(page, "All open") == "99+"
    assert "99+ cases are open." in page


def test_a_filter_says_when_it_could_not_look_through_everything(office: Office, registrar: Browser) -> None:
    case_no = office.escalate()
    assert "were looked through" not in registrar.get("/docket?filter=nothing").text
    copies(office, case_no, LOOKED_THROUGH)
    page = registrar.get("/docket?filter=nothing").text
    assert f"Only the first {LOOKED_THROUGH} cases of this view were looked through" in page
    assert "were looked through" not in registrar.get(f"/docket?filter={case_no}").text
    assert f"Only the newest {LOOKED_THROUGH} cases were looked through" in registrar.get("/search?q=nothing").text


def test_the_export_holds_the_whole_view_as_a_table(office: Office, registrar: Browser) -> None:
    names = copies(office, office.escalate(), 60)
    answer = registrar.get("/docket.csv?view=open")
    assert answer.headers["Content-Disposition"] == "attachment; filename=docket-open.csv"
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith("\ufeff".encode())
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert table[0][:3] == ["Case no.", "Title", "Platform"]
    assert len(table) == 1 + 61
    assert {row[0] for row in table[1:]} > set(names)
    assert table[1][-1] == "128.00"
    assert table[1][8] == "Registrar"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", " ="])
def test_a_cell_that_could_be_a_formula_is_made_text(office: Office, registrar: Browser, start: str) -> None:
    goods = escalation()["data"]["goods"]
    goods[0]["title"] = f'{start}HYPERLINK("http://evil.example")'
    office.escalate(goods=goods)
    table = list(csv.reader(io.StringIO(registrar.get("/docket.csv").data.decode("utf-8-sig"))))
    assert table[1][1] == f"'{goods[0]['title']}"


def test_text_from_outside_stays_text_in_a_row(office: Office, registrar: Browser) -> None:
    changed = escalation()["data"]
    hostile = "<img src=x>'\"&"
    changed["goods"][0]["title"] = f"title {hostile}"
    for side in changed["parties"]:
        side["display_name"] = f"{side['role']} {hostile}"
    office.escalate(goods=changed["goods"], parties=changed["parties"])
    page = registrar.get("/docket").text
    assert "<img src=x>" not in page
    for part in ("title", "claimant", "respondent"):
        assert f"<bdi>{part} &lt;img src=x&gt;&#39;&#34;&amp;</bdi>" in page, part


def test_our_own_words_in_a_row_need_no_escaping() -> None:
    tables = (wording.STATES, wording.STEPS, wording.AWAITED, wording.WAITING, wording.END_REASONS, docket.FLAGS)
    for language in LOCALES:
        for table in tables:
            for label in table.values():
                said = catalogue(language).gettext(label._args[0])
                assert not set(said) & set("<>&\"'"), said


def test_search_leads_from_a_number_straight_to_the_case(office: Office, registrar: Browser) -> None:
    case_no = office.escalate()
    assert registrar.get(f"/search?q={case_no}").location == f"/cases/{case_no}"
    assert registrar.get(f"/search?q=+{case_no.lower()}+").location == f"/cases/{case_no}"


def test_search_finds_open_and_ended_cases_by_their_words(office: Office, registrar: Browser) -> None:
    open_one, ended = office.escalate(), office.escalate()
    with office.portal.work(office.actors["registrar"]) as work:
        cases.reject(work, ended, RejectReason.OUT_OF_SCOPE, "不属于数字商品。")
    assert listed(registrar, "/search?q=极光") == [ended, open_one]
    assert "No cases match" in registrar.get("/search?q=nothing").text
    assert "What are you looking for?" in registrar.get("/search").text


def test_search_finds_nothing_of_a_neighbours(office: Office, browser: Browser) -> None:
    office.add_platform("wanka")
    theirs = office.escalate(slug="wanka")
    browser.sign_in("officer")
    assert browser.get(f"/search?q={theirs}").status_code == 200
    assert theirs not in NUMBER.findall(browser.get(f"/search?q={theirs}").text)


def test_what_is_wrong_with_a_case_shows_in_its_row(office: Office, registrar: Browser, clock: FakeClock) -> None:
    changed = escalation()["data"]["evidence"]
    changed[0]["sha256"] = "0" * 64
    office.escalate(evidence=changed)
    assert "File quarantined" in registrar.get("/docket").text


def test_the_docket_is_there_in_chinese(office: Office, registrar: Browser) -> None:
    office.escalate()
    page = registrar.get("/docket?lang=zh").text
    assert '<html lang="zh-Hans"' in page
    assert "剩余" in page
