-- Question:  how many changes of each day kept the contract, and which rule did the others break?
-- Technique: bronze counts as outcome "accepted", every rule with rejections as an outcome of its name.
-- Not the obvious form: "late" changes are in bronze as well as in quarantine, which only names them; so
--            they are among the accepted, and no part of the day's total. One change can be late for its
--            minute, its hour and its day. Quarantine's days are those of the stream, bronze's those of
--            the change: around midnight they can differ.
CREATE OR REPLACE VIEW data_quality AS
SELECT
  calendar_day,
  outcome,
  changes,
  CAST(changes AS double) / CAST(
    nullif(sum(CASE WHEN outcome <> 'late' THEN changes END) OVER (PARTITION BY calendar_day), 0)
    AS double
  ) AS share_of_day,
  first_seen_at,
  last_seen_at
FROM (
  SELECT
    CAST(
      CAST(year AS varchar) || '-' || lpad(CAST(month AS varchar), 2, '0') || '-'
        || lpad(CAST(day AS varchar), 2, '0')
      AS date
    ) AS calendar_day,
    outcome,
    count(*) AS changes,
    min(seen_at) AS first_seen_at,
    max(seen_at) AS last_seen_at
  FROM (
    SELECT 'accepted' AS outcome, ingested_at AS seen_at, year, month, day
    FROM task_changes
    UNION ALL
    SELECT
      rule,
      -- ISO-8601 as quarantine has it is no timestamp literal for Trino.
      try_cast(replace(replace(rejected_at, 'T', ' '), 'Z', '') AS timestamp),
      year,
      month,
      day
    FROM task_changes_quarantine
  ) AS outcomes
  GROUP BY year, month, day, outcome
) AS counted
