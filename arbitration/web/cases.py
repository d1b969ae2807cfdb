"""A case on the staff's desk: overview with the decisions open to whoever looks, messages, tasks, and its record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, json, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from arbitration.actions import cases, export
from arbitration.actions.context import Work, get_case
from arbitration.domain.cases import OPEN, RejectReason
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.permissions import CASE_READERS, Role
from arbitration.store import case_file
from arbitration.store import cases as store
from arbitration.store.base import from_micros
from arbitration.store.case_file import Entry
from arbitration.web import case_pages as pages
from arbitration.web.access import needs
from arbitration.web.case_forms import CaseForm, MessageForm, decisions, form_of
from arbitration.web.case_head import Step, open_head
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.event_words import event_mark, event_sentence
from arbitration.web.formats import iso

bp = Blueprint("cases", __name__)

SPEAKERS = (Role.REGISTRAR, Role.ARBITRATOR)
"""Staff who write to the sides; the platform speaks through its webhook."""

Answer = AnyResponse | tuple[str, int]


@bp.get("/cases/<case_no>")
@needs(*CASE_READERS)
def overview(case_no: str) -> str:
    """The case as it stands, and what can be done."""
    return overview_page(case_no)


def overview_page(case_no: str, sent: Mapping[Step, CaseForm] | None = None) -> str:
    """The overview; a form in *sent* comes back with its errors."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "overview")
        return render_template(
            "cases/overview.html",
            head=head,
            case=pages.overview(work, head),
            decisions=decisions(work, head, sent or {}),
            failed=next(iter((sent or {}).values()), None),
        )


def act(case_no: str, step: Step, form: CaseForm | None, do: Callable[[Work], None], done: str) -> Answer:
    """Take a step: its form, then one use case, then back to the case; what is wrong is said where it was typed."""
    if form is not None and not form.validate():
        return overview_page(case_no, {step: form}), 422
    try:
        with portal().work(current_actor()) as work:
            get_case(work, case_no)  # what is not there for the actor is not there, whatever else would be wrong
            do(work)
    except Invalid as refused:
        if form is None:
            flash(explain(refused), "bad")
            return overview_page(case_no), 422
        form.form_errors.append(explain(refused))
        return overview_page(case_no, {step: form}), 422
    except Conflict:
        flash(
            gettext("Your step was not taken: the case had changed since you opened it. This is how it stands now."),
            "bad",
        )
        return overview_page(case_no), 409
    flash(done, "ok")
    return redirect(url_for("cases.overview", case_no=case_no), 303)


@bp.post("/cases/<case_no>/admit")
@needs(Role.REGISTRAR)
def admit(case_no: str) -> Answer:
    """The case is taken."""
    return act(
        case_no,
        Step.ADMIT,
        None,
        lambda work: cases.admit(work, case_no),
        gettext("The case is admitted; notices are being served."),
    )


@bp.post("/cases/<case_no>/ask-cure")
@needs(Role.REGISTRAR)
def ask_cure(case_no: str) -> Answer:
    """Something is missing."""
    form = form_of(Step.ASK_CURE)
    return act(
        case_no,
        Step.ASK_CURE,
        form,
        lambda work: cases.ask_cure(work, case_no, form.text.data),
        gettext("Your request has gone to all sides."),
    )


@bp.post("/cases/<case_no>/reject")
@needs(Role.REGISTRAR)
def reject(case_no: str) -> Answer:
    """It is not for this committee."""
    form = form_of(Step.REJECT)
    return act(
        case_no,
        Step.REJECT,
        form,
        lambda work: cases.reject(work, case_no, RejectReason(form.reason.data), form.text.data),
        gettext("The case is rejected; all sides can read why."),
    )


@bp.get("/cases/<case_no>/messages")
@needs(*CASE_READERS)
def messages(case_no: str) -> str:
    """Everything that was said; nothing is said to one side alone."""
    return _messages_page(case_no, MessageForm(None))


def _messages_page(case_no: str, form: MessageForm) -> str:
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "messages")
        return render_template(
            "cases/messages.html",
            head=head,
            messages=pages.messages(store.messages_of(work.session, case_no)),
            form=form,
            may_write=work.actor.role in SPEAKERS and head.case.state in OPEN,
            ended=head.case.state not in OPEN,
        )


@bp.post("/cases/<case_no>/messages")
@needs(*SPEAKERS)
def post_message(case_no: str) -> Answer:
    """Say something to all sides."""
    form = MessageForm()
    if not form.validate():
        return _messages_page(case_no, form), 422
    try:
        with portal().work(current_actor()) as work:
            cases.post_message(work, case_no, form.text.data)
    except Conflict as refused:
        flash(explain(refused), "bad")
        return _messages_page(case_no, form), 409
    flash(gettext("Your message has gone to all sides."), "ok")
    return redirect(url_for("cases.messages", case_no=case_no), 303)


@bp.get("/cases/<case_no>/tasks")
@needs(*CASE_READERS)
def tasks(case_no: str) -> str:
    """What is awaited, from whom, until when."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "tasks")
        return render_template(
            "cases/tasks.html",
            head=head,
            tasks=pages.awaited(work, head),
            past=pages.periods(work, head, running=False),
        )


@dataclass(frozen=True)
class EntryShown:
    """One line of the record; `kind` and `actor` are as the log has them, `who` is for people."""

    seq: int
    idx: int
    at: datetime
    text: str
    who: str
    kind: str
    actor: str
    leaf_hash: str
    payload: str | None
    icon: str
    tone: str


@bp.get("/cases/<case_no>/record")
@needs(*CASE_READERS)
def record(case_no: str) -> str:
    """Every event, with what makes it checkable."""
    with portal().read(current_actor()) as work:
        head = open_head(work, case_no, "record")
        labels = pages.fact_labels(pages.standard_of(work, head.case))
        names = pages.names_of(head.case, case_file.parties(work.session, case_no))
        return render_template(
            "cases/record.html",
            head=head,
            entries=[_entry(entry, labels, names) for entry in case_file.record(work.session, case_no)],
            export_size=export.estimated_size(work, case_no),
        )


def _entry(entry: Entry, labels: Mapping[str, str], names: Mapping[str, str]) -> EntryShown:
    said = json.loads(entry.payload) if entry.payload is not None else None
    icon, mark = event_mark(entry.kind)
    return EntryShown(
        seq=entry.seq,
        idx=entry.idx,
        at=from_micros(entry.at_micros),
        text=event_sentence(entry.kind, said, labels),
        who=entry.name or names.get(entry.actor, entry.actor),
        kind=entry.kind,
        actor=entry.actor,
        leaf_hash=entry.leaf_hash,
        payload=json.dumps(said, indent=2, ensure_ascii=False, sort_keys=True) if said is not None else None,
        icon=icon,
        tone=mark.value,
    )


@bp.get("/cases/<case_no>/record.json")
@needs(*CASE_READERS)
def record_json(case_no: str) -> Response:
    """The same for programs: each leaf's fields, its hash, and the salt and payload that open its commitment."""
    with portal().read(current_actor()) as work:
        case = get_case(work, case_no)
        body = {
            "case": case_no,
            "state": case.state,
            "record_sha256": case.record_sha256,
            "exported_at": iso(work.now),
            "events": [_leaf(case_no, entry) for entry in case_file.record(work.session, case_no)],
        }
    response = Response(json.dumps(body, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{case_no}-record.json")
    return response


def _leaf(case_no: str, entry: Entry) -> dict[str, object]:
    return {
        "index": entry.idx,
        "leaf": entry.leaf(case_no),
        "leaf_hash": entry.leaf_hash,
        "salt": entry.salt.hex() if entry.salt is not None else None,
        "payload": entry.payload,
    }
