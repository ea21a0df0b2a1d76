-- Every generation job whose dataset was exported, once.
-- ${bucket} is the bucket with its scheme, as s3://name.
CREATE TABLE IF NOT EXISTS generation_jobs (
  job_id varchar,
  user_id varchar,
  template_id varchar,
  template_version bigint,
  priority varchar,
  outcome varchar,
  outcome_reason varchar,
  requested bigint,
  ok bigint,
  failed bigint,
  rejected bigint,
  near_duplicates bigint,
  not_started bigint,
  budget_nano_usd bigint,
  cost_nano_usd bigint,
  tokens_in bigint,
  tokens_out bigint,
  created_at timestamp(3),
  started_at timestamp(3),
  ended_at timestamp(3),
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
  external_location = '${bucket}/lake/bronze/generation_jobs',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template =
    '${bucket}/lake/bronze/generation_jobs/year=${year}/month=${month}/day=${day}'
)
