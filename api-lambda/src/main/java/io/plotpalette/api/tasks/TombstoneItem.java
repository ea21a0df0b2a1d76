package io.plotpalette.api.tasks;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A tombstone as an item of the {@code task-tombstones} table. */
final class TombstoneItem {
  private TombstoneItem() {}

  static Map<String, AttributeValue> of(String userId, Tombstone tombstone) {
    String deletedAt = IsoMillis.format(tombstone.deletedAt());
    long expiresAt = tombstone.deletedAt().plus(ChangesPosition.RETENTION).getEpochSecond();
    return Map.of(
        TaskAttribute.USER_ID, AttributeValue.fromS(userId),
        TombstoneAttribute.TOMBSTONE_KEY,
            AttributeValue.fromS(deletedAt + "#" + tombstone.taskId()),
        TaskAttribute.TASK_ID, AttributeValue.fromS(tombstone.taskId()),
        TombstoneAttribute.DELETED_AT, AttributeValue.fromS(deletedAt),
        TombstoneAttribute.EXPIRES_AT, AttributeValue.fromN(Long.toString(expiresAt)));
  }

  static Tombstone read(Map<String, AttributeValue> item) {
    return new Tombstone(
        item.get(TaskAttribute.TASK_ID).s(),
        IsoMillis.parse(item.get(TombstoneAttribute.DELETED_AT).s()));
  }
}
