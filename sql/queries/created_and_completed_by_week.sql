-- Question: do we finish as much as we take on?
-- Reads:    productivity_daily. Weeks begin on Monday (UTC); net_open above zero means the pile grew.
SELECT
  CAST(date_trunc('week', window_start) AS date) AS week_start,
  CAST(sum(created) AS bigint) AS created,
  CAST(sum(reopened) AS bigint) AS reopened,
  CAST(sum(completed) AS bigint) AS completed,
  CAST(sum(cancelled) AS bigint) AS cancelled,
  CAST(sum(open_delta) AS bigint) AS net_open
FROM productivity_daily
GROUP BY CAST(date_trunc('week', window_start) AS date)
ORDER BY week_start
