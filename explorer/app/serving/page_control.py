"""A control as a browser knows it: what it shows when it comes, and how its state is told to the server.

A browser tells the state of every control with each movement, those that nobody touched too (measured: what Chromium
sends on every kind of control of this program; ``@streamlit/lib``, ``WidgetStateManager``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState

Value = bool | int | float | str | tuple[str, ...] | None


@dataclass(frozen=True)
class Control:
    """A control on the page: its identity to the server, the fragment it stands in, and the element as it was sent.

    ``kind`` is the element's name in the protocol; ``sent`` whether a browser tells its state: it does not of what lies
    behind a button that nobody pressed.
    """

    label: str
    identity: str
    fragment: str
    kind: str
    element: Any
    sent: bool = True

    def state(self, value: Value) -> WidgetState:
        """What is told of it while it shows a value.

        Args:
            value: a number for sliders and boxes, the words that stand on it for what is picked, a tuple of them where
                several can be; None for an empty box.
        """
        state = WidgetState(id=self.identity)
        if value is not None:
            _TOLD[self.kind](state, self.element, value)
        elif self.kind == "file_uploader":
            state.file_uploader_state_value.SetInParent()
        return state

    def shown(self) -> Value:
        """What it shows as it comes from the server."""
        return _SHOWN[self.kind](self.element)

    @property
    def set_by_server(self) -> bool:
        """Whether the server says what it shows, whatever it showed before."""
        return bool(getattr(self.element, "set_value", False))

    @property
    def told_untouched(self) -> bool:
        """Whether its state is told though nobody moved it: of buttons and of what is folded away it is not."""
        return self.sent and self.kind in _SHOWN


def _of_numbers(element: Any) -> Value:  # noqa: ANN401 - messages of the protocol
    if element.options:
        return (
            tuple(element.raw_value) if element.set_value else tuple(element.options[int(at)] for at in element.default)
        )
    numbers = element.value if element.set_value else element.default
    return float(numbers[0]) if len(numbers) == 1 else tuple(str(number) for number in numbers)


def _optional(element: Any) -> Value:  # noqa: ANN401
    name = "value" if element.set_value else "default"
    return getattr(element, name) if element.HasField(name) else None


def _picked(element: Any) -> Value:  # noqa: ANN401
    if element.set_value:
        return element.raw_value if element.HasField("raw_value") else None
    return element.options[element.default] if element.HasField("default") and element.options else None


def _several(element: Any) -> Value:  # noqa: ANN401
    if element.set_value:
        return tuple(element.raw_values)
    return tuple(getattr(option, "content", option) for option in (element.options[at] for at in element.default))


def _days(element: Any) -> Value:  # noqa: ANN401
    return tuple(element.value if element.set_value else element.default)


_SHOWN: dict[str, Callable[[Any], Value]] = {
    "slider": _of_numbers,
    "number_input": _optional,
    "text_input": _optional,
    "text_area": _optional,
    "checkbox": lambda element: bool(element.value if element.set_value else element.default),
    "selectbox": _picked,
    "radio": _picked,
    "multiselect": _several,
    "button_group": _several,
    "date_input": _days,
    "file_uploader": lambda _: None,
}


def _tell_numbers(state: WidgetState, element: Any, value: Value) -> None:  # noqa: ANN401
    if element.options:
        _tell_several(state, element, value)
    else:
        numbers = value if isinstance(value, tuple) else (value,)
        state.double_array_value.data.extend(float(number or 0) for number in numbers)


def _tell_number(state: WidgetState, element: Any, value: Any) -> None:  # noqa: ANN401
    if element.data_type == NumberInput.INT:
        state.int_value = int(value)
    else:
        state.double_value = float(value)


def _tell_text(state: WidgetState, _: object, value: Value) -> None:
    state.string_value = str(value)


def _tell_several(state: WidgetState, _: object, value: Value) -> None:
    state.string_array_value.data.extend(value if isinstance(value, tuple) else (str(value),))
    state.string_array_value.SetInParent()


def _tell_switch(state: WidgetState, _: object, value: Value) -> None:
    state.bool_value = bool(value)


_TOLD: dict[str, Callable[[WidgetState, Any, Value], None]] = {
    "slider": _tell_numbers,
    "number_input": _tell_number,
    "text_input": _tell_text,
    "text_area": _tell_text,
    "checkbox": _tell_switch,
    "selectbox": _tell_text,
    "radio": _tell_text,
    "multiselect": _tell_several,
    "button_group": _tell_several,
    "date_input": _tell_several,
    "expandable": _tell_switch,
    "popover": _tell_switch,
}
