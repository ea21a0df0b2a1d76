-- Wrong when: a window that is over has changes in bronze but no final row in silver.
-- Technique:  windows from bronze, against the newest revision of silver. The stream's newest time tells
--             how far the job has got; a window is over 15 minutes after its end on that clock.
-- Cause:      a shard that holds the watermark back, or silver files that were lost.
-- Not the obvious form: changes that came too late (in quarantine as "late") count for no window: it was
--             forgotten when they came.
WITH late AS (
  SELECT DISTINCT regexp_extract(record, '"change_id":"([^"]*)"', 1) AS change_id
  FROM task_changes_quarantine
  WHERE rule = 'late'
),
windows AS (
  SELECT
    grain,
    if(grain = 'minute', '', user_id) AS user_id,
    date_trunc(grain, changed_at) AS window_start,
    count(*) AS changes
  FROM task_changes
  LEFT JOIN late ON late.change_id = task_changes.change_id
  CROSS JOIN (VALUES ('hour'), ('day'), ('minute')) AS grains (grain)
  WHERE late.change_id IS NULL
  GROUP BY grain, if(grain = 'minute', '', user_id), date_trunc(grain, changed_at)
),
silver AS (
  SELECT 'hour' AS grain, user_id, window_start, is_final
  FROM productivity_hourly
  UNION ALL
  SELECT 'day', user_id, window_start, is_final
  FROM productivity_daily
  UNION ALL
  SELECT 'minute', '', window_start, is_final
  FROM activity_per_minute
),
stream AS (
  SELECT max(stream_time) AS now FROM task_changes
)
SELECT
  windows.grain,
  windows.user_id,
  windows.window_start,
  windows.changes,
  silver.is_final IS NOT NULL AS has_early_row
FROM windows
LEFT JOIN silver
  ON silver.grain = windows.grain
  AND silver.user_id = windows.user_id
  AND silver.window_start = windows.window_start
CROSS JOIN stream
WHERE NOT coalesce(silver.is_final, false)
  AND CASE windows.grain
    WHEN 'hour' THEN windows.window_start + INTERVAL '1' HOUR
    WHEN 'day' THEN windows.window_start + INTERVAL '1' DAY
    ELSE windows.window_start + INTERVAL '1' MINUTE
  END < stream.now - INTERVAL '15' MINUTE
