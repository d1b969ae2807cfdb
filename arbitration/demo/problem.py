"""Why the demonstration cannot go on."""


class DemoProblem(Exception):
    """One clear sentence for whoever started it; no traceback is needed to understand it."""
