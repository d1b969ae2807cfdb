"""What a party reads: the result first, in plain words, then what it can do, what happens and what was said."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import segno
from flask import url_for
from flask_babel import LazyString, gettext, lazy_gettext
from markupsafe import Markup

from arbitration.actions import export
from arbitration.actions import standard as standards
from arbitration.actions.context import Work, get_case
from arbitration.actions.filing import UPLOAD_STATES, is_late
from arbitration.actions.objections import to_reply
from arbitration.domain.cases import ENDED, EVENT, Action, State
from arbitration.domain.deadlines import DeadlineKind
from arbitration.domain.money import format_cny
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import MONETARY, REFUNDS
from arbitration.domain.signing import RulingDocument, load
from arbitration.domain.vocabulary import Remedy
from arbitration.store import evidence, history
from arbitration.store import rulings as ruling_rows
from arbitration.store.cases import (
    Case,
    DeadlineState,
    Message,
    MessageKind,
    Party,
    deadlines_of,
    messages_of,
    party_by_actor,
)
from arbitration.store.evidence import EvidenceItem
from arbitration.store.rulings import Ruling
from arbitration.web import meters
from arbitration.web.current import lang
from arbitration.web.formats import beijing_word
from arbitration.web.item_list import Part, part_asked_for
from arbitration.web.late_pages import LateShown, late_shown
from arbitration.web.meters import MeterShown
from arbitration.web.party_files import FileShown, files_shown, own_uploads
from arbitration.web.party_forms import ACTS, Act, open_acts
from arbitration.web.production_pages import ProductionShown, productions_shown
from arbitration.web.ruling_pages import ClaimResult, claim_result
from arbitration.web.wording import END_REASONS, MESSAGE_KINDS, STATES
from arbitration.web.words import REMEDIES, ROLES, party_role

IN_ORDER = (DeadlineKind.COMPLIANCE_ESCROW, DeadlineKind.COMPLIANCE_OTHER)

AWAITED: dict[State, DeadlineKind] = {
    State.RECEIVED: DeadlineKind.TRIAGE,
    State.DEFICIENT: DeadlineKind.CURE,
    State.RESPONSE_DUE: DeadlineKind.RESPONSE,
    State.EVIDENCE: DeadlineKind.EVIDENCE,
    State.DELIBERATION: DeadlineKind.RULING,
    State.RULED: DeadlineKind.REVIEW,
}
"""The period that runs in each state."""

NEXT: dict[State, LazyString] = {
    State.RECEIVED: lazy_gettext("The office checks whether it can take the case. You will hear by:"),
    State.DEFICIENT: lazy_gettext("The claimant is asked for what is missing, by:"),
    State.ADMITTED: lazy_gettext("The case is taken. Both sides are being told."),
    State.RESPONSE_DUE: lazy_gettext("The respondent can reply until:"),
    State.EVIDENCE: lazy_gettext("Both sides can file evidence until:"),
    State.DELIBERATION: lazy_gettext("The arbitrator is deciding. The ruling is due by:"),
    State.RULED: lazy_gettext("Either side can ask for review until:"),
    State.COMPLIANCE: lazy_gettext("What was ordered is due by:"),
}
YOUR_TURN: dict[tuple[State, Role], LazyString] = {
    (State.DEFICIENT, Role.CLAIMANT): lazy_gettext("Something is missing. Supply it by:"),
    (State.RESPONSE_DUE, Role.RESPONDENT): lazy_gettext("Reply to the claims by:"),
}
"""What is awaited in a state, as everyone reads it and as the one whose turn it is does."""

SILENCE: dict[State, LazyString] = {
    State.RECEIVED: lazy_gettext("You need not do anything now."),
    State.DEFICIENT: lazy_gettext("If nothing comes in time, the case counts as withdrawn. It can be brought again."),
    State.ADMITTED: lazy_gettext("You need not do anything now."),
    State.RESPONSE_DUE: lazy_gettext("If no reply comes in time, the case goes on without it, and the ruling says so."),
    State.EVIDENCE: lazy_gettext(
        "What comes later counts only with good cause or if it decides the case. The arbitrator decides on what is"
        " there."
    ),
    State.DELIBERATION: lazy_gettext(
        "You need not do anything. What is filed now is late: it counts only with good cause or if it decides the case."
    ),
    State.RULED: lazy_gettext(
        "To ask for review or a correction, write to everyone in the case and name the ground or the error."
        " If you do nothing, the ruling stands when the time for review is over."
    ),
    State.COMPLIANCE: lazy_gettext(
        "If nobody writes, the case closes by itself: as carried out if that was reported, else as not carried out."
    ),
}
"""What it means to do nothing."""
IDLE = frozenset({State.RECEIVED, State.ADMITTED, State.DELIBERATION})
"""In these nothing is awaited of a party, unless it is asked for something by itself."""

DONE: dict[Remedy, LazyString] = {
    Remedy.REFUND_FULL: lazy_gettext("Refunded"),
    Remedy.REFUND_PARTIAL: lazy_gettext("Refunded"),
    Remedy.REPLACE_KEY: lazy_gettext("Replaced"),
    Remedy.REDO_TOPUP: lazy_gettext("Topped up again"),
    Remedy.RESTORE_ACCOUNT: lazy_gettext("Account restored"),
    Remedy.COMPENSATION: lazy_gettext("Compensation paid"),
    Remedy.PUNITIVE_3X: lazy_gettext("Damages paid"),
    Remedy.DEPOSIT_RETURN: lazy_gettext("Deposit returned"),
    Remedy.APOLOGY_CORRECTION: lazy_gettext("Apology and correction made"),
}
FROM_ESCROW = lazy_gettext("Escrow released to the claimant")


@dataclass(frozen=True)
class Executed:
    """An order that the platform reported as carried out."""

    remedy: Remedy
    amount_minor: int
    at: datetime

    def words(self, from_escrow: bool) -> str:
        word = FROM_ESCROW if from_escrow and self.remedy in REFUNDS else DONE.get(self.remedy, REMEDIES[self.remedy])
        return f"{word} {format_cny(self.amount_minor)}" if self.amount_minor else str(word)


@dataclass(frozen=True)
class Result:
    """The first thing on the page: one sentence, one amount, by when. `good` where it went the reader's way."""

    good: bool
    icon: str
    heading: str
    sentence: str
    amount_minor: int | None = None
    explains: str | None = None
    by: datetime | None = None
    lines: Sequence[ClaimResult] = ()


@dataclass(frozen=True)
class ActShown:
    icon: str
    label: str
    text: str
    url: str
    until: datetime | None


@dataclass(frozen=True)
class StepShown:
    label: str
    state: str
    note: str | None


@dataclass(frozen=True)
class MessageShown:
    author: str
    role: str
    kind: str
    at: datetime
    text: str
    own: bool


@dataclass(frozen=True)
class PartyPage:
    """All of a party's page."""

    case: Case
    party: Party
    role: str
    formal: str
    result: Result
    ruling: Ruling | None
    verify_url: str
    qr: Markup | None
    acts: list[ActShown]
    ordered: list[ProductionShown]
    steps: list[StepShown]
    silence: list[str]
    messages: list[MessageShown]
    files: list[FileShown]
    part: Part
    drafts: int
    meter: MeterShown | None
    submitted: bool
    export_size: int


def party_of_actor(work: Work) -> tuple[Case, Party]:
    """The case and the party that acts."""
    case = get_case(work, work.actor.case_no or "")
    party = party_by_actor(work.session, work.actor.id)
    assert party is not None  # the session was found by the party
    return case, party


def party_page(work: Work) -> PartyPage:
    """The page of the party that acts."""
    case, party = party_of_actor(work)
    ruling = ruling_rows.issued(work.session, case.case_no)
    content = load(ruling.content.encode()) if ruling is not None and ruling.content else None
    events = history.of_case(work.session, case.case_no, {EVENT[Action.CLOSE_RECORD], "execution_reported"})
    executed = [_executed(payload) for event, payload in events if event.kind == "execution_reported" and payload]
    running = _running(work, case)
    part = part_asked_for(work, case.case_no, lambda page: url_for("party.show", link=party.link, page=page))
    late = late_shown(work, case, party.side)
    orders = productions_shown(work, case, lambda label: url_for("items.of_party", link=party.link, label=label))
    ordered = [each for each in orders if each.may_answer]
    result = _ruled(case, party, content, executed) if content else _unruled(case, party, running)
    return PartyPage(
        case=case,
        party=party,
        role=party_role(party.role, party.side),
        formal=str(STATES[case.state]),
        result=result,
        ruling=ruling,
        verify_url=url_for("verify.code", code=ruling.verify_code) if ruling else "",
        qr=qr(content.verify_url) if content else None,
        ordered=ordered,
        acts=[
            *(_to_comment(each, party) for each in late.values() if each.until is not None),
            *(_to_reply(label, party) for label in to_reply(work, case, party.side)),
            *(_act(act, party, running) for act in open_acts(work, case, party)),
        ],
        steps=_steps(case, party, running, executed, {event.kind: event.at for event, _ in events}),
        silence=_silence(case, late.values(), ordered),
        messages=[_message(message, party) for message in messages_of(work.session, case.case_no)],
        files=files_shown(work, case, party, part, late),
        part=part,
        drafts=len(evidence.drafts_of(work.session, case.case_no, party.side)),
        meter=own_meter(work, case, party) if case.state in UPLOAD_STATES else None,
        submitted=evidence.has_filed(work.session, case.case_no, party.side),
        export_size=export.estimated_size(work, case.case_no),
    )


def own_meter(work: Work, case: Case, party: Party) -> MeterShown | None:
    """The proofs that *party*'s side is asked for in this case; None where it is asked for none."""
    standard = standards.governing(work, case.standard_version, case.ordered_at)
    filed = [(str(item.submitted_by), item.kind) for item in evidence.filed(work.session, case.case_no)]
    drafts = [(str(party.side), item.kind) for item in evidence.drafts_of(work.session, case.case_no, party.side)]
    return meters.shown(standard, case.reason, filed, drafts).get(party.side)


def meter_of_act(work: Work, act: Act) -> MeterShown | None:
    """The meter of the party that acts, beside an act that puts its side of the matter before the office."""
    return own_meter(work, *party_of_actor(work)) if act in (Act.CURE, Act.RESPONSE) else None


def act_shown(work: Work, act: Act) -> tuple[Case, ActShown | None]:
    """The case, and *act* if it is open to the party that acts."""
    case, party = party_of_actor(work)
    return case, _act(act, party, _running(work, case)) if act in open_acts(work, case, party) else None


def filing_shown(work: Work) -> tuple[Case, ActShown | None]:
    """The case, and filing evidence, in time or late, if that is open to the party that acts."""
    case, _ = party_of_actor(work)
    return act_shown(work, Act.LATE if is_late(case) else Act.EVIDENCE)


def cure_request(work: Work) -> MessageShown | None:
    """What the registrar last said is missing in the case of the party that acts."""
    case, party = party_of_actor(work)
    asked = [said for said in messages_of(work.session, case.case_no) if said.kind is MessageKind.CURE_REQUEST]
    return _message(asked[-1], party) if asked else None


def _act(act: Act, party: Party, running: dict[DeadlineKind, datetime]) -> ActShown:
    words = ACTS[act]
    until = min((running[kind] for kind in words.until if kind in running), default=None)
    if act in (Act.EVIDENCE, Act.LATE):
        url = url_for("party.files", link=party.link)
    else:
        url = url_for("party.act", link=party.link, act=act)
    return ActShown(words.icon, str(words.label), str(words.text), url, until)


def _silence(case: Case, late: Iterable[LateShown], ordered: Sequence[ProductionShown]) -> list[str]:
    """What it means to do nothing: for what is asked of this very party, else for what the state of the case asks."""
    asked = [_unsaid(each.label, each.until) for each in late if each.until is not None]
    if case.state in SILENCE and not (case.state in IDLE and (asked or ordered)):
        asked.append(str(SILENCE[case.state]))
    return asked


def _unsaid(label: str, until: datetime) -> str:
    return gettext(
        "Your comment on %(label)s, which came late, is asked for until %(time)s. If you say nothing, the arbitrator "
        "goes on without it.",
        label=label,
        time=beijing_word(until, lang()),
    )


def _to_comment(late: LateShown, party: Party) -> ActShown:
    return ActShown(
        "message-plus",
        gettext("Comment on %(label)s, which came late", label=late.label),
        gettext(
            "It came after the record closed. The arbitrator may use it once you have commented or the time is over."
        ),
        url_for("late_comments.show", link=party.link, label=late.label),
        late.until,
    )


def _to_reply(label: str, party: Party) -> ActShown:
    """It has no time of its own: one can reply until a ruling is prepared."""
    return ActShown(
        "message-reply",
        gettext("The other side objects to your %(label)s: you may reply", label=label),
        gettext(
            "You can reply to an objection once, until the ruling is being prepared. If you say nothing, the "
            "arbitrator decides without it."
        ),
        url_for("objections.of_party", link=party.link, label=label),
        None,
    )


def _running(work: Work, case: Case) -> dict[DeadlineKind, datetime]:
    return {
        deadline.kind: deadline.due_at
        for deadline in deadlines_of(work.session, case.case_no)
        if deadline.state is DeadlineState.OPEN
    }


def _executed(payload: str) -> Executed:
    said = json.loads(payload)
    return Executed(Remedy(said["remedy"]), said["amount_minor"], datetime.fromisoformat(said["executed_at"]))


def _awaited(case: Case, party: Party, running: dict[DeadlineKind, datetime]) -> tuple[str | None, datetime | None]:
    """What is awaited in this state, and by when."""
    sentence = YOUR_TURN.get((case.state, party.role)) or NEXT.get(case.state)
    kinds = IN_ORDER if case.state is State.COMPLIANCE else (AWAITED.get(case.state),)
    by = max((running[kind] for kind in kinds if kind in running), default=None)
    return (str(sentence) if sentence else None), by


def _unruled(case: Case, party: Party, running: dict[DeadlineKind, datetime]) -> Result:
    if case.state in ENDED:
        reason = str(END_REASONS.get(case.end_reason or "", ""))
        sentence = gettext("The case ended without a ruling.")
        return Result(False, "circle-off", str(STATES[case.state]), sentence, explains=reason)
    sentences = {Role.CLAIMANT: gettext("You claim"), Role.RESPONDENT: gettext("Claimed from you")}
    sentence = sentences.get(party.role, gettext("Claimed"))
    explains, by = _awaited(case, party, running)
    lines = [
        ClaimResult(claim.letter, claim.text or str(REMEDIES[claim.remedy]), "", claim.amount_minor)
        for claim in case.claims
    ]
    return Result(False, "progress", gettext("In progress"), sentence, case.claimed_minor or None, explains, by, lines)


def _ruled(
    case: Case,
    party: Party,
    content: RulingDocument,
    executed: list[Executed],
) -> Result:
    heading = gettext("Ruling made")
    explains, by = _due(party, content)
    if executed and case.executed_at is not None:
        heading = executed[-1].words(from_escrow=_from_escrow(content))
        explains, by = gettext("The platform reported this done on:"), executed[-1].at
    elif case.end_reason == "not_complied":
        heading = gettext("Not carried out")
    return Result(
        good=bool(content.orders) is (party.role is not Role.RESPONDENT),
        icon="filled-circle-check",
        heading=heading,
        sentence=_awarded(party, content),
        amount_minor=content.total_minor or None,
        explains=explains,
        by=by,
        lines=[claim_result(content, finding) for finding in content.findings],
    )


def _from_escrow(content: RulingDocument) -> bool:
    return any(order.obligor is Role.PLATFORM for order in content.orders)


def _awarded(party: Party, content: RulingDocument) -> str:
    """What the ruling comes to for this party, in one sentence; an amount follows it where there is one."""
    mine = party.role is Role.CLAIMANT
    if not content.orders:
        against = party.role is Role.RESPONDENT
        return gettext("The claims against you are dismissed.") if against else gettext("The claims are dismissed.")
    if not content.total_minor:
        what = gettext(", ").join(dict.fromkeys(str(REMEDIES[order.remedy]) for order in content.orders))
        return gettext("You get: %(what)s", what=what) if mine else gettext("The claimant gets: %(what)s", what=what)
    if mine:
        refunds = all(order.remedy in REFUNDS for order in content.orders if order.remedy in MONETARY)
        return gettext("You will be refunded") if refunds else gettext("You are awarded")
    if party.role is Role.RESPONDENT and not _from_escrow(content):
        return gettext("You must pay the claimant")
    return gettext("The claimant is awarded")


def _due(party: Party, content: RulingDocument) -> tuple[str, datetime | None]:
    """Who must do it, and by when at the latest."""
    if not content.orders:
        return gettext("Nothing has to be paid or done."), None
    by = content.notices.comply_by if content.notices else None
    if _from_escrow(content):
        return gettext("The platform must pay it from the money it holds, by:"), by
    if party.role is Role.RESPONDENT:
        return gettext("You must do so by:"), by
    return gettext("The respondent must do so by:"), by


def _steps(
    case: Case,
    party: Party,
    running: dict[DeadlineKind, datetime],
    executed: list[Executed],
    reached: dict[str, datetime],
) -> list[StepShown]:
    """The way of the case, downwards: what is done with its time, what goes on with its end, what is ahead."""
    rows = [
        (gettext("Passed on by the platform"), case.received_at, None),
        (gettext("Taken by the committee"), case.admitted_at, None),
        (gettext("Replies and evidence"), reached.get("record_closed"), None),
        (gettext("Decision"), case.ruled_at, None),
        (gettext("Carrying out"), case.executed_at, executed[-1].words(from_escrow=False) if executed else None),
        (gettext("Closed"), case.ended_at, END_REASONS.get(case.end_reason or "")),
    ]
    if case.state in ENDED:
        rows = [*(row for row in rows[:-1] if row[1]), (str(STATES[case.state]), case.ended_at, rows[-1][2])]
    now_at = next((index for index, row in enumerate(rows) if row[1] is None), len(rows))
    explains, by = _awaited(case, party, running)
    shown = []
    for index, (label, at, said) in enumerate(rows):
        if at is not None:
            words = [beijing_word(at, lang()), *([str(said)] if said else [])]
            shown.append(StepShown(label, "done", " · ".join(words)))
        elif index == now_at:
            until = beijing_word(by, lang()) if by else ""
            note = gettext("%(what)s %(until)s", what=explains, until=until) if explains and until else explains
            shown.append(StepShown(label, "current", note))
        else:
            shown.append(StepShown(label, "ahead", None))
    return shown


def _message(message: Message, party: Party) -> MessageShown:
    return MessageShown(
        author=message.author_name,
        role=str(ROLES[message.author_role]),
        kind=str(MESSAGE_KINDS[message.kind]),
        at=message.at,
        text=message.body,
        own=message.author == party.actor_id,
    )


def receipts(work: Work) -> list[tuple[datetime, list[EvidenceItem]]]:
    """What the party that acts has submitted, the newest submission first."""
    case, party = party_of_actor(work)
    own = own_uploads(evidence.on_record(work.session, case.case_no), party)
    by_time = groupby(sorted(own, key=lambda item: item.received_at), key=lambda item: item.received_at)
    return [(at, list(items)) for at, items in by_time][::-1]


def qr(address: str) -> Markup:
    """*address* as a QR code, drawn into the page."""
    title = gettext("QR code of the verification page")
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=2, title=title, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704  made by segno, which escapes the title
