-- What each step of a generation job came to, day by day.
-- ${bucket} is the bucket with its scheme, as s3://name.
CREATE TABLE IF NOT EXISTS generation_usage (
  job_id varchar,
  user_id varchar,
  step varchar,
  model varchar,
  records bigint,
  calls bigint,
  tokens_in bigint,
  tokens_out bigint,
  cost_nano_usd bigint,
  last_record_at timestamp(3),
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
  external_location = '${bucket}/lake/bronze/generation_usage',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template =
    '${bucket}/lake/bronze/generation_usage/year=${year}/month=${month}/day=${day}'
)
