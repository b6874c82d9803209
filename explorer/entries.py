"""What every object of config/ is: frozen, knowing each key it may have, and its faults told in sentences."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.errors import ConfigError
from explorer.yaml_reader import Document, read_yaml

Text = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(ge=1)]


class Entry(BaseModel):
    """A frozen object that knows every key it may have."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True, allow_inf_nan=False)


Read = TypeVar("Read", bound=Entry)


class Amount(Entry):
    """One number of policy."""

    label: Text
    unit: Text
    value: Annotated[float, Field(gt=0)]
    description: Text
    reference: Text


def checked(
    model: type[Entry], document: Document, content: object, path: tuple[str | int, ...], faults: list[str]
) -> Entry | None:
    """Validate one object; add a sentence for each of its faults."""
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        faults += [_fault(document, path, model, dict(error)) for error in problem.errors()]
        return None


def read_entry(file: Path, model: type[Read]) -> Read:
    """A file of config/ that is one object.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    faults: list[str] = []
    document = read_yaml(file)
    found = checked(model, document, document.content, (), faults)
    if not isinstance(found, model):
        raise ConfigError(*faults)
    return found


def _fault(document: Document, path: tuple[str | int, ...], model: type[Entry], error: dict[str, Any]) -> str:
    """One pydantic error as a sentence with place, key and what was allowed."""
    where = (*path, *error["loc"])
    key = ".".join(str(part) for part in where)
    place = document.at(where)
    match error["type"]:
        case "extra_forbidden":
            allowed = ", ".join(_keys_at(model, error["loc"][:-1]))
            return f"{place}: unknown key '{key}'; allowed: {allowed}."
        case "missing":
            return f"{place}: the key '{key}' is missing."
        case "literal_error":
            return f"{place}: '{key}' is '{error['input']}'; allowed: {error['ctx']['expected']}."
        case "value_error":
            said = str(error["ctx"]["error"])
            return f"{place}: '{key}' {said}." if said.startswith("is ") else f"{place}: '{key}': {said}."
        case _:
            return f"{place}: '{key}' is '{error['input']}': {error['msg']}."


def _keys_at(model: type[Entry], path: Iterable[str | int]) -> list[str]:
    """The keys that may stand at ``path`` below ``model``."""
    current: Any = model
    for part in path:
        if isinstance(current, type) and issubclass(current, Entry) and part in current.model_fields:
            current = current.model_fields[str(part)].annotation
        elif getattr(current, "__args__", None):
            current = current.__args__[-1]
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, Entry) else []
