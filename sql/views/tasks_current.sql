-- Question:  which tasks exist now, and what do they look like?
-- Technique: the newest change of every task wins; a task whose newest change is its deletion is gone.
-- Not the obvious form: "newest" is the highest version, not the latest changed_at. Two writes can share
--            a millisecond, but a version is never used twice; only a deletion repeats the version it
--            deletes, so it ranks first among equals. Reads all of bronze: a task untouched for a year
--            is in the files of a year ago.
CREATE OR REPLACE VIEW tasks_current AS
SELECT
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
  change_id,
  changed_at,
  deadline
FROM (
  SELECT
    task_transitions.*,
    row_number() OVER (
      PARTITION BY user_id, task_id
      ORDER BY version DESC, CASE change_type WHEN 'DELETED' THEN 0 ELSE 1 END
    ) AS newest_first
  FROM task_transitions
) AS ranked
WHERE newest_first = 1 AND change_type <> 'DELETED'
