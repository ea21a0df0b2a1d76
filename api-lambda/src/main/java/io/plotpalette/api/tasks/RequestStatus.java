package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.IsoMillis;
import java.util.List;
import java.util.Map;

/** A request that is answered before it is done, as the contract shows it. */
final class RequestStatus {
  private static final Map<RequestKind, List<String>> COUNTS =
      Map.of(
          RequestKind.EXPORT, List.of(ExportRun.EXPORTED),
          RequestKind.IMPORT, List.of(ImportRun.IMPORTED, ImportRun.FAILED));

  private RequestStatus() {}

  /**
   * Of a request.
   *
   * @param results of those of its writes that are done, by index and in that order
   */
  static ObjectNode of(AsyncRequest request, Map<Integer, ObjectNode> results) {
    boolean isDone = isDone(request, results);
    ObjectNode status = Json.MAPPER.createObjectNode();
    status.put("request_id", request.id());
    status.put("kind", request.kind().wireName());
    status.put("status", isDone ? "done" : "pending");
    status.put("created_at", IsoMillis.format(request.createdAt()));
    if (request.kind() == RequestKind.WRITES) {
      status.put("operations", request.operations());
      status.put("finished", results.size());
      if (isDone) {
        ArrayNode all = status.putArray("results");
        results.values().forEach(all::add);
      }
    } else {
      COUNTS
          .get(request.kind())
          .forEach(name -> status.put(name, request.progress().path(name).asLong()));
      if (request.progress().has(ImportRun.ERRORS)) {
        status.set(ImportRun.ERRORS, request.progress().get(ImportRun.ERRORS));
      }
    }
    return status;
  }

  static boolean isDone(AsyncRequest request, Map<Integer, ObjectNode> results) {
    return request.kind() == RequestKind.WRITES
        ? results.size() == request.operations()
        : request.state() == RequestState.DONE;
  }
}
