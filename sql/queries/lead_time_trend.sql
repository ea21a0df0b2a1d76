-- Question: are we getting faster?
-- Reads:    task_transitions. Exact quantiles by nearest rank over everybody's completions of a week;
--           the users' own quantiles in lead_time_weekly cannot be averaged into these.
SELECT
  week_start,
  count(*) AS completions,
  round(min(CASE WHEN shortest_first * 100 >= of_week * 50 THEN lead_time_s END) / 3600, 2) AS p50_hours,
  round(min(CASE WHEN shortest_first * 100 >= of_week * 85 THEN lead_time_s END) / 3600, 2) AS p85_hours,
  round(min(CASE WHEN shortest_first * 100 >= of_week * 95 THEN lead_time_s END) / 3600, 2) AS p95_hours
FROM (
  SELECT
    weeks.*,
    row_number() OVER (PARTITION BY week_start ORDER BY lead_time_s) AS shortest_first,
    count(*) OVER (PARTITION BY week_start) AS of_week
  FROM (
    SELECT CAST(date_trunc('week', changed_at) AS date) AS week_start, lead_time_s
    FROM task_transitions
    WHERE completed
  ) AS weeks
) AS ranked
GROUP BY week_start
ORDER BY week_start
