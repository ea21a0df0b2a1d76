-- Question:  how long do each user's tasks take from creation to completion, week by week?
-- Technique: every completion counts in the ISO week (from Monday, UTC) it happened in, also that of a
--            task that was reopened and completed again. Quantiles by nearest rank: the smallest lead
--            time that at least p percent of the week's completions do not exceed.
-- Not the obvious form: neither percentile_cont nor approx_percentile, which no two engines share. So
--            these are exact, while silver's p50 and p95 come from a sketch.
CREATE OR REPLACE VIEW lead_time_weekly AS
SELECT
  user_id,
  week_start,
  count(*) AS completions,
  CAST(count_if(on_time) AS bigint) AS on_time,
  CAST(count_if(overdue_completed) AS bigint) AS overdue_completed,
  round(avg(lead_time_s), 3) AS lead_time_mean_s,
  min(lead_time_s) AS lead_time_min_s,
  min(CASE WHEN shortest_first * 100 >= completions_of_week * 50 THEN lead_time_s END) AS lead_time_p50_s,
  min(CASE WHEN shortest_first * 100 >= completions_of_week * 95 THEN lead_time_s END) AS lead_time_p95_s,
  max(lead_time_s) AS lead_time_max_s
FROM (
  SELECT
    weeks.*,
    row_number() OVER (PARTITION BY user_id, week_start ORDER BY lead_time_s) AS shortest_first,
    count(*) OVER (PARTITION BY user_id, week_start) AS completions_of_week
  FROM (
    SELECT
      user_id,
      CAST(date_trunc('week', changed_at) AS date) AS week_start,
      on_time,
      overdue_completed,
      lead_time_s
    FROM task_transitions
    WHERE completed
  ) AS weeks
) AS ranked
GROUP BY user_id, week_start
