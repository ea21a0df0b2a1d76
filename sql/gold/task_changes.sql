-- Makes:     the gold copy of one day of bronze: every change once, a user's changes side by side.
-- Technique: the first copy of every change id. Sorted by user and task, so that the statistics in the
--            file let a question about one user skip most of it.
-- Not the obvious form: no INSERT, which names the folder day=5 where the lake's is day=05. Athena unloads
--            these rows into the day's folder, which has to be empty: so a second run replaces the first
--            and cannot double it. OFFSET 0, because Trino drops an ORDER BY without it as pointless
--            where rows are written.
-- Runs:      ${day} is a day (UTC) as 2026-11-20.
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
  version
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
