-- Question: when do we get things done?
-- Reads:    productivity_hourly. Weekday 1 is Monday, counted from the week's start because the engines
--           number weekdays differently; hours are UTC.
SELECT
  date_diff('day', CAST(date_trunc('week', window_start) AS date), CAST(window_start AS date)) + 1 AS weekday,
  extract(hour FROM window_start) AS hour_utc,
  CAST(sum(completed) AS bigint) AS completed,
  count(DISTINCT CASE WHEN completed > 0 THEN user_id END) AS users
FROM productivity_hourly
GROUP BY
  date_diff('day', CAST(date_trunc('week', window_start) AS date), CAST(window_start AS date)) + 1,
  extract(hour FROM window_start)
ORDER BY weekday, hour_utc
