-- Question: what do we think is finished and is not?
-- Reads:    task_transitions, with the title of the newest version.
SELECT
  user_id,
  task_id,
  max_by(title, version) AS title,
  CAST(count_if(reopened) AS bigint) AS times_reopened,
  CAST(count_if(completed) AS bigint) AS times_completed,
  max(changed_at) AS last_changed_at
FROM task_transitions
GROUP BY user_id, task_id
HAVING count_if(reopened) > 0
ORDER BY times_reopened DESC, last_changed_at DESC, task_id
LIMIT 50
