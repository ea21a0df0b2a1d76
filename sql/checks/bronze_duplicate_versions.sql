-- Wrong when: two different changes claim to have made the same version of a task.
-- Cause:      somebody wrote to the table past the API, whose writes are conditional on the version, or a
--             repair wrote a change that came through the stream as well.
-- Not the obvious form: by change type too, since a deletion repeats the version it deletes. The same
--             change twice is the business of bronze_duplicate_change_ids.
SELECT
  user_id,
  task_id,
  version,
  change_type,
  count(DISTINCT change_id) AS changes,
  min(change_id) AS first_change_id,
  max(change_id) AS last_change_id
FROM task_changes
GROUP BY user_id, task_id, version, change_type
HAVING count(DISTINCT change_id) > 1
