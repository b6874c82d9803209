"""Small counts hidden, and others beside them, so that nobody can work a small count out.

The rule
--------
*Small* is a count from ``lowest`` to ``highest`` (config/benchmarks.yaml, ``suppression``: 1 to 5). A small count
is hidden, and so is a percentage whose part, whole or rest (the plans that are not in the part) is hidden.

Every hidden count can differ by at least ``highest - lowest`` (4) between two tables that fit all that is
published. A table fits if it consists of whole numbers of 0 or more, agrees with every figure that is shown, and
keeps to all sums taken together: parts of a whole, duration bands, months of longer periods, open plans from one
day to the next, and that plans open or ended beyond a length, counted together, never become fewer. The rule also
holds for small counts that nobody shows but that lie between two shown ones: the plans that are not re-plans, a
single month, the weeks between two cumulative figures.

Readers are told that a count is hidden and nothing else: not that it is small, nor in which range it lies. A zero
is shown as a rule, and hidden as the last choice, so that a hidden count may be zero.

How it is kept
--------------
Figures are released in layers (config/release.yaml), the most useful first. At the start nothing is
shown and the rule holds. A layer shows its figures only together with tables, two for each count that stays
hidden, now or until a later layer, which agree with all that is then shown and lie far enough apart. Where they
cannot be found, the cheapest figures of the layer are hidden that allow them. So the rule holds after every layer,
what a layer has shown need never be hidden again, and a layer can always show nothing. Tables are found by linear
programs and checked in whole numbers; searches are limited by a number of steps, so that every run is the same.
The simple way, taken where there are very many small counts, shows nothing new that hangs together with a hidden
small count through any sum.

Figures that were published elsewhere before (config/release.yaml, ``published_before``) are a layer before all others,
in plan records of that authority alone: a reader can know them, so they are shown, and every later layer shows only
what is safe beside them. That holds for the numbers that were published and no others: where part or whole is another
number in the records at hand, as in a later file, the figure goes through the usual layers, because shown for the sake
of what was published it would tell by how many children the two differ. One that is small in the records at hand, or
leaves a small rest, stays hidden all the same.

Where one count of a sum is hidden another is too (secondary suppression): one alone could not differ at all.
A hidden count that is not small may follow from what is shown if no layer names it, or its step was left out.
Children followed after they left have a simpler rule of their own (``cohort_table``).
A step (config/release.yaml) is left out whole where too many of its counts are small. Its counts are then finer than
anything shown, and may be whatever adds up to that; a test holds the rule against them all the same.

Not covered: a reader who repeats this program to find which inputs lead to the same choice of hidden counts; what
people know from elsewhere; how many plans can reach an age, given how many began so long before; sums of several
hidden counts that are no figure of the table; publishing a second, later version of the same records (pass what
was published before as ``fixed`` to ``protect``), such as a figure published before that is another number by now.
Children are not counted anywhere, so plans cannot be compared with children.

Sources: DfE Characteristics of children in need, methodology, disclosure control. Kelly, Golden and Assad 1992,
"Cell suppression: disclosure protection for sensitive tabular data", Networks 22, 397-417 (the linear program).
Fischetti and Salazar 2000, "Models and algorithms for optimizing cell suppression in tabular data with linear
constraints", Journal of the American Statistical Association 95, 916-928 (protection over all sums together).
"""

from explorer.disclosure.cells import Cell, Equation, Protected, ProtectedCell
from explorer.disclosure.cohort_replans import Replans, replans_of
from explorer.disclosure.cohort_table import COHORT_TABLE, protect_cohorts
from explorer.disclosure.control import protect
from explorer.disclosure.difference import protect_difference
from explorer.disclosure.layers import Layer, PublishedBefore, ReleaseRules, load_release
from explorer.disclosure.plan_table import layer_of_rows, protect_indicators

__all__ = [
    "COHORT_TABLE",
    "Cell",
    "Equation",
    "Layer",
    "Protected",
    "ProtectedCell",
    "PublishedBefore",
    "ReleaseRules",
    "Replans",
    "layer_of_rows",
    "load_release",
    "protect",
    "protect_cohorts",
    "protect_difference",
    "protect_indicators",
    "replans_of",
]
