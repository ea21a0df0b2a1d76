-- Makes:     the gold copy of one day of task_insights_hourly: the newest revision of every window only.
-- Technique: as gold/task_changes.sql, ${day} and OFFSET 0 included.
SELECT
  user_id,
  window_start,
  window_end,
  created,
  completed,
  reopened,
  cancelled,
  deleted,
  updated,
  open_delta,
  on_time,
  overdue_completed,
  lead_time_count,
  lead_time_mean_s,
  lead_time_min_s,
  lead_time_p50_s,
  lead_time_p95_s,
  lead_time_max_s,
  revision,
  is_final,
  emitted_at
FROM (
  SELECT
    task_insights_hourly.*,
    row_number() OVER (PARTITION BY user_id, window_start ORDER BY revision DESC, emitted_at DESC) AS newest_first
  FROM task_insights_hourly
  WHERE year = year(DATE '${day}') AND month = month(DATE '${day}') AND day = day(DATE '${day}')
) AS ranked
WHERE newest_first = 1
ORDER BY user_id, window_start
OFFSET 0
