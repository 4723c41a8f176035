"""The same scores on Apache Spark, for more records than one machine holds. Wants `requirements/spark.txt` and Java.

Chosen by configuration (MOOTHALL_LINK_ENGINE=spark, `link run --engine spark`); DuckDB is the default and needs nothing. Only the scoring of pairs moves:
people come and pairs go as Arrow, and the household rules are applied to what comes back, as always.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import duckdb
import pyarrow as pa
from django.conf import settings

from moothall.customers.matching.bulk.settings import settings_for
from moothall.customers.matching.rules.keys import KEYS, Key, cut
from moothall.customers.matching.rules.person import LISTS
from moothall.customers.matching.rules.scoring import Model

SCORED: Final = "scored_on_spark"


class NoSpark(RuntimeError):
    """Spark, or the Java it runs on, is not here; the message says what to install."""


def session(master: str = "", memory: str = "2g") -> Any:
    """Return a Spark session with Splink's string comparisons: of this machine, or of a cluster by its `master` address
    (MOOTHALL_SPARK where none is named).

    Raises:
        NoSpark: pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
        from splink.backends.spark import similarity_jar_location
    except ImportError as missing:
        raise NoSpark("Spark is not installed. Install it with: uv pip install -r requirements/spark.txt") from missing
    build = (
        SparkSession.builder.master(master or settings.SPARK_MASTER)
        .appName("moothall-link")
        .config("spark.jars", similarity_jar_location())
    )
    build = build.config("spark.driver.memory", memory).config("spark.sql.shuffle.partitions", "8")
    build = build.config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
    build = build.config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.ansi.enabled", "false")
    try:
        return build.getOrCreate()
    except Exception as wrong:  # Py4J's own, without a common type
        raise NoSpark(f"Spark could not be started; it needs Java 17 or newer. It said: {wrong}") from wrong


def score_on_spark(con: duckdb.DuckDBPyConnection, model: Model, at_least: float, *, spark: Any = None) -> str:
    """Score the people in DuckDB's table `people` on Spark; put the answer back as a table and return its name.

    Raises:
        NoSpark: pyspark or Java is missing.
    """
    own = spark is None
    spark = spark or session()
    from splink import Linker, SparkAPI

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    try:
        people = con.sql("SELECT * FROM people").to_arrow_table()
        rows = spark.createDataFrame(people)
        make: Any = SparkAPI  # its types end here
        api = make(spark_session=spark, break_lineage_method="persist", num_partitions_on_repartition=8)
        linker = Linker(
            api.register(rows, dataset_display_name="people"),
            settings_for(model, spark=True, blocking=tuple(_rules())),
            log_level=None,
        )
        found = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
        answer: pa.Table = found.as_spark_dataframe().toArrow()
    finally:
        if own:
            spark.stop()
    con.register("arriving_from_spark", answer)
    con.execute(f"CREATE OR REPLACE TABLE {SCORED} AS SELECT * FROM arriving_from_spark").fetchall()
    con.unregister("arriving_from_spark")
    return SCORED


def _rules() -> list[str]:
    """The keys that are not loose, as Splink's blocking rules; a list counts by its first value."""
    found: dict[str, None] = {}
    for key in KEYS:
        if not key.loose:
            found[_rule(key)] = None
    return list(found)


def _rule(key: Key) -> str:
    terms = []
    for column in key.columns:
        name, length = cut(column)
        if name in LISTS:
            terms.append(f"l.{name}[0] = r.{name}[0]")
        elif length > 0:
            terms.append(f"substr(l.{name}, 1, {length}) = substr(r.{name}, 1, {length})")
        elif length < 0:
            terms.append(f"right(l.{name}, {-length}) = right(r.{name}, {-length})")
        else:
            terms.append(f"l.{name} = r.{name}")
    return " AND ".join(terms)
