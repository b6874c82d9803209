"""What benchmarks.yaml may hold: comparator groups, hidden figures, likely ranges, and what is unusual."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explorer.entries import Entry, Text, Whole


class Group(Entry):
    """One way to choose whom an authority is compared with."""

    label: Text
    short_label: Text
    member_label: Text
    kind: Literal["statistical_neighbours", "region", "england", "custom"]
    model: int | None = None
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _model_where_needed(self) -> Self:
        if (self.kind == "statistical_neighbours") != (self.model is not None):
            raise ValueError("'model' (a year) belongs to kind 'statistical_neighbours', and only there")
        return self


class Suppression(Entry):
    """What a hidden count can be."""

    label: Text
    unit: Text
    lowest: Annotated[int, Field(ge=0)]
    highest: Annotated[int, Field(ge=1)]
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lowest > self.highest:
            raise ValueError("'lowest' must not be above 'highest'")
        return self


class Uncertainty(Entry):
    """How wide the likely range of a percentage is."""

    label: Text
    unit: Text
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    design_effect: Annotated[float, Field(ge=1)]
    description: Text
    reference: Text


_Share = Annotated[float, Field(gt=0.5, lt=1)]


class Standing(Entry):
    """When an authority is said to be higher or lower than its group.

    Beyond the range of ``far_confidence`` in one year, or beyond that of ``usual_confidence`` two years running.
    ``draws`` and ``seed`` are those of chances and ranges.
    """

    label: Text
    unit: Text
    usual_confidence: _Share
    far_confidence: _Share
    draws: Whole
    seed: int
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.usual_confidence >= self.far_confidence:
            raise ValueError("'usual_confidence' must be below 'far_confidence'")
        return self


class Benchmarks(Entry):
    """benchmarks.yaml: comparator groups, hidden figures, likely ranges, and what is unusual."""

    groups: dict[str, Group]
    suppression: Suppression
    uncertainty: Uncertainty
    standing: Standing

    @model_validator(mode="after")
    def _one_of_england(self) -> Self:
        for kind in ("england", "custom"):
            if sum(group.kind == kind for group in self.groups.values()) != 1:
                raise ValueError(f"'groups' must hold exactly one of kind '{kind}'")
        return self

    @property
    def picked(self) -> str:
        """The name of the group picked by hand."""
        return next(name for name, group in self.groups.items() if group.kind == "custom")

    @property
    def england(self) -> str:
        """The name of the group of all authorities."""
        return next(name for name, group in self.groups.items() if group.kind == "england")
