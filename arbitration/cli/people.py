"""Accounts, relations of arbitrators, and parties' links."""

from datetime import datetime

import click

from arbitration.actions import delivery, people
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.errors import NotFound
from arbitration.domain.panel import RelationKind
from arbitration.domain.permissions import STAFF, Role
from arbitration.domain.vocabulary import Side
from arbitration.store import cases


@click.group("user")
def user() -> None:
    """Accounts of staff."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name shown to others and printed on rulings.")
@click.option(
    "--role", required=True, type=click.Choice(sorted(role.value for role in STAFF)), help="What the account may do."
)
@click.option("--platform", help="Platform of a platform officer.")
@click.option("--languages", default="zh en", help="Languages an arbitrator decides in.")
@click.password_option("--password", envvar="ARBITRATION_NEW_PASSWORD", help="Asked for when left out.")
def add_user(email: str, name: str, role: str, platform: str | None, languages: str, password: str) -> None:
    """Open an account for EMAIL and print its TOTP secret, once."""
    with office() as portal, portal.work(OPERATOR) as work:
        new = people.add_staff(
            work, email=email, name=name, role=Role(role), password=password, platform=platform, languages=languages
        )
    uri = f"otpauth://totp/Arbitration:{email}?secret={new.totp_secret}&issuer=Arbitration"
    show({"email": email, "role": role, "totp_secret": new.totp_secret, "totp_uri": uri})


@user.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Close the account of EMAIL and end its sessions; what was done with it stays."""
    with office() as portal, portal.work(OPERATOR) as work:
        people.disable_staff(work, email=email)
    click.echo(f"{email} is disabled")


@click.group("relation")
def relation() -> None:
    """What ties arbitrators to a side."""


@relation.command("add")
@click.argument("email")
@click.argument("kind", type=click.Choice([kind.value for kind in RelationKind]))
@click.argument("subject")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="When it ended; left out while it lasts.")
def add_relation(email: str, kind: str, subject: str, until: datetime | None) -> None:
    """File that arbitrator EMAIL is or was tied to SUBJECT: a platform's name, or a merchant's platform user id."""
    with office() as portal, portal.work(OPERATOR) as work:
        ended = until.replace(tzinfo=work.now.tzinfo) if until else None
        people.add_relation(work, email=email, kind=RelationKind(kind), subject=subject, until=ended)
    click.echo(f"{email}: {kind} {subject} filed")


@click.group("party")
def party() -> None:
    """Parties of cases."""


@party.command("link")
@click.argument("case_no", metavar="CASE")
@click.argument("side", type=click.Choice([side.value for side in Side]))
@click.option("--representative", is_flag=True, help="The link of the one who represents that side.")
def link(case_no: str, side: str, representative: bool) -> None:
    """Print the link and access code of a SIDE of the case, to be handed to that party only."""
    role = Role.REPRESENTATIVE if representative else Role(side)
    with office() as portal, portal.read(OPERATOR) as work:
        row = cases.party_of(work.session, case_no, role, Side(side))
        if row is None:
            whose = f"representative of the {side}" if representative else side
            raise NotFound(f"Case {case_no} has no {whose}, or is not opened yet.")
        show(
            {
                "case": case_no,
                "role": role.value,
                "url": delivery.party_url(work, row),
                "code": delivery.access_code(work, row),
            }
        )


COMMANDS = (user, relation, party)
