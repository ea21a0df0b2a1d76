-- Wrong when: the steps of a generation job do not add up to what the job has spent.
-- Cause:      a day's file is missing or from another export of the job.
-- Way out:    export the job again, which replaces the files.
SELECT
  coalesce(jobs.job_id, steps.job_id) AS job_id,
  jobs.cost_nano_usd AS cost_of_job,
  steps.cost_nano_usd AS cost_of_steps
FROM generation_jobs AS jobs
FULL JOIN (
  SELECT job_id, CAST(sum(cost_nano_usd) AS bigint) AS cost_nano_usd
  FROM generation_usage
  GROUP BY job_id
) AS steps
  ON jobs.job_id = steps.job_id
WHERE coalesce(jobs.cost_nano_usd, -1) <> coalesce(steps.cost_nano_usd, 0)
