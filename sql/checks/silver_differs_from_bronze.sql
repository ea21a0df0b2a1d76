-- Wrong when: a final row of silver says something else than the changes in bronze it was made from.
-- Technique:  all three grains recomputed from task_transitions by one GROUP BY, held against the newest
--             revision of each window. wrong_column names the first column that differs.
-- Not the obvious form: only windows that can be judged. Left out are windows that are not final, windows
--             with a change that came too late for one of its windows (in quarantine as "late"; a rebuild
--             brings it in), and windows touched in the job's last 15 minutes, whose correction may be on
--             its way. The job's clock is the newest write, so a stopped job raises no alarm. Means and
--             quantiles are not compared: the counts, minimum and maximum they rest on are.
WITH late AS (
  SELECT DISTINCT regexp_extract(record, '"change_id":"([^"]*)"', 1) AS change_id
  FROM task_changes_quarantine
  WHERE rule = 'late'
),
recomputed AS (
  SELECT
    grain,
    if(grain = 'minute', '', user_id) AS user_id,
    date_trunc(grain, changed_at) AS window_start,
    max(ingested_at) AS last_ingested_at,
    count(late.change_id) AS late_changes,
    CAST(count_if(created) AS bigint) AS created,
    CAST(count_if(completed) AS bigint) AS completed,
    CAST(count_if(reopened) AS bigint) AS reopened,
    CAST(count_if(cancelled) AS bigint) AS cancelled,
    CAST(count_if(deleted) AS bigint) AS deleted,
    CAST(count_if(updated) AS bigint) AS updated,
    CAST(sum(open_delta) AS bigint) AS open_delta,
    CAST(count_if(on_time) AS bigint) AS on_time,
    CAST(count_if(overdue_completed) AS bigint) AS overdue_completed,
    count(lead_time_s) AS lead_time_count,
    min(lead_time_s) AS lead_time_min_s,
    max(lead_time_s) AS lead_time_max_s
  FROM (
    -- Once, should bronze hold a change twice.
    SELECT
      changes.*,
      row_number() OVER (PARTITION BY change_id ORDER BY ingested_at) AS copy
    FROM task_transitions AS changes
  ) AS every_change
  LEFT JOIN late ON late.change_id = every_change.change_id
  CROSS JOIN (VALUES ('hour'), ('day'), ('minute')) AS grains (grain)
  WHERE copy = 1
  GROUP BY grain, if(grain = 'minute', '', user_id), date_trunc(grain, changed_at)
),
silver AS (
  SELECT
    'hour' AS grain,
    user_id,
    window_start,
    emitted_at,
    is_final,
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
    lead_time_min_s,
    lead_time_max_s
  FROM productivity_hourly
  UNION ALL
  SELECT
    'day',
    user_id,
    window_start,
    emitted_at,
    is_final,
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
    lead_time_min_s,
    lead_time_max_s
  FROM productivity_daily
  UNION ALL
  SELECT
    'minute',
    '',
    window_start,
    emitted_at,
    is_final,
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
    lead_time_min_s,
    lead_time_max_s
  FROM activity_per_minute
),
job AS (
  SELECT max(ingested_at) AS now FROM task_changes
)
SELECT
  grain,
  user_id,
  window_start,
  emitted_at,
  wrong_column
FROM (
  SELECT
    silver.grain,
    silver.user_id,
    silver.window_start,
    silver.emitted_at,
    CASE
      WHEN silver.created <> coalesce(recomputed.created, 0) THEN 'created'
      WHEN silver.completed <> coalesce(recomputed.completed, 0) THEN 'completed'
      WHEN silver.reopened <> coalesce(recomputed.reopened, 0) THEN 'reopened'
      WHEN silver.cancelled <> coalesce(recomputed.cancelled, 0) THEN 'cancelled'
      WHEN silver.deleted <> coalesce(recomputed.deleted, 0) THEN 'deleted'
      WHEN silver.updated <> coalesce(recomputed.updated, 0) THEN 'updated'
      WHEN silver.open_delta <> coalesce(recomputed.open_delta, 0) THEN 'open_delta'
      WHEN silver.on_time <> coalesce(recomputed.on_time, 0) THEN 'on_time'
      WHEN silver.overdue_completed <> coalesce(recomputed.overdue_completed, 0) THEN 'overdue_completed'
      WHEN silver.lead_time_count <> coalesce(recomputed.lead_time_count, 0) THEN 'lead_time_count'
      WHEN silver.lead_time_min_s IS DISTINCT FROM recomputed.lead_time_min_s THEN 'lead_time_min_s'
      WHEN silver.lead_time_max_s IS DISTINCT FROM recomputed.lead_time_max_s THEN 'lead_time_max_s'
    END AS wrong_column
  FROM silver
  LEFT JOIN recomputed
    ON recomputed.grain = silver.grain
    AND recomputed.user_id = silver.user_id
    AND recomputed.window_start = silver.window_start
  CROSS JOIN job
  WHERE silver.is_final
    AND coalesce(recomputed.late_changes, 0) = 0
    AND coalesce(recomputed.last_ingested_at < job.now - INTERVAL '15' MINUTE, true)
) AS compared
WHERE wrong_column IS NOT NULL
