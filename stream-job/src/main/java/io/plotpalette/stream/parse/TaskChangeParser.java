package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Reads a raw stream record of the tasks table and holds it against the contract. */
final class TaskChangeParser {
  /** The contract's bound between a change's own time and the stream's (DESIGN 5). */
  static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);

  private static final long MAX_CLOCK_SKEW_MILLIS = MAX_CLOCK_SKEW.toMillis();

  // Times beyond this overflow arithmetic further down; no stream has them.
  private static final long MAX_EPOCH_MILLIS =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private final Envelope envelope = new Envelope();

  /**
   * Reads one record.
   *
   * @param record JSON in UTF-8
   */
  TaskChange parse(byte[] record, Instant ingestedAt) throws BrokenRuleException {
    envelope.read(record);
    Instant streamTime = envelope.streamTime();
    try {
      return change(envelope, streamTime, ingestedAt);
    } catch (BrokenRuleException e) {
      throw e.of(envelope.eventId, streamTime);
    }
  }

  private static TaskChange change(Envelope envelope, Instant streamTime, Instant ingestedAt)
      throws BrokenRuleException {
    if (envelope.broken != null) {
      throw envelope.broken;
    }
    ChangeType type = type(required("eventName", envelope.eventName));
    Task task =
        type == ChangeType.DELETED
            ? required("OldImage", envelope.oldImage).task()
            : required("NewImage", envelope.newImage).task();
    Instant changedAt = type == ChangeType.DELETED ? streamTime : task.updatedAt();
    if (Math.abs(changedAt.toEpochMilli() - streamTime.toEpochMilli()) > MAX_CLOCK_SKEW_MILLIS) {
      Duration skew = Duration.between(streamTime, changedAt).abs();
      throw new BrokenRuleException(
          QualityRule.CLOCK_SKEW,
          "changed_at %s is %s away from the stream's time %s"
              .formatted(IsoMillis.format(changedAt), skew, IsoMillis.format(streamTime)));
    }
    TaskStatus previousStatus = null;
    Long previousVersion = null;
    if (type != ChangeType.CREATED && envelope.oldImage != null) {
      previousStatus = previousStatus(envelope.oldImage);
      previousVersion = previousVersion(envelope.oldImage);
    }
    requireVersionStep(type, previousVersion, task.version());
    return new TaskChange(
        required("eventID", envelope.eventId),
        type,
        changedAt,
        streamTime,
        required("SequenceNumber", envelope.sequenceNumber),
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

  private static <T> T required(String name, T value) throws BrokenRuleException {
    if (value == null || value.equals("")) {
      throw new BrokenRuleException(QualityRule.READABLE, name + " is missing");
    }
    return value;
  }

  /**
   * What is read of a record in one pass; what is missing or of another type is null. Used again
   * for the next record.
   */
  private static final class Envelope {
    private String eventId;
    private String eventName;
    private String sequenceNumber;
    private Long streamMillis;

    // Null if the record has none that is an object.
    private TaskImage newImage;
    private TaskImage oldImage;

    private final TaskImage newImageOfAll = new TaskImage();
    private final TaskImage oldImageOfAll = new TaskImage();

    /** The first attribute that is there twice; told once the stream's time is known. */
    private BrokenRuleException broken;

    void read(byte[] record) throws BrokenRuleException {
      try {
        read(new PlainTokens(record));
      } catch (PlainTokens.NotPlainException e) {
        readAnyJson(record);
      } catch (IOException e) {
        throw new UncheckedIOException("Bytes in memory cannot fail to be read", e);
      }
    }

    private void readAnyJson(byte[] record) throws BrokenRuleException {
      try (JacksonTokens json = new JacksonTokens(new String(record, StandardCharsets.UTF_8))) {
        read(json);
      } catch (JsonProcessingException e) {
        throw unreadable("not JSON: " + TaskImage.quote(e.getOriginalMessage()));
      } catch (IOException e) {
        throw new UncheckedIOException("A string cannot fail to be read", e);
      }
    }

    private void read(RecordTokens json) throws IOException, BrokenRuleException {
      eventId = null;
      eventName = null;
      sequenceNumber = null;
      streamMillis = null;
      newImage = null;
      oldImage = null;
      broken = null;
      if (json.next() != JsonToken.START_OBJECT) {
        throw unreadable("no JSON object");
      }
      readRecord(json);
      if (json.next() != null) {
        throw unreadable("more than one JSON object");
      }
    }

    Instant streamTime() throws BrokenRuleException {
      if (streamMillis == null || streamMillis < 0 || streamMillis > MAX_EPOCH_MILLIS) {
        throw unreadable("ApproximateCreationDateTime is not a time in epoch milliseconds");
      }
      return Instant.ofEpochMilli(streamMillis);
    }

    private void readRecord(RecordTokens json) throws IOException, BrokenRuleException {
      while (json.next() == JsonToken.FIELD_NAME) {
        String name = json.name();
        JsonToken token = json.next();
        switch (name) {
          case "eventID" -> eventId = text(json, name, eventId);
          case "eventName" -> eventName = text(json, name, eventName);
          case "dynamodb" -> {
            if (token == JsonToken.START_OBJECT) {
              readChange(json);
            } else {
              json.skipChildren();
            }
          }
          default -> json.skipChildren();
        }
      }
    }

    private void readChange(RecordTokens json) throws IOException, BrokenRuleException {
      while (json.next() == JsonToken.FIELD_NAME) {
        String name = json.name();
        JsonToken token = json.next();
        switch (name) {
          case "ApproximateCreationDateTime" -> streamMillis = millis(json, streamMillis);
          case "SequenceNumber" -> sequenceNumber = text(json, name, sequenceNumber);
          case "NewImage" -> newImage = image(json, token, name, newImage);
          case "OldImage" -> oldImage = image(json, token, name, oldImage);
          default -> json.skipChildren();
        }
      }
    }

    private TaskImage image(RecordTokens json, JsonToken token, String name, TaskImage before)
        throws IOException {
      if (before != null) {
        twice(name);
      }
      if (token != JsonToken.START_OBJECT) {
        json.skipChildren();
        return null;
      }
      boolean isOld = name.equals("OldImage");
      TaskImage image = isOld ? oldImageOfAll : newImageOfAll;
      image.read(json, isOld && "MODIFY".equals(eventName));
      if (image.twice() != null) {
        twice(image.twice());
      }
      return image;
    }

    private String text(RecordTokens json, String name, String before) throws IOException {
      if (before != null) {
        twice(name);
      }
      if (json.current() == JsonToken.VALUE_STRING) {
        return json.text();
      }
      json.skipChildren();
      return null;
    }

    private Long millis(RecordTokens json, Long before) throws IOException {
      if (before != null) {
        twice("ApproximateCreationDateTime");
      }
      if (json.current() == JsonToken.VALUE_NUMBER_INT) {
        return json.wholeNumber();
      }
      json.skipChildren();
      return null;
    }

    private void twice(String name) {
      if (broken == null) {
        broken = unreadable(name + " is there twice");
      }
    }

    private static BrokenRuleException unreadable(String reason) {
      return new BrokenRuleException(QualityRule.READABLE, reason);
    }
  }
}
