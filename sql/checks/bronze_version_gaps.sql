-- Wrong when: a version of a task is missing in bronze.
-- Technique:  versions must start at 1 and follow each other, and a deletion must delete the newest.
-- Cause:      the stream forgot changes while the job was down for more than a day, the job was started
--             after the tasks were made, or the change broke a rule and is in quarantine.
-- Way out:    look the task up in task_changes_quarantine; else verify with repair.
SELECT
  user_id,
  task_id,
  change_type,
  version,
  version_before,
  changed_at
FROM (
  SELECT
    user_id,
    task_id,
    change_type,
    version,
    changed_at,
    lag(version, 1, 0) OVER (
      PARTITION BY user_id, task_id
      ORDER BY version, CASE change_type WHEN 'DELETED' THEN 1 ELSE 0 END
    ) AS version_before
  FROM (
    SELECT user_id, task_id, change_type, version, min(changed_at) AS changed_at
    FROM task_changes
    GROUP BY user_id, task_id, change_type, version
  ) AS versions
) AS in_order
WHERE version <> version_before + CASE change_type WHEN 'DELETED' THEN 0 ELSE 1 END
