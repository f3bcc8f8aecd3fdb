"""The step that explains most of a series, and how likely chance alone would show one as large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.trends.design import ar1, whitened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Model", "Scan", "Tail", "scan_steps", "tested", "unit"]

_WARM_UP = 20


@dataclass(frozen=True)
class Model:
    """What a step is tested against: columns with their usual size, and the noise."""

    series: Floats
    columns: Floats
    usual: Floats
    spread: float

    @property
    def white(self) -> Floats:
        return whitened(self.columns, self.usual, self.spread)

    def plus(self, columns: Floats) -> Model:
        """With further columns of any size."""
        added = np.column_stack([self.columns, columns])
        open_ended = np.full(added.shape[1] - self.columns.shape[1], np.inf)
        return replace(self, columns=added, usual=np.concatenate([self.usual, open_ended]))

    def drawn(self, draws: int, rng: np.random.Generator) -> Floats:
        """Smooth parts as they usually are, a column a draw."""
        some = np.isfinite(self.usual)
        sizes = rng.normal(size=(int(some.sum()), draws)) * self.usual[some, None]
        made: Floats = self.columns[:, some] @ sizes
        return made


@dataclass(frozen=True)
class Scan:
    """The best step of all that were tried, and the noise that it leaves over."""

    best: int  # of the shapes
    gain: float
    noise: Floats
    rho: float
    statistic: float


@dataclass(frozen=True)
class Tail:
    """Chance draws of a statistic; beyond their last tenth they fall off exponentially.

    So a small p-value needs no thousands of draws (Knijnenburg et al. 2009, Bioinformatics 25).
    """

    drawn: Floats
    start: float
    excess: float

    @classmethod
    def of(cls, drawn: Floats) -> Tail:
        start = float(np.quantile(drawn, 0.9))
        above = drawn[drawn > start] - start
        return cls(drawn, start, float(above.mean()) if len(above) else 0.0)

    def chance(self, value: float) -> float:
        if value <= self.start or self.excess <= 0:
            return (1 + int((self.drawn >= value).sum())) / (len(self.drawn) + 1)
        return 0.1 * float(np.exp(-(value - self.start) / self.excess))

    def reached(self, level: float) -> float:
        if not np.isfinite(self.start):
            return self.start
        if level >= 0.1 or self.excess <= 0:
            return float(np.quantile(self.drawn, 1 - level))
        return self.start + self.excess * float(np.log(0.1 / level))


def scan_steps(white: Floats, series: Floats, shapes: Floats, allowed: NDArray[np.bool_]) -> Scan:
    """The shape that explains most of what the model leaves over."""
    left, beyond = white @ series, white @ shapes
    curvature = (beyond**2).sum(axis=0)
    usable = allowed & (curvature > 1e-6 * len(series))
    gains = np.divide((left @ beyond) ** 2, curvature, where=usable, out=np.zeros(len(usable)))
    best = int(gains.argmax())
    size = left @ beyond[:, best] / curvature[best] if usable[best] else 0.0
    noise = left - beyond[:, best] * size
    rho = float(ar1(noise))
    return Scan(best, float(gains[best]), noise, rho, float(gains[best] / unit(noise, rho)))


def unit(noise: Floats, rho: Floats | float) -> Floats:
    """What a gain is measured in: the variance of the noise, at the low frequencies that steps live at."""
    spread: Floats = (noise**2).sum(axis=0) / max(len(noise) - 3, 1) * (1 + rho) / (1 - rho)
    return np.maximum(spread, 1e-300)


def tested(  # noqa: PLR0917
    model: Model,
    jumps: Floats,
    allowed: NDArray[np.bool_],
    draws: int,
    rng: np.random.Generator,
    floor: float,
) -> tuple[Scan, float, Tail]:
    """The best step; the noise's correlation, freed from its bias; what chance makes of such a series."""
    white = model.white
    scan = scan_steps(white, model.series, jumps, allowed)
    beyond = (white @ jumps)[:, allowed]
    if not beyond.shape[1] or scan.statistic < floor:
        return scan, scan.rho, Tail(np.array([np.inf]), np.inf, 0.0)
    rho = scan.rho
    for _ in range(2):  # fitting takes correlation away: generate with what gives the fitted value back
        seen = _null(model, white, beyond, scan.noise, rho, max(draws // 4, 50), rng)[1]
        rho = float(np.clip(rho + scan.rho - seen.mean(), 0.0, 0.95))
    return scan, rho, Tail.of(_null(model, white, beyond, scan.noise, rho, draws, rng)[0])


def _null(  # noqa: PLR0917
    model: Model,
    white: Floats,
    beyond: Floats,
    noise: Floats,
    rho: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Statistic and fitted correlation of series without a step, a value a draw."""
    weeks = len(noise)
    shocks = noise[1:] - ar1(noise) * noise[:-1]
    drawn = rng.choice(shocks - shocks.mean(), (weeks + _WARM_UP, draws))
    series = np.empty_like(drawn)
    series[0] = drawn[0]
    for week in range(1, weeks + _WARM_UP):
        series[week] = rho * series[week - 1] + drawn[week]
    left = white @ (series[_WARM_UP:] + model.drawn(draws, rng))
    along, curvature = beyond.T @ left, (beyond**2).sum(axis=0)
    gains = along**2 / np.maximum(curvature, 1e-6 * weeks)[:, None]
    best, pick = gains.argmax(axis=0), np.arange(draws)
    rest = left - beyond[:, best] * (along[best, pick] / np.maximum(curvature[best], 1e-6 * weeks))
    seen = ar1(rest)
    return gains[best, pick] / unit(rest, seen), seen
