-- Makes:     the gold copy of one day of bronze: every change once, a user's changes side by side.
-- Technique: the first copy of every change id. Sorted by user and task, so that the statistics in the
--            file let a question about one user skip most of it.
-- Not the obvious form: OFFSET 0. Without it Trino and Athena drop the ORDER BY of an INSERT as pointless.
-- Runs:      ${day} is a day (UTC) as 2026-11-20. Before the rows are written, the day's folder in gold
--            is emptied: so a second run replaces the first.
SELECT
  change_id,
  change_type,
  changed_at,
  stream_time,
  sequence_number,
  ingested_at,
  previous_status,
  previous_version,
  task_id,
  user_id,
  title,
  description,
  status,
  priority,
  labels,
  due_date,
  due_at,
  time_zone,
  estimate_minutes,
  parent_id,
  metadata,
  created_at,
  updated_at,
  completed_at,
  version,
  year,
  month,
  day
FROM (
  SELECT
    task_changes.*,
    row_number() OVER (PARTITION BY change_id ORDER BY ingested_at) AS copy
  FROM task_changes
  WHERE year = year(DATE '${day}') AND month = month(DATE '${day}') AND day = day(DATE '${day}')
) AS numbered
WHERE copy = 1
ORDER BY user_id, task_id, version, change_id
OFFSET 0
