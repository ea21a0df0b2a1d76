-- Question: who has how much on the table right now, and how much of it is urgent or late?
-- Reads:    tasks_current, overdue_now.
SELECT
  tasks.user_id,
  count(*) AS open_tasks,
  CAST(count_if(tasks.status = 'in_progress') AS bigint) AS in_progress,
  CAST(count_if(tasks.priority IN ('high', 'urgent')) AS bigint) AS high_or_urgent,
  count(overdue_now.task_id) AS overdue,
  round(CAST(coalesce(sum(tasks.estimate_minutes), 0) AS double) / 60, 1) AS estimated_hours,
  CAST(count_if(tasks.estimate_minutes IS NULL) AS bigint) AS without_estimate
FROM tasks_current AS tasks
LEFT JOIN overdue_now
  ON overdue_now.user_id = tasks.user_id AND overdue_now.task_id = tasks.task_id
WHERE tasks.status IN ('todo', 'in_progress')
GROUP BY tasks.user_id
ORDER BY open_tasks DESC, tasks.user_id
LIMIT 50
