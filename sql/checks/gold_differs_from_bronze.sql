-- Wrong when: a day's gold copy of bronze has other changes than bronze has of that day.
-- Cause:      changes of the day came in, or were repaired, after the copy was made, or the copying was
--             cut off. Days that have no copy are not looked at.
-- Way out:    make the day's gold again.
SELECT
  copied.year,
  copied.month,
  copied.day,
  copied.changes AS gold_changes,
  copied.distinct_changes AS gold_distinct_changes,
  coalesce(origin.distinct_changes, 0) AS bronze_distinct_changes
FROM (
  SELECT year, month, day, count(*) AS changes, count(DISTINCT change_id) AS distinct_changes
  FROM task_changes_gold
  GROUP BY year, month, day
) AS copied
LEFT JOIN (
  SELECT year, month, day, count(DISTINCT change_id) AS distinct_changes
  FROM task_changes
  GROUP BY year, month, day
) AS origin
  ON origin.year = copied.year AND origin.month = copied.month AND origin.day = copied.day
WHERE copied.changes <> copied.distinct_changes
  OR copied.distinct_changes <> coalesce(origin.distinct_changes, 0)
