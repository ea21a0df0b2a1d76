package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.crac.Core;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Serves the operations tagged {@code tasks}. */
public final class TasksHandler extends ApiHandler {
  /** Of the operations of a batch whose answer is waited for; a larger one goes to the queue. */
  private static final int MAX_OPERATIONS_AT_ONCE = 25;

  private static final String REQUESTS = "/v1/requests/";

  private final Router router;
  private final Tasks tasks;
  private final TaskInputs inputs;
  private final TaskOperations operations;
  private final AsyncRequests requests;
  private final WriteMarks marks;
  private final TaskWritesQueue queue;
  private final Supplier<TransferBucket> files;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** For Lambda: configured by the environment. */
  public TasksHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private TasksHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        InstantSource.system(),
        TaskIds.timeOrdered(),
        RequestLog.of("tasks", System::getenv, throttles::drain));
  }

  /**
   * @param ids new task ids: UUIDv7 in lower case
   */
  public TasksHandler(
      ApiConfig config, ApiClients clients, InstantSource clock, Supplier<String> ids) {
    this(config, clients, clock, ids, RequestLog.of("tasks", System::getenv, () -> 0));
  }

  private TasksHandler(
      ApiConfig config,
      ApiClients clients,
      InstantSource clock,
      Supplier<String> ids,
      RequestLog log) {
    super(PrimingRequest.get("/v1/tasks"));
    ApiContract contract = ApiContract.packaged();
    DynamoDbClient dynamoDb = clients.dynamoDb();
    this.marks = new WriteMarks(dynamoDb, config.idempotencyTable(), clock);
    this.tasks = new Tasks(new TaskStore(dynamoDb, config, marks), clock);
    this.inputs = new TaskInputs(contract);
    this.operations = new TaskOperations(tasks, inputs);
    this.requests = new AsyncRequests(dynamoDb, config.idempotencyTable(), clock);
    this.queue = new TaskWritesQueue(requests, clients.sqs(), config.taskWritesQueueUrl());
    this.files = clients.files();
    this.clock = clock;
    this.ids = ids;
    this.router =
        Router.of(
                contract,
                "tasks",
                Map.ofEntries(
                    Map.entry("createTask", this::create),
                    Map.entry("listTasks", this::list),
                    Map.entry("listTaskChanges", this::changes),
                    Map.entry("batchTasks", this::batch),
                    Map.entry("exportTasks", this::export),
                    Map.entry("importTasks", this::importLines),
                    Map.entry("getTask", this::get),
                    Map.entry("replaceTask", this::replace),
                    Map.entry("changeTask", this::change),
                    Map.entry("deleteTask", this::delete),
                    Map.entry("completeTask", this::complete),
                    Map.entry("getRequest", this::getRequest),
                    Map.entry("startExport", this::startExport),
                    Map.entry("createImport", this::createImport),
                    Map.entry("startImport", this::startImport),
                    Map.entry("reopenTask", this::reopen)))
            .with(new Idempotency(dynamoDb, config.idempotencyTable(), clock, ids))
            .with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse create(ApiRequest request) {
    TaskInput input = TaskInput.read(request.body());
    if (request.prefersAsync()) {
      ArrayNode one = Json.MAPPER.createArrayNode();
      one.addObject().put("op", "create").set("task", request.body());
      return takeForLater(request, one);
    }
    Task task = tasks.create(request.userId(), input, request.ids(ids), Optional.empty());
    return answer(201, task).withHeader("Location", "/v1/tasks/" + task.taskId());
  }

  private ApiResponse list(ApiRequest request) {
    TaskQuery query = TaskQuery.read(request);
    Map<String, String> startAfter =
        request.queryText("cursor").map(query::startAfter).orElse(Map.of());
    TaskPage page = tasks.list(request.userId(), query, limit(request), startAfter);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    page.tasks().forEach(task -> items.add(TaskJson.of(task)));
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", query.cursor(page.nextKey()));
    }
    return ApiResponse.json(200, body);
  }

  private ApiResponse changes(ApiRequest request) {
    TaskChanges changes =
        tasks.changes(request.userId(), request.queryText("cursor"), limit(request));
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    for (Tombstone tombstone : changes.deleted()) {
      items
          .addObject()
          .put("change", "deleted")
          .put(TaskAttribute.TASK_ID, tombstone.taskId())
          .put(TombstoneAttribute.DELETED_AT, IsoMillis.format(tombstone.deletedAt()));
    }
    for (Task task : changes.updated()) {
      items
          .addObject()
          .put("change", "updated")
          .put(TaskAttribute.TASK_ID, task.taskId())
          .set("task", TaskJson.of(task));
    }
    body.put("next_cursor", changes.next().cursor());
    body.put("has_more", changes.hasMore());
    return ApiResponse.json(200, body);
  }

  private ApiResponse get(ApiRequest request) {
    Task task = tasks.get(request.userId(), taskId(request));
    if (request.hasVersion(task.version())) {
      return ApiResponse.notModified().withHeader("ETag", ETag.of(task.version()));
    }
    return answer(200, task);
  }

  private ApiResponse replace(ApiRequest request) {
    return answer(
        200,
        tasks.replace(
            request.userId(), taskId(request), request.ifMatch(), TaskInput.read(request.body())));
  }

  private ApiResponse change(ApiRequest request) {
    return answer(
        200,
        tasks.change(
            request.userId(),
            taskId(request),
            request.ifMatch(),
            task -> inputs.patched(task, request.body()),
            Optional.empty()));
  }

  private ApiResponse complete(ApiRequest request) {
    return answer(
        200, tasks.complete(request.userId(), taskId(request), request.ifMatch(), mark(request)));
  }

  private ApiResponse reopen(ApiRequest request) {
    return answer(
        200, tasks.reopen(request.userId(), taskId(request), request.ifMatch(), mark(request)));
  }

  private ApiResponse delete(ApiRequest request) {
    tasks.delete(request.userId(), taskId(request), request.ifMatch(), Optional.empty());
    return ApiResponse.noContent();
  }

  private ApiResponse batch(ApiRequest request) {
    JsonNode batch = request.body().get("operations");
    if (request.prefersAsync() || batch.size() > MAX_OPERATIONS_AT_ONCE) {
      operations.check(batch);
      return takeForLater(request, batch);
    }
    return ApiResponse.json(
        200, new TaskBatch(operations).run(request.userId(), batch, request.idSeed(), ids));
  }

  private ApiResponse takeForLater(ApiRequest request, JsonNode batch) {
    String id = request.ids(ids).next().get();
    ApiResponse response = accepted(queue.take(request.userId(), id, batch, clock.instant()));
    return request.prefersAsync()
        ? response.withHeader("Preference-Applied", "respond-async")
        : response;
  }

  private ApiResponse startExport(ApiRequest request) {
    String id = request.ids(ids).next().get();
    return accepted(queue.takeExport(request.userId(), id, clock.instant()));
  }

  private ApiResponse createImport(ApiRequest request) {
    String id = request.ids(ids).next().get();
    long size = request.body().get(ImportRun.SIZE).longValue();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    requests.add(
        new AsyncRequest(
            request.userId(),
            id,
            RequestKind.IMPORT,
            RequestState.OPEN,
            now,
            0,
            Json.MAPPER.createObjectNode().put(ImportRun.SIZE, size),
            0));
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("import_id", id);
    body.put(
        "upload_url",
        files.get().uploadAddress(TransferBucket.key(request.userId(), id), size).toString());
    body.put("expires_at", IsoMillis.format(now.plus(TransferBucket.ADDRESS_VALID)));
    return ApiResponse.json(201, body).withHeader("Location", REQUESTS + id);
  }

  private ApiResponse startImport(ApiRequest request) {
    AsyncRequest found = find(request, "import_id");
    if (found.kind() != RequestKind.IMPORT) {
      throw ProblemException.of(ProblemType.NOT_FOUND);
    }
    if (found.state() == RequestState.DONE) {
      return accepted(found);
    }
    OptionalLong uploaded = files.get().size(TransferBucket.key(found.userId(), found.id()));
    if (uploaded.isEmpty()
        || uploaded.getAsLong() != found.progress().get(ImportRun.SIZE).longValue()) {
      throw ProblemException.of(ProblemType.UPLOAD_MISSING);
    }
    queue.start(found);
    return accepted(found);
  }

  private static ApiResponse accepted(AsyncRequest request) {
    return ApiResponse.json(202, RequestStatus.of(request, Map.of()))
        .withHeader("Location", REQUESTS + request.id())
        .withHeader("Retry-After", "1");
  }

  private ApiResponse getRequest(ApiRequest request) {
    AsyncRequest found = find(request, "request_id");
    Map<Integer, ObjectNode> results =
        found.kind() == RequestKind.WRITES
            ? marks.results(request.userId(), found.id(), 0, found.operations())
            : Map.of();
    ObjectNode status = RequestStatus.of(found, results);
    if (!RequestStatus.isDone(found, results)) {
      return ApiResponse.json(200, status).withHeader("Retry-After", "1");
    }
    if (found.kind() == RequestKind.EXPORT) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      status.put(
          "download_url",
          files.get().downloadAddress(TransferBucket.key(found.userId(), found.id())).toString());
      status.put("download_expires_at", IsoMillis.format(now.plus(TransferBucket.ADDRESS_VALID)));
    }
    return ApiResponse.json(200, status);
  }

  private AsyncRequest find(ApiRequest request, String parameter) {
    return requests
        .find(request.userId(), request.pathParameter(parameter))
        .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
  }

  private ApiResponse export(ApiRequest request) {
    TaskExport part = TaskExport.read(tasks, request.userId(), request.queryText("cursor"));
    ApiResponse response = ApiResponse.text(200, "application/jsonl", part.lines());
    return part.nextCursor()
        .map(
            cursor ->
                response.withHeader(
                    "Link", "</v1/tasks/export?cursor=%s>; rel=\"next\"".formatted(cursor)))
        .orElse(response);
  }

  private ApiResponse importLines(ApiRequest request) {
    TaskImport lines = new TaskImport(tasks, inputs);
    int imported = lines.run(request.userId(), request.body().textValue(), request.ids(ids));
    return ApiResponse.json(200, Json.MAPPER.createObjectNode().put("imported", imported));
  }

  /** When the request can be run again: what makes its one write happen once. */
  private static Optional<WriteMark> mark(ApiRequest request) {
    return request
        .idSeed()
        .map(seed -> WriteMark.of(request.userId(), seed, 0, TaskOperations.UPDATED));
  }

  private static int limit(ApiRequest request) {
    return request.query("limit").orElseThrow().intValue();
  }

  private static String taskId(ApiRequest request) {
    return request.pathParameter(TaskAttribute.TASK_ID);
  }

  private static ApiResponse answer(int status, Task task) {
    return ApiResponse.json(status, TaskJson.of(task)).withHeader("ETag", ETag.of(task.version()));
  }
}
