-- Wrong when: a change is in bronze more than once.
-- Cause:      the job was started without its checkpoint and read again what the stream still had, or a
--             repair ran twice. Views and gold are not affected by a change that is there twice as it was.
-- Way out:    rebuild the days named.
SELECT
  change_id,
  count(*) AS copies,
  min(user_id) AS user_id,
  min(task_id) AS task_id,
  min(changed_at) AS first_changed_at,
  max(changed_at) AS last_changed_at
FROM task_changes
GROUP BY change_id
HAVING count(*) > 1
