-- Question:  how much is each model used, and what does it cost per call and per million tokens?
-- Technique: all days together; tokens in and out have different prices, so the price per million is that
--            of the mix that was used.
-- Not the obvious form: calls, not records, are counted: a repeated call is paid again.
CREATE OR REPLACE VIEW model_usage AS
SELECT
  model,
  count(DISTINCT job_id) AS jobs,
  count(DISTINCT user_id) AS users,
  CAST(sum(records) AS bigint) AS records,
  CAST(sum(calls) AS bigint) AS calls,
  CAST(sum(tokens_in) AS bigint) AS tokens_in,
  CAST(sum(tokens_out) AS bigint) AS tokens_out,
  CAST(sum(cost_nano_usd) AS double) / 1e9 AS cost_usd,
  CAST(sum(cost_nano_usd) AS double) / 1e9 / CAST(nullif(sum(calls), 0) AS double) AS cost_per_call_usd,
  CAST(sum(cost_nano_usd) AS double) / 1e3 / CAST(nullif(sum(tokens_in + tokens_out), 0) AS double)
    AS cost_per_million_tokens_usd,
  max(last_record_at) AS last_used_at
FROM generation_usage
GROUP BY model
