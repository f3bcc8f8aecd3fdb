"""The model behind the drivers: gradient-boosted trees on a leg's features, tested on later legs.

Histogram gradient boosting after Ke et al. (2017), LightGBM; SHAP values after Lundberg et al. (2020), From
local explanations to global understanding with explainable AI for trees, Nature Machine Intelligence 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.drivers.errors import InexactExplanation, NotEnoughLegs, NothingVaries
from analytics.drivers.features import FEATURES, Codes, Floats, features_of

__all__ = [
    "FEWEST_LEGS",
    "Accuracy",
    "Fitted",
    "Target",
    "Validation",
    "accuracy",
    "fit",
    "target_of",
    "time_folds",
    "validate",
]

Target = Literal["intensity", "emission"]
FEWEST_LEGS = 100
_FOLDS, _TESTED_SHARE = 2, 0.3
_EXACT = 1e-6
_TREES = {
    "max_iter": 60,
    "max_leaf_nodes": 15,
    "learning_rate": 0.25,
    "early_stopping": False,
    "random_state": 0,
}
_SAME = 1e-9
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Accuracy:
    """How near predictions came: R² of the logarithm, and errors in % of a leg's own figure."""

    r_squared: float
    median_error_pct: float
    p90_error_pct: float


@dataclass(frozen=True)
class Validation:
    """The test on later legs: the model beside the median of each mode.

    Each of the last stretches of time was predicted by a model that had seen earlier legs only.
    """

    model: Accuracy
    naive: Accuracy
    tested_legs: int
    tested_from: datetime
    tested_until: datetime

    @property
    def useful(self) -> bool:
        """Whether the model beats the naive prediction."""
        return self.model.r_squared > max(self.naive.r_squared, 0.0)


@dataclass(frozen=True)
class Fitted:
    """Trees with the codes of their features; `features` are those that vary."""

    features: tuple[str, ...]
    codes: Codes
    trees: Any

    def predict(self, legs: pd.DataFrame) -> Floats:
        """The logarithm of kg CO2e per tonne-km, or of kg CO2e, shape (legs,)."""
        return _predicted(self.trees, self.codes.coded(self._words(legs)))

    def levels(self, legs: pd.DataFrame) -> pd.DataFrame:
        """The legs' features in words, as the model tells them apart."""
        return self.codes.levels(self._words(legs))

    def explain(self, legs: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """SHAP values in log units: the base, and the effect of each feature on each leg.

        Raises
        ------
        InexactExplanation
            Where base and effects do not add up to the prediction.
        """
        import shap  # type: ignore[import-untyped]

        codes = self.codes.coded(self._words(legs))
        explainer = shap.TreeExplainer(self.trees)
        effects = np.asarray(explainer.shap_values(codes, check_additivity=False), dtype=float)
        base = float(np.ravel(explainer.expected_value)[0])
        check_exact(base, effects, _predicted(self.trees, codes))
        return base, pd.DataFrame(effects, columns=list(self.features), index=legs.index)

    def _words(self, legs: pd.DataFrame) -> pd.DataFrame:
        return features_of(legs)[list(self.features)]


def check_exact(base: float, effects: Floats, predicted: Floats) -> None:
    """See that base + Σ effects = prediction for every leg, to 1e-6 of it.

    Raises
    ------
    InexactExplanation
    """
    off = np.abs(base + effects.sum(axis=1) - predicted)
    allowed = _EXACT * np.maximum(1.0, np.abs(predicted))
    if not (off <= allowed).all():
        raise InexactExplanation(
            f"The parts of the explanation miss the prediction by up to {np.nanmax(off):.3g} log units; "
            "nothing is shown. Please report this with the versions of shap and scikit-learn."
        )


def target_of(legs: pd.DataFrame, target: Target) -> Floats:
    """The logarithm of kg CO2e per tonne-km (intensity), or of kg CO2e (emission)."""
    kg = legs["wtw_kg"].to_numpy(dtype=float)
    return np.log(kg / legs["tonne_km"].to_numpy(dtype=float) if target == "intensity" else kg)


def fit(legs: pd.DataFrame, target: Target) -> Fitted:
    """Learn what a leg's figure follows from.

    Parameters
    ----------
    legs : DataFrame
        Columns as `data_access.driver_queries.LEG_COLUMNS`, wtw_kg > 0, for the intensity tonne_km > 0.

    Raises
    ------
    NotEnoughLegs, NothingVaries
        With a sentence for the screen.
    """
    if len(legs) < FEWEST_LEGS:
        what = "a distance and an emission" if target == "intensity" else "an emission"
        raise NotEnoughLegs(
            f"Drivers need at least {FEWEST_LEGS} legs with {what}; this selection has {len(legs)}. "
            "Choose a longer period or fewer filters."
        )
    wanted = target_of(legs, target)
    if np.ptp(wanted) < _SAME:
        raise NothingVaries(
            f"All {len(legs):,} legs have the same {target}, so there is nothing to explain. "
            "Choose a longer period or fewer filters."
        )
    words = features_of(legs)
    varying = tuple(name for name in FEATURES if words[name].nunique() > 1)
    if not varying:
        raise NothingVaries(
            "The legs differ in nothing that the model knows: one mode, vehicle class, lane, distance, mass, "
            "supplier, product group and month. Choose a longer period or fewer filters."
        )
    return _fitted(words[list(varying)], wanted)


def validate(legs: pd.DataFrame, target: Target) -> Validation | None:
    """Test the model on later legs than it has learnt from; None where all departed at one time."""
    wanted, words = target_of(legs, target), features_of(legs)
    departed = legs["departed_at"].to_numpy()
    tested: list[Ints] = []
    predicted: list[Floats] = []
    naive: list[Floats] = []
    for earlier, later in time_folds(departed):
        known = words.iloc[earlier]
        varying = [name for name in FEATURES if known[name].nunique() > 1]
        if not varying:
            continue
        model = _fitted(known[varying], wanted[earlier])
        predicted.append(_predicted(model.trees, model.codes.coded(words.iloc[later][varying])))
        naive.append(_naive(known["mode"], wanted[earlier], words["mode"].iloc[later]))
        tested.append(later)
    if not tested:
        return None
    rows = np.concatenate(tested)
    return Validation(
        model=accuracy(np.concatenate(predicted), wanted[rows]),
        naive=accuracy(np.concatenate(naive), wanted[rows]),
        tested_legs=len(rows),
        tested_from=pd.Timestamp(departed[rows].min()).to_pydatetime(),
        tested_until=pd.Timestamp(departed[rows].max()).to_pydatetime(),
    )


def time_folds(departed: npt.NDArray[Any]) -> list[tuple[Ints, Ints]]:
    """Rows to learn from and rows to test on: the last 30 % of the legs in two stretches of time.

    Every leg that is learnt from departed before every leg that is tested on, also where many depart at once.
    """
    order = np.sort(departed)
    first = len(order) * (1 - _TESTED_SHARE)
    places = [int(first + (len(order) - first) * fold / _FOLDS) for fold in range(_FOLDS)]
    cuts = sorted({order[place] for place in places if place < len(order)})
    folds = []
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        later = (departed >= cut) if following is None else (departed >= cut) & (departed < following)
        earlier = departed < cut
        if earlier.sum() >= FEWEST_LEGS // 2:
            folds.append((np.flatnonzero(earlier), np.flatnonzero(later)))
    return folds


def accuracy(predicted: Floats, wanted: Floats) -> Accuracy:
    """Compare logarithms; R² is 0 where what was wanted does not vary."""
    error_pct = np.abs(np.expm1(predicted - wanted)) * 100.0
    spread = float(((wanted - wanted.mean()) ** 2).sum())
    missed = float(((predicted - wanted) ** 2).sum())
    return Accuracy(
        r_squared=1.0 - missed / spread if spread > 0 else 0.0,
        median_error_pct=float(np.median(error_pct)),
        p90_error_pct=float(np.quantile(error_pct, 0.9)),
    )


def _fitted(words: pd.DataFrame, wanted: Floats) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingRegressor  # type: ignore[import-untyped]

    codes = Codes.learnt(words, wanted)
    leaf = int(np.clip(len(words) // 50, 5, 20))
    trees = HistGradientBoostingRegressor(min_samples_leaf=leaf, **_TREES)
    with _one_thread():
        trees.fit(codes.coded(words), wanted)
    return Fitted(tuple(words.columns), codes, trees)


def _predicted(trees: Any, codes: Floats) -> Floats:
    with _one_thread():
        return np.asarray(trees.predict(codes), dtype=float)


def _one_thread() -> Any:
    """Threads that wait for each other by spinning take ten times as long once the machine has other work."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1, user_api="openmp")


def _naive(known: pd.Series, wanted: Floats, asked: pd.Series) -> Floats:
    """The median of the leg's mode among earlier legs."""
    medians = pd.Series(wanted, index=known.index).groupby(known).median()
    return asked.map(medians).fillna(float(np.median(wanted))).to_numpy(dtype=float)
