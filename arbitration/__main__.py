"""The command `arbitration`, and `python -m arbitration`."""

import gc

gc.disable()  # what is loaded now stays: to look for garbage in it would take a fifth of the start

from arbitration.cli import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
