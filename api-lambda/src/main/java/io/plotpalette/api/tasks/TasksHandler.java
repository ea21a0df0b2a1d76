package io.plotpalette.api.tasks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableClient;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.Router;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Serves the operations tagged {@code tasks}. */
public final class TasksHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Resource {
  private final Router router;
  private final Tasks tasks;

  /** For Lambda: configured by the environment. */
  public TasksHandler() {
    this(ApiConfig.read(System::getenv));
  }

  private TasksHandler(ApiConfig config) {
    this(config, TableClient.create(config), InstantSource.system(), TaskIds.timeOrdered());
    Core.getGlobalContext().register(this);
  }

  /**
   * @param ids new task ids: UUIDv7 in lower case
   */
  public TasksHandler(
      ApiConfig config, DynamoDbClient dynamoDb, InstantSource clock, Supplier<String> ids) {
    this.tasks = new Tasks(new TaskStore(dynamoDb, config.tasksTable()), clock, ids);
    this.router =
        Router.of(
            ApiContract.packaged(),
            "tasks",
            Map.of(
                "createTask", this::create,
                "listTasks", this::list,
                "getTask", this::get,
                "replaceTask", this::replace,
                "deleteTask", this::delete,
                "completeTask", this::complete,
                "reopenTask", this::reopen));
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
    Task task = tasks.create(request.userId(), TaskInput.read(request.body()));
    return answer(201, task).withHeader("Location", "/v1/tasks/" + task.taskId());
  }

  private ApiResponse list(ApiRequest request) {
    Map<String, String> startAfter =
        request
            .query("cursor")
            .map(cursor -> Cursor.decode(cursor.textValue(), TaskStore.LIST_KEY))
            .orElse(Map.of());
    int limit = request.query("limit").orElseThrow().intValue();
    TaskPage page = tasks.list(request.userId(), limit, startAfter);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    page.tasks().forEach(task -> items.add(TaskJson.of(task)));
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", Cursor.encode(page.nextKey()));
    }
    return ApiResponse.json(200, body);
  }

  private ApiResponse get(ApiRequest request) {
    return answer(200, tasks.get(request.userId(), taskId(request)));
  }

  private ApiResponse replace(ApiRequest request) {
    return answer(
        200,
        tasks.replace(
            request.userId(), taskId(request), request.ifMatch(), TaskInput.read(request.body())));
  }

  private ApiResponse complete(ApiRequest request) {
    return answer(200, tasks.complete(request.userId(), taskId(request), request.ifMatch()));
  }

  private ApiResponse reopen(ApiRequest request) {
    return answer(200, tasks.reopen(request.userId(), taskId(request), request.ifMatch()));
  }

  private ApiResponse delete(ApiRequest request) {
    tasks.delete(request.userId(), taskId(request), request.ifMatch());
    return ApiResponse.noContent();
  }

  private static String taskId(ApiRequest request) {
    return request.pathParameter(TaskAttribute.TASK_ID);
  }

  private static ApiResponse answer(int status, Task task) {
    return ApiResponse.json(status, TaskJson.of(task)).withHeader("ETag", ETag.of(task.version()));
  }
}
