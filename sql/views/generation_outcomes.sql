-- Question:  how did each generation job end, and what did a good record cost?
-- Technique: one row a job, as it was exported. Shares are of the records asked for; a job that was stopped
--            has records that were not started, on which nothing was spent.
-- Not the obvious form: the cost of an ok record carries that of the failed and rejected ones, since they
--            were paid for too; null where there is no ok record.
CREATE OR REPLACE VIEW generation_outcomes AS
SELECT
  job_id,
  user_id,
  template_id,
  template_version,
  priority,
  outcome,
  outcome_reason,
  requested,
  ok,
  failed,
  rejected,
  near_duplicates,
  not_started,
  CAST(ok AS double) / CAST(nullif(requested, 0) AS double) AS ok_share,
  CAST(budget_nano_usd AS double) / 1e9 AS budget_usd,
  CAST(cost_nano_usd AS double) / 1e9 AS cost_usd,
  CAST(cost_nano_usd AS double) / CAST(nullif(budget_nano_usd, 0) AS double) AS budget_share,
  CAST(cost_nano_usd AS double) / 1e9 / CAST(nullif(ok, 0) AS double) AS cost_per_ok_usd,
  tokens_in,
  tokens_out,
  created_at,
  started_at,
  ended_at,
  date_diff('second', date_trunc('second', created_at), date_trunc('second', started_at)) AS waited_s,
  date_diff('second', date_trunc('second', started_at), date_trunc('second', ended_at)) AS ran_s,
  year,
  month,
  day
FROM generation_jobs
