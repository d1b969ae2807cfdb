"""Fingerprints of pictures: whoever looks up each band misses no near pair."""

from hypothesis import given
from hypothesis import strategies as st

from arbitration.domain.pictures import NEAR, PRINT_BYTES, bands, distance

PRINTS = st.binary(min_size=PRINT_BYTES, max_size=PRINT_BYTES)


@given(PRINTS, st.sets(st.integers(0, 8 * PRINT_BYTES - 1), max_size=NEAR))
def test_a_near_pair_has_a_band_in_common(one, bits):
    other = (int.from_bytes(one, "big") ^ sum(1 << bit for bit in bits)).to_bytes(PRINT_BYTES, "big")
    assert distance(one, other) == len(bits)
    assert any(left == right for left, right in zip(bands(one), bands(other), strict=True))
