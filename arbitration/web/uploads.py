"""A party's files one by one, as the script of its page sends them: the bytes alone, streamed to where they stay."""

import base64
import binascii
import re
from typing import BinaryIO, cast

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import parse_options_header

from arbitration.actions import filing
from arbitration.actions.filing import Upload
from arbitration.domain.errors import Conflict, Invalid
from arbitration.domain.evidence import MAX_FILE_BYTES, Kind
from arbitration.web.access import party
from arbitration.web.bodies import BYTES, takes_files
from arbitration.web.current import current_actor, portal
from arbitration.web.errors import explain
from arbitration.web.typed import file_name

bp = Blueprint("uploads", __name__, url_prefix="/party/<link>/evidence")

Said = dict[str, object]

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


@bp.get("/waiting")
@party
def waiting(link: str) -> tuple[Said, int]:
    """What need not be sent again, and whether files are still taken at all."""
    try:
        with portal().read(current_actor()) as work:
            return {"sha256": filing.waiting_digests(work, current_actor().case_no or "")}, 200
    except Conflict as refused:
        return {"problem": explain(refused)}, 409


@bp.post("/file")
@party
@takes_files(MAX_FILE_BYTES + 1, BYTES)
def add(link: str) -> tuple[Said, int]:
    """One file into the draft: its name stands in Content-Disposition, its digest, if known, in Content-Digest."""
    kind = request.args.get("kind", "")
    if kind not in set(Kind):
        return {"problem": gettext("Choose what the files are.")}, 422
    if request.mimetype != BYTES:
        raise UnsupportedMediaType(f"Send the bytes of the file as {BYTES}.")
    sent = Upload(_name(), cast(BinaryIO, request.stream), _digest())
    try:
        added = filing.upload(portal(), current_actor(), current_actor().case_no or "", Kind(kind), [sent])
    except Invalid as refused:
        return {"problem": sentence_of(refused)}, 422
    except Conflict as refused:
        return {"problem": explain(refused)}, 409
    return {"added": added}, 201


def sentence_of(refused: Invalid) -> str:
    """Why one file is not taken; without its name, which stands beside it."""
    return gettext(refused.fields[0].message) if refused.fields else explain(refused)


def _name() -> str:
    """The name in full (RFC 6266), percent-encoded for a header; in an address it would stand in logs."""
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    return file_name(options.get("filename"))


def _digest() -> str:
    """The digest that the browser computed (RFC 9530), as hex; empty where it did not."""
    sent = request.headers.get("Content-Digest")
    if sent is None:
        return ""
    found = _DIGEST.fullmatch(sent.strip())
    if found is None:
        raise BadRequest("Content-Digest is not sha-256=:…:.")
    try:
        return base64.b64decode(found[1], validate=True).hex()
    except binascii.Error as problem:
        raise BadRequest("Content-Digest is not sha-256=:…:.") from problem
