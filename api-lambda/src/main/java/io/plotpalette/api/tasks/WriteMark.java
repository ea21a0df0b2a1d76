package io.plotpalette.api.tasks;

import io.plotpalette.model.table.IdempotencyAttribute;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Names a write so that it is made once, however often its request is run: it is kept in the same
 * transaction as the write.
 *
 * @param key of the table {@code idempotency}
 * @param status what the write answers when it is made
 */
record WriteMark(String key, int status) {
  /**
   * The mark of one write of a request.
   *
   * @param seed of the request's ids
   * @param index of the write within the request
   */
  static WriteMark of(String userId, String seed, int index, int status) {
    return new WriteMark(key(userId, seed, index), status);
  }

  static String key(String userId, String seed, int index) {
    // No route is called that, so that no caller's key can meet it.
    return String.join("#", userId, "write", seed, Integer.toString(index));
  }

  static Map<String, AttributeValue> itemKey(String key) {
    return Map.of(IdempotencyAttribute.REQUEST_KEY, AttributeValue.fromS(key));
  }
}
