"""A portal over a real database, with fakes only for what is slow or outside."""

from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from arbitration.actions.context import Institution, Ports
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.credentials import Argon2Credentials
from arbitration.adapters.database import Database
from arbitration.adapters.dialects import InstalledDialects
from arbitration.adapters.failpoints import pass_by
from arbitration.adapters.inspection_keys import FileInspectionKeys
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.adapters.limits_sql import SqlLimits
from arbitration.adapters.media_types import LibMagic
from arbitration.adapters.scanner import NoScanner
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.adapters.webhooks import KeyKind, WebhookSignatures, generate
from arbitration.config import Settings
from arbitration.domain import deadlines
from arbitration.portal import Portal
from tests.fakes import (
    FakeBundler,
    FakeClock,
    FakeExaminer,
    FakeGateway,
    FakePreviewer,
    FakeRenderer,
    FakeSeal,
    FakeTimestamper,
    FakeVerifier,
    QuickFingerprints,
)

ROOT = Path(__file__).parents[1]
VAULT_IDENTITY = new_identity()
WEBHOOK_KEY = generate(KeyKind.ED25519)[0]
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""argon2id with the smallest cost: the same code path, a thousand times faster."""


def environment(home: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a test installation in *home*."""
    return {
        "ARBITRATION_ENV": "test",
        "ARBITRATION_HOME": str(home),
        "ARBITRATION_DATABASE_URL": database_url,
        "ARBITRATION_SECRET_KEY": "k" * 32,
        "ARBITRATION_KEYS_PASSPHRASE": "p" * 32,
        "ARBITRATION_VAULT_IDENTITY": VAULT_IDENTITY,
        "ARBITRATION_WEBHOOK_KEY": WEBHOOK_KEY,
    }


def assemble(settings: Settings, clock: FakeClock, gateway: FakeGateway) -> Portal:
    """The portal as the program wires it, but for the clock, the network, and the making of PDFs."""
    vault = AgeVault(settings.vault_identity)
    procedure = deadlines.parse((ROOT / "arbitration/content/procedure/1.0.0.yaml").read_text())
    return Portal(
        settings=settings,
        database=Database(settings.database_url),
        ports=Ports(
            clock=clock,
            blobs=DiskBlobs(settings.blobs_dir, vault),
            media_types=LibMagic(),
            examiner=FakeExaminer(),
            scanner=NoScanner(),
            fingerprints=QuickFingerprints(),
            vault=vault,
            jobs=EmbeddedJobs(),
            limits=SqlLimits(),
            credentials=Argon2Credentials(settings.secret_key, QUICK_HASHER),
            signatures=WebhookSignatures(settings.webhook_key),
            dialects=InstalledDialects(),
            gateway=gateway,
            renderer=FakeRenderer(),
            bundler=FakeBundler(),
            seal=FakeSeal(),
            timestamper=FakeTimestamper(clock),
            stamps=FakeTimestamper(clock),
            verifier=FakeVerifier(),
            previewer=FakePreviewer(),
            inspection_keys=FileInspectionKeys(settings.keys_dir / "inspection.key", settings.keys_passphrase),
            failpoint=pass_by,
        ),
        institution=Institution(
            name_zh=settings.institution_zh,
            name_en=settings.institution_en,
            registration=settings.registration,
            instrument=settings.instrument,
            is_demo=settings.is_demo,
            public_url=settings.public_url,
        ),
        procedures={procedure.version: procedure},
    )


def with_ports(portal: Portal, **changed: object) -> Portal:
    """The same portal with some ports exchanged."""
    return replace(portal, ports=replace(portal.ports, **changed))
