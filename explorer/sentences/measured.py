"""How often a way of asking finds an effect where there is none, as measured on invented authorities."""

from explorer.evaluation.estimate import Method
from explorer.evaluation.settings import EvaluationSettings


def measured_sentence(settings: EvaluationSettings, method: Method) -> str:
    """The false findings of one way of asking; empty where they were not measured.

    Args:
        settings: evaluation.yaml, whose figures are held to the recorded runs by a test.
        method: the way of asking that gives the answer.
    """
    found = settings.measured.get(method)
    if found is None:
        return ""
    return (
        "How often this way of asking finds an effect where there is none was measured on invented authorities: in at "
        f"most {found.usual} of 100. {found.where}: in at most {found.worst} of 100."
    )
