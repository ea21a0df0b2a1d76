-- Question: is the pile of open tasks growing?
-- Reads:    backlog_daily, whose rows per user are added up. The change is against seven days before.
SELECT
  calendar_day,
  open_tasks,
  open_tasks - lag(open_tasks, 7) OVER (ORDER BY calendar_day) AS change_in_7_days
FROM (
  SELECT calendar_day, CAST(sum(open_tasks) AS bigint) AS open_tasks
  FROM backlog_daily
  GROUP BY calendar_day
) AS days
ORDER BY calendar_day
