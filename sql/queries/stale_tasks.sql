-- Question: what did we start and then forget?
-- Reads:    tasks_current: in progress, and untouched for 14 days.
SELECT
  user_id,
  task_id,
  title,
  priority,
  updated_at,
  date_diff('day', CAST(updated_at AS date), CAST(now_utc AS date)) AS days_untouched
FROM tasks_current
CROSS JOIN (SELECT CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp) AS now_utc) AS clock
WHERE status = 'in_progress' AND updated_at < now_utc - INTERVAL '14' DAY
ORDER BY updated_at, task_id
LIMIT 50
