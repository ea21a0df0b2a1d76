package io.plotpalette.generator.operators;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.connector.sink.DynamoDbWrite;
import io.plotpalette.generator.tables.ItemJson;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.table.RunAttribute;
import java.time.Duration;
import java.time.Instant;

/** A finished export as an item of the table {@code runs}. */
public final class ExportRun {
  public static final String KIND = "dataset-export";

  static final Duration KEPT = Duration.ofDays(180);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ExportRun() {}

  /**
   * The item as a line of JSON.
   *
   * @param repeatedLines of the outputs, left out because their record is there once more
   * @param reason why it failed; null if it did not
   */
  static String toJson(
      JobProgress finished, long files, long repeatedLines, long millis, String reason) {
    Instant at = finished.finishedAt();
    ObjectNode row = MAPPER.createObjectNode();
    row.put(RunAttribute.RUN_KIND, KIND);
    row.put(RunAttribute.RUN_KEY, IsoMillis.format(at) + "#" + finished.jobId());
    row.put(RunAttribute.FINISHED_AT, IsoMillis.format(at));
    row.put(RunAttribute.ID, finished.jobId());
    row.put("state", finished.state().name());
    row.put("files", files);
    row.put("repeated_lines", repeatedLines);
    row.put("duration_ms", millis);
    if (reason != null) {
      row.put(RunAttribute.REASON, reason);
    }
    row.put(RunAttribute.EXPIRES_AT, at.plus(KEPT).getEpochSecond());
    return row.toString();
  }

  /** The whole item. */
  public static DynamoDbWrite write(String json) {
    try {
      return DynamoDbWrite.put(ItemJson.write((ObjectNode) MAPPER.readTree(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the row of an export is no JSON", e);
    }
  }
}
