"""Platforms, their keys and their own rules."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from arbitration.actions import people, platform_rules
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.people import KeyKind
from arbitration.domain.platform_rules import RulesRefused
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


@platform.group("rules")
def rules() -> None:
    """Platforms' own after-sales rules, held against the standard."""


RULES_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@rules.command("check")
@click.argument("file", type=RULES_FILE)
def check_rules(file: Path) -> None:
    """Tell what the rules in FILE come to, clause by clause, and keep nothing; exit 1 where FILE cannot be read."""
    with office() as portal, _faults_told(file), portal.read(OPERATOR) as work:
        conformance = platform_rules.check(work, file.read_bytes())
    show(conformance.as_json())


@rules.command("publish")
@click.argument("slug", metavar="PLATFORM")
@click.argument("file", type=RULES_FILE)
def publish_rules(slug: str, file: Path) -> None:
    """Publish the rules in FILE for PLATFORM, exactly as they stand; they can never be changed."""
    with office() as portal, _faults_told(file), portal.work(OPERATOR) as work:
        platform = platform_rules.platform_named(work, slug)
        published = platform_rules.publish(work, platform.id, file.read_bytes())
    show(published.conformance.as_json())


@contextmanager
def _faults_told(file: Path) -> Iterator[None]:
    """Each fault on a line of its own, as compilers tell them."""
    try:
        yield
    except RulesRefused as refused:
        for fault in refused.faults:
            click.echo(f"{file}:{fault}", err=True)
        sys.exit(1)


COMMANDS = (platform,)
