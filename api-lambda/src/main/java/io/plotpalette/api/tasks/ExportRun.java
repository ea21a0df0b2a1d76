package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/**
 * Writes a user's tasks into a file, part by part: after each the request knows how far it has
 * come, so that any later run goes on from there. What is in memory is one part.
 */
final class ExportRun {
  /** S3 takes parts from 5 MiB, and 10,000 of them: a user has 10 GB at most. */
  private static final int PART_BYTES = 8 << 20;

  private static final int TASKS_A_READ = 200;

  static final String EXPORTED = "exported";
  private static final String AFTER = "after";
  private static final String UPLOAD = "upload";
  private static final String ETAGS = "etags";

  private final Tasks tasks;
  private final AsyncRequests requests;
  private final Supplier<TransferBucket> files;

  ExportRun(Tasks tasks, AsyncRequests requests, Supplier<TransferBucket> files) {
    this.tasks = tasks;
    this.requests = requests;
    this.files = files;
  }

  /**
   * Goes on with an export.
   *
   * @param goOn asked before each part
   * @return whether nothing is left to do for this run: it is done, or another run is at it
   */
  boolean run(AsyncRequest request, BooleanSupplier goOn) {
    String key = TransferBucket.key(request.userId(), request.id());
    AsyncRequest current = request;
    while (current.state() != RequestState.DONE) {
      if (!goOn.getAsBoolean()) {
        return false;
      }
      Optional<AsyncRequest> next = step(current, key);
      if (next.isEmpty()) {
        return true;
      }
      current = next.get();
    }
    return true;
  }

  private Optional<AsyncRequest> step(AsyncRequest request, String key) {
    ObjectNode progress = request.progress().deepCopy();
    Part part = read(request.userId(), progress.path(AFTER).asText());
    progress.put(EXPORTED, progress.path(EXPORTED).asLong() + part.tasks());
    progress.put(AFTER, part.lastId());
    if (part.isLast() && !progress.has(UPLOAD)) {
      files.get().write(key, part.lines().toByteArray());
      return requests.advance(request, progress, true);
    }
    if (!progress.has(UPLOAD)) {
      progress.put(UPLOAD, files.get().begin(key));
    }
    String upload = progress.get(UPLOAD).textValue();
    List<String> etags = new ArrayList<>();
    progress.path(ETAGS).forEach(etag -> etags.add(etag.textValue()));
    try {
      String etag =
          files.get().writePart(key, upload, etags.size() + 1, part.lines().toByteArray());
      etags.add(etag);
      progress.withArray(ETAGS).add(etag);
      if (part.isLast()) {
        files.get().finish(key, upload, etags);
      }
    } catch (NoSuchUploadException e) {
      // Finished by a run that did not live to say so; otherwise begun anew.
      return files.get().size(key).isPresent()
          ? requests.advance(request, progress, true)
          : requests.advance(request, Json.MAPPER.createObjectNode(), false);
    }
    return requests.advance(request, progress, part.isLast());
  }

  private record Part(ByteArrayOutputStream lines, int tasks, String lastId, boolean isLast) {}

  private Part read(String userId, String after) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(PART_BYTES);
    Map<String, String> startAfter =
        after.isEmpty() ? Map.of() : Map.of(TaskAttribute.TASK_ID, after);
    String lastId = after;
    int count = 0;
    do {
      TaskPage page = tasks.list(userId, TaskQuery.everything(), TASKS_A_READ, startAfter);
      for (Task task : page.tasks()) {
        lines.writeBytes((TaskJson.of(task) + "\n").getBytes(StandardCharsets.UTF_8));
        lastId = task.taskId();
        count++;
      }
      startAfter = page.nextKey();
    } while (!startAfter.isEmpty() && lines.size() < PART_BYTES);
    return new Part(lines, count, lastId, startAfter.isEmpty());
  }
}
