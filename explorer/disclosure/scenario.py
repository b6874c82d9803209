"""May a scenario stand beside its baseline?"""


def may_show_beside(*, baseline_shown: bool) -> bool:
    """Whether a scenario's figure may be shown beside the baseline that it starts from.

    "Closing 3 brings it to 14" says that there are 17. So a scenario figure is hidden where its baseline is: it
    moves with the baseline, and the change is either said or can be worked out from the sliders.

    Args:
        baseline_shown: Whether today's figure is shown, for a percentage with all its counts.
    """
    return baseline_shown
