package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.http.ApiOperation.RequestBody;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.meta.MetaHandler;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.tasks.TaskWritesHandler;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.users.PostConfirmationHandler;
import io.plotpalette.api.users.TestingUserPool;
import io.plotpalette.api.users.UsersHandler;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests made from the contract, kept and broken: none fails, and every answer keeps the
 * contract. A failure names the seed; {@code -Dfuzz.seed=} plays it again.
 */
class ContractFuzzIT {
  private static final int REQUESTS = 3_000;
  private static final List<String> USERS = List.of("ada", "bob", "eve");

  @TempDir private Path folder;

  private final TestingQueue queue = new TestingQueue();
  private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ApiContract contract = ApiContract.packaged();
  private final ContractSamples samples = new ContractSamples(contract, random);
  private final Map<Integer, Integer> statuses = new TreeMap<>();

  @Test
  void noRequestFailsAndEveryAnswerKeepsTheContract() throws Exception {
    System.out.println("contract fuzz seed " + seed);
    try (TestingDynamoDb dynamoDb = TestingDynamoDb.start();
        TestingUserPool userPool = TestingUserPool.start();
        TestingObjectStore objects = new TestingObjectStore(folder)) {
      ApiClients clients = TestingClients.of(dynamoDb.client(), queue, objects.bucket());
      TestingApi api = new TestingApi(handlers(clients, userPool));
      TaskWritesHandler worker =
          new TaskWritesHandler(TestingDynamoDb.CONFIG, clients, InstantSource.system());
      for (int i = 0; i < REQUESTS; i++) {
        send(api, i);
        if (i % 50 == 0) {
          queue.drainTo(worker);
        }
      }
      queue.drainTo(worker);
    }

    System.out.println("contract fuzz statuses " + statuses);
    assertThat(statuses.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
    // The generator reaches what it is for.
    assertThat(statuses)
        .containsKeys(200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 410, 412, 415, 422, 428);
  }

  private void send(TestingApi api, int number) {
    ApiOperation operation =
        contract.operations().get(random.nextInt(contract.operations().size()));
    TestingApi.Call call = api.call(operation.method(), path(operation));
    StringBuilder what = new StringBuilder(operation.operationId());
    if (random.nextInt(20) != 0) {
      String user = USERS.get(random.nextInt(USERS.size()));
      call.as(user).header("authorization", "Bearer token-of-" + user);
      if (random.nextInt(4) == 0) {
        call.inGroup("admin");
      }
    }
    for (ApiParameter parameter : operation.parameters()) {
      if (!parameter.location().equals("path") && random.nextInt(3) != 0) {
        String value = samples.parameter(parameter);
        what.append(' ').append(parameter.name()).append('=').append(value);
        if (parameter.location().equals("query")) {
          call.query(parameter.name(), value);
        } else {
          call.header(parameter.name(), value);
        }
      }
    }
    if (random.nextInt(30) == 0) {
      call.query(samples.text(5), samples.text(5));
    }
    operation.requestBody().ifPresent(body -> addBody(call, body, what));

    Answer answer;
    try {
      answer = call.send();
    } catch (AssertionError e) {
      throw new AssertionError("seed %d, request %d: %s".formatted(seed, number, what), e);
    }
    assertThat(answer.status()).as("seed %d, request %d: %s", seed, number, what).isLessThan(500);
    statuses.merge(answer.status(), 1, Integer::sum);
    samples.learn(answer);
  }

  private String path(ApiOperation operation) {
    String path = operation.path();
    for (ApiParameter parameter : operation.parameters()) {
      if (parameter.location().equals("path")) {
        String value = random.nextInt(10) == 0 ? samples.pathText() : samples.id(parameter.name());
        if (parameter.name().equals("user_id") && random.nextBoolean()) {
          value = USERS.get(random.nextInt(USERS.size()));
        }
        path = path.replace("{" + parameter.name() + "}", value);
      }
    }
    return path;
  }

  private void addBody(TestingApi.Call call, RequestBody body, StringBuilder what) {
    String text = samples.body(body);
    what.append(" body=").append(text);
    String mediaType = random.nextInt(20) == 0 ? "text/plain" : body.mediaType();
    call.header("content-type", mediaType).body(text);
  }

  private static RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handlers(
      ApiClients clients, TestingUserPool userPool) {
    InstantSource clock = InstantSource.system();
    PostConfirmationHandler confirmation =
        new PostConfirmationHandler(TestingDynamoDb.CONFIG, clients.dynamoDb(), clock);
    for (String user : USERS) {
      confirmation.handleRequest(
          CognitoUserPoolPostConfirmationEvent.builder()
              .withRequest(
                  CognitoUserPoolPostConfirmationEvent.Request.builder()
                      .withUserAttributes(Map.of("sub", user, "email", user + "@example.com"))
                      .build())
              .build(),
          null);
    }
    Map<String, RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>> byTag =
        Map.of(
            "tasks",
                new TasksHandler(TestingDynamoDb.CONFIG, clients, clock, TaskIds.timeOrdered()),
            "users",
                new UsersHandler(
                    TestingDynamoDb.config(userPool.endpoint()), clients.dynamoDb(), clock),
            "meta", new MetaHandler());
    Map<String, String> tags = new HashMap<>();
    ApiContract.packaged()
        .operations()
        .forEach(operation -> tags.put(operation.routeKey(), operation.tag()));
    return (event, context) ->
        byTag.get(tags.get(event.getRouteKey())).handleRequest(event, context);
  }
}
