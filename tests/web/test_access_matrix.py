"""Who is let in where: every route, method and kind of visitor over HTTP, against a table written by hand.

The table is access_matrix.csv. A cell says how a visitor is answered while the case is in the row's state, in which
the action itself is possible: `200`, `302` (a redirect, as after success), `in` (let in, but the action is refused:
409, 422), `sign-in` and `code` (sent to the door of staff or parties), 401, 403, 404; `-` where the address would hold
nothing of this case. Parties try the claimant's link; the respondent comes by its own, and `neighbour_inside` by that
of the neighbour's case.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from werkzeug.test import TestResponse

from arbitration.config import load
from arbitration.web.app import create_app
from tests.factories import open_office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment, with_ports
from tests.web.access_world import PART, PROGRAMS, STAFF, Moment, World

pytestmark = pytest.mark.xdist_group("access_matrix")
"""All rows share one office, so one process asks them all."""

STRANGERS = {
    "arbitrator": "other_arbitrator",
    "officer": "other_officer",
    "platform": "other_platform",
    "claimant": "neighbour",
}
"""Who belongs to this case -> the same kind of visitor of another one."""
OF_A_CASE = {"case_no", "link", "item", "label", "delivery_id", "number"}
"""Parts of a route that lead to something of one case."""
LET_IN = {"200", "302", "in"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANY_STATE = "evidence"


class Row(NamedTuple):
    """One line of the table."""

    method: str
    route: str
    given: dict[str, str]
    state: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.route, *self.given.values(), self.state)))


def table() -> list[Row]:
    rows = []
    for line in csv.DictReader(Path(__file__).with_name("access_matrix.csv").read_text("utf-8").splitlines()):
        cells = {name.strip(): value.strip() for name, value in line.items()}
        method, route, given, state = (cells.pop(name) for name in ("method", "route", "with", "state"))
        rows.append(Row(method, route, dict(pair.split("=") for pair in given.split()), state, cells))
    return rows


TABLE = table()


class Unlimited:
    """So many visitors come from one address that the limit on tries would answer instead of the route."""

    def allow(self, *given: object, **more: object) -> bool:
        return True


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[World]:
    home = tmp_path_factory.mktemp("office")
    (home / "arbitration.db").write_bytes(migrated_sqlite.read_bytes())
    settings = load(environment(home, f"sqlite:///{home / 'arbitration.db'}"))
    portal = with_ports(assemble(settings, FakeClock(), FakeGateway()), limits=Unlimited())
    made = World(open_office(portal), create_app(settings, portal), home / "arbitration.db")
    made.populate()
    yield made
    portal.close()


@pytest.fixture(scope="module")
def moment(world: World) -> Moment:
    """To which every row returns first."""
    return world.moment()


def verdict(answer: TestResponse) -> str:
    """How a visitor was answered, as the table says it."""
    status = answer.status_code
    if status in (409, 422):
        return "in"
    if status in (301, 302, 303, 307, 308):
        path = (answer.location or "").partition("?")[0]
        return "sign-in" if path == "/sign-in" else "code" if re.fullmatch(r"/party/[^/]+/enter", path) else "302"
    return "200" if 200 <= status < 300 else str(status)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_every_visitor_is_answered_as_the_table_says(world: World, moment: Moment, row: Row) -> None:
    world.return_to(moment)
    scene = world.scenes[row.state or ANY_STATE]
    answered = {}
    for visitor in sorted(row.cells, key=lambda visitor: row.cells[visitor] in LET_IN):  # before anyone changes it
        if row.cells[visitor] == "-":
            continue
        address = world.address(row.route, row.given, visitor, scene)
        answered[visitor] = verdict(world.ask(row.method, row.route, address, visitor, scene))
    wrong = {
        visitor: f"{answer}, not {row.cells[visitor]}"
        for visitor, answer in answered.items()
        if answer != row.cells[visitor]
    }
    assert not wrong


def test_the_table_has_every_route_and_no_other(world: World) -> None:
    routes = {
        (method, PART.sub(r"<\1>", rule.rule))
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) & set(METHODS)
    }
    assert {(row.method, row.route) for row in TABLE} == routes


def test_the_table_asks_every_kind_of_visitor() -> None:
    everyone = {"public", *STAFF, "claimant", "respondent", "neighbour", "neighbour_inside", *PROGRAMS}
    assert {frozenset(row.cells) for row in TABLE} == {frozenset(everyone)}


def test_in_the_table_nobody_gets_into_the_neighbours_case() -> None:
    """What leads to one case is not there for their like from another; a party's link asks everyone for its code."""
    open_to_strangers = [
        (str(row), stranger)
        for row in TABLE
        for own, stranger in STRANGERS.items()
        if OF_A_CASE & set(PART.findall(row.route))
        and row.cells[own] in LET_IN
        and row.cells[stranger] not in ({"404", "code"} if stranger == "neighbour" else {"404"})
        and not row.route.endswith("/enter")
    ]
    assert open_to_strangers == []
    assert {row.cells["neighbour_inside"] for row in TABLE if {"item", "label"} & set(PART.findall(row.route))} <= {
        "404",
        "-",
    }


@pytest.mark.parametrize("row", {row.route: row for row in TABLE}.values(), ids=lambda row: row.route)
def test_a_method_that_a_route_does_not_have_is_refused(world: World, row: Row) -> None:
    address = world.address(row.route, row.given, "public", world.scenes[row.state or ANY_STATE])
    path = world.app.url_map.bind("localhost")
    for method in set(METHODS) - set(path.allowed_methods(address)):
        assert world.app.test_client().open(address, method=method).status_code == 405


def test_an_unknown_link_leads_nowhere(world: World) -> None:
    browser = world.app.test_client()
    assert browser.get("/party/there-is-no-such-link", follow_redirects=True).status_code == 404
