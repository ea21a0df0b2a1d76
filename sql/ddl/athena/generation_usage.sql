-- What each step of a generation job came to, day by day.
-- Days are found by projection: no crawler, no MSCK. ${bucket} is the bucket with its scheme, as s3://name.
CREATE EXTERNAL TABLE IF NOT EXISTS generation_usage (
  job_id string,
  user_id string,
  step string,
  model string,
  records bigint,
  calls bigint,
  tokens_in bigint,
  tokens_out bigint,
  cost_nano_usd bigint,
  last_record_at timestamp
)
PARTITIONED BY (year int, month int, day int)
STORED AS PARQUET
LOCATION '${bucket}/lake/bronze/generation_usage/'
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
  'storage.location.template' = '${bucket}/lake/bronze/generation_usage/year=${year}/month=${month}/day=${day}/'
)
