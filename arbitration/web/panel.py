"""Who sits: the registrar asks an eligible arbitrator, who accepts with a declaration or declines."""

from flask import Blueprint, redirect, url_for
from flask_babel import gettext

from arbitration.actions import panel
from arbitration.domain.permissions import Role
from arbitration.web.access import needs
from arbitration.web.case_forms import form_of
from arbitration.web.case_head import Step
from arbitration.web.cases import Answer, act

bp = Blueprint("panel", __name__)


@bp.post("/cases/<case_no>/appoint")
@needs(Role.REGISTRAR)
def appoint(case_no: str) -> Answer:
    """Ask one of those whom no rule excludes."""
    form = form_of(Step.APPOINT)
    return act(
        case_no,
        Step.APPOINT,
        form,
        lambda work: panel.appoint(work, case_no, form.arbitrator.data),
        gettext("The arbitrator has been asked."),
    )


@bp.post("/cases/<case_no>/accept")
@needs(Role.ARBITRATOR)
def accept(case_no: str) -> Answer:
    """Sit, declaring impartiality and what might be held against it."""
    form = form_of(Step.ACCEPT)
    return act(
        case_no,
        Step.ACCEPT,
        form,
        lambda work: panel.accept(work, case_no, form.declaration.data),
        gettext("You sit in this case."),
    )


@bp.post("/cases/<case_no>/decline")
@needs(Role.ARBITRATOR)
def decline(case_no: str) -> Answer:
    """Do not sit; the case leaves the arbitrator's docket with the answer."""
    form = form_of(Step.DECLINE)
    answer = act(
        case_no,
        Step.DECLINE,
        form,
        lambda work: panel.decline(work, case_no, form.reason.data),
        gettext("You declined the case; the registrar asks somebody else."),
    )
    return answer if isinstance(answer, tuple) else redirect(url_for("docket.index"), 303)
