-- Question:  what did every single change do to its task: created, completed, reopened …?
-- Technique: from the image pair in one row (previous_status, status), as stream-job counts; no window
--            over the task's other rows, so the answer does not depend on order or on missing rows.
-- Not the obvious form: a due date without a time ends at midnight where the task's user lives. The
--            text with the zone's name is what both engines read; AT TIME ZONE on a timestamp is not.
--            Where a clock is set back across midnight (Azores, Havana) DuckDB takes the later of the two
--            midnights of that one night, Trino, Athena and stream-job the earlier.
CREATE OR REPLACE VIEW task_transitions AS
SELECT
  change_id,
  change_type,
  changed_at,
  stream_time,
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
  deadline,
  estimate_minutes,
  parent_id,
  metadata,
  created_at,
  updated_at,
  completed_at,
  version,
  change_type = 'CREATED' AS created,
  becomes_done AS completed,
  is_open AND status_before IN ('done', 'cancelled') AS reopened,
  status_after = 'cancelled' AND status_before <> 'cancelled' AS cancelled,
  change_type = 'DELETED' AS deleted,
  change_type = 'UPDATED' AS updated,
  CAST(if(is_open, 1, 0) - if(was_open, 1, 0) AS bigint) AS open_delta,
  becomes_done AND coalesce(completed_at <= deadline, false) AS on_time,
  becomes_done AND coalesce(completed_at > deadline, false) AS overdue_completed,
  CASE
    WHEN becomes_done
    THEN CAST(date_diff('millisecond', created_at, completed_at) AS double) / 1000
  END AS lead_time_s,
  year,
  month,
  day
FROM (
  SELECT
    statuses.*,
    status_after IN ('todo', 'in_progress') AS is_open,
    status_before IN ('todo', 'in_progress') AS was_open,
    status_after = 'done' AND status_before <> 'done' AS becomes_done,
    coalesce(
      due_at,
      -- The last millisecond of the due date; a zone an engine does not know counts as UTC.
      CAST(
        coalesce(
          try_cast(
            CAST(CAST(due_date + INTERVAL '1' DAY AS date) AS varchar) || ' 00:00:00 ' || time_zone
            AS timestamp with time zone
          ),
          CAST(
            CAST(CAST(due_date + INTERVAL '1' DAY AS date) AS varchar) || ' 00:00:00 UTC'
            AS timestamp with time zone
          )
        ) AT TIME ZONE 'UTC' AS timestamp
      ) - INTERVAL '0.001' SECOND
    ) AS deadline
  FROM (
    SELECT
      task_changes.*,
      coalesce(previous_status, '') AS status_before,
      if(change_type = 'DELETED', '', status) AS status_after
    FROM task_changes
  ) AS statuses
) AS judged
