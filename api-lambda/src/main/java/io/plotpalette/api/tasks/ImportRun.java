package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.RepeatableIds;
import io.plotpalette.model.task.TaskAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Creates tasks from a file of JSON lines, some hundred lines a step: after each the request knows
 * how far it has come. The ids follow from the line numbers, so that a line which is read again
 * after a crash makes no second task.
 */
final class ImportRun {
  /** Of a file: what is remembered of each task's id has to fit into memory. */
  static final int MAX_LINES = 1_000_000;

  static final String SIZE = "size_bytes";
  static final String IMPORTED = "imported";
  static final String FAILED = "failed";
  static final String ERRORS = "errors";
  private static final String OFFSET = "offset";
  private static final String LINE = "line";

  private static final int MAX_ERRORS = 100;
  private static final int LINES_A_STEP = 500;
  private static final int RANGE_BYTES = 4 << 20;

  private final Tasks tasks;
  private final TaskInputs inputs;
  private final AsyncRequests requests;
  private final ErasedUsers erasedUsers;
  private final Supplier<TransferBucket> files;

  ImportRun(
      Tasks tasks,
      TaskInputs inputs,
      AsyncRequests requests,
      ErasedUsers erasedUsers,
      Supplier<TransferBucket> files) {
    this.tasks = tasks;
    this.inputs = inputs;
    this.requests = requests;
    this.erasedUsers = erasedUsers;
    this.files = files;
  }

  /**
   * Goes on with an import.
   *
   * @param goOn asked before each line
   * @return whether nothing is left to do for this run: it is done, or another run is at it
   */
  boolean run(AsyncRequest request, BooleanSupplier goOn) {
    if (request.state() == RequestState.DONE) {
      return true;
    }
    Map<String, Integer> lineOf = linesOfIds(request);
    FileLines lines = lines(request, request.progress().path(OFFSET).asLong());
    AsyncRequest current = request;
    // An import takes long, and its user can leave meanwhile.
    while (current.state() != RequestState.DONE && !erasedUsers.contains(request.userId())) {
      ObjectNode progress = current.progress().deepCopy();
      boolean isDone = step(current, progress, lines, lineOf, goOn);
      Optional<AsyncRequest> next = requests.advance(current, progress, isDone);
      if (next.isEmpty()) {
        return true;
      }
      current = next.get();
      if (!isDone && !goOn.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }

  /** Where each task of the file is, counted from 0; parts are found by it whatever the order. */
  private Map<String, Integer> linesOfIds(AsyncRequest request) {
    Map<String, Integer> lineOf = new HashMap<>();
    FileLines lines = lines(request, 0);
    Optional<FileLines.Line> line = lines.next();
    for (int i = 0; line.isPresent() && i < MAX_LINES; i++, line = lines.next()) {
      int number = i;
      line.get()
          .bytes()
          .flatMap(TaskLine::read)
          .map(task -> task.path(TaskAttribute.TASK_ID).textValue())
          .ifPresent(id -> lineOf.put(id, number));
    }
    return lineOf;
  }

  private FileLines lines(AsyncRequest request, long from) {
    return new FileLines(
        files.get(),
        TransferBucket.key(request.userId(), request.id()),
        request.progress().get(SIZE).longValue(),
        RANGE_BYTES,
        from);
  }

  /** Returns whether the file has ended. */
  private boolean step(
      AsyncRequest request,
      ObjectNode progress,
      FileLines lines,
      Map<String, Integer> lineOf,
      BooleanSupplier goOn) {
    int number = progress.path(LINE).asInt();
    int last = number + LINES_A_STEP;
    for (; number < last && goOn.getAsBoolean(); number++) {
      Optional<FileLines.Line> line = lines.next();
      if (line.isEmpty()) {
        return true;
      }
      if (number == MAX_LINES) {
        fail(progress, number, "is not read: one import takes at most 1,000,000 lines");
        return true;
      }
      importLine(request, progress, number, line.get(), lineOf);
      progress.put(OFFSET, line.get().end());
      progress.put(LINE, number + 1);
    }
    return false;
  }

  private void importLine(
      AsyncRequest request,
      ObjectNode progress,
      int number,
      FileLines.Line line,
      Map<String, Integer> lineOf) {
    if (line.bytes().isEmpty()) {
      fail(progress, number, "is longer than %d bytes".formatted(FileLines.MAX_LINE));
      return;
    }
    if (TaskLine.isBlank(line.bytes().get())) {
      return;
    }
    Optional<ObjectNode> read = TaskLine.read(line.bytes().get());
    if (read.isEmpty()) {
      fail(progress, number, "is not a valid JSON object");
      return;
    }
    ObjectNode task = read.get();
    task.remove(TaskJson.SET_BY_US);
    Integer parent = lineOf.get(task.path(TaskAttribute.PARENT_ID).asText());
    if (parent != null) {
      task.put(TaskAttribute.PARENT_ID, RepeatableIds.at(request.id(), parent));
    }
    try {
      TaskInput input = inputs.read(task);
      NewIds id = new NewIds(() -> RepeatableIds.at(request.id(), number), true);
      tasks.create(request.userId(), input, id, Optional.empty());
      progress.put(IMPORTED, progress.path(IMPORTED).asLong() + 1);
    } catch (ProblemException e) {
      if (e.type().status() >= 500) {
        throw e;
      }
      ObjectNode error = fail(progress, number, "breaks the contract of a task");
      if (error != null) {
        error.set("errors", TaskOperations.problem(e).path("errors"));
      }
    }
  }

  /** Counts a line; describes it while there is room, else returns null. */
  private static ObjectNode fail(ObjectNode progress, int number, String detail) {
    progress.put(FAILED, progress.path(FAILED).asLong() + 1);
    ArrayNode errors = progress.withArray(ERRORS);
    return errors.size() < MAX_ERRORS
        ? errors.addObject().put(LINE, number + 1).put("detail", detail)
        : null;
  }
}
