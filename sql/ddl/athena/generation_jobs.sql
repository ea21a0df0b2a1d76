-- Every generation job whose dataset was exported, once.
-- Days are found by projection: no crawler, no MSCK. ${bucket} is the bucket with its scheme, as s3://name.
CREATE EXTERNAL TABLE IF NOT EXISTS generation_jobs (
  job_id string,
  user_id string,
  template_id string,
  template_version bigint,
  priority string,
  outcome string,
  outcome_reason string,
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
  created_at timestamp,
  started_at timestamp,
  ended_at timestamp
)
PARTITIONED BY (year int, month int, day int)
STORED AS PARQUET
LOCATION '${bucket}/lake/bronze/generation_jobs/'
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
  'storage.location.template' = '${bucket}/lake/bronze/generation_jobs/year=${year}/month=${month}/day=${day}/'
)
