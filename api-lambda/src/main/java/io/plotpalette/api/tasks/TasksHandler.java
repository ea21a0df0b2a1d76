package io.plotpalette.api.tasks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.http.ApiContract;
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
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Serves the operations tagged {@code tasks}. */
public final class TasksHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Resource {
  /** Of the operations of a batch whose answer is waited for; a larger one goes to the queue. */
  private static final int MAX_OPERATIONS_AT_ONCE = 25;

  private final Router router;
  private final Tasks tasks;
  private final TaskInputs inputs;
  private final TaskOperations operations;
  private final AsyncRequests requests;
  private final WriteMarks marks;
  private final TaskWritesQueue queue;
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
    ApiContract contract = ApiContract.packaged();
    DynamoDbClient dynamoDb = clients.dynamoDb();
    this.marks = new WriteMarks(dynamoDb, config.idempotencyTable(), clock);
    this.tasks = new Tasks(new TaskStore(dynamoDb, config, marks), clock);
    this.inputs = new TaskInputs(contract);
    this.operations = new TaskOperations(tasks, inputs);
    this.requests = new AsyncRequests(dynamoDb, config.idempotencyTable(), clock);
    this.queue = new TaskWritesQueue(requests, clients.sqs(), config.taskWritesQueueUrl());
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
                    Map.entry("reopenTask", this::reopen)))
            .with(new Idempotency(dynamoDb, config.idempotencyTable(), clock, ids))
            .with(log);
  }

  /** Answers one request, so that the snapshot Lambda takes next holds all it needs. */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    router.handle(PrimingRequest.get("/v1/tasks"));
  }

  /** Nothing to do: the SDK opens connections anew and asks for credentials by itself. */
  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {}

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return router.handle(event);
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
    AsyncRequest taken = queue.take(request.userId(), id, batch, clock.instant());
    ApiResponse response =
        ApiResponse.json(202, RequestStatus.pending(taken))
            .withHeader("Location", "/v1/requests/" + id)
            .withHeader("Retry-After", "1");
    return request.prefersAsync()
        ? response.withHeader("Preference-Applied", "respond-async")
        : response;
  }

  private ApiResponse getRequest(ApiRequest request) {
    AsyncRequest found =
        requests
            .find(request.userId(), request.pathParameter("request_id"))
            .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
    Map<Integer, ObjectNode> results =
        marks.results(request.userId(), found.id(), 0, found.operations());
    ApiResponse response = ApiResponse.json(200, RequestStatus.of(found, results));
    return results.size() < found.operations() ? response.withHeader("Retry-After", "1") : response;
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
