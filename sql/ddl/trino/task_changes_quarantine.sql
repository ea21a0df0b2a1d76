-- Changes that broke a rule, as JSON lines.
-- ${bucket} is the bucket with its scheme, as s3://name.
CREATE TABLE IF NOT EXISTS task_changes_quarantine (
  rule varchar,
  reason varchar,
  rejected_at varchar,
  record varchar,
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
  format = 'JSON',
  external_location = '${bucket}/lake/quarantine/task_changes',
  partitioned_by = ARRAY['year', 'month', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template =
    '${bucket}/lake/quarantine/task_changes/year=${year}/month=${month}/day=${day}'
)
