"""Our comparison, said in Splink's words."""

from __future__ import annotations

from typing import Any, Final

from moothall.customers.matching.rules.levels import Field, Level
from moothall.customers.matching.rules.scoring import Model

_SPARK: Final = {
    "jaro_winkler_similarity(": "jaro_winkler(",
    "list_has_any(": "arrays_overlap(",
    "list_contains(": "array_contains(",
}


def settings_for(
    model: Model, *, spark: bool = False, between: bool = False, blocking: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return Splink settings that compare as `rules.comparing` does, with this model's weights."""
    return {
        "link_type": "link_only" if between and blocking else "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": model.prior,
        "retain_matching_columns": True,  # else Splink drops the levels too, which the household rules read
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 0.001,
        "max_iterations": 30,
        "comparisons": [_comparison(field, model, spark) for field in model.compared()],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": "spark" if spark else "duckdb"} for rule in blocking
        ],
    }


def _comparison(field: Field, model: Model, spark: bool) -> dict[str, Any]:
    missing = {"sql_condition": _sql(field.missing_sql, spark), "label_for_charts": "missing", "is_null_level": True}
    return {
        "output_column_name": field.name,
        "comparison_levels": [missing, *(_level(field, level, model, spark) for level in field.levels)],
    }


def _level(field: Field, level: Level, model: Model, spark: bool) -> dict[str, Any]:
    m, u = model.fields[field.name][level.name]
    said: dict[str, Any] = {
        "sql_condition": _sql(level.sql, spark),
        "label_for_charts": level.name,
        "m_probability": m,
        "u_probability": u,
    }
    if level.frequency:
        said["tf_adjustment_column"] = level.frequency
        said["tf_adjustment_weight"] = level.frequency_weight
        said["disable_tf_exact_match_detection"] = True
    return said


def _sql(sql: str, spark: bool) -> str:
    if spark:
        for ours, theirs in _SPARK.items():
            sql = sql.replace(ours, theirs)
    return sql


def gamma(field: Field, level: str) -> int:
    """Return Splink's number for a level: the last is 0, missing is -1."""
    if level == "missing":
        return -1
    names = [each.name for each in field.levels]
    return len(names) - 1 - names.index(level)
