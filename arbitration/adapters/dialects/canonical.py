"""The shape of `escalation.v1` itself."""

from arbitration.domain.translation import Translation


def translate(payload: object) -> Translation:
    """Nothing to do."""
    return Translation(payload)
