"""One child of a census return: the plans in it as text, each with its place in the return."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree

from explorer.sources.typed import finding

Values = dict[str, str | list[str | None] | None]

_CHILD: Mapping[str, str] = {
    "lachildid": "child_id",
    "upn": "upn",
    "personbirthdate": "birth_date",
    "expectedpersonbirthdate": "expected_birth_date",
    "persondeathdate": "death_date",
}
_EPISODE: Mapping[str, str] = {"cinreferraldate": "referral_date"}
_PLAN: Mapping[str, str] = {
    "cppstartdate": "start_date",
    "cppenddate": "end_date",
    "initialcategoryofabuse": "initial_category",
    "latestcategoryofabuse": "latest_category",
    "numberofpreviouscpp": "previous_plans",
}
_REVIEW = "cppreviewdate"
_REVIEWS = ("reviews", "cppreviews")


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace, in small letters."""
    return _local(str(element.tag))


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def child_plans(child: etree._Element, number: int) -> tuple[list[Values], list[dict[str, str | None]]]:
    """The plans of a child.

    ``CINdetailsID`` and ``CPPID`` are no elements of the return, so a plan is known by its child, episode
    (``CINdetails``) and place in the episode, each counted from 1.

    Args:
        child: the whole element, already read.
        number: which child of the return it is.

    Returns:
        A value for each column of ``schema.PLANS`` but the family, and findings for elements that stand
        twice with different content.
    """
    found = _Child(number)
    for part in child:
        if local_name(part) == "childidentifiers":
            found.fill(found.about, part, _CHILD, f"child {number}")
    episodes = (part for part in child if local_name(part) == "cindetails")
    for place, episode in enumerate(episodes, 1):
        found.add_episode(episode, place)
    return found.plans, found.findings


class _Child:
    """Gathers the plans of one child."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.about: Values = {}
        self.plans: list[Values] = []
        self.findings: list[dict[str, str | None]] = []

    def add_episode(self, episode: etree._Element, place: int) -> None:
        """Add the plans of one episode."""
        about = dict(self.about)
        position = f"child {self.number}, episode {place}"
        self.fill(about, episode, _EPISODE, position)
        plans = (part for part in episode if local_name(part) == "childprotectionplans")
        for turn, plan in enumerate(plans, 1):
            here = f"{position}, plan {turn}"
            values: Values = {**about, "position": here, "plan_id": f"{self.number}-{place}-{turn}"}
            self.fill(values, plan, _PLAN, here)
            values["review_dates"] = list(_reviews(plan))
            self.plans.append(values)

    def fill(self, values: Values, part: etree._Element, fields: Mapping[str, str], position: str) -> None:
        """Put the elements of a part under their column names; the first that is not blank counts."""
        own: dict[str, str] = {}
        for element in part:
            column = fields.get(local_name(element))
            text = (element.text or "").strip()
            if column is None or not text:
                continue
            if own.setdefault(column, text) != text:
                child = values.get("child_id")
                expected = f"one {etree.QName(element).localname}, not two that differ"
                self.findings.append(
                    finding("error", child if isinstance(child, str) else None, position, text, expected)
                )
        values.update(own)


def _reviews(plan: etree._Element) -> Iterator[str | None]:
    """Every review date below a plan, however it is wrapped; None for a review that has none."""
    for element in plan.iter():
        name = local_name(element)
        if name == _REVIEW or (name in _REVIEWS and len(element) == 0):
            yield (element.text or "").strip() or None
