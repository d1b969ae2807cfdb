"""Publishing a platform's own rules, and what of them binds the platform in its cases."""

from dataclasses import dataclass
from datetime import datetime

from arbitration.actions import standard as standards
from arbitration.actions.context import Work, record
from arbitration.domain.conformance import Conformance, binding, compare
from arbitration.domain.errors import Conflict, NotAllowed, NotFound
from arbitration.domain.log import NO_CASE
from arbitration.domain.permissions import Permission, Role, may
from arbitration.domain.platform_rules import PlatformRules, parse
from arbitration.domain.quantities import Quantity
from arbitration.domain.rulebook import Rulebook, rulebook
from arbitration.domain.standard import BEIJING, Standard
from arbitration.store.cases import Case
from arbitration.store.people import Platform, platform_by_slug
from arbitration.store.platform_rules import RulesVersion, rules_in_force, rules_of


@dataclass(frozen=True)
class Published:
    """A published version held against its standard; `is_new` where it was published just now."""

    conformance: Conformance
    body: str
    published_at: datetime
    is_new: bool = False

    @property
    def rules(self) -> PlatformRules:
        """What the file says."""
        return self.conformance.rules


_by_digest: dict[tuple[str, str], PlatformRules] = {}
"""Published text never changes, so each is read once in a process."""
_books: dict[tuple[str, tuple[tuple[str, Quantity], ...]], Rulebook] = {}
"""By digest and promises: what was published never changes, so each is made ready once in a process."""
MOST_ANNOUNCED = 5
"""So many versions of one platform may wait to come into force."""


def _read(body: str, sha256: str, against: Standard) -> PlatformRules:
    if (sha256, against.sha256) not in _by_digest:
        _by_digest[sha256, against.sha256] = parse(body.encode(), [against])
    return _by_digest[sha256, against.sha256]


def check(work: Work, raw: bytes, platform_id: int | None = None) -> Conformance:
    """How the rules in these bytes would come out if they were published now; nothing is kept.

    Raises RulesRefused with every fault, and Conflict if the *platform* has such a version or one for that day.
    """
    rules = parse(raw, standards.published(work), published_on=work.now.astimezone(BEIJING).date())
    if platform_id is not None:
        _must_be_free(work, platform_id, rules)
    return compare(standards.version(work, rules.against), rules)


def publish(work: Work, platform_id: int, raw: bytes) -> Published:
    """An officer of the platform, the platform itself or the office: publish these bytes, for orders of later days.

    The same bytes again change nothing. Raises NotAllowed, RulesRefused, and Conflict for other bytes under a published
    version or a second version for one day.
    """
    _may_publish(work, platform_id)
    body = raw.decode(errors="replace")  # what is not UTF-8 is refused with its place when it is read
    known = next((row for row in rules_of(work.session, platform_id) if row.body == body), None)
    if known is not None:
        return _published(work, known)
    conformance = check(work, raw, platform_id)
    rules = conformance.rules
    row = RulesVersion(
        platform_id=platform_id,
        version=rules.version,
        in_force_at=rules.starts_at,
        against=rules.against,
        sha256=rules.sha256,
        body=body,
        published_at=work.now,
        published_by=work.actor.id,
    )
    work.session.add(row)
    platform = work.session.get_one(Platform, platform_id)
    said = {"platform": platform.slug, "version": rules.version, "against": rules.against, "sha256": rules.sha256}
    record(work, NO_CASE, "platform_rules_published", said | {"in_force": rules.in_force.isoformat()})
    return Published(conformance, body, work.now, is_new=True)


def versions(work: Work, platform_id: int) -> list[Published]:
    """Every version that a platform has published, the one that begins last first."""
    return [_published(work, row) for row in rules_of(work.session, platform_id)]


def version(work: Work, platform_id: int, number: str) -> Published:
    """One published version. Raises NotFound."""
    row = work.session.get(RulesVersion, (platform_id, number))
    if row is None:
        raise NotFound(f"This platform has no version {number} of its rules.")
    return _published(work, row)


def in_force(work: Work, platform_id: int, at: datetime) -> Published | None:
    """The version that governs an order placed *at* that time, if there is one."""
    row = rules_in_force(work.session, platform_id, at)
    return _published(work, row) if row else None


def binding_promises(work: Work, platform_id: int, at: datetime, standard: Standard) -> dict[str, Quantity]:
    """What a platform promised beyond *standard* for orders placed *at* that time: name of a floor -> its own number.

    Empty where it promised nothing; a number below the floor is never in it.
    """
    row = rules_in_force(work.session, platform_id, at)
    return promised(work, row, standard) if row else {}


def promised(work: Work, row: RulesVersion, standard: Standard) -> dict[str, Quantity]:
    """The same of one version of a platform's rules."""
    return binding(standard, _rules(work, row))


def standard_of(work: Work, case: Case) -> Standard | None:
    """The version that the case pinned; before admission the one that it would pin, None where there was none."""
    return standards.governing(work, case.standard_version, case.ordered_at)


def book_of(work: Work, case: Case, standard: Standard) -> Rulebook:
    """The clauses made ready for this case, with what its platform promised when the order was placed."""
    promises = binding_promises(work, case.platform_id, case.ordered_at, standard)
    key = (standard.sha256, tuple(sorted(promises.items())))
    if key not in _books:
        _books[key] = rulebook(standard, promises)
    return _books[key]


def platform_named(work: Work, slug: str) -> Platform:
    """The platform in service of that name. Raises NotFound."""
    platform = platform_by_slug(work.session, slug)
    if platform is None:
        raise NotFound(f"There is no platform {slug}.")
    return platform


def _may_publish(work: Work, platform_id: int) -> None:
    if not may(work.actor.role, Permission.PUBLISH_PLATFORM_RULES):
        raise NotAllowed(f"{work.actor.role} may not publish a platform's rules")
    if work.actor.role is not Role.SYSTEM and work.actor.platform_id != platform_id:
        raise NotAllowed("a platform's rules are published by its own officer")


def _must_be_free(work: Work, platform_id: int, rules: PlatformRules) -> None:
    published = rules_of(work.session, platform_id)
    if sum(row.in_force_at > work.now for row in published) >= MOST_ANNOUNCED:
        raise Conflict(
            "%(most)d versions wait to come into force already; publish the next when one of them has begun.",
            values={"most": MOST_ANNOUNCED},
        )
    for row in published:
        if row.version == rules.version:
            raise Conflict(
                "Version %(version)s is published already and cannot be changed.", values={"version": rules.version}
            )
        if row.in_force_at == rules.starts_at:
            raise Conflict("Version %(version)s comes into force on the same day.", values={"version": row.version})


def _published(work: Work, row: RulesVersion) -> Published:
    rules = _rules(work, row)
    return Published(compare(standards.version(work, row.against), rules), row.body, row.published_at)


def _rules(work: Work, row: RulesVersion) -> PlatformRules:
    return _read(row.body, row.sha256, standards.version(work, row.against))
