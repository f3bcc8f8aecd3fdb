"""The Suppliers page in words: the parts of a score, what the ranking finds, figures with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.suppliers import Weights

__all__ = [
    "METHOD",
    "PART_LABELS",
    "PART_MEANINGS",
    "STANDING_LABELS",
    "Standing",
    "against_peers",
    "cards",
    "comparison_finding",
    "excess_finding",
    "interval",
    "is_standing",
    "known_parts",
    "modes_finding",
    "ranking_finding",
    "ratio_finding",
    "shares",
    "standing",
    "standings",
    "times",
    "with_interval",
]

Standing = Literal["worse", "unclear", "better"]

PART_LABELS = {
    "efficiency": "Efficiency",
    "mode_choice": "Mode choice",
    "consolidation": "Consolidation",
    "data_quality": "Data quality",
    "trend": "Trend",
}
PART_MEANINGS = {
    "efficiency": "Emissions observed ÷ expected, had peers run legs of the same kind.",
    "mode_choice": "The modes chosen, against what peers choose on the same lanes.",
    "consolidation": "Mass per shipment and part loads, against peers.",
    "data_quality": "Share of primary data, and of legs that are flagged.",
    "trend": "Its own ratio to peers now, against a year ago.",
}
STANDING_LABELS: dict[Standing, str] = {
    "worse": "clearly more than peers",
    "unclear": "not distinguishable",
    "better": "clearly less than peers",
}
METHOD = (
    "**Same job.** Each leg is compared with legs of other suppliers that do the same job: mode, distance "
    "band, mass band, regions, temperature control. What they would have emitted is “expected”; a supplier "
    "is not punished for long lanes or for air freight that was ordered.\n\n"
    "**Ratio.** Observed ÷ expected; 1 is as peers do. Few legs say little: the ratio is drawn towards 1 the "
    "more, the fewer legs there are, and its 95 % interval is wider.\n\n"
    "**Clearly.** A supplier counts as clearly better or worse only where its whole interval lies on one "
    "side of 1.\n\n"
    "**Score.** 0 to 100 from five parts, each with its own interval; 50 is as peers do. A part that nothing "
    "is known about gives its weight to the others.\n\n"
    "**Left out.** Flagged legs and hub legs are never compared. A filter by supplier changes which "
    "suppliers are shown, not whom they are compared with."
)


def standing(low: float, high: float) -> Standing:
    """What the 95 % interval of a ratio allows to say; as it is shown, so that 0.996 is no less than 1.00."""
    if round(low, 2) > 1:
        return "worse"
    return "better" if round(high, 2) < 1 else "unclear"


def standings(frame: pd.DataFrame) -> list[Standing]:
    """`standing` of each row (columns ratio_low, ratio_high)."""
    return [standing(low, high) for low, high in zip(frame["ratio_low"], frame["ratio_high"], strict=True)]


def is_standing(frame: pd.DataFrame, wanted: Standing) -> pd.Series:
    """Which rows are clearly worse, clearly better, or neither."""
    import pandas as pd

    return pd.Series(standings(frame), frame.index, dtype=object) == wanted


def times(ratio: object) -> str:
    """A ratio: 1.12 ×."""
    text = _rounded(ratio, 2)
    return text if text == formats.MISSING else f"{text} ×"


def interval(low: object, high: object, digits: int = 0) -> str:
    """Both ends of a 95 % interval: 55–70."""
    ends = [_rounded(low, digits), _rounded(high, digits)]
    return formats.MISSING if formats.MISSING in ends else "–".join(ends)


def with_interval(value: object, low: object, high: object, digits: int = 0) -> str:
    """A figure with its 95 % interval: 62 (55–70)."""
    text, ends = _rounded(value, digits), interval(low, high, digits)
    return text if formats.MISSING in (text, ends) else f"{text} ({ends})"


def against_peers(ratio: float) -> str:
    """A ratio as a sentence goes on: 12 % more than peers."""
    pct = (ratio - 1) * 100
    if abs(pct) < 0.5:
        return "as much as peers"
    return f"{abs(pct):,.0f} % {'more' if pct > 0 else 'less'} than peers"


def cards(frame: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Figure, label, value and note of each card above the ranking."""
    above = (frame["observed_kg"] - frame["expected_kg"]).clip(lower=0)
    worse = is_standing(frame, "worse")
    observed_kg = float(frame["observed_kg"].sum())
    scored = frame[frame["score"].notna()]
    best, worst = scored.loc[scored["score"].idxmax()], scored.loc[scored["score"].idxmin()]
    one = len(scored) == 1
    return [
        (
            "ranked",
            "Suppliers ranked",
            formats.count(len(scored)),
            f"{formats.counted(frame['legs'].sum(), 'leg')} compared",
        ),
        (
            "above",
            "Above peers, CO2e",
            formats.mass(above.sum()),
            f"{formats.mass(above[worse].sum())} of it from suppliers that clearly emit more",
        ),
        (
            "worse",
            "From worse suppliers",
            formats.share(frame.loc[worse, "observed_kg"].sum() / observed_kg if observed_kg else 0.0),
            f"Share of kg of {_of(int(worse.sum()), len(frame))} whose interval lies above 1",
        ),
        (
            "scores",
            "Score" if one else "Best and worst score",
            _rounded(best["score"], 0)
            if one
            else f"{_rounded(best['score'], 0)} and {_rounded(worst['score'], 0)}",
            str(best["name"]) if one else f"{best['name']}; {worst['name']}",
        ),
    ]


def ranking_finding(frame: pd.DataFrame) -> str:
    """How many suppliers are clearly worse than peers, and by how much."""
    if frame.empty:
        return "No supplier could be compared with peers"
    if len(frame) == 1:
        only = frame.iloc[0]
        unsure = standing(only["ratio_low"], only["ratio_high"]) == "unclear"
        ends = interval(only["ratio_low"], only["ratio_high"], 2)
        doubt = ", which may be chance" if unsure else ""
        return f"{only['name']} emits {against_peers(only['ratio'])} for the same jobs ({ends} ×){doubt}"
    worse, better = (frame[is_standing(frame, one)] for one in ("worse", "better"))
    if len(worse):
        above_kg = float((worse["observed_kg"] - worse["expected_kg"]).sum())
        verb = "emits" if len(worse) == 1 else "emit"
        return (
            f"{_of(len(worse), len(frame))} clearly {verb} more than peers for the same jobs: "
            f"{formats.mass(above_kg)} above"
        )
    if len(better):
        verb = "emits" if len(better) == 1 else "emit"
        return f"No supplier is clearly worse than peers; {_of(len(better), len(frame))} clearly {verb} less"
    return f"None of {len(frame)} suppliers can be told apart from its peers"


def excess_finding(frame: pd.DataFrame) -> str:
    """How few suppliers make at least half of the kg above what peers would have emitted."""
    above = (frame["observed_kg"] - frame["expected_kg"]).clip(lower=0)
    above = above[above > 0].sort_values(ascending=False)
    if above.empty:
        return "No supplier emits more than peers would have"
    total = float(above.sum())
    first = str(frame.loc[above.index[0], "name"])
    if len(above) == 1:
        return f"Only {first} emits more than peers would have: {formats.mass(total)}"
    enough = int((above.cumsum() < total / 2).sum()) + 1
    share = formats.share(float(above.iloc[:enough].sum()) / total)
    who = f"{first} makes" if enough == 1 else f"{enough} suppliers make"
    return f"{who} {share} of the {formats.mass(total)} above peers"


def comparison_finding(frame: pd.DataFrame) -> str:
    """Who is ahead by score, and whether the intervals say so."""
    known = frame[frame["score"].notna()].sort_values("score", ascending=False)
    if len(known) < 2:
        return "These suppliers have no scores to compare"
    first, second, last = known.iloc[0], known.iloc[1], known.iloc[-1]
    scores = f"{first['name']} scores {_rounded(first['score'], 0)}"
    if first["score_low"] > second["score_high"]:
        return f"{scores}, clearly ahead of {second['name']} ({_rounded(second['score'], 0)})"
    if first["score_low"] > last["score_high"]:
        return f"{scores}, clearly ahead of {last['name']} ({_rounded(last['score'], 0)})"
    return f"{scores}, {last['name']} {_rounded(last['score'], 0)}: their intervals overlap"


def ratio_finding(frame: pd.DataFrame) -> str:
    """The highest and the lowest ratio to peers of a few suppliers."""
    known = frame[frame["ratio"].notna()].sort_values("ratio")
    if known.empty:
        return "None of them could be compared with peers"
    low, high = known.iloc[0], known.iloc[-1]
    if len(known) == 1:
        return f"{low['name']} emits {against_peers(low['ratio'])} for the same jobs"
    return f"{high['name']} emits {against_peers(high['ratio'])}, {low['name']} {against_peers(low['ratio'])}"


def modes_finding(mix: pd.DataFrame) -> str:
    """The mode whose share of tonne-km differs most between suppliers (columns name, mode, tkm_share)."""
    if mix.empty or mix["name"].nunique() < 2:
        return "No transport to compare"
    table = mix.pivot_table(index="name", columns="mode", values="tkm_share", aggfunc="sum").fillna(0.0)
    spread = table.max() - table.min()
    mode = spread.idxmax()
    if spread[mode] < 0.05:
        return "They use the modes alike"
    most, least = table[mode].idxmax(), table[mode].idxmin()
    by = mode_label(str(mode)).lower()
    high, low = formats.share(table.loc[most, mode]), formats.share(table.loc[least, mode])
    return f"{most} moves {high} of its tonne-km by {by}, {least} {low}"


def known_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """The ranking with NaN for the points of a part that nothing is known about: they are no 50."""
    hidden = {
        f"{part}_{end}": frame[f"{part}_{end}"].where(frame[f"{part}_value"].notna())
        for part in PART_LABELS
        for end in ("points", "low", "high")
    }
    return frame.assign(**hidden)


def shares(weights: Weights) -> dict[str, float]:
    """Each part's share of the score, 0..1."""
    given = weights.as_dict()
    total = sum(given.values())
    return {part: weight / total for part, weight in given.items()}


def _of(some: int, count: int) -> str:
    return f"{some:,} of {formats.counted(count, 'supplier')}"


def _rounded(value: object, digits: int) -> str:
    if formats.count(value) == formats.MISSING:
        return formats.MISSING
    text = f"{float(value):.{digits}f}"  # type: ignore[arg-type]
    return (text.removeprefix("-") if float(text) == 0 else text).replace("-", "−")
