package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;

/** Reads a raw stream record of the tasks table and holds it against the contract. */
final class TaskChangeParser {
  /** The contract's bound between a change's own time and the stream's (DESIGN 5). */
  static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);

  // Times beyond this overflow arithmetic further down; no stream has them.
  private static final long MAX_EPOCH_MILLIS =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private final ObjectMapper json = new ObjectMapper();

  TaskChange parse(String record, Instant ingestedAt) throws BrokenRuleException {
    JsonNode root;
    try {
      root = json.readTree(record);
    } catch (JsonProcessingException e) {
      throw new BrokenRuleException(QualityRule.READABLE, "not JSON: " + e.getOriginalMessage());
    }
    JsonNode change = root.path("dynamodb");
    Instant streamTime = streamTime(change);
    try {
      return change(root, change, streamTime, ingestedAt);
    } catch (BrokenRuleException e) {
      throw e.at(streamTime);
    }
  }

  private static TaskChange change(
      JsonNode root, JsonNode change, Instant streamTime, Instant ingestedAt)
      throws BrokenRuleException {
    ChangeType type = type(envelopeText(root, "eventName"));
    JsonNode oldImage = change.path("OldImage");
    Task task = image(change, type == ChangeType.DELETED ? "OldImage" : "NewImage").task();
    Instant changedAt = type == ChangeType.DELETED ? streamTime : task.updatedAt();
    Duration skew = Duration.between(streamTime, changedAt).abs();
    if (skew.compareTo(MAX_CLOCK_SKEW) > 0) {
      throw new BrokenRuleException(
          QualityRule.CLOCK_SKEW,
          "changed_at %s is %s away from the stream's time %s"
              .formatted(IsoMillis.format(changedAt), skew, IsoMillis.format(streamTime)));
    }
    TaskStatus previousStatus = null;
    Long previousVersion = null;
    if (type != ChangeType.CREATED && oldImage.isObject()) {
      TaskImage previous = new TaskImage(oldImage);
      previousStatus = previousStatus(previous);
      previousVersion = previousVersion(previous);
    }
    requireVersionStep(type, previousVersion, task.version());
    return new TaskChange(
        envelopeText(root, "eventID"),
        type,
        changedAt,
        streamTime,
        envelopeText(change, "SequenceNumber"),
        ingestedAt,
        previousStatus,
        previousVersion,
        task);
  }

  /** After an old image without a readable version there is nothing to hold the new one against. */
  private static void requireVersionStep(ChangeType type, Long previous, long version)
      throws BrokenRuleException {
    boolean broken =
        switch (type) {
          case CREATED -> version != 1;
          case UPDATED -> previous != null && version != previous + 1;
          case DELETED -> false;
        };
    if (broken) {
      throw new BrokenRuleException(
          QualityRule.VERSION_STEP,
          type == ChangeType.CREATED
              ? "version of a new task is " + version + ", not 1"
              : "version went from " + previous + " to " + version + ", not up by 1");
    }
  }

  private static ChangeType type(String eventName) throws BrokenRuleException {
    return switch (eventName) {
      case "INSERT" -> ChangeType.CREATED;
      case "MODIFY" -> ChangeType.UPDATED;
      case "REMOVE" -> ChangeType.DELETED;
      default ->
          throw new BrokenRuleException(
              QualityRule.READABLE, "eventName is not a change: '" + eventName + "'");
    };
  }

  private static TaskImage image(JsonNode change, String name) throws BrokenRuleException {
    JsonNode image = change.path(name);
    if (!image.isObject()) {
      throw new BrokenRuleException(QualityRule.READABLE, name + " is missing");
    }
    return new TaskImage(image);
  }

  /**
   * The old image was judged when it was written; what it breaks must not keep its correction out.
   * Whether the change that wrote it was counted cannot be told from one image pair, so after a
   * rejected image open_delta can be off by one; verify names such tasks.
   */
  private static TaskStatus previousStatus(TaskImage previous) {
    try {
      return previous.status();
    } catch (BrokenRuleException e) {
      return null;
    }
  }

  private static Long previousVersion(TaskImage previous) {
    try {
      return previous.version();
    } catch (BrokenRuleException e) {
      return null;
    }
  }

  private static Instant streamTime(JsonNode change) throws BrokenRuleException {
    JsonNode millis = change.path("ApproximateCreationDateTime");
    if (!millis.isIntegralNumber()
        || !millis.canConvertToLong()
        || millis.longValue() < 0
        || millis.longValue() > MAX_EPOCH_MILLIS) {
      throw new BrokenRuleException(
          QualityRule.READABLE, "ApproximateCreationDateTime is not a time in epoch milliseconds");
    }
    return Instant.ofEpochMilli(millis.longValue());
  }

  private static String envelopeText(JsonNode node, String name) throws BrokenRuleException {
    JsonNode value = node.path(name);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw new BrokenRuleException(QualityRule.READABLE, name + " is missing");
    }
    return value.textValue();
  }
}
