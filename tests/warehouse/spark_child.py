"""Asks Spark, in Spark's own environment: ``python spark_child.py CURRENT`` prints a line of JSON.

Nothing of the kiosk is imported here: it reads the folder and the questions in it, as a cluster would.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession


def main(current: Path) -> None:
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    types = {}
    for folder in sorted(current.iterdir()):
        if folder.is_dir() and folder.name != "questions":
            table = spark.read.parquet(str(folder))
            table.createOrReplaceTempView(folder.name)
            types[folder.name] = dict(table.dtypes)
    answers = {}
    for question in sorted((current / "questions").iterdir()):
        found = spark.sql(question.read_text(encoding="ascii").rstrip().rstrip(";")).collect()
        answers[question.stem] = [[_plain(value) for value in row] for row in found]
    moments = spark.sql(
        "SELECT device_id, session_id, CAST(unix_millis(start_utc) AS BIGINT), CAST(day AS STRING), site, month"
        " FROM sessions ORDER BY device_id, session_id LIMIT 100"
    ).collect()
    values = spark.sql("SELECT excursion_left_mm, COUNT(*) FROM repetitions GROUP BY 1 ORDER BY 1").collect()
    said = {"answers": answers, "types": types, "moments": moments, "values": values, "spark": spark.version}
    print(json.dumps(said))  # noqa: T201 this is what it is for
    spark.stop()


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
