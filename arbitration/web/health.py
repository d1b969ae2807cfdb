"""Whether the process is alive, and whether it is ready to serve: for whoever starts and watches it."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from arbitration.actions.context import PUBLIC
from arbitration.store import tables
from arbitration.web.access import public
from arbitration.web.current import portal

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """The database can be reached and has the schema of this program, the seal's key opens, files can be kept."""
    ports = portal().ports
    checks = {"database": False, "schema": False, "keys": ports.seal.usable(), "files": ports.blobs.usable()}
    try:
        with portal().read(PUBLIC) as work:
            found = tables.revision(work.session)
        checks |= {"database": True, "schema": found == tables.newest_revision()}
    except SQLAlchemyError:
        pass  # that is what the answer says
    whole = all(checks.values())
    return jsonify({"ready": whole, "checks": checks}), 200 if whole else 503
