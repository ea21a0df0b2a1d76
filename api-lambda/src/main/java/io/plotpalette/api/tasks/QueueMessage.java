package io.plotpalette.api.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.task.TaskAttribute;
import java.util.Optional;
import java.util.UUID;

/**
 * What the queue carries: some writes of a request, or that there is work to do on an export or
 * import, whose state is in the table.
 *
 * @param requestId from which the ids of new tasks follow
 * @param first index of the first operation within its request
 * @param operations as the contract says; empty for exports and imports
 */
record QueueMessage(
    RequestKind kind, String userId, String requestId, int first, ArrayNode operations) {
  private static final String KIND = "kind";
  private static final String REQUEST_ID = "request_id";
  private static final String FIRST = "first";
  private static final String OPERATIONS = "operations";

  /** For an export or import. */
  static QueueMessage of(AsyncRequest request) {
    return new QueueMessage(
        request.kind(), request.userId(), request.id(), 0, Json.MAPPER.createArrayNode());
  }

  String text() {
    ObjectNode message = Json.MAPPER.createObjectNode();
    message.put(KIND, kind.wireName());
    message.put(TaskAttribute.USER_ID, userId);
    message.put(REQUEST_ID, requestId);
    message.put(FIRST, first);
    message.set(OPERATIONS, operations);
    return message.toString();
  }

  /** Reads what {@link #text} wrote; empty for any other text. */
  static Optional<QueueMessage> read(String text) {
    try {
      JsonNode message = Json.MAPPER.readTree(text);
      RequestKind kind = RequestKind.fromWire(message.path(KIND).asText());
      String userId = message.path(TaskAttribute.USER_ID).asText();
      String requestId = message.path(REQUEST_ID).asText();
      int first = message.path(FIRST).asInt(-1);
      if (userId.isEmpty()
          || !UUID.fromString(requestId).toString().equals(requestId)
          || first < 0
          || !(message.path(OPERATIONS) instanceof ArrayNode operations)
          || operations.isEmpty() == (kind == RequestKind.WRITES)) {
        return Optional.empty();
      }
      for (JsonNode operation : operations) {
        if (!TaskOperations.NAMES.contains(operation.path("op").asText())) {
          return Optional.empty();
        }
      }
      return Optional.of(new QueueMessage(kind, userId, requestId, first, operations));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Its message would quote the text.
      return Optional.empty();
    }
  }
}
