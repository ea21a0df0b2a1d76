-- Wrong when: a version of a task is missing in bronze.
-- Technique:  each change names the version before it, which must be there: nothing before the first one,
--             and a deletion must delete the newest.
-- Not the obvious form: versions are not counted. A change written by a repair stands for all that were
--             lost before it and says so in its previous version.
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
    previous_version,
    changed_at,
    lag(version, 1, 0) OVER (
      PARTITION BY user_id, task_id
      ORDER BY version, CASE change_type WHEN 'DELETED' THEN 1 ELSE 0 END
    ) AS version_before
  FROM (
    SELECT
      user_id,
      task_id,
      change_type,
      version,
      max(previous_version) AS previous_version,
      min(changed_at) AS changed_at
    FROM task_changes
    GROUP BY user_id, task_id, change_type, version
  ) AS versions
) AS in_order
WHERE version_before <> CASE change_type
    WHEN 'CREATED' THEN 0
    WHEN 'UPDATED' THEN coalesce(previous_version, version - 1)
    ELSE version
  END
