"""Is this a paper of ours? By its file, a ruling also by its printed number; for everyone, and nothing is kept."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import StringField
from wtforms.validators import Length

from arbitration.actions.context import PUBLIC
from arbitration.domain.errors import TooMany
from arbitration.domain.numbers import normalise_code
from arbitration.domain.stored_zip import LOCAL
from arbitration.domain.verification import LIMITS, Paper, Report, Statement, Verdict
from arbitration.domain.verification_details import in_chinese
from arbitration.store import rulings, standard
from arbitration.store.rulings import Ruling
from arbitration.web.access import public
from arbitration.web.bodies import takes
from arbitration.web.current import lang, portal
from arbitration.web.formats import beijing_word, filesize
from arbitration.web.words import OUTCOMES

bp = Blueprint("verify", __name__)

MAX_FILE_BYTES = 50 * 1024 * 1024
FORM_AROUND_IT = 64 * 1024
CODE_CHARS = 40
TRIES = 30
WINDOW = timedelta(minutes=15)
"""Checking a file costs about a second of the processor; so many an address may ask for in this time."""


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """Changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    file = FileField(lazy_gettext("File (PDF or ZIP)"))
    code = StringField(
        lazy_gettext("Verification number"),
        [Length(max=CODE_CHARS, message=lazy_gettext("A verification number is shorter than this."))],
    )


class CheckShown(NamedTuple):
    label: str
    passed: bool | None
    detail: str | None = None
    detail_lang: str = "en"


@dataclass(frozen=True)
class Result:
    """What the page says: the verdict first, then what is known, each check, what is proven and what is not."""

    verdict: Verdict
    heading: str
    sentence: str
    checks: list[CheckShown]
    facts: list[tuple[str, str]]
    sha256: str | None
    proven: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()


@bp.route("/verify", methods=["GET", "POST"])
@public
@takes(MAX_FILE_BYTES + FORM_AROUND_IT)
def form() -> tuple[str, int]:
    """Ask, and judge what is sent."""
    asked = VerifyForm()
    if not asked.is_submitted():
        return _page(asked, None), 200
    file = request.files.get("file")
    code = normalise_code(asked.code.data or "")
    if asked.validate() and not (file and file.filename) and not code:
        asked.file.errors = [gettext("Choose a file or enter a verification number.")]
    if asked.errors:
        return _page(asked, None), 422
    if file and file.filename:
        _count_try()
        return _page(asked, _by_file(file.stream.read(), code)), 200
    return _page(asked, result := _by_code(code)), 200 if result.verdict is Verdict.PROVEN else 404


@bp.get("/verify/<code>")
@public
def code(code: str) -> tuple[str, int]:
    """Where the QR code of a ruling leads."""
    asked = VerifyForm(code=normalise_code(code)[:CODE_CHARS])
    result = _by_code(normalise_code(code))
    return _page(asked, result), 200 if result.verdict is Verdict.PROVEN else 404


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    """Nothing of it was read."""
    asked = VerifyForm(formdata=None)
    asked.file.errors = [
        gettext(
            "The file is larger than %(most)s. Larger ones are checked on your own computer, by the command below.",
            most=filesize(MAX_FILE_BYTES),
        )
    ]
    return _page(asked, None), 413


def _page(asked: VerifyForm, result: Result | None) -> str:
    return render_template("public/verify.html", form=asked, result=result, limit=MAX_FILE_BYTES)


def _count_try() -> None:
    with portal().work(PUBLIC) as work:
        key = f"verify-from:{request.remote_addr}"
        if not work.ports.limits.allow(work.session, key, most=TRIES, within=WINDOW, now=work.now):
            raise TooMany("Too many files. Wait a quarter of an hour and try again.")


def _by_code(code: str) -> Result:
    with portal().read(PUBLIC) as work:
        ruling = rulings.by_code(work.session, code) if "\0" not in code else None
    if ruling is None:
        return Result(
            Verdict.UNUSABLE,
            gettext("No ruling has this number"),
            gettext("Compare it with the one printed on the last page of the ruling, letter by letter."),
            [CheckShown(gettext("A ruling with this number was issued"), False)],
            [],
            None,
        )
    return Result(
        Verdict.PROVEN,
        gettext("This ruling was issued by us"),
        gettext("To know that a file is this ruling, choose the file too, or compare its SHA-256 with the one below."),
        [
            CheckShown(gettext("A ruling with this number was issued"), True),
            CheckShown(gettext("Your file is this ruling"), None),
        ],
        _facts(ruling),
        ruling.signed_sha256,
    )


def _by_file(content: bytes, code: str) -> Result:
    """The verdict that `arbitration verify` gives, and for what we keep a list of, whether this file is on it."""
    verifier = portal().ports.verifier
    report = verifier.verify_export(content) if content.startswith(LOCAL) else verifier.verify(content)
    digest = sha256(content).hexdigest()
    with portal().read(PUBLIC) as work:
        ruling = rulings.by_digest(work.session, digest)
        edition = standard.by_digest(work.session, digest)
    checks = _checks(report)
    if report.paper in (Paper.RULING, Paper.STANDARD):
        on_record = (ruling if report.paper is Paper.RULING else edition) is not None
        checks.append(CheckShown(gettext("This very file is on our record, byte for byte"), on_record))
    if code:
        same = ruling is not None and ruling.verify_code == code
        checks.append(CheckShown(gettext("It is the ruling with the number %(code)s", code=code), same))
    verdict = report.verdict
    if verdict is Verdict.PROVEN and any(check.passed is False for check in checks):
        verdict = Verdict.REFUSED
    heading, sentence = _summary(report, verdict)
    facts = _facts(ruling) if ruling else _told(report, len(content)) if verdict is Verdict.PROVEN else []
    proven = _said(report.proven) if verdict is Verdict.PROVEN else ()
    return Result(verdict, heading, sentence, checks, facts, digest, proven, _said(report.not_proven))


def _checks(report: Report) -> list[CheckShown]:
    if lang() != "zh-Hans":
        return [CheckShown(check.en, check.passed, check.detail or None) for check in report.checks]
    told = [(check, in_chinese(check.detail)) for check in report.checks]
    return [
        CheckShown(check.zh, check.passed, detail, "zh-Hans")
        if detail
        else CheckShown(check.zh, check.passed, check.detail or None)
        for check, detail in told
    ]


def _said(statements: tuple[Statement, ...]) -> tuple[str, ...]:
    return tuple(each.zh if lang() == "zh-Hans" else each.en for each in statements)


PAPERS = {
    Paper.RULING: lazy_gettext("Ruling"),
    Paper.BUNDLE: lazy_gettext("Bundle of a case"),
    Paper.STANDARD: lazy_gettext("Version of the standard"),
    Paper.EXPORT: lazy_gettext("Export of a case"),
}
GENUINE = {
    Paper.RULING: (
        lazy_gettext("This ruling is genuine"),
        lazy_gettext("It was signed and sealed by this institution, and not one byte has changed since."),
    ),
    Paper.BUNDLE: (
        lazy_gettext("This bundle of a case is genuine"),
        lazy_gettext(
            "It was sealed by this institution, and not one byte has changed since. It is no ruling: it shows the "
            "record of a case as it stood when it was made."
        ),
    ),
    Paper.STANDARD: (
        lazy_gettext("This version of the standard is genuine"),
        lazy_gettext("It was sealed by this institution as it was published, and not one byte has changed since."),
    ),
    Paper.EXPORT: (
        lazy_gettext("This export of a case is genuine"),
        lazy_gettext(
            "The seal of this institution is on the list of its files, and not one byte has changed since. It is no "
            "ruling: it holds the record of a case and the files as they came."
        ),
    ),
}


def _summary(report: Report, verdict: Verdict) -> tuple[str, str]:
    if any(check.id == LIMITS for check in report.failed):
        return _stopped()
    if verdict is Verdict.PROVEN:
        heading, sentence = GENUINE[report.paper or Paper.RULING]
        return str(heading), str(sentence)
    if verdict is Verdict.REFUSED:
        return (
            gettext("This file is not proven to be ours"),
            gettext("At least one check failed: do not rely on this file. Download it again from its case."),
        )
    return (
        gettext("This is no paper of ours that can be read"),
        gettext(
            "It is neither a sealed PDF nor an export of a case, or damaged or altered so that it cannot be read: "
            "do not rely on this file. Download it again from its case."
        ),
    )


def _stopped() -> tuple[str, str]:
    return (
        gettext("This file could not be examined"),
        gettext(
            "It takes more time or memory than this page gives to a file, so nothing can be said about it here. "
            "Check it on your own computer, by the command below."
        ),
    )


def _facts(ruling: Ruling) -> list[tuple[str, str]]:
    """Only what whoever holds the ruling has before their eyes."""
    facts = [(gettext("Case number"), ruling.case_no)]
    if ruling.outcome is not None:
        facts.append((gettext("Outcome"), str(OUTCOMES[ruling.outcome])))
    if ruling.issued_at is not None:
        facts.append((gettext("Issued"), beijing_word(ruling.issued_at, lang())))
    facts.append((gettext("Size of the file"), filesize(ruling.signed_size or 0)))
    return facts


def _told(report: Report, size: int) -> list[tuple[str, str]]:
    """What a proven paper says of itself, where it is not on our list of rulings."""
    facts = [(gettext("Kind"), str(PAPERS[report.paper or Paper.RULING]))]
    if report.case_no:
        facts.append((gettext("Case number"), report.case_no))
    if report.version:
        facts.append((gettext("Version"), report.version))
    return [*facts, (gettext("Size of the file"), filesize(size))]
