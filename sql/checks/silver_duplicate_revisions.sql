-- Wrong when: a window has two rows of the same revision, so that "the highest revision" is ambiguous.
-- Cause:      the job was started without its checkpoint and counts revisions from 1 again.
-- Way out:    rebuild the days named, which writes a higher revision.
SELECT
  table_name,
  user_id,
  window_start,
  revision,
  count(*) AS copies
FROM (
  SELECT 'task_insights_hourly' AS table_name, user_id, window_start, revision
  FROM task_insights_hourly
  UNION ALL
  SELECT 'task_insights_daily', user_id, window_start, revision
  FROM task_insights_daily
  UNION ALL
  SELECT 'task_activity_minutely', '', window_start, revision
  FROM task_activity_minutely
) AS every_row
GROUP BY table_name, user_id, window_start, revision
HAVING count(*) > 1
