"""The public register of inspectors as a file (`/inspectors.json`), read back to verify reports offline."""

from typing import Annotated

from pydantic import Field, ValidationError

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import Invalid
from arbitration.domain.inspection import KeyOnRegister, Revocation
from arbitration.domain.manifest import public_key, thumbprint
from arbitration.domain.strict_json import Malformed, json_path, read_json
from arbitration.domain.wire import FROM_TEXT, Id, Instant, Line, Wire


class PublicJwk(Wire):
    """An Ed25519 public key (RFC 8037)."""

    kty: Line
    crv: Line
    x: Line
    kid: Line


class ListedKey(Wire):
    """A key; what it signed is believed if the office received it before `distrusted_from`."""

    jwk: PublicJwk
    valid_from: Instant
    revoked_at: Instant | None
    revoked_why: Annotated[Revocation, FROM_TEXT] | None
    distrusted_from: Instant | None


class ListedName(Wire):
    """In both languages."""

    zh: Line
    en: Line


class ListedInspector(Wire):
    """An inspector with the period of its accreditation and all its keys."""

    id: Id
    name: ListedName
    expertise: list[Line]
    accredited_from: Instant
    accredited_until: Instant | None
    keys: Annotated[list[ListedKey], Field(max_length=1_000)]


class RegisterFile(Wire):
    """The whole register as it stood at a time."""

    as_of: Instant
    inspectors: list[ListedInspector]


def read_register(raw: bytes) -> dict[str, KeyOnRegister]:
    """The keys of a register file by their `kid`. Raises Invalid naming the place."""
    try:
        file = RegisterFile.model_validate(read_json(raw))
    except Malformed as problem:
        raise Invalid("The register cannot be read: %(what)s", values={"what": problem.message}) from problem
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_input=False)[0]
        what = f"{json_path(first['loc'])}: {first['msg']}"
        raise Invalid("The register cannot be read: %(what)s", values={"what": what}) from refused
    keys = [_key(inspector, key) for inspector in file.inspectors for key in inspector.keys]
    return {key.kid: key for key in keys}


def _key(inspector: ListedInspector, key: ListedKey) -> KeyOnRegister:
    public = public_key(key.jwk.model_dump_json())
    return KeyOnRegister(
        kid=thumbprint(public),
        public=public,
        valid_from=key.valid_from,
        distrusted_from=key.distrusted_from,
        inspector=inspector.id,
        name=Bilingual(inspector.name.zh, inspector.name.en),
        accredited_from=inspector.accredited_from,
        accredited_until=inspector.accredited_until,
    )
