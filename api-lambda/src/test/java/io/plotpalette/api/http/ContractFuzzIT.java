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
import io.plotpalette.api.dashboard.DashboardHandler;
import io.plotpalette.api.jobs.JobsHandler;
import io.plotpalette.api.meta.MetaHandler;
import io.plotpalette.api.seeddata.SeeddataHandler;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.tasks.TaskWritesHandler;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.api.users.PostConfirmationHandler;
import io.plotpalette.api.users.TestingUserPool;
import io.plotpalette.api.users.UsersHandler;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link ContractFuzz} on the handlers alone, in this process. */
class ContractFuzzIT {
  private static final int ROUNDS = 60;
  private static final int REQUESTS_A_ROUND = 50;
  private static final List<String> USERS = List.of("ada", "bob", "eve");

  @TempDir private Path folder;

  private final TestingQueue queue = new TestingQueue();

  @Test
  void noRequestFailsAndEveryAnswerKeepsTheContract() throws Exception {
    Map<Integer, Integer> statuses;
    try (TestingDynamoDb dynamoDb = TestingDynamoDb.start();
        TestingUserPool userPool = TestingUserPool.start();
        TestingObjectStore objects = new TestingObjectStore(folder)) {
      ApiClients clients = TestingClients.of(dynamoDb.client(), queue, objects.bucket());
      ContractFuzz fuzz = new ContractFuzz(new TestingApi(handlers(clients, userPool)), USERS);
      TaskWritesHandler worker =
          new TaskWritesHandler(TestingDynamoDb.CONFIG, clients, InstantSource.system());
      for (int round = 0; round < ROUNDS; round++) {
        fuzz.send(REQUESTS_A_ROUND);
        queue.drainTo(worker);
      }
      statuses = fuzz.statuses();
    }

    System.out.println("contract fuzz statuses " + statuses);
    assertThat(statuses.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(ROUNDS * REQUESTS_A_ROUND);
    // The generator reaches what it is for.
    assertThat(statuses)
        .containsKeys(200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 410, 412, 415, 422, 428);
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
            "users", new UsersHandler(TestingDynamoDb.config(userPool.endpoint()), clients, clock),
            "templates",
                new TemplatesHandler(TestingDynamoDb.CONFIG, clients, clock, TaskIds.timeOrdered()),
            "seeddata",
                new SeeddataHandler(TestingDynamoDb.CONFIG, clients, clock, TaskIds.timeOrdered()),
            "jobs", new JobsHandler(TestingDynamoDb.CONFIG, clients, clock, TaskIds.timeOrdered()),
            "dashboard", new DashboardHandler(TestingDynamoDb.CONFIG, clients),
            "meta", new MetaHandler());
    Map<String, String> tags = new HashMap<>();
    ApiContract.packaged()
        .operations()
        .forEach(operation -> tags.put(operation.routeKey(), operation.tag()));
    return (event, context) ->
        byTag.get(tags.get(event.getRouteKey())).handleRequest(event, context);
  }
}
