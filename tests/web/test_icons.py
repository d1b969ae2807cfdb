import pytest

from arbitration.web.icons import UnknownIcon, icon


def test_an_icon_is_hidden_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("clock")
    assert 'role="img" aria-label="3 &lt;new&gt;"' in icon("clock", "3 <new>")


def test_an_icon_brings_its_own_shape_and_nothing_else() -> None:
    outline, solid = icon("clock"), icon("filled-clock")
    assert "<path" in outline
    assert outline.count("<svg") == outline.count("</svg>") == 1
    assert "style=" not in outline + solid
    assert outline != solid


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(UnknownIcon):
        icon("no-such-symbol")
