"""The 95 % range of a leg's emission from the quality of its inputs: the GHG Protocol's pedigree method.

Source: GHG Protocol, "Quantitative Inventory Uncertainty" (guidance to the Product and Scope 3 Standards):
uncertainty factors for precision and technological representativeness, log-normal, combined in quadrature
of their logarithms.
"""

from __future__ import annotations

import math

__all__ = ["DATA_TYPE_FACTOR", "DISTANCE_FACTOR", "MASS_FACTOR", "leg_range_factor"]

# Precision "very good" (1.00) to "poor" (1.50), technology "very good" (1.00) to "poor" (2.00).
MASS_FACTOR = 1.05  # weighed, but with or without packaging is rarely said
DISTANCE_FACTOR = {
    "reported": 1.05,
    "places": 1.10,  # modelled between towns: good
    "countries": 1.50,  # one end known by country only: poor
}
DATA_TYPE_FACTOR = {
    "primary": 1.05,  # the carrier's own figure; activity data no longer enter
    "modelled": 1.20,  # the vehicle class is known, its load and fuel are the class's average: good
    "default": 1.50,  # the mode's average vehicle: fair
}


def leg_range_factor(data_type: str, distance_source: str) -> float:
    """By what the headline is divided and multiplied for the ends of the 95 % range; 1.0 or more.

    Parameters
    ----------
    data_type : str
        primary, modelled or default.
    distance_source : str
        reported, places or countries; without effect on a primary figure.
    """
    parts = [DATA_TYPE_FACTOR[data_type]]
    if data_type != "primary":
        parts += [MASS_FACTOR, DISTANCE_FACTOR[distance_source]]
    return math.exp(math.sqrt(sum(math.log(part) ** 2 for part in parts)))
