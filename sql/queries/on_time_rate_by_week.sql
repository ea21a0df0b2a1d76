-- Question: how often do we keep our deadlines?
-- Reads:    productivity_daily. Completions without a deadline are in neither number.
SELECT
  CAST(date_trunc('week', window_start) AS date) AS week_start,
  CAST(sum(on_time) AS bigint) AS on_time,
  CAST(sum(overdue_completed) AS bigint) AS overdue,
  round(
    CAST(sum(on_time) AS double) / CAST(nullif(sum(on_time) + sum(overdue_completed), 0) AS double), 3
  ) AS on_time_rate
FROM productivity_daily
GROUP BY CAST(date_trunc('week', window_start) AS date)
ORDER BY week_start
