package io.plotpalette.generator.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.connector.sink.DynamoDbWrite;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What a job has come to so far, as an item of the table {@code cost-tracking}: one a day (UTC) on
 * which it ran, cumulative since the job began, so that an item that is written again or restored
 * counts nothing twice.
 */
public final class CostRow {
  static final Duration KEPT = Duration.ofDays(90);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final BigDecimal MILLIS_AN_HOUR = BigDecimal.valueOf(3_600_000);

  private CostRow() {}

  /**
   * The item as a line of JSON.
   *
   * @param computeMillis the job's share of the machine's time
   * @param objectOperations reads and writes of the object store
   */
  public static String toJson(
      JobProgress progress, long computeMillis, long objectOperations, Instant at) {
    ObjectNode written = JobJson.write(progress);
    ObjectNode row = written.objectNode();
    row.put(JobAttribute.JOB_ID, progress.jobId());
    row.put(JobAttribute.PERIOD, LocalDate.ofInstant(at, ZoneOffset.UTC).toString());
    row.put(JobAttribute.USER_ID, progress.userId());
    for (String field :
        new String[] {"tokens_in", "tokens_out", "cost_usd", "by_step", "by_model"}) {
      row.set(field, written.get(field));
    }
    row.put(
        "compute_hours",
        BigDecimal.valueOf(computeMillis).divide(MILLIS_AN_HOUR, 6, RoundingMode.UP));
    row.put("s3_operations", objectOperations);
    row.put("updated_at", IsoMillis.format(at));
    row.put(JobAttribute.EXPIRES_AT, at.plus(KEPT).getEpochSecond());
    return row.toString();
  }

  /** The same with more operations on the object store. */
  public static String withObjectOperations(String json, long more, Instant at) {
    ObjectNode row = read(json);
    row.put("s3_operations", row.get("s3_operations").longValue() + more);
    row.put("updated_at", IsoMillis.format(at));
    return row.toString();
  }

  /** The whole item. */
  public static DynamoDbWrite write(String json) {
    return DynamoDbWrite.put(ItemJson.write(read(json)));
  }

  private static ObjectNode read(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a cost row is no JSON", e);
    }
  }
}
