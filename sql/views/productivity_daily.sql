-- Question:  what did each user get done on each day (UTC)?
-- Technique: as productivity_hourly, from the job's own windows of a day.
-- Not the obvious form: no sum over productivity_hourly. Counts could be added up, quantiles of lead
--            times could not. The day is UTC's, not the user's.
--            year, month and day follow from window_start; they are among the keys so that a filter on
--            them reaches the files.
-- Error:     p50 and p95 come from a KLL sketch: exact up to 200 completions a day, then a rank error of
--            about 1.65 %.
CREATE OR REPLACE VIEW productivity_daily AS
SELECT
  user_id,
  window_start,
  window_end,
  created,
  completed,
  reopened,
  cancelled,
  deleted,
  updated,
  open_delta,
  on_time,
  overdue_completed,
  lead_time_count,
  lead_time_mean_s,
  lead_time_min_s,
  lead_time_p50_s,
  lead_time_p95_s,
  lead_time_max_s,
  revision,
  is_final,
  emitted_at,
  year,
  month,
  day
FROM (
  SELECT
    task_insights_daily.*,
    row_number() OVER (
      PARTITION BY user_id, window_start, year, month, day
      ORDER BY revision DESC, emitted_at DESC
    ) AS newest_first
  FROM task_insights_daily
) AS ranked
WHERE newest_first = 1
