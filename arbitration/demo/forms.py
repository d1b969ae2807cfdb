"""The forms of a page, read from its HTML as a browser would read them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Attributes = dict[str, str | None]
CHOICES = frozenset({"radio", "checkbox"})
BUTTONS = frozenset({"submit", "button", "image", "reset"})


@dataclass
class Control:
    """All controls of one name. `values` is what would be sent now; `options` what could be chosen, None if free."""

    name: str
    values: list[str] = field(default_factory=list)
    options: list[str] | None = None
    labels: dict[str, str] = field(default_factory=dict)
    takes_files: bool = False

    def put(self, given: str | list[str]) -> None:
        """Fill in or choose. Raises ValueError for what is not offered."""
        values = [given] if isinstance(given, str) else list(given)
        strange = [value for value in values if self.options is not None and value not in self.options]
        if strange:
            raise ValueError(f"{self.name} does not offer {strange}; it offers {self.options}")
        self.values = values


@dataclass(frozen=True)
class Button:
    """A button that sends its form: what it adds, and where it leads when not where the form does."""

    name: str
    value: str
    action: str | None


@dataclass
class Form:
    """A form: where it leads, how, and its controls by name in the order of the page."""

    action: str
    method: str
    enctype: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    def leads_to(self, end: str) -> bool:
        """Whether the form, or one of its buttons, leads to an address whose path ends with *end*."""
        addresses = [self.action, *(button.action for button in self.buttons if button.action)]
        return any(urlsplit(address).path.endswith(end) for address in addresses)

    def fill(self, **values: str | list[str]) -> "Form":
        """Fill in by name; ValueError for what the control does not offer."""
        for name, value in values.items():
            self.control(name).put(value)
        return self

    def control(self, name: str) -> Control:
        """The control of that name, with or without its form's prefix. Raises KeyError."""
        found = [each for each in self.controls if each == name or each.endswith(f"-{name}")]
        if len(found) != 1:
            raise KeyError(f"{self.action} has not one control {name}; it has {sorted(self.controls)}")
        return self.controls[found[0]]

    def pairs(self) -> list[tuple[str, str]]:
        """What is sent, files aside."""
        return [(control.name, value) for control in self.controls.values() for value in control.values]


class FormReader(HTMLParser):
    """Collects the forms, the links and the times of one page; `url` is where the page came from."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.times: list[str] = []
        self._url = url
        self._open: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: tuple[Control, list[str]] | None = None
        self._text: tuple[Control, list[str]] | None = None
        self._label: tuple[list[tuple[Control, str]], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = dict(attrs)
        match tag:
            case "form":
                self._begin(given)
            case "input":
                self._input(given)
            case "textarea":
                self._text = (self._control(given), [])
            case "select":
                self._select = (self._control(given), [])
            case "label":
                self._label = ([], [])
            case "option" if self._select is not None:
                self._option(given)
            case "button" if given.get("type") in (None, "submit"):
                self._button(given)
            case "a" if given.get("href"):
                self.links.append(urljoin(self._url, given["href"]))
            case "time" if given.get("datetime"):
                self.times.append(given["datetime"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._text is not None:
            control, parts = self._text
            control.values = ["".join(parts).removeprefix("\n")]
            self._text = None
        elif tag == "select" and self._select is not None:
            control, offered = self._select
            if not control.values and offered:
                control.values = offered[:1]
            self._select = None
        elif tag == "label" and self._label is not None:
            choices, words = self._label
            for control, value in choices:
                control.labels[value] = " ".join("".join(words).split())
            self._label = None

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._label[1].append(data)
        if self._text is not None:
            self._text[1].append(data)

    def _begin(self, given: Attributes) -> None:
        self._open = Form(
            action=urljoin(self._url, given.get("action") or self._url),
            method=(given.get("method") or "get").upper(),
            enctype=given.get("enctype") or "application/x-www-form-urlencoded",
        )
        self.forms.append(self._open)
        if given.get("id"):
            self._by_id[given["id"] or ""] = self._open

    def _control(self, given: Attributes) -> Control:
        """The control in its form; one that is disabled or stands in no form goes nowhere."""
        name = given.get("name") or ""
        form = self._by_id.get(given["form"] or "") if "form" in given else self._open
        if form is None or not name or "disabled" in given:
            return Control(name)
        return form.controls.setdefault(name, Control(name))

    def _input(self, given: Attributes) -> None:
        kind = (given.get("type") or "text").lower()
        if kind in BUTTONS:
            if kind == "submit":
                self._button(given)
            return
        control = self._control(given)
        value = given.get("value")
        if kind == "file":
            control.takes_files = True
        elif kind in CHOICES:
            choice = "on" if value is None else value
            control.options = [*(control.options or []), choice]
            if "checked" in given:
                control.values.append(choice)
            if self._label is not None:
                self._label[0].append((control, choice))
        else:
            control.values.append(value or "")

    def _option(self, given: Attributes) -> None:
        assert self._select is not None
        control, offered = self._select
        value = given.get("value") or ""
        offered.append(value)
        control.options = offered
        if "selected" in given:
            control.values = [*control.values, value]

    def _button(self, given: Attributes) -> None:
        form = self._by_id.get(given["form"] or "") if "form" in given else self._open
        if form is not None:
            action = urljoin(self._url, given["formaction"]) if given.get("formaction") else None
            form.buttons.append(Button(given.get("name") or "", given.get("value") or "", action))
