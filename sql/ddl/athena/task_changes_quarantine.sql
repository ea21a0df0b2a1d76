-- Changes that broke a rule, as JSON lines.
-- Days are found by projection: no crawler, no MSCK. ${bucket} is the bucket with its scheme, as s3://name.
CREATE EXTERNAL TABLE IF NOT EXISTS task_changes_quarantine (
  rule string,
  reason string,
  rejected_at string,
  record string
)
PARTITIONED BY (year int, month int, day int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION '${bucket}/lake/quarantine/task_changes/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2026,2035',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'storage.location.template' = '${bucket}/lake/quarantine/task_changes/year=${year}/month=${month}/day=${day}/'
)
