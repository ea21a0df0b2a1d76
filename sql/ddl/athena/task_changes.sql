-- Every change of a task, once.
-- Days are found by projection: no crawler, no MSCK. ${bucket} is the bucket with its scheme, as s3://name.
CREATE EXTERNAL TABLE IF NOT EXISTS task_changes (
  change_id string,
  change_type string,
  changed_at timestamp,
  stream_time timestamp,
  sequence_number string,
  ingested_at timestamp,
  previous_status string,
  previous_version bigint,
  task_id string,
  user_id string,
  title string,
  description string,
  status string,
  priority string,
  labels array<string>,
  due_date date,
  due_at timestamp,
  time_zone string,
  estimate_minutes int,
  parent_id string,
  metadata map<string,string>,
  created_at timestamp,
  updated_at timestamp,
  completed_at timestamp,
  version bigint
)
PARTITIONED BY (year int, month int, day int)
STORED AS PARQUET
LOCATION '${bucket}/lake/bronze/task_changes/'
TBLPROPERTIES (
  'parquet.compression' = 'ZSTD',
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2026,2035',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'storage.location.template' = '${bucket}/lake/bronze/task_changes/year=${year}/month=${month}/day=${day}/'
)
