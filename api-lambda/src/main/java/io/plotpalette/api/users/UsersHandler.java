package io.plotpalette.api.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.MergePatch;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.api.http.SchemaCheck;
import io.plotpalette.api.http.TimeZones;
import io.plotpalette.api.jobs.JobEraser;
import io.plotpalette.api.seeddata.SeedDataEraser;
import io.plotpalette.api.seeddata.SeedDataStore;
import io.plotpalette.api.tasks.TaskEraser;
import io.plotpalette.api.templates.TemplateEraser;
import io.plotpalette.api.templates.TemplateStore;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.user.UserAttribute;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.crac.Core;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Serves the operations tagged {@code users}. */
public final class UsersHandler extends ApiHandler {
  private static final String ADMINISTRATORS = "admin";

  private final Router router;
  private final Users users;
  private final SchemaCheck userInput;

  /** For Lambda: configured by the environment. */
  public UsersHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private UsersHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        InstantSource.system(),
        RequestLog.of("users", System::getenv, throttles::drain));
  }

  public UsersHandler(ApiConfig config, ApiClients clients, InstantSource clock) {
    this(config, clients, clock, RequestLog.of("users", System::getenv, () -> 0));
  }

  private UsersHandler(ApiConfig config, ApiClients clients, InstantSource clock, RequestLog log) {
    super(PrimingRequest.get("/v1/users/me"));
    DynamoDbClient dynamoDb = clients.dynamoDb();
    ApiConfig.Datasets datasets = config.datasets();
    ApiContract contract = ApiContract.packaged();
    this.users =
        new Users(
            new UserStore(dynamoDb, config.usersTable()),
            List.of(
                new TaskEraser(dynamoDb, config, clock),
                new JobEraser(dynamoDb, datasets, clients.files(), clock),
                new SeedDataEraser(
                    new SeedDataStore(dynamoDb, datasets.seedDataTable()), clients.files()),
                new TemplateEraser(new TemplateStore(dynamoDb, datasets.templatesTable()))),
            new UserPoolClient(config),
            clock);
    this.userInput = contract.check("UserInput");
    this.router =
        Router.of(
                contract,
                "users",
                Map.of(
                    "getMe", this::getMe,
                    "changeMe", this::changeMe,
                    "deleteMe", this::deleteMe,
                    "listUsers", this::list,
                    "getUser", this::get))
            .with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse getMe(ApiRequest request) {
    User user = users.get(request.userId());
    if (request.hasVersion(user.version())) {
      return ApiResponse.notModified().withHeader("ETag", ETag.of(user.version()));
    }
    return answer(user);
  }

  private ApiResponse changeMe(ApiRequest request) {
    return answer(
        users.change(request.userId(), request.ifMatch(), user -> patched(user, request.body())));
  }

  private User patched(User user, JsonNode patch) {
    ObjectNode current = Json.MAPPER.createObjectNode();
    putWhatIsSet(user, current);
    JsonNode input = userInput.require(MergePatch.apply(current, patch));
    String timeZone = input.path(UserAttribute.TIME_ZONE).textValue();
    TimeZones.violation(UserAttribute.TIME_ZONE, timeZone)
        .ifPresent(
            violation -> {
              throw ProblemException.invalidBody(List.of(violation));
            });
    return new User(
        user.userId(),
        user.email(),
        input.path(UserAttribute.DISPLAY_NAME).textValue(),
        timeZone,
        user.createdAt(),
        user.updatedAt(),
        user.version());
  }

  private ApiResponse deleteMe(ApiRequest request) {
    users.delete(request.userId(), request.ifMatch(), request.accessToken());
    return ApiResponse.noContent();
  }

  private ApiResponse list(ApiRequest request) {
    requireAdministrator(request);
    Map<String, String> startAfter =
        request
            .queryText("cursor")
            .map(cursor -> Cursor.decode(cursor, UserStore.LIST_KEY))
            .orElse(Map.of());
    UserStore.Page page = users.list(request.query("limit").orElseThrow().intValue(), startAfter);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    page.users().forEach(user -> items.add(json(user)));
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", Cursor.encode(page.nextKey()));
    }
    return ApiResponse.json(200, body);
  }

  private ApiResponse get(ApiRequest request) {
    requireAdministrator(request);
    return answer(users.get(request.pathParameter(UserAttribute.USER_ID)));
  }

  /** Before anything is looked up, so that the answer says nothing about who exists. */
  private static void requireAdministrator(ApiRequest request) {
    if (!request.caller().groups().contains(ADMINISTRATORS)) {
      throw ProblemException.of(ProblemType.FORBIDDEN);
    }
  }

  private static ApiResponse answer(User user) {
    return ApiResponse.json(200, json(user)).withHeader("ETag", ETag.of(user.version()));
  }

  private static ObjectNode json(User user) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(UserAttribute.USER_ID, user.userId());
    json.put(UserAttribute.EMAIL, user.email());
    putWhatIsSet(user, json);
    json.put(UserAttribute.CREATED_AT, IsoMillis.format(user.createdAt()));
    json.put(UserAttribute.UPDATED_AT, IsoMillis.format(user.updatedAt()));
    json.put(UserAttribute.VERSION, user.version());
    return json;
  }

  private static void putWhatIsSet(User user, ObjectNode json) {
    if (user.displayName() != null) {
      json.put(UserAttribute.DISPLAY_NAME, user.displayName());
    }
    if (user.timeZone() != null) {
      json.put(UserAttribute.TIME_ZONE, user.timeZone());
    }
  }
}
