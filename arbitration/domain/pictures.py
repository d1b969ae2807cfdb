"""Fingerprints of pictures: 128 bits that stay almost the same when a picture is scaled or compressed again."""

PRINT_BYTES = 16
BAND_BYTES = 2
NEAR = PRINT_BYTES // BAND_BYTES - 1
"""Bits in which two fingerprints of one picture may differ. One less than there are bands, so that such a pair has at
least one band in common: whoever looks up each band in an index misses none."""


def bands(fingerprint: bytes) -> tuple[int, ...]:
    """The fingerprint's 16-bit pieces, in order of their places."""
    return tuple(
        int.from_bytes(fingerprint[place : place + BAND_BYTES], "big") for place in range(0, PRINT_BYTES, BAND_BYTES)
    )


def distance(one: bytes, other: bytes) -> int:
    """In how many bits two fingerprints differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
