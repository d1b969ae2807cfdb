"""The demonstration: an office on this machine, filled once with cases by people who use its own doors."""
