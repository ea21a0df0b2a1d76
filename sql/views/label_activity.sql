-- Question:  what happens under each label, day by day (UTC)?
-- Technique: a change counts once under every label the task had in it; for a deletion, had before it.
-- Not the obvious form: the sum over labels is more than the number of changes, since a task can have
--            several, and tasks without a label are not in it. For totals take productivity_daily.
CREATE OR REPLACE VIEW label_activity AS
SELECT
  label,
  CAST(changed_at AS date) AS calendar_day,
  CAST(count_if(created) AS bigint) AS created,
  CAST(count_if(completed) AS bigint) AS completed,
  CAST(count_if(reopened) AS bigint) AS reopened,
  CAST(count_if(cancelled) AS bigint) AS cancelled,
  CAST(count_if(deleted) AS bigint) AS deleted,
  CAST(count_if(updated) AS bigint) AS updated,
  count(DISTINCT user_id) AS users,
  count(DISTINCT task_id) AS tasks,
  year,
  month,
  day
FROM task_transitions
CROSS JOIN UNNEST(labels) AS task_labels (label)
GROUP BY label, CAST(changed_at AS date), year, month, day
