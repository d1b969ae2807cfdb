"""Where those land whose work has no pages yet: what their role does, and with which commands."""

from flask import Blueprint, render_template
from flask_babel import LazyString, lazy_gettext

from arbitration.domain.permissions import Role
from arbitration.web.access import needs
from arbitration.web.current import current_actor
from arbitration.web.shell import WITHOUT_PAGES
from arbitration.web.words import ROLES

bp = Blueprint("duties", __name__)

DUTIES: dict[Role, LazyString] = {
    Role.ADMIN: lazy_gettext(
        "You open and close the accounts of staff, file what ties arbitrators to a side, and register platforms with "
        "their keys. You read no cases."
    ),
}
COMMANDS: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: ("arbitration user --help", "arbitration relation --help", "arbitration platform --help"),
}


@bp.get("/duties")
@needs(*WITHOUT_PAGES)
def index() -> str:
    """One card for the role of whoever looks."""
    role = current_actor().role
    return render_template("duties/index.html", role=ROLES[role], duties=DUTIES[role], commands=COMMANDS[role])
