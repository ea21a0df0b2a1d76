package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.TransientFailure;
import java.util.Optional;
import java.util.function.Supplier;

/** Many writes in one request, each with its own result: one that fails does not stop the rest. */
final class TaskBatch {
  private final TaskOperations operations;

  TaskBatch(TaskOperations operations) {
    this.operations = operations;
  }

  /**
   * Runs the operations in their order.
   *
   * @param seed when the request can be run again: what its ids follow from
   * @param ids of new tasks without a seed
   * @return {@code results}, as the contract says
   */
  ObjectNode run(String userId, JsonNode batch, Optional<String> seed, Supplier<String> ids) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode results = body.putArray("results");
    for (int i = 0; i < batch.size(); i++) {
      results.add(result(userId, batch.get(i), seed, i, ids));
    }
    return body;
  }

  private ObjectNode result(
      String userId, JsonNode operation, Optional<String> seed, int index, Supplier<String> ids) {
    try {
      return operations.run(userId, operation, seed, index, ids);
    } catch (ProblemException e) {
      return failure(e);
    } catch (RuntimeException e) {
      if (TransientFailure.is(e)) {
        return failure(ProblemException.unavailable());
      }
      throw e;
    }
  }

  private static ObjectNode failure(ProblemException e) {
    ObjectNode result = Json.MAPPER.createObjectNode().put("status", e.type().status());
    result.set("problem", TaskOperations.problem(e));
    return result;
  }
}
