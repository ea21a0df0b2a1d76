-- Question:  how much happens in the whole system, minute by minute?
-- Technique: as productivity_hourly, over all users.
-- Not the obvious form: minutes in which nothing happened have no row; a chart has to fill them.
--            year, month and day follow from window_start; they are among the keys so that a filter on
--            them reaches the files.
-- Error:     p50 and p95 come from a KLL sketch: exact up to 200 completions a minute, then a rank error
--            of about 1.65 %.
CREATE OR REPLACE VIEW activity_per_minute AS
SELECT
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
    task_activity_minutely.*,
    row_number() OVER (
      PARTITION BY window_start, year, month, day
      ORDER BY revision DESC, emitted_at DESC
    ) AS newest_first
  FROM task_activity_minutely
) AS ranked
WHERE newest_first = 1
