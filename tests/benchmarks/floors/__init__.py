"""The bare things that we are held against: as little as does the same work at all."""
