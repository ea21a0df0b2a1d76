-- Sorted, compacted copy of task_insights_daily, newest revisions only.
-- ${bucket} is the bucket with its scheme, as s3://name.
CREATE TABLE IF NOT EXISTS task_insights_daily_gold (
  user_id varchar,
  window_start timestamp(3),
  window_end timestamp(3),
  created bigint,
  completed bigint,
  reopened bigint,
  cancelled bigint,
  deleted bigint,
  updated bigint,
  open_delta bigint,
  on_time bigint,
  overdue_completed bigint,
  lead_time_count bigint,
  lead_time_mean_s double,
  lead_time_min_s double,
  lead_time_p50_s double,
  lead_time_p95_s double,
  lead_time_max_s double,
  revision bigint,
  is_final boolean,
  emitted_at timestamp(3),
  year integer WITH (
    partition_projection_type = 'INTEGER',
    partition_projection_range = ARRAY['2026', '2035']
  ),
  month integer WITH (
    partition_projection_type = 'INTEGER',
    partition_projection_range = ARRAY['1', '12'],
    partition_projection_digits = 2
  ),
  day integer WITH (
    partition_projection_type = 'INTEGER',
    partition_projection_range = ARRAY['1', '31'],
    partition_projection_digits = 2
  )
)
WITH (
  format = 'PARQUET',
  external_location = '${bucket}/lake/gold/task_insights_daily',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template =
    '${bucket}/lake/gold/task_insights_daily/year=${year}/month=${month}/day=${day}'
)
