-- Question: which topics grow faster than we finish them?
-- Reads:    label_activity over the last 28 days.
SELECT
  label,
  CAST(sum(created) + sum(reopened) AS bigint) AS taken_on,
  CAST(sum(completed) + sum(cancelled) AS bigint) AS finished,
  CAST(sum(created) + sum(reopened) - sum(completed) - sum(cancelled) AS bigint) AS growth
FROM label_activity
CROSS JOIN (SELECT CAST(current_timestamp AT TIME ZONE 'UTC' AS date) AS today) AS clock
WHERE calendar_day > CAST(today - INTERVAL '28' DAY AS date)
GROUP BY label
ORDER BY growth DESC, label
LIMIT 20
