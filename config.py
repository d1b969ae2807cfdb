"""Settings: read once from the environment, typed, validated at start; docs/operations.md explains each."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

MIN_SECRET_CHARS = 32
CLOCK_FILE = "clock.json"
SECRETS_FOLDER = "secrets"
SCANNER = re.compile(r"unix:/.+|tcp:[^:]+:[0-9]{1,5}")
DEFAULT_SECRETS = frozenset({"change-me", "secret", "test", "development", "x" * MIN_SECRET_CHARS})


class Env(StrEnum):
    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class Authority(StrEnum):
    """Whose certificates sign: made on this machine for the demonstration, or the institution's own."""

    DEMO = "demo"
    INSTITUTION = "institution"


class BadSettings(Exception):
    """The program must not start; `problems` says why, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another. Secrets stay out of `repr`."""

    env: Env
    home: Path
    database_url: str
    database_owner_url: str
    public_url: str
    port: int
    threads: int
    institution_zh: str
    institution_en: str
    registration: str
    instrument: str
    authority: Authority
    timestamp_url: str
    timestamp_roots: Path | None
    retention_days: int
    scanner: str
    log_level: str
    failpoint: str
    secret_key: str = field(repr=False)
    keys_passphrase: str = field(repr=False)
    vault_identity: str = field(repr=False)
    webhook_key: str = field(repr=False)

    @property
    def is_demo(self) -> bool:
        return self.authority is Authority.DEMO

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def blobs_dir(self) -> Path:
        return self.home / "blobs"

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"

    @property
    def fonts_dir(self) -> Path:
        return self.home / "fonts"

    @property
    def clock_file(self) -> Path | None:
        """Where the demo's clock offset stands; production has only the wall clock."""
        return None if self.env is Env.PRODUCTION else self.home / CLOCK_FILE


SETTINGS = {
    "ARBITRATION_ENV": ("development", "`production`, `development` or `test`"),
    "ARBITRATION_HOME": ("var", "data folder: database, evidence, keys, fonts"),
    "ARBITRATION_DATABASE_URL": ("", "SQLAlchemy address; SQLite under the data folder when empty"),
    "ARBITRATION_DATABASE_OWNER_URL": ("", "the same database as the tables' owner, for migrations (PostgreSQL)"),
    "ARBITRATION_PUBLIC_URL": ("", "address that people and platforms use; `http://127.0.0.1:PORT` when empty"),
    "PORT": ("8000", "port on 127.0.0.1"),
    "ARBITRATION_THREADS": ("8", "threads of the web server"),
    "ARBITRATION_INSTITUTION_ZH": ("独立仲裁委员会（演示）", "name of the institution, Chinese"),
    "ARBITRATION_INSTITUTION_EN": ("Independent Arbitration Committee (demo)", "name of the institution, English"),
    "ARBITRATION_REGISTRATION": ("", "registration of the institution, printed on rulings"),
    "ARBITRATION_INSTRUMENT": ("industry_determination", "`industry_determination` or `arbitral_award`"),
    "ARBITRATION_AUTHORITY": ("demo", "`demo` or `institution`: whose certificates sign"),
    "ARBITRATION_TIMESTAMP_URL": ("", "RFC 3161 authority; the one in HOME/keys when empty"),
    "ARBITRATION_TIMESTAMP_ROOTS": ("", "PEM file with the roots of the authority at ARBITRATION_TIMESTAMP_URL"),
    "ARBITRATION_RETENTION_DAYS": ("1095", "how long evidence is kept after its case ended"),
    "ARBITRATION_SCANNER": ("", "clamd that scans files: `unix:/path` or `tcp:host:port`; none when empty"),
    "ARBITRATION_LOG_LEVEL": ("info", "`debug`, `info`, `warning` or `error`"),
    "ARBITRATION_FAILPOINT": ("", "place at which the process kills itself, for crash tests; never in production"),
    "ARBITRATION_SECRET_KEY": ("", "signs session cookies and form tokens; a secret"),
    "ARBITRATION_KEYS_PASSPHRASE": ("", "opens the private signing keys; a secret"),
    "ARBITRATION_VAULT_IDENTITY": (
        "",
        "age identities (`AGE-SECRET-KEY-…`), one a line; a secret",
    ),
    "ARBITRATION_WEBHOOK_KEY": ("", "Ed25519 key (`whsk_…`) that signs outgoing webhooks; a secret"),
}
"""Name -> (default, meaning). A secret may come from the file named by NAME_FILE, else from HOME/secrets/NAME."""

SECRETS = (
    "ARBITRATION_SECRET_KEY",
    "ARBITRATION_KEYS_PASSPHRASE",
    "ARBITRATION_VAULT_IDENTITY",
    "ARBITRATION_WEBHOOK_KEY",
)


def home_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The data folder, also where settings cannot be complete yet."""
    return Path(environ.get("ARBITRATION_HOME") or SETTINGS["ARBITRATION_HOME"][0]).absolute()


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and validate. Raises BadSettings naming every problem at once."""
    problems: list[str] = []

    def get(name: str) -> str:
        return environ.get(name) or SETTINGS[name][0]

    def number(name: str, low: int, high: int) -> int:
        text = get(name)
        if text.isdecimal() and low <= int(text) <= high:
            return int(text)
        problems.append(f"{name} must be a number from {low} to {high}; it is {text!r}")
        return low

    def choice(name: str, allowed: type[StrEnum] | tuple[str, ...]) -> str:
        if get(name) not in tuple(allowed):
            problems.append(f"{name} must be one of {', '.join(allowed)}; it is {get(name)!r}")
            return str(next(iter(allowed)))
        return get(name)

    home = home_folder(environ)
    port = number("PORT", 1, 65535)
    settings = Settings(
        env=Env(choice("ARBITRATION_ENV", Env)),
        home=home,
        database_url=get("ARBITRATION_DATABASE_URL") or f"sqlite:///{home / 'arbitration.db'}",
        database_owner_url=get("ARBITRATION_DATABASE_OWNER_URL"),
        public_url=(get("ARBITRATION_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        threads=number("ARBITRATION_THREADS", 1, 64),
        institution_zh=get("ARBITRATION_INSTITUTION_ZH"),
        institution_en=get("ARBITRATION_INSTITUTION_EN"),
        registration=get("ARBITRATION_REGISTRATION"),
        instrument=choice("ARBITRATION_INSTRUMENT", ("industry_determination", "arbitral_award")),
        authority=Authority(choice("ARBITRATION_AUTHORITY", Authority)),
        timestamp_url=get("ARBITRATION_TIMESTAMP_URL"),
        timestamp_roots=Path(get("ARBITRATION_TIMESTAMP_ROOTS")) if get("ARBITRATION_TIMESTAMP_ROOTS") else None,
        retention_days=number("ARBITRATION_RETENTION_DAYS", 1, 36_500),
        scanner=get("ARBITRATION_SCANNER"),
        log_level=choice("ARBITRATION_LOG_LEVEL", ("debug", "info", "warning", "error")),
        failpoint=get("ARBITRATION_FAILPOINT"),
        secret_key=_secret("ARBITRATION_SECRET_KEY", environ, home, problems),
        keys_passphrase=_secret("ARBITRATION_KEYS_PASSPHRASE", environ, home, problems),
        vault_identity=_secret("ARBITRATION_VAULT_IDENTITY", environ, home, problems),
        webhook_key=_secret("ARBITRATION_WEBHOOK_KEY", environ, home, problems),
    )
    problems += _contradictions(settings)
    if problems:
        raise BadSettings(problems)
    return settings


def secret_file(name: str, environ: Mapping[str, str], home: Path) -> Path:
    """Where a secret stands that is not in the environment itself."""
    return Path(environ.get(f"{name}_FILE") or home / SECRETS_FOLDER / name)


def _secret(name: str, environ: Mapping[str, str], home: Path, problems: list[str]) -> str:
    """The secret itself, from the environment, from the file that NAME_FILE names, or from HOME/secrets/NAME."""
    if environ.get(name):
        return environ[name]
    path = secret_file(name, environ, home)
    try:
        return path.read_text().strip()
    except OSError:
        problems.append(
            f"{name} is not set and {path} cannot be read: is ARBITRATION_HOME the office's data folder? "
            "A new office's secrets are made by `arbitration keys init`"
        )
        return ""


def _contradictions(settings: Settings) -> list[str]:
    """What may not stand together; production is strict."""
    problems = []
    if not urlsplit(settings.public_url).netloc:
        problems.append("ARBITRATION_PUBLIC_URL must be an absolute address")
    if settings.scanner and not SCANNER.fullmatch(settings.scanner):
        problems.append("ARBITRATION_SCANNER must be unix:/path or tcp:host:port")
    if settings.instrument == "arbitral_award" and not settings.registration:
        problems.append("ARBITRATION_INSTRUMENT=arbitral_award needs ARBITRATION_REGISTRATION")
    if bool(settings.timestamp_url) is not bool(settings.timestamp_roots):
        problems.append("ARBITRATION_TIMESTAMP_URL and ARBITRATION_TIMESTAMP_ROOTS belong together")
    if settings.env is not Env.PRODUCTION:
        return problems
    for name, value in (
        ("ARBITRATION_SECRET_KEY", settings.secret_key),
        ("ARBITRATION_KEYS_PASSPHRASE", settings.keys_passphrase),
    ):
        if len(value) < MIN_SECRET_CHARS or value in DEFAULT_SECRETS or len(set(value)) < 8:
            problems.append(f"{name} is a default or shorter than {MIN_SECRET_CHARS} characters")
    if settings.failpoint:
        problems.append("ARBITRATION_FAILPOINT is for crash tests, not for production")
    if settings.is_demo:
        problems.append("ARBITRATION_AUTHORITY=demo is not for production: its keys are worth nothing")
    if not settings.https:
        problems.append("ARBITRATION_PUBLIC_URL must begin with https:// in production")
    return problems
