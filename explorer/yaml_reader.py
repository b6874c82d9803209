"""Read a YAML file and remember on which line each key stands, so that a fault can be pointed at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from explorer.errors import ConfigError

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: its content, and the line (from 1) of every key and list entry."""

    name: str
    content: dict[str, Any]
    lines: dict[KeyPath, int]

    def at(self, path: KeyPath) -> str:
        """The place of a key in words, such as ``indicators.yaml line 12``."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name} line {self.lines.get(path, 1)}"


def read_yaml(path: Path) -> Document:
    """Parse one file whose top level is a mapping.

    Raises:
        ConfigError: the file is missing or unreadable, is not valid YAML, holds a key twice, uses an
            alias, or has something other than keys at its top level. Every duplicate key is reported.
    """
    name = path.name
    try:
        loader, node = _read(path.read_text(encoding="utf-8"))
        lines: dict[KeyPath, int] = {}
        faults = _index(node, (), lines, name, set()) if node else []
        content = None if faults or node is None else loader.construct_document(node)
    except FileNotFoundError:
        raise ConfigError(f"{name}: the file is missing from {path.absolute().parent.name}/.") from None
    except IsADirectoryError:
        raise ConfigError(f"{name}: this is a folder; name a file in it.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{name}: the file cannot be read as UTF-8 text ({problem}).") from None
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise ConfigError(f"{name} line {line}: this is not valid YAML: {problem.problem}.") from None
    except RecursionError:
        raise ConfigError(f"{name}: the keys are nested too deeply.") from None
    except (yaml.YAMLError, ValueError, AttributeError, TypeError) as problem:
        # beside its own errors PyYAML lets through those of a date or number that is none, such as 2018-13-45
        raise ConfigError(f"{name}: this is not valid YAML: {problem}.") from None
    if faults:
        raise ConfigError(*faults)
    if not isinstance(content, dict):
        raise ConfigError(f"{name}: expected keys at the top level, such as 'label: ...'.")
    return Document(name, content, lines)


_Loader = Any  # PyYAML's, or libyaml's where PyYAML was built with it: four fifths faster
_FAST: _Loader = getattr(yaml, "CSafeLoader", None)
_DEEPEST = 100  # levels: libyaml's reader calls itself for each without a limit, which would end the program


def _read(text: str) -> tuple[_Loader, yaml.Node | None]:
    """The nodes of a text, and what makes objects of them; faults are told in PyYAML's own words."""
    if _FAST is not None:
        try:
            if _depth(text) <= _DEEPEST:
                fast = _FAST(text)
                return fast, fast.get_single_node()
        except (yaml.YAMLError, ValueError):
            pass  # read again, for the words
    loader = yaml.SafeLoader(text)
    return loader, loader.get_single_node()


def _depth(text: str) -> int:
    """How deeply collections stand in each other."""
    deepest = now = 0
    for event in yaml.parse(text, Loader=_FAST):
        now += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        deepest = max(deepest, now)
        if deepest > _DEEPEST:
            break
    return deepest


def _index(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], name: str, seen: set[int]) -> list[str]:
    """Fill ``lines`` below ``node``; return a sentence for every duplicate key and alias."""
    if isinstance(node, yaml.CollectionNode):
        if id(node) in seen:  # an alias; a self-reference would never end
            return [f"{name} line {node.start_mark.line + 1}: '&' anchors used twice are not allowed."]
        seen.add(id(node))
    faults: list[str] = []
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            here = (*path, str(key_node.value))
            line = key_node.start_mark.line + 1
            if key_node.tag != "tag:yaml.org,2002:str":
                faults.append(f"{name} line {line}: the key '{key_node.value}' is not text; put it in quotes.")
            if here in lines:
                faults.append(
                    f"{name} line {line}: the key '{key_node.value}' stands twice "
                    f"(first on line {lines[here]}); keep one."
                )
            lines[here] = line
            faults += _index(value_node, here, lines, name, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            lines[(*path, number)] = entry.start_mark.line + 1
            faults += _index(entry, (*path, number), lines, name, seen)
    return faults
