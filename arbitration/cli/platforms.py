"""Platforms and their keys."""

import click

from arbitration.actions import people
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.people import KeyKind
from arbitration.wiring import new_webhook_key


@click.group("platform")
def platform() -> None:
    """Marketplaces that escalate disputes."""


@platform.command("add")
@click.argument("slug", metavar="NAME")
@click.option("--title", help="Name shown to people; NAME when left out.")
@click.option("--dialect", default="canonical", show_default=True, help="Shape of what it sends.")
@click.option("--webhook-url", help="Where its own webhooks go.")
@click.option("--evidence-host", multiple=True, help="Host from which its evidence may be fetched; repeatable.")
def add(slug: str, title: str | None, dialect: str, webhook_url: str | None, evidence_host: tuple[str, ...]) -> None:
    """Register platform NAME (letters, digits, dashes: it stands in its webhook address)."""
    with office() as portal, portal.work(OPERATOR) as work:
        people.add_platform(
            work,
            slug=slug,
            name=title or slug,
            dialect=dialect,
            webhook_url=webhook_url,
            evidence_hosts=evidence_host,
        )
        address = f"{work.institution.public_url}/api/v1/webhooks/{slug}"
    show({"platform": slug, "webhook_address": address})


@platform.command("disable")
@click.argument("slug", metavar="NAME")
def disable(slug: str) -> None:
    """Accept nothing more from platform NAME; its cases go on."""
    with office() as portal, portal.work(OPERATOR) as work:
        people.disable_platform(work, slug=slug)
    click.echo(f"{slug} is disabled")


@platform.group("key")
def key() -> None:
    """A platform's signing keys; several may be active at once."""


@key.command("add")
@click.argument("slug", metavar="NAME")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in KeyKind]), default=KeyKind.ED25519.value, show_default=True
)
def add_key(slug: str, kind: str) -> None:
    """Make a key for platform NAME and print its secret, once; the server keeps only what verifies."""
    secret, stored = new_webhook_key(KeyKind(kind))
    with office() as portal, portal.work(OPERATOR) as work:
        row = people.add_platform_key(work, slug=slug, kind=KeyKind(kind), material=stored.encode())
        show({"platform": slug, "key_kind": kind, "key_id": row.key_id, "secret": secret})


@key.command("revoke")
@click.argument("slug", metavar="NAME")
@click.argument("key_id")
def revoke_key(slug: str, key_id: str) -> None:
    """Accept nothing more that is signed with KEY_ID."""
    with office() as portal, portal.work(OPERATOR) as work:
        people.revoke_platform_key(work, slug=slug, key_id=key_id)
    click.echo(f"key {key_id} of {slug} is revoked")


COMMANDS = (platform,)
