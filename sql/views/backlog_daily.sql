-- Question:  how many open tasks (todo, in_progress) did each user have at the end of each day (UTC)?
-- Technique: running sum of the day's change of the number of open tasks, from silver. Days without a
--            change of the user carry the number on, from the user's first day to the lake's last.
-- Not the obvious form: no join of all tasks with all days, which grows with their product. The calendar
--            comes from four digits, because series and recursion differ between engines; it ends after
--            10,000 days. A change that came too late for its window is missing until a rebuild.
CREATE OR REPLACE VIEW backlog_daily AS
SELECT
  user_id,
  calendar_day,
  open_delta,
  CAST(
    sum(open_delta) OVER (
      PARTITION BY user_id ORDER BY calendar_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint
  ) AS open_tasks
FROM (
  SELECT
    users.user_id,
    calendar.calendar_day,
    coalesce(productivity_daily.open_delta, 0) AS open_delta
  FROM (
    SELECT user_id, CAST(min(window_start) AS date) AS first_day
    FROM task_insights_daily
    GROUP BY user_id
  ) AS users
  JOIN (
    SELECT CAST(first_day + INTERVAL '1' DAY * days_later AS date) AS calendar_day
    FROM (
      SELECT CAST(min(window_start) AS date) AS first_day, CAST(max(window_start) AS date) AS last_day
      FROM task_insights_daily
    ) AS bounds
    CROSS JOIN (
      SELECT ones + 10 * tens + 100 * hundreds + 1000 * thousands AS days_later
      FROM UNNEST(ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS a (ones)
      CROSS JOIN UNNEST(ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS b (tens)
      CROSS JOIN UNNEST(ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS c (hundreds)
      CROSS JOIN UNNEST(ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS d (thousands)
    ) AS offsets
    WHERE days_later <= date_diff('day', first_day, last_day)
  ) AS calendar
    ON calendar.calendar_day >= users.first_day
  LEFT JOIN productivity_daily
    ON productivity_daily.user_id = users.user_id
    AND CAST(productivity_daily.window_start AS date) = calendar.calendar_day
) AS days
