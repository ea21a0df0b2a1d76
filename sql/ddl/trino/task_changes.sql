-- Every change of a task, once.
-- ${bucket} is the bucket with its scheme, as s3://name.
CREATE TABLE IF NOT EXISTS task_changes (
  change_id varchar,
  change_type varchar,
  changed_at timestamp(3),
  stream_time timestamp(3),
  sequence_number varchar,
  ingested_at timestamp(3),
  previous_status varchar,
  previous_version bigint,
  task_id varchar,
  user_id varchar,
  title varchar,
  description varchar,
  status varchar,
  priority varchar,
  labels array(varchar),
  due_date date,
  due_at timestamp(3),
  time_zone varchar,
  estimate_minutes integer,
  parent_id varchar,
  metadata map(varchar, varchar),
  created_at timestamp(3),
  updated_at timestamp(3),
  completed_at timestamp(3),
  version bigint,
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
  external_location = '${bucket}/lake/bronze/task_changes',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template =
    '${bucket}/lake/bronze/task_changes/year=${year}/month=${month}/day=${day}'
)
