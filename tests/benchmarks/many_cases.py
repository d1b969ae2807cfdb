"""Offices with any number of cases: one case led by the use cases into its evidence period, copied in bulk by SQL."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from arbitration.adapters.database import migrate
from arbitration.config import load
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from arbitration.web.app import create_app
from tests.factories import Office, open_office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment
from tests.web.conftest import Browser

ARBITRATORS = 8
"""So that each has more open cases than a page holds, at every size."""
MINUTE = 60 * 1_000_000
SPREAD = 20 * 24 * 60 * MINUTE
"""Deadlines lie within so many microseconds: some are past, some near, most later."""


@dataclass
class Crowd:
    """An office with many cases, and a browser for each reader."""

    portal: Portal
    database: Path
    readers: dict[str, FlaskClient]
    case_nos: list[str]


def crowd(home: Path, number: int) -> Crowd:
    """*number* cases in a fresh installation at *home*."""
    url = f"sqlite:///{home / 'arbitration.db'}"
    migrate(url)
    settings = load(environment(home, url))
    portal = assemble(settings, FakeClock(), FakeGateway())
    office = open_office(portal)
    for other in range(1, ARBITRATORS):
        office.add_staff(f"arbitrator-{other}", Role.ARBITRATOR)
    model = _model(office)
    app = create_app(settings, portal)
    readers = {}
    for name in ("registrar", "arbitrator"):
        browser = Browser(app.test_client(), office)
        browser.sign_in(name)
        readers[name] = browser.client
    portal.database.dispose()
    _copy(home / "arbitration.db", model, number - 1)
    return Crowd(
        portal, home / "arbitration.db", readers, [model, *(f"CA-2025-{n:06}" for n in range(1, min(number, 500)))]
    )


def _model(office: Office) -> str:
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.CLAIMANT)
    office.file(case_no, Role.RESPONDENT, b"our side of it\n")
    return case_no


def _copy(path: Path, model: str, number: int) -> None:
    """Rows of *model* again and again, under other numbers; the copies' leaves are no true hashes, only as long."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(
            f"CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT {number})"
            " SELECT i, printf('CA-2025-%06d', i) AS no, i / 60 % 5 = 0 AS ended FROM c"
        )
        db.execute(
            "CREATE TEMP TABLE seat AS SELECT row_number() OVER (ORDER BY id) - 1 AS place, actor_id FROM staff"
            " WHERE role = 'arbitrator'"
        )
        for (guard,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {guard}")  # they would refuse leaves that are no leaves
        for table, changed in CHANGED.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            kept = [column for column in columns if column != "id"]
            values = ", ".join(changed.get(column, f'm."{column}"') for column in kept)
            names = ", ".join(f'"{column}"' for column in kept)
            source = f"{table} AS m" if "case_no" in columns else f"{table} AS m JOIN history AS h ON h.idx = m.idx"
            owner = "m.case_no" if "case_no" in columns else "h.case_no"
            db.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM n, {source} WHERE {owner} = ?",
                (model,),
            )


_STAFF = "(SELECT actor_id FROM seat WHERE place = n.i % (SELECT count(*) FROM seat))"
_AT = f"m.next_due_at + (n.i * 7919) % {SPREAD // MINUTE} * {MINUTE} - {SPREAD // 4}"
CHANGED: dict[str, dict[str, str]] = {
    "cases": {
        "case_no": "n.no",
        "platform_dispute_id": "'B-' || n.i",
        "state": "CASE WHEN n.ended THEN 'withdrawn' ELSE m.state END",
        "ended_at": "CASE WHEN n.ended THEN m.received_at END",
        "end_reason": "CASE WHEN n.ended THEN 'withdrawn' END",
        "title": "m.title || ' ' || n.i",
        "arbitrator": _STAFF,
        "next_due_at": f"CASE WHEN n.ended THEN m.next_due_at ELSE {_AT} END",
        "next_who": "CASE n.i / 20 % 3 WHEN 0 THEN 'registrar' WHEN 1 THEN 'arbitrator' ELSE 'parties' END",
        "next_kind": "CASE n.i / 20 % 3 WHEN 0 THEN 'appointment' WHEN 1 THEN 'ruling' ELSE 'evidence' END",
    },
    "claim": {"case_no": "n.no"},
    "party": {
        "case_no": "n.no",
        "actor_id": "m.actor_id || n.i",
        "link": "m.link || n.i",
        "display_name": "m.display_name || n.i",
    },
    "deadline": {"case_no": "n.no"},
    "message": {"case_no": "n.no"},
    "appointment": {"case_no": "n.no"},
    "evidence_item": {"case_no": "n.no", "platform_evidence_id": "m.platform_evidence_id || n.i"},
    "history_payload": {"idx": "m.idx + 1000 * n.i"},
    "history": {"idx": "m.idx + 1000 * n.i", "case_no": "n.no"},
}
"""Table -> what is different in a copy; the rest is the model's."""
