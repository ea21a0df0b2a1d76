-- Question: which late tasks should be looked at first?
-- Reads:    overdue_now. Most urgent first, then the longest overdue.
SELECT
  user_id,
  task_id,
  title,
  priority,
  status,
  deadline,
  days_overdue
FROM overdue_now
ORDER BY
  CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END,
  deadline,
  task_id
LIMIT 50
