package io.plotpalette.model.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A row of a dataset: a line of {@code outputs}.
 *
 * @param category slug of the template's category; null when it has none or the record is not ok
 * @param fields what every finished step wrote, in the template's order: a text or JSON
 * @param seedRef number of the seed entry it was made from, from 0
 * @param promptsSha256 of the last prompt of every step that was called, in hex, by step
 * @param usage of every step that was called, in the template's order
 * @param error null if it is ok
 * @param generatedAt when its last call ended, however often it is written
 */
public record DatasetRecord(
    long recordIndex,
    RecordStatus status,
    String category,
    Map<String, JsonNode> fields,
    long seedRef,
    Map<String, String> promptsSha256,
    List<Usage> usage,
    Problem error,
    Instant generatedAt) {

  /**
   * What the calls of one step came to.
   *
   * @param model id of the model
   * @param cost calls without an answer included
   * @param attempts calls made
   */
  public record Usage(
      String step, String model, long tokensIn, long tokensOut, Money cost, int attempts) {
    public Usage {
      Objects.requireNonNull(step, "step");
      Objects.requireNonNull(model, "model");
      Objects.requireNonNull(cost, "cost");
    }
  }

  /**
   * Why a record is not ok.
   *
   * @param step id of the step that failed or rejected it; null if none did
   */
  public record Problem(String step, String reason) {
    public Problem {
      Objects.requireNonNull(reason, "reason");
    }
  }

  public DatasetRecord {
    Objects.requireNonNull(status, "status");
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    promptsSha256 = Collections.unmodifiableMap(new LinkedHashMap<>(promptsSha256));
    usage = List.copyOf(usage);
    Objects.requireNonNull(generatedAt, "generatedAt");
    if ((status == RecordStatus.OK) != (error == null)) {
      throw new IllegalArgumentException(
          "record %d is %s, so its error cannot be %s".formatted(recordIndex, status, error));
    }
  }
}
