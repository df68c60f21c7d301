"""Native radios drawn as the product draws a choice; no script, and no choice looks preferred. Their names of templates
are drawn in drawing.py."""

from collections.abc import Mapping

from django import forms


class DrawnRadio(forms.RadioSelect):
    """Each mapping goes from a choice's value to its icon (see `failforward/icons.py`), hint or key cap."""

    def __init__(
        self,
        attrs: dict | None = None,
        choices: tuple = (),
        icons: Mapping[str, str] | None = None,
        hints: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.icons, self.hints, self.keys = icons or {}, hints or {}, keys or {}

    def create_option(self, name, value, *args, **kwargs) -> dict:
        code = str(value)
        drawn = {"icon": self.icons.get(code, ""), "hint": self.hints.get(code, ""), "key": self.keys.get(code, "")}
        return super().create_option(name, value, *args, **kwargs) | drawn


class SegRadio(DrawnRadio):
    """One choice of few, as a ruled strip; up to three stay in one line on a phone."""

    template_name = "widgets/seg.html"

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["three"] = len(list(self.choices)) <= 3
        return context


class PickRadio(DrawnRadio):
    """One choice of many, as rows with icon or key cap at the left and a hint at the right."""

    template_name = "widgets/pick.html"


class DateInput(forms.DateInput):
    """The browser's own date field; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")
