"""The words for what the history records: a name, an icon and a sentence for each kind of event."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import LazyString, lazy_gettext

from arbitration.domain.facts import Stance
from arbitration.domain.handling import BREACHED
from arbitration.store.cases import MessageKind
from arbitration.web.evidence_words import DECISIONS, GROUNDS, KINDS, PROBLEMS
from arbitration.web.wording import END_REASONS, PERIODS, TRACKS, WHO, spoken
from arbitration.web.words import OUTCOMES, ROLES


class Mark(StrEnum):
    """How an event stands in a timeline: the tone of its mark."""

    PLAIN = ""
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


EVENTS: Mapping[str, tuple[LazyString, str, Mark]] = {
    "escalation_accepted": (lazy_gettext("Case escalated by webhook"), "inbox", Mark.PLAIN),
    "case_opened": (lazy_gettext("Case opened"), "folder-open", Mark.PLAIN),
    "event_accepted": (lazy_gettext("Further event of the platform received"), "webhook", Mark.PLAIN),
    "cure_asked": (lazy_gettext("The registrar asked for what is missing"), "help-circle", Mark.WARN),
    "cured": (lazy_gettext("What was missing has come"), "circle-check", Mark.OK),
    "deemed_withdrawn": (lazy_gettext("Counted as withdrawn: what was missing did not come"), "circle-off", Mark.WARN),
    "rejected": (lazy_gettext("Not admitted"), "circle-x", Mark.BAD),
    "admitted": (lazy_gettext("Admitted"), "circle-check", Mark.OK),
    "notices_served": (lazy_gettext("Notices served on both sides"), "send", Mark.PLAIN),
    "responded": (lazy_gettext("The respondent replied"), "message-reply", Mark.PLAIN),
    "default_noted": (lazy_gettext("The respondent did not reply in time; default noted"), "user-off", Mark.WARN),
    "record_closed": (lazy_gettext("The record closed and its digest was fixed"), "lock", Mark.PLAIN),
    "ruling_issued": (lazy_gettext("Ruling signed, sealed and issued"), "rosette-discount-check", Mark.OK),
    "review_ended": (
        lazy_gettext("The review window ended; the orders are to be carried out"),
        "hourglass-empty",
        Mark.PLAIN,
    ),
    "closed_without_orders": (lazy_gettext("Closed: there was nothing to carry out"), "folder-check", Mark.OK),
    "compliance_confirmed": (lazy_gettext("Closed: everything ordered was done"), "folder-check", Mark.OK),
    "noncompliance_recorded": (
        lazy_gettext("Closed: not all that was ordered was carried out"),
        "alert-triangle",
        Mark.BAD,
    ),
    "withdrawn": (lazy_gettext("The dispute was given up"), "circle-off", Mark.WARN),
    "arbitrator_proposed": (lazy_gettext("An arbitrator was asked to sit"), "user-question", Mark.PLAIN),
    "arbitrator_accepted": (lazy_gettext("The arbitrator accepted, with a declaration"), "user-check", Mark.OK),
    "arbitrator_declined": (lazy_gettext("The arbitrator declined"), "user-x", Mark.WARN),
    "appointment_lapsed": (lazy_gettext("The arbitrator did not answer in time"), "user-off", Mark.WARN),
    "message_posted": (lazy_gettext("Message to all sides"), "message", Mark.PLAIN),
    "evidence_expected": (lazy_gettext("A file was announced and is being fetched"), "hourglass", Mark.PLAIN),
    "evidence_received": (lazy_gettext("Evidence put on the record"), "paperclip", Mark.PLAIN),
    "evidence_held": (lazy_gettext("A file waits for the virus scanner"), "shield-search", Mark.PLAIN),
    "evidence_quarantined": (lazy_gettext("A file may not be used; it is quarantined"), "ban", Mark.BAD),
    "evidence_unavailable": (lazy_gettext("A file could not be fetched"), "file-off", Mark.WARN),
    "case_exported": (lazy_gettext("The whole case was exported"), "file-zip", Mark.PLAIN),
    "bundle_made": (lazy_gettext("Bundle of the case made"), "book", Mark.PLAIN),
    "bundle_downloaded": (lazy_gettext("Bundle of the case downloaded"), "download", Mark.PLAIN),
    "evidence_viewed": (lazy_gettext("Evidence taken out"), "download", Mark.PLAIN),
    "evidence_stamped": (lazy_gettext("Trusted time obtained for a file"), "clock-check", Mark.OK),
    "evidence_erased": (lazy_gettext("A file was erased; its digest stays"), "eraser", Mark.WARN),
    "evidence_opened": (lazy_gettext("Evidence opened to read"), "eye", Mark.PLAIN),
    "evidence_disclosed": (lazy_gettext("The arbitrator disclosed a confidential original"), "lock-open", Mark.PLAIN),
    "inspection_asked": (lazy_gettext("An inspection was asked for"), "microscope", Mark.PLAIN),
    "inspection_taken": (
        lazy_gettext("The inspector took it on, with a declaration"),
        "user-check",
        Mark.OK,
    ),
    "inspection_declined": (lazy_gettext("The inspector declined the inspection"), "user-x", Mark.WARN),
    "inspection_withdrawn": (lazy_gettext("The request for an inspection was withdrawn"), "circle-off", Mark.WARN),
    "sample_handed_out": (lazy_gettext("The sample was handed out to the inspector"), "package-export", Mark.PLAIN),
    "inspection_reported": (lazy_gettext("The inspector filed a report"), "shield-check", Mark.OK),
    "endpoint_check_asked": (lazy_gettext("The merchant’s check endpoint was asked"), "plug-connected", Mark.PLAIN),
    "inspector_registered": (lazy_gettext("Inspector accredited"), "user-plus", Mark.OK),
    "inspector_key_added": (lazy_gettext("Key of an inspector registered"), "key", Mark.PLAIN),
    "inspector_key_revoked": (lazy_gettext("Key of an inspector revoked"), "key-off", Mark.WARN),
    "inspector_accreditation_ended": (lazy_gettext("Accreditation of an inspector ended"), "user-off", Mark.WARN),
    "evidence_cured": (lazy_gettext("What was missing of a file was added"), "file-plus", Mark.OK),
    "item_found": (lazy_gettext("The arbitrator found something of a file"), "list-check", Mark.PLAIN),
    "admission_decided": (lazy_gettext("The arbitrator decided how a file is admitted"), "gavel", Mark.PLAIN),
    "evidence_challenged": (lazy_gettext("A side objected to a file"), "flag", Mark.WARN),
    "objection_answered": (lazy_gettext("An objection was answered"), "message-reply", Mark.PLAIN),
    "objection_decided": (lazy_gettext("The arbitrator decided on an objection"), "gavel", Mark.PLAIN),
    "evidence_commented": (lazy_gettext("A side commented on a file that came late"), "message-reply", Mark.PLAIN),
    "comment_lapsed": (
        lazy_gettext("The time to comment on a file that came late ended in silence"),
        "hourglass-empty",
        Mark.PLAIN,
    ),
    "production_ordered": (lazy_gettext("The arbitrator ordered something to be produced"), "file-import", Mark.WARN),
    "production_produced": (lazy_gettext("What was ordered was produced"), "file-check", Mark.OK),
    "production_refused": (lazy_gettext("What was ordered was not produced, with a reason"), "file-x", Mark.WARN),
    "production_expired": (lazy_gettext("What was ordered was not produced in time"), "alarm", Mark.BAD),
    "production_withdrawn": (lazy_gettext("The order to produce was withdrawn"), "circle-off", Mark.PLAIN),
    "production_reopened": (
        lazy_gettext("What was produced cannot be used; the order is open again"),
        "file-x",
        Mark.WARN,
    ),
    "fact_stated": (lazy_gettext("A fact was stated or found"), "list-check", Mark.PLAIN),
    "deadline_set": (lazy_gettext("Deadline set"), "calendar-plus", Mark.PLAIN),
    "deadline_missed": (lazy_gettext("Deadline missed"), "alarm", Mark.BAD),
    "ruling_prepared": (lazy_gettext("Ruling prepared for signature"), "file-text", Mark.PLAIN),
    "ruling_authorised": (lazy_gettext("Ruling signed by the arbitrator"), "writing-sign", Mark.OK),
    "ruling_voided": (lazy_gettext("The prepared ruling is void"), "file-x", Mark.WARN),
    "ruling_downloaded": (lazy_gettext("Ruling downloaded"), "download", Mark.PLAIN),
    "review_waived": (lazy_gettext("A side waived its review"), "user-check", Mark.PLAIN),
    "execution_reported": (lazy_gettext("The platform reported that an order was carried out"), "cash", Mark.OK),
    "dispute_updated": (lazy_gettext("News from the platform"), "news", Mark.PLAIN),
    "settlement_reported": (lazy_gettext("The platform reported a settlement"), "heart-handshake", Mark.OK),
    "sequence_gap_noticed": (lazy_gettext("An event of the platform is missing"), "alert-triangle", Mark.WARN),
    "sequence_repeated": (lazy_gettext("The platform sent an event twice"), "copy", Mark.PLAIN),
    "event_came_too_late": (lazy_gettext("An event of the platform came too late"), "clock-x", Mark.WARN),
    "vault_key_added": (lazy_gettext("New key for what is encrypted at rest"), "key", Mark.PLAIN),
    "vault_resealed": (lazy_gettext("What is stored was encrypted anew"), "lock", Mark.PLAIN),
    "vault_key_retired": (lazy_gettext("The older keys were retired"), "key-off", Mark.PLAIN),
    "standard_published": (lazy_gettext("Version of the standard published"), "book-2", Mark.OK),
    "standard_sealed": (lazy_gettext("File of the version sealed"), "rosette-discount-check", Mark.OK),
    "standard_draft_started": (lazy_gettext("Draft of the standard begun"), "file-plus", Mark.PLAIN),
    "standard_draft_saved": (lazy_gettext("Draft of the standard saved"), "device-floppy", Mark.PLAIN),
    "standard_draft_withdrawn": (lazy_gettext("Draft of the standard withdrawn"), "circle-off", Mark.WARN),
    "standard_trial_requested": (lazy_gettext("Trial run of a draft of the standard begun"), "list-check", Mark.PLAIN),
    "standard_commented": (lazy_gettext("Comment on a draft of the standard"), "message-dots", Mark.PLAIN),
    "consultation_opened": (lazy_gettext("Consultation on a draft of the standard opened"), "messages", Mark.PLAIN),
    "consultation_ended_early": (lazy_gettext("Consultation ended to change the draft"), "arrow-back-up", Mark.WARN),
    "repeated_escalation_differs": (
        lazy_gettext("The platform escalated again, with other content; nothing was overwritten"),
        "alert-triangle",
        Mark.WARN,
    ),
}
"""What an event of the history is called, with the icon and tone of its mark."""

SENTENCES: Mapping[str, LazyString] = {
    "case_opened": lazy_gettext("Case opened on the %(track)s"),
    "rejected": lazy_gettext("Not admitted: %(reason)s"),
    "admitted": lazy_gettext("Admitted under standard %(standard)s and procedure %(procedure)s"),
    "evidence_expected": lazy_gettext("%(label)s was announced and is being fetched"),
    "evidence_received": lazy_gettext("%(label)s put on the record: %(kind)s"),
    "evidence_held": lazy_gettext("%(label)s waits for the virus scanner"),
    "evidence_quarantined": lazy_gettext("%(label)s is quarantined: %(problem)s"),
    "evidence_unavailable": lazy_gettext("%(label)s could not be fetched"),
    "evidence_viewed": lazy_gettext("%(role)s took out %(label)s"),
    "evidence_stamped": lazy_gettext("Trusted time obtained for %(label)s"),
    "evidence_erased": lazy_gettext("%(label)s was erased; its digest stays"),
    "bundle_downloaded": lazy_gettext("%(role)s downloaded the bundle of the case"),
    "case_exported": lazy_gettext("%(role)s took an export of the whole case"),
    "evidence_opened": lazy_gettext("%(role)s opened %(label)s to read"),
    "evidence_disclosed": lazy_gettext("The arbitrator disclosed the original of %(label)s: %(reason)s"),
    "inspection_asked": lazy_gettext("An inspection of %(label)s was asked for"),
    "inspection_taken": lazy_gettext("The inspector took the inspection of %(label)s on, with a declaration"),
    "inspection_declined": lazy_gettext("The inspector declined the inspection of %(label)s"),
    "inspection_withdrawn": lazy_gettext("The request for an inspection of %(label)s was withdrawn"),
    "sample_handed_out": lazy_gettext("%(label)s was handed out to the inspector"),
    "inspection_reported": lazy_gettext("The inspector reported on %(label)s: %(report)s"),
    "evidence_cured": lazy_gettext("What was missing of %(label)s was added"),
    "item_found": lazy_gettext("The arbitrator found something of %(label)s: %(reason)s"),
    "admission_decided": lazy_gettext("The arbitrator decided how %(label)s is admitted: %(reason)s"),
    "evidence_challenged": lazy_gettext("%(side)s objected to %(label)s: %(ground)s"),
    "objection_answered": lazy_gettext("The objection to %(label)s was answered: %(ground)s"),
    "objection_decided": lazy_gettext("The arbitrator decided on the objection to %(label)s: %(decision)s"),
    "evidence_commented": lazy_gettext("%(side)s commented on %(label)s, which came late"),
    "comment_lapsed": lazy_gettext("%(side)s did not comment in time on %(label)s, which came late"),
    "production_ordered": lazy_gettext("%(obligor)s is ordered to produce: %(what)s"),
    "production_produced": lazy_gettext("%(obligor)s produced %(label)s as ordered"),
    "production_refused": lazy_gettext("%(obligor)s did not produce what was ordered: %(reason)s"),
    "production_expired": lazy_gettext("%(obligor)s did not produce in time what was ordered"),
    "production_reopened": lazy_gettext("%(label)s cannot be used, so the order to produce it is open again"),
    "deadline_set": lazy_gettext("Deadline set: %(kind)s"),
    "deadline_missed": lazy_gettext("Deadline missed: %(kind)s"),
    "ruling_issued": lazy_gettext("Ruling signed, sealed and issued: %(outcome)s"),
    "ruling_downloaded": lazy_gettext("%(role)s downloaded the ruling"),
    "review_waived": lazy_gettext("%(role)s waived the review"),
}
"""The same with what the event says, for those whose payload adds something."""
MISSED: Mapping[str, LazyString] = {
    "admitted": lazy_gettext(
        "Admitted under standard %(standard)s and procedure %(procedure)s; the platform missed %(missed)s of %(times)s "
        "response times"
    ),
}
"""The same where the audit of the platform's handling found response times missed."""
LATE_SENTENCES: Mapping[str, LazyString] = {
    "evidence_received": lazy_gettext("%(label)s came after the record closed: %(kind)s"),
}
"""The same of an item that came late."""
MESSAGE_SENTENCES: Mapping[MessageKind, LazyString] = {
    MessageKind.MESSAGE: lazy_gettext("%(role)s wrote to all sides"),
    MessageKind.STATEMENT: lazy_gettext("%(role)s made a statement"),
    MessageKind.RESPONSE: lazy_gettext("%(role)s filed a reply to the claims"),
    MessageKind.CURE_REQUEST: lazy_gettext("%(role)s wrote what is missing"),
}

FACT_SENTENCES: Mapping[str, LazyString] = {
    Stance.ASSERT: lazy_gettext("%(role)s states: %(fact)s"),
    Stance.ADMIT: lazy_gettext("%(role)s agrees: %(fact)s"),
    Stance.DISPUTE: lazy_gettext("%(role)s disputes: %(fact)s"),
    Stance.FIND: lazy_gettext("The arbitrator found: %(fact)s"),
    Stance.NOT_FIND: lazy_gettext("Not proven, the arbitrator found: %(fact)s"),
    Stance.REOPEN: lazy_gettext("The arbitrator took a finding back: %(fact)s"),
}
"""What was said of a fact, by stance; the fact is called what its standard calls it."""

_CODED: Mapping[str, Mapping[Any, LazyString]] = {
    "track": TRACKS,
    "reason": END_REASONS,
    "role": ROLES,
    "side": ROLES,
    "obligor": ROLES,
    "ground": GROUNDS,
    "decision": DECISIONS,
    "outcome": OUTCOMES,
    "problem": {problem: label for problem, (label, _, _) in PROBLEMS.items()},
}
"""Fields of payloads that hold a stored word."""
_KIND: Mapping[str, Mapping[Any, LazyString]] = {
    "evidence_received": KINDS,
    "deadline_set": PERIODS,
    "deadline_missed": PERIODS,
}
"""What `kind` means in the payload of an event."""
_ANY: Mapping[Any, LazyString] = {}


def event_sentence(kind: str, payload: Mapping[str, Any] | None, facts: Mapping[str, str] | None = None) -> str:
    """What happened, in one sentence. Without its payload (erased), or of an unknown kind, as far as it is known.

    *facts* are the labels of the case's standard, by name.
    """
    if kind == "fact_stated" and payload is not None:
        role, fact = spoken(WHO).get(payload["side"], ""), payload["fact"]
        return spoken(FACT_SENTENCES)[payload["stance"]] % {"role": role, "fact": (facts or {}).get(fact, fact)}
    audited = payload.get("handling", []) if payload is not None else []
    missed = sum(tier["standing"] in BREACHED for tier in audited)
    sentence = spoken(MISSED if missed else SENTENCES).get(kind)
    if payload is not None and payload.get("late") and kind in LATE_SENTENCES:
        sentence = spoken(LATE_SENTENCES)[kind]
    if kind == "message_posted" and payload is not None:
        sentence = spoken(MESSAGE_SENTENCES).get(payload.get("kind", ""))
    if sentence is None or payload is None:
        return str(EVENTS[kind][0]) if kind in EVENTS else kind
    words = {**_CODED, "kind": _KIND.get(kind, _ANY)}
    said = {name: spoken(words[name]).get(value, value) if name in words else value for name, value in payload.items()}
    try:
        return sentence % {**said, "missed": missed, "times": len(audited)}
    except KeyError:
        return str(EVENTS[kind][0])


def event_mark(kind: str) -> tuple[str, Mark]:
    """Icon and tone of an event's mark."""
    return EVENTS[kind][1:] if kind in EVENTS else ("point", Mark.PLAIN)
