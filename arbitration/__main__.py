"""`python -m arbitration`: the same as the command `arbitration`."""

from arbitration.cli import main

if __name__ == "__main__":
    main()
