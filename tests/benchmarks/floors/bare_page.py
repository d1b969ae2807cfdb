"""The floor of the pages: a bare Flask view that lists fifty cases of the same database in a plain Jinja template.

No sign-in, no session, no form token, no translation, no security headers, no log, no rule about who sees what.
"""

import sqlite3
from pathlib import Path

from flask import Flask, g, render_template
from jinja2 import DictLoader

FIFTY_CASES = """
SELECT cases.case_no, cases.title, cases.state, cases.next_due_at, cases.next_kind, cases.claimed_minor,
       platform.name AS platform, claimant.display_name AS claimant, respondent.display_name AS respondent
FROM cases
JOIN platform ON platform.id = cases.platform_id
JOIN party AS claimant ON claimant.case_no = cases.case_no AND claimant.role = 'claimant'
JOIN party AS respondent ON respondent.case_no = cases.case_no AND respondent.role = 'respondent'
WHERE cases.ended_at IS NULL
ORDER BY cases.next_due_at, cases.case_no
LIMIT 50
"""
TEMPLATE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Cases</title><link rel="stylesheet" href="/static/plain.css"></head>
<body>
<h1>Cases</h1>
<table>
<thead>
<tr><th>Deadline</th><th>Case</th><th>Parties</th><th>Next</th><th>Stage</th><th>Amount</th></tr>
</thead>
<tbody>
{% for row in rows -%}
<tr>
<td>{{ row['next_due_at'] }}</td>
<td><a href="/cases/{{ row['case_no'] }}">{{ row['title'] }}</a> {{ row['case_no'] }} {{ row['platform'] }}</td>
<td>{{ row['claimant'] }} v {{ row['respondent'] }}</td>
<td>{{ row['next_kind'] }}</td>
<td>{{ row['state'] }}</td>
<td>{{ row['claimed_minor'] }}</td>
</tr>
{% endfor -%}
</tbody>
</table>
</body>
</html>
"""


def create(path: Path, *, keep: bool = False) -> Flask:
    """The application over the database at *path*.

    It opens a connection for each request, as Flask's own documentation shows; with *keep* one for all of them, which
    only a page for a single thread can do.
    """
    app = Flask("bare_page")
    app.jinja_loader = DictLoader({"cases.html": TEMPLATE})
    kept = _connect(path) if keep else None

    @app.get("/")
    def show() -> str:
        connection = kept or g.setdefault("connection", _connect(path))
        return render_template("cases.html", rows=connection.execute(FIFTY_CASES).fetchall())

    @app.teardown_appcontext
    def close(_: BaseException | None) -> None:
        if "connection" in g:
            g.connection.close()

    return app


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection
