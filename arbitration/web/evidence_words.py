"""The words for evidence: kinds, states, what is wrong with a file, objections and their decisions."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from arbitration.domain.evidence import ItemState, Kind, Problem
from arbitration.domain.objections import Decision, Ground

KINDS: Mapping[Kind, LazyString] = {
    Kind.CHAT_LOG: lazy_gettext("Chat log"),
    Kind.ORDER_SCREENSHOT: lazy_gettext("Order screenshot"),
    Kind.PAYMENT_VOUCHER: lazy_gettext("Payment voucher"),
    Kind.INSPECTION_REPORT: lazy_gettext("Inspection report"),
    Kind.DELIVERY_LOG: lazy_gettext("Delivery log"),
    Kind.LOGIN_LOG: lazy_gettext("Login log"),
    Kind.REDEEM_LOG: lazy_gettext("Redemption log"),
    Kind.LISTING_SNAPSHOT: lazy_gettext("Listing snapshot"),
    Kind.VIDEO: lazy_gettext("Video"),
    Kind.ISSUER_STATEMENT: lazy_gettext("Statement of the issuer"),
    Kind.OTHER: lazy_gettext("Other"),
}
KIND_ICONS: Mapping[Kind, str] = {
    Kind.CHAT_LOG: "message-dots",
    Kind.ORDER_SCREENSHOT: "photo",
    Kind.PAYMENT_VOUCHER: "receipt",
    Kind.INSPECTION_REPORT: "shield-check",
    Kind.DELIVERY_LOG: "truck-delivery",
    Kind.LOGIN_LOG: "login",
    Kind.REDEEM_LOG: "key",
    Kind.LISTING_SNAPSHOT: "tag",
    Kind.VIDEO: "video",
    Kind.ISSUER_STATEMENT: "certificate",
    Kind.OTHER: "file-text",
}

ITEM_STATES: Mapping[ItemState, tuple[str, LazyString, str]] = {
    ItemState.DRAFT: ("plain", lazy_gettext("Not submitted"), "pencil"),
    ItemState.EXPECTED: ("info", lazy_gettext("Awaiting the file"), "hourglass"),
    ItemState.HELD: ("info", lazy_gettext("Being checked"), "shield-search"),
    ItemState.SUBMITTED: ("ok", lazy_gettext("On the record"), "circle-check"),
    ItemState.QUARANTINED: ("bad", lazy_gettext("Quarantined"), "ban"),
    ItemState.UNAVAILABLE: ("warn", lazy_gettext("Not available"), "file-off"),
}
"""Tone, label and icon of an item's standing."""
PROBLEMS: Mapping[Problem, tuple[LazyString, str, LazyString]] = {
    Problem.DIGEST_MISMATCH: (
        lazy_gettext("Hash mismatch"),
        "circle-x",
        lazy_gettext("It is not the file that was declared."),
    ),
    Problem.TYPE_NOT_TAKEN: (
        lazy_gettext("Type not accepted"),
        "circle-x",
        lazy_gettext("Files of its type are not accepted."),
    ),
    Problem.TYPE_MISMATCH: (
        lazy_gettext("Type not accepted"),
        "circle-x",
        lazy_gettext("Its content is not of the type that its name or its sender says."),
    ),
    Problem.UNAVAILABLE: (
        lazy_gettext("Not available"),
        "file-off",
        lazy_gettext("The file could not be had from the platform."),
    ),
    Problem.BOMB: (
        lazy_gettext("Too large to open"),
        "bomb",
        lazy_gettext("It is too large once it is opened, or unpacks to too much."),
    ),
    Problem.ENCRYPTED: (
        lazy_gettext("Locked"),
        "lock",
        lazy_gettext("It is locked with a password, so nobody can see what it is."),
    ),
    Problem.CORRUPT: (lazy_gettext("Damaged"), "file-broken", lazy_gettext("It is damaged or not complete.")),
    Problem.ACTIVE: (
        lazy_gettext("Holds more than it shows"),
        "file-code",
        lazy_gettext("It holds a script, a program or a second file."),
    ),
    Problem.BEYOND_LIMITS: (
        lazy_gettext("Cannot be opened"),
        "hourglass-off",
        lazy_gettext("It took more time or memory to open than a file may."),
    ),
    Problem.UNSEEN: (
        lazy_gettext("Too long"),
        "circle-x",
        lazy_gettext("It is too long to be looked at whole."),
    ),
    Problem.INFECTED: (
        lazy_gettext("Virus found"),
        "virus",
        lazy_gettext("The virus scanner found something in it."),
    ),
}
"""What is wrong with a file: a label, its icon, and a sentence."""
LATE = ("warn", lazy_gettext("Came after the record closed"), "clock-exclamation")


def item_standing(state: ItemState, late: int) -> tuple[str, LazyString, str]:
    """The standing of an item, which is that of its state unless it is here and came too late to be decided on."""
    return LATE if late and state is ItemState.SUBMITTED else ITEM_STATES[state]


GROUNDS: Mapping[Ground, LazyString] = {
    Ground.AUTHENTICITY: lazy_gettext("Not authentic"),
    Ground.ALTERED: lazy_gettext("Altered"),
    Ground.OBTAINED_IMPROPERLY: lazy_gettext("Improperly obtained"),
    Ground.IRRELEVANT: lazy_gettext("Irrelevant"),
    Ground.LATE: lazy_gettext("Filed too late"),
    Ground.FORM: lazy_gettext("Not in the form required"),
}
"""On what ground a side objects to a file."""
DECISIONS: Mapping[Decision, LazyString] = {
    Decision.UPHELD: lazy_gettext("Objection upheld"),
    Decision.DISMISSED: lazy_gettext("Objection dismissed"),
}
