package io.plotpalette.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.IsoMillis;
import java.time.Instant;

/** Builds raw stream records of the tasks table, valid unless told otherwise. */
public final class StreamRecords {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StreamRecords() {}

  /** An image of an open task that was created and last changed at the given times. */
  public static ObjectNode image(
      String userId, String taskId, Instant createdAt, Instant updatedAt) {
    ObjectNode image = JSON.createObjectNode();
    text(image, "user_id", userId);
    text(image, "task_id", taskId);
    text(image, "title", "Write the runbook");
    text(image, "description", "All of it");
    text(image, "status", "todo");
    text(image, "priority", "normal");
    image.putObject("labels").putArray("L").addObject().put("S", "docs");
    image.putObject("metadata").putObject("M").putObject("source").put("S", "mail");
    text(image, "created_at", IsoMillis.format(createdAt));
    text(image, "updated_at", IsoMillis.format(updatedAt));
    number(image, "version", "1");
    return image;
  }

  public static ObjectNode done(ObjectNode image, Instant completedAt) {
    ObjectNode copy = image.deepCopy();
    text(copy, "status", "done");
    text(copy, "completed_at", IsoMillis.format(completedAt));
    text(copy, "updated_at", IsoMillis.format(completedAt));
    return copy;
  }

  public static void text(ObjectNode image, String name, String value) {
    image.putObject(name).put("S", value);
  }

  public static void number(ObjectNode image, String name, String value) {
    image.putObject(name).put("N", value);
  }

  public static String insert(String id, Instant streamTime, ObjectNode newImage) {
    return record("INSERT", id, streamTime, null, newImage);
  }

  public static String modify(
      String id, Instant streamTime, ObjectNode oldImage, ObjectNode newImage) {
    return record("MODIFY", id, streamTime, oldImage, newImage);
  }

  public static String remove(String id, Instant streamTime, ObjectNode oldImage) {
    return record("REMOVE", id, streamTime, oldImage, null);
  }

  private static String record(
      String eventName, String id, Instant streamTime, ObjectNode oldImage, ObjectNode newImage) {
    ObjectNode root = JSON.createObjectNode().put("eventID", id).put("eventName", eventName);
    ObjectNode change =
        root.putObject("dynamodb")
            .put("ApproximateCreationDateTime", streamTime.toEpochMilli())
            .put("SequenceNumber", "1" + id);
    if (newImage != null) {
      change.set("NewImage", newImage);
    }
    if (oldImage != null) {
      change.set("OldImage", oldImage);
    }
    return root.toString();
  }
}
