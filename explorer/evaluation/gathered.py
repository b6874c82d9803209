"""What a way of asking found, gathered as the evidence for one verdict."""

from collections.abc import Sequence
from math import isfinite

from explorer.evaluation.alike import StoodAlike
from explorer.evaluation.before_after import BeforeAfter
from explorer.evaluation.checks import Alike, Fit
from explorer.evaluation.controlled import Controlled, NoComparison
from explorer.evaluation.estimate import Method, Specification
from explorer.evaluation.interrupted import Interrupted, NotAsked
from explorer.evaluation.power import Noticeable, noticed_by
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.verdict import Evidence, Inquiry, Power


def power_of(inquiry: Inquiry, found: Sequence[Noticeable], method: Method, settings: EvaluationSettings) -> Power:
    """What could be noticed by the end of the time asked about, and when an effect worth noticing could be.

    Args:
        found: by every day that was looked at, in order of time, as far ahead as the horizon.
    """
    by_then = [one for one in found if one.end <= inquiry.end]
    smallest = by_then[-1].there if by_then else None
    return Power(smallest, noticed_by(settings.outcomes[inquiry.indicator].worth_noticing, found), method)


def of_comparison(
    inquiry: Inquiry,
    found: Controlled | NoComparison,
    specifications: tuple[Specification, ...] = (),
    stood: StoodAlike | None = None,
    moved: BeforeAfter | None = None,
    power: Power | None = None,
) -> Evidence:
    """The evidence of published figures beside other authorities.

    Args:
        specifications: every way of asking (``variants.variants``).
        stood: those that stood alike before (``alike.alike``).
        power: what could be noticed.
    """
    power = power or Power()
    if isinstance(found, NoComparison):
        return Evidence(inquiry, None, found.why, moved=moved, power=power)
    others = found.place.of
    return Evidence(
        inquiry,
        found.estimate,
        specifications=specifications,
        fit=Fit(found.error_before, others - found.better_fitted, others),
        alike=Alike(len(stood.areas), stood.as_far) if stood else None,
        moved=moved,
        power=power,
        there=float(found.exposure[-1]),
        base=found.base if isfinite(found.base) else None,
        hidden=bool(found.at_ends),
    )


def of_course(
    inquiry: Inquiry,
    found: Interrupted | NotAsked,
    specifications: tuple[Specification, ...] = (),
    stood: StoodAlike | None = None,
    moved: BeforeAfter | None = None,
    power: Power | None = None,
) -> Evidence:
    """The evidence of an authority's own course by month or quarter.

    Args:
        specifications: every way of asking (``specifications.specifications_of``).
        stood: those whose yearly figures stood alike before (``alike.alike``).
        power: what could be noticed.
    """
    power = power or Power()
    if isinstance(found, NotAsked):
        return Evidence(inquiry, None, found.why, moved=moved, power=power)
    return Evidence(
        inquiry,
        found.estimate,
        specifications=specifications,
        alike=Alike(len(stood.areas), stood.as_far) if stood else None,
        moved=moved,
        power=power,
        there=found.last.exposure,
        since=found.since,
    )
