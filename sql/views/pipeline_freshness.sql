-- Question:  how far behind is each table of the lake?
-- Technique: newest event and newest write of every table, and their age in whole seconds. An idle system
--            ages too: nothing new is not a fault as long as nothing happened.
-- Not the obvious form: cut to seconds before the difference, since DuckDB counts the boundaries between
--            two timestamps and Trino full units. "Now" as in overdue_now. Reads two columns of
--            every file; filter the tables by day to ask more often than a few times an hour.
CREATE OR REPLACE VIEW pipeline_freshness AS
SELECT
  table_name,
  newest_event_at,
  newest_written_at,
  date_diff('second', date_trunc('second', newest_event_at), now_utc) AS event_age_s,
  date_diff('second', date_trunc('second', newest_written_at), now_utc) AS written_age_s
FROM (
  SELECT
    'task_changes' AS table_name,
    max(stream_time) AS newest_event_at,
    max(ingested_at) AS newest_written_at
  FROM task_changes
  UNION ALL
  SELECT 'task_insights_hourly', max(window_start), max(emitted_at)
  FROM task_insights_hourly
  UNION ALL
  SELECT 'task_insights_daily', max(window_start), max(emitted_at)
  FROM task_insights_daily
  UNION ALL
  SELECT 'task_activity_minutely', max(window_start), max(emitted_at)
  FROM task_activity_minutely
) AS tables
CROSS JOIN (
  SELECT date_trunc('second', CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp)) AS now_utc
) AS clock
