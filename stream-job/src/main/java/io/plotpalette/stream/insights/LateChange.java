package io.plotpalette.stream.insights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.parse.RejectionIds;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** Rejections of changes that are in bronze but came too late for a window; they only name it. */
final class LateChange {
  private static final JsonFactory JSON = new JsonFactory();

  private LateChange() {}

  /**
   * One change.
   *
   * @param grains that miss it
   */
  static Rejection of(TaskChange change, List<String> grains, Instant rejectedAt) {
    return new Rejection(
        change.changeId(),
        QualityRule.LATE,
        reason(String.join(" and ", grains)),
        object(
            json -> {
              json.writeStringField("change_id", change.changeId());
              json.writeStringField(TaskAttribute.USER_ID, change.task().userId());
              json.writeStringField(TaskAttribute.TASK_ID, change.task().taskId());
              json.writeStringField("changed_at", IsoMillis.format(change.changedAt()));
            }),
        change.changedAt(),
        rejectedAt);
  }

  /**
   * What a window's owner had forgotten already, though it was in time where it was added up: only
   * possible for what was on its way in an unaligned checkpoint, or in the first moment after a
   * restore from a version that did not add up.
   */
  static Rejection of(PartialInsight partial, Grain grain, Instant rejectedAt) {
    Instant start = Instant.ofEpochMilli(partial.windowStart);
    String record =
        object(
            json -> {
              if (grain.perUser()) {
                json.writeStringField(TaskAttribute.USER_ID, partial.key);
              }
              json.writeStringField("window_start", IsoMillis.format(start));
              json.writeNumberField("changes", partial.changes);
            });
    return new Rejection(
        RejectionIds.ofRecord(grain.name() + record),
        QualityRule.LATE,
        reason(grain.name()),
        record,
        start,
        rejectedAt);
  }

  private static String reason(String grains) {
    return grains + " window already forgotten; rebuild brings the change in";
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("A string cannot fail to be written to", e);
    }
    return text.toString();
  }

  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }
}
