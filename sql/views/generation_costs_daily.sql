-- Question:  what did each user's generation jobs spend on each day (UTC), and on which model?
-- Technique: a day is the one on which a record's last call ended; a job over midnight has both. Money is
--            added up in whole nano-USD and divided once, so that no cent is lost on the way.
-- Not the obvious form: no decimal division, whose scale the engines choose differently.
--            year, month and day are among the keys so that a filter on them reaches the files.
CREATE OR REPLACE VIEW generation_costs_daily AS
SELECT
  CAST(
    CAST(year AS varchar) || '-' || lpad(CAST(month AS varchar), 2, '0') || '-'
      || lpad(CAST(day AS varchar), 2, '0')
    AS date
  ) AS calendar_day,
  user_id,
  model,
  count(DISTINCT job_id) AS jobs,
  CAST(sum(calls) AS bigint) AS calls,
  CAST(sum(tokens_in) AS bigint) AS tokens_in,
  CAST(sum(tokens_out) AS bigint) AS tokens_out,
  CAST(sum(cost_nano_usd) AS bigint) AS cost_nano_usd,
  CAST(sum(cost_nano_usd) AS double) / 1e9 AS cost_usd,
  year,
  month,
  day
FROM generation_usage
GROUP BY year, month, day, user_id, model
