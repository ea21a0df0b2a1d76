-- What each user did in each hour, one row a revision.
-- Days are found by projection: no crawler, no MSCK. ${bucket} is the bucket with its scheme, as s3://name.
CREATE EXTERNAL TABLE IF NOT EXISTS task_insights_hourly (
  user_id string,
  window_start timestamp,
  window_end timestamp,
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
  emitted_at timestamp
)
PARTITIONED BY (year int, month int, day int)
STORED AS PARQUET
LOCATION '${bucket}/lake/silver/task_insights_hourly/'
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
  'storage.location.template' = '${bucket}/lake/silver/task_insights_hourly/year=${year}/month=${month}/day=${day}/'
)
