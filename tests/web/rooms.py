"""Routes that exist in tests only: one behind each access mark, and one that raises what it is told."""

from dataclasses import replace

from flask import Blueprint, Flask, request
from sqlalchemy.exc import OperationalError

from arbitration.actions import people
from arbitration.actions.context import PUBLIC
from arbitration.domain.permissions import Role
from arbitration.web import access, sessions
from arbitration.web.current import current_actor, portal


class Gone:
    """A database that does not answer."""

    def reading(self) -> object:
        raise OperationalError("BEGIN", {}, Exception("connection refused"))

    writing = reading


FAULTS: dict[str, Exception] = {}


def add_rooms(app: Flask) -> None:
    """Open them; the application must not have served anything yet."""
    rooms = Blueprint("rooms", __name__)

    @rooms.get("/rooms/public")
    @access.public
    def anyone() -> str:
        return current_actor().id

    @rooms.route("/rooms/registrar", methods=["GET", "POST"])
    @access.needs(Role.REGISTRAR)
    def registrar() -> str:
        return current_actor().id

    @rooms.get("/rooms/staff")
    @access.signed_in
    def staff() -> str:
        return current_actor().id

    @rooms.get("/party/<link>/room")
    @access.party
    def party_room(link: str) -> str:
        return current_actor().id

    @rooms.get("/party/<link>/let-in")
    @access.public
    def let_in(link: str) -> str:
        with portal().work(PUBLIC) as work:
            actor = people.enter_by_link(work, link=link, code=request.args["code"], address="192.0.2.1")
        assert actor is not None
        sessions.sign_in(actor, link)
        return "welcome"

    @rooms.get("/rooms/int/<int:number>")
    @access.public
    def number(number: int) -> str:
        return str(number)

    @rooms.route("/rooms/fault/<name>", methods=["GET", "POST"])
    @access.public
    def fault(name: str) -> str:
        raise FAULTS[name]

    @rooms.get("/rooms/losing-the-database")
    @access.signed_in
    def losing() -> str:
        app.extensions["portal"] = replace(portal(), database=Gone())
        with portal().read(current_actor()):
            return "never"

    @rooms.get("/rooms/unmarked")
    def unmarked() -> str:
        return "nobody should read this"

    app.register_blueprint(rooms)
