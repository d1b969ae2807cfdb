"""The office while it is being filled: its clock, which is moved, its people, and the patience to let it finish."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from arbitration.demo.browser import Page, Unexpected
from arbitration.demo.folder import PartyDoor, PlatformKey
from arbitration.demo.inbox import Arrived, Inbox
from arbitration.demo.laboratory import Laboratory
from arbitration.demo.people import STAFF, Account
from arbitration.demo.platforms import PlatformClient
from arbitration.demo.visitors import MovableClock, PartyMember, Staff

LOOKS = 400
LOOK_SECONDS = 0.3
MARGIN = timedelta(seconds=2)
"""How long after a deadline the clock stops, for the worker to deal with it."""
EVIDENCE = "evidence"
"""Stands for each of these webhooks about a file: which of them comes is the office's to say."""
OF_A_FILE = frozenset({"evidence.received", "evidence.quarantined", "evidence.unavailable"})
FOLLOWS = {
    "response": {"case.default_noted"},
    "evidence": {"case.deliberation"},
    "review": {"case.compliance_due", "case.closed"},
    "compliance_escrow": {"case.closed", "case.not_complied"},
    "compliance_other": {"case.closed", "case.not_complied"},
    "cure": {"case.withdrawn"},
}
"""Deadlines that the office ends by itself, with the webhooks of which one says so. All others wait for a person."""


class Stage:
    """Everything that the stories share. Whatever is read here comes by webhook or from a status address."""

    def __init__(
        self,
        base: str,
        clock: MovableClock,
        inbox: Inbox,
        accounts: Sequence[Account],
        keys: Sequence[PlatformKey],
        laboratory: Laboratory,
    ) -> None:
        self.base = base
        self.laboratory = laboratory
        self.clock = clock
        self.platforms = {
            name: PlatformClient(base, name, [key.secret for key in keys if key.name == name], clock)
            for name in {key.name for key in keys}
        }
        self.staff = {account.email: Staff(base, account, clock) for account in accounts}
        self._inbox = inbox
        self._expected: dict[str, Counter[str]] = {}
        self._platform_of: dict[str, str] = {}
        self._due: dict[str, list[tuple[datetime, str]]] = {}
        self._members: dict[tuple[str, str], PartyMember] = {}

    @property
    def registrar(self) -> Staff:
        """The one on duty."""
        return next(person for person in self.staff.values() if person.account.role == "registrar")

    @property
    def editor(self) -> Staff:
        """The editor of the standard."""
        return next(person for person in self.staff.values() if person.account.role == "standards_editor")

    @property
    def inspector(self) -> Staff:
        """The accredited inspector."""
        return next(person for person in self.staff.values() if person.account.role == "inspector")

    def named(self, label: str) -> Staff:
        """The one whose name begins *label*, as a list of people shows it."""
        names = {person.email: person.name for person in STAFF}
        return next(staff for email, staff in self.staff.items() if label.startswith(names[email]))

    def opened(self, case_no: str, platform: str) -> None:
        """A case is there from now on."""
        self._platform_of[case_no] = platform
        self._expected[case_no] = Counter()

    def expect(self, case_no: str, *types: str) -> None:
        """What was just done will be announced by these webhooks."""
        self._expected[case_no].update(types)

    def settle(self, case_no: str) -> None:
        """Wait until all that is expected has come, and see what the case waits for now."""
        expected = self._expected[case_no]
        self._inbox.wait(case_no, lambda came: expected <= _types(came), ", ".join(expected))
        status = self.platforms[self._platform_of[case_no]].status(case_no)
        kinds = {deadline["kind"] for deadline in status["deadlines"]} & set(FOLLOWS)
        if "compliance_other" in kinds:  # the longer one: the case closes when it is over
            kinds.discard("compliance_escrow")
        self._due[case_no] = [
            (datetime.fromisoformat(deadline["due_at"]), deadline["kind"])
            for deadline in status["deadlines"]
            if deadline["kind"] in kinds
        ]

    def advance(self, to: datetime) -> None:
        """Move the clock on, with a stop at each deadline on the way that the office ends by itself."""
        while (following := self._next_due(to)) is not None:
            due, kind, case_no = following
            self._move(due + MARGIN)
            self._wait_for_the_end_of(kind, case_no, due)
            self.settle(case_no)
        self._move(to)

    def _wait_for_the_end_of(self, kind: str, case_no: str, due: datetime) -> None:
        """Until a webhook says that this deadline was dealt with."""
        self._inbox.wait(
            case_no,
            lambda came: any(each.type in FOLLOWS[kind] and each.at >= due for each in came),
            f"the end of the time for {kind}",
        )

    def _next_due(self, before: datetime) -> tuple[datetime, str, str] | None:
        open_ones = ((due, kind, case_no) for case_no, dues in self._due.items() for due, kind in dues)
        return min((found for found in open_ones if found[0] + MARGIN < before), default=None)

    def _move(self, to: datetime) -> None:
        """Never back: acting takes time, too."""
        if to > self.clock():
            self.clock.set(to)

    def has_come(self, case_no: str, type: str) -> bool:
        """Whether the platform was told so."""
        return _types(self._inbox.of(case_no))[type] > 0

    def until(self, look: Callable[[], Page], enough: Callable[[Page], bool]) -> Page:
        """Look again until there is what one waits for, as people do. Raises Unexpected when it does not come."""
        for _ in range(LOOKS):
            page = look()
            if enough(page):
                return page
            time.sleep(LOOK_SECONDS)
        raise Unexpected(page, "nothing changes")

    def doors(self, case_no: str) -> dict[str, PartyDoor]:
        """By role: how the parties come in, as their platform was told."""
        return {
            arrived.data["party"]: PartyDoor(case_no, arrived.data["party"], arrived.data["url"], arrived.data["code"])
            for arrived in self._inbox.of(case_no)
            if arrived.type == "party.access"
        }

    def member(self, case_no: str, role: str) -> PartyMember:
        """A party at its browser."""
        if (case_no, role) not in self._members:
            door = self.doors(case_no)[role]
            self._members[case_no, role] = PartyMember(door.url, door.code)
        return self._members[case_no, role]

    def outcome(self, case_no: str) -> str | None:
        """Of the signed ruling, if there is one."""
        return next(
            (came.data["details"]["outcome"] for came in self._inbox.of(case_no) if came.type == "ruling.issued"), None
        )


def _types(came: Iterable[Arrived]) -> Counter[str]:
    return Counter(EVIDENCE if arrived.type in OF_A_FILE else arrived.type for arrived in came)
