package io.plotpalette.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.meta.MetaHandler;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.users.UsersHandler;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrimingTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("TASKS_TABLE", "tasks"),
          Map.entry("TASK_TOMBSTONES_TABLE", "task-tombstones"),
          Map.entry("USERS_TABLE", "users"),
          Map.entry("IDEMPOTENCY_TABLE", "idempotency"),
          Map.entry("TASK_WRITES_QUEUE_URL", "https://sqs.example.com/1/q"),
          Map.entry("DATA_BUCKET", "data"),
          Map.entry("TEMPLATES_TABLE", "templates"),
          Map.entry("SEED_DATA_TABLE", "seed-data"),
          Map.entry("JOBS_TABLE", "jobs"),
          Map.entry("CALL_JOURNAL_TABLE", "call-journal"),
          Map.entry("COST_TRACKING_TABLE", "cost-tracking"),
          Map.entry("AWS_REGION", "us-east-1"));

  @Test
  void aPrimingRequestIsOneTheContractKnows() {
    APIGatewayV2HTTPResponse response =
        new MetaHandler().handleRequest(PrimingRequest.get("/v1/health"), null);

    assertThat(response.getStatusCode()).isEqualTo(200);
  }

  @Test
  void aTableThatCannotBeReachedDoesNotStopTheSnapshot() {
    TasksHandler handler =
        new TasksHandler(
            ApiConfig.read(ENVIRONMENT::get),
            TestingClients.of(new UnreachableDynamoDbClient()),
            InstantSource.system(),
            () -> "no id is asked for");

    assertThatCode(() -> handler.beforeCheckpoint(null)).doesNotThrowAnyException();
  }

  @Test
  void theHandlerOfUsersIsPrimedWithoutATableToo() {
    UsersHandler handler =
        new UsersHandler(
            ApiConfig.read(ENVIRONMENT::get),
            TestingClients.of(new UnreachableDynamoDbClient()),
            InstantSource.system());

    assertThatCode(() -> handler.beforeCheckpoint(null)).doesNotThrowAnyException();
  }
}
