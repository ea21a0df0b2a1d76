-- Wrong when: a row lies in the folder of another day than its event time says.
-- Cause:      files moved or written by hand; the job derives the folder from the row.
-- Not the obvious form: not for quarantine, whose lines do not carry the time that decides their folder.
SELECT
  table_name,
  row_day,
  year,
  month,
  day,
  count(*) AS misplaced_rows
FROM (
  SELECT 'task_changes' AS table_name, CAST(changed_at AS date) AS row_day, year, month, day
  FROM task_changes
  UNION ALL
  SELECT 'task_insights_hourly', CAST(window_start AS date), year, month, day
  FROM task_insights_hourly
  UNION ALL
  SELECT 'task_insights_daily', CAST(window_start AS date), year, month, day
  FROM task_insights_daily
  UNION ALL
  SELECT 'task_activity_minutely', CAST(window_start AS date), year, month, day
  FROM task_activity_minutely
) AS every_row
WHERE year(row_day) <> year OR month(row_day) <> month OR day(row_day) <> day
GROUP BY table_name, row_day, year, month, day
