-- Question:  which open tasks are past their deadline at this moment?
-- Technique: tasks_current against the clock. The deadline is due_at, or the last millisecond of due_date
--            in the task's zone.
-- Not the obvious form: current_timestamp has a zone, the lake's times have none, and comparing the two
--            would move with the session's zone. So "now" is first taken to UTC and stripped of its zone.
CREATE OR REPLACE VIEW overdue_now AS
SELECT
  user_id,
  task_id,
  title,
  status,
  priority,
  labels,
  estimate_minutes,
  created_at,
  deadline,
  date_diff('day', CAST(deadline AS date), CAST(now_utc AS date)) AS days_overdue
FROM tasks_current
CROSS JOIN (SELECT CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp) AS now_utc) AS clock
WHERE status IN ('todo', 'in_progress') AND deadline < now_utc
