"""May a scenario stand beside its baseline?"""


def may_show_beside(*, baseline_shown: bool, change_stated: bool, scenario_shown: bool = True) -> bool:
    """Whether a scenario's figure may be shown beside the baseline that it starts from.

    "Closing 3 brings it to 14" says that there are 17. So a scenario figure is hidden where its baseline is: it
    moves with the baseline, and the change is either said or can be worked out from the sliders.

    Args:
        baseline_shown: Whether today's figure is shown, for a percentage with all its counts.
        change_stated: Whether the sentence, chart or link says by how many plans the scenario differs. Then the
            baseline and the scenario give each other away, so both have to be shown.
        scenario_shown: Whether the scenario's own count may be shown by itself; False where it is a small count.
    """
    return baseline_shown and (scenario_shown or not change_stated)
