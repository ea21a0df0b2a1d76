package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.sql.SqlFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged zips under Lambda's own runtime client, as the service starts it. */
class HandlersZipIT {
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(40);
  private static final long MAX_UNPACKED_BYTES = 250L << 20;

  /** A cold start loads it, so it stays far below what Lambda takes. */
  private static final long MAX_ZIP_BYTES = 12L << 20;

  @TempDir private static Path folder;

  private static Path task;
  private static Path analyticsTask;

  @BeforeAll
  static void unpack() throws IOException {
    Artifacts artifacts = Artifacts.below(Path.of(""));
    task = unpack(artifacts.handlers(), Files.createDirectory(folder.resolve("task")));
    analyticsTask =
        unpack(
            artifacts.analyticsHandlers(), Files.createDirectory(folder.resolve("analytics-task")));
  }

  private static Path unpack(Path file, Path task) throws IOException {
    long bytes = 0;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Path unpacked = task.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(unpacked);
        } else {
          Files.createDirectories(unpacked.getParent());
          try (InputStream in = zip.getInputStream(entry)) {
            bytes += Files.copy(in, unpacked);
          }
        }
      }
    }
    assertThat(bytes).isLessThan(MAX_UNPACKED_BYTES);
    return task;
  }

  @Test
  void theZipStaysSmall() {
    assertThat(Artifacts.below(Path.of("")).handlers().toFile())
        .satisfies(zip -> assertThat(zip.length()).isLessThanOrEqualTo(MAX_ZIP_BYTES));
  }

  @Test
  void healthIsAnswered() throws Exception {
    String event =
        """
        {"version":"2.0","routeKey":"GET /v1/health","rawPath":"/v1/health","rawQueryString":"",
         "headers":{"accept":"*/*","host":"example.execute-api.eu-west-1.amazonaws.com"},
         "requestContext":{"accountId":"000000000000","apiId":"example","requestId":"JKJaXmPLvHcESHA=",
           "domainName":"example.execute-api.eu-west-1.amazonaws.com","stage":"$default",
           "http":{"method":"GET","path":"/v1/health","protocol":"HTTP/1.1","sourceIp":"192.0.2.1",
             "userAgent":"curl/8"},
           "routeKey":"GET /v1/health","time":"20/Nov/2026:12:00:00 +0000","timeEpoch":1795176000000},
         "isBase64Encoded":false}
        """;

    JsonNode answer = answer("io.plotpalette.api.meta.MetaHandler", event, Map.of());

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.path("body").asText()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void aTaskIsWrittenByACopyOfASnapshotThatHasReadTheTable() throws Exception {
    String event =
        """
        {"version":"2.0","routeKey":"POST /v1/tasks","rawPath":"/v1/tasks","rawQueryString":"",
         "headers":{"authorization":"Bearer e30.e30.e30","content-type":"application/json"},
         "requestContext":{"accountId":"000000000000","apiId":"example","requestId":"JKJaXmPLvHcESHA=",
           "authorizer":{"jwt":{"claims":{"client_id":"c","sub":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01",
             "token_use":"access","username":"u"},"scopes":null}},
           "stage":"$default",
           "http":{"method":"POST","path":"/v1/tasks","protocol":"HTTP/1.1","sourceIp":"192.0.2.1",
             "userAgent":"curl/8"},
           "routeKey":"POST /v1/tasks","time":"20/Nov/2026:12:00:00 +0000","timeEpoch":1795176000000},
         "body":"{\\"title\\":\\"Write the runbook\\"}","isBase64Encoded":false}
        """;
    try (TestingDynamoDb dynamoDb =
        new TestingDynamoDb(
            Map.of(
                "Query",
                List.of("{\"Count\":0,\"Items\":[],\"ScannedCount\":0}"),
                "PutItem",
                List.of("{}")))) {
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID", "key",
              "AWS_SECRET_ACCESS_KEY", "secret",
              "AWS_REGION", "eu-west-1",
              "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.endpoint(),
              "AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");

      JsonNode answer = answer("io.plotpalette.api.tasks.TasksHandler", event, environment);

      assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
      assertThat(answer.path("body").asText()).contains("\"title\":\"Write the runbook\"");
      assertThat(dynamoDb.operations()).containsExactly("Query", "PutItem");
    }
  }

  @Test
  void aMessageOfTheQueueThatNobodyUnderstandsIsReportedByItsName() throws Exception {
    String event =
        """
        {"Records":[{"messageId":"059f36b4-87a3-44ab-83d2-661975830a7d","receiptHandle":"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
          "body":"no task","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1795176000000",
            "SenderId":"AIDAIENQZJOLO23YVJ4VO","ApproximateFirstReceiveTimestamp":"1795176000001"},
          "messageAttributes":{},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3","eventSource":"aws:sqs",
          "eventSourceARN":"arn:aws:sqs:eu-west-1:000000000000:task-writes","awsRegion":"eu-west-1"}]}
        """;

    JsonNode answer =
        answer(
            "io.plotpalette.api.tasks.TaskWritesHandler",
            event,
            Map.of(
                "AWS_ACCESS_KEY_ID", "key",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_REGION", "eu-west-1"));

    assertThat(answer.at("/batchItemFailures/0/itemIdentifier").asText())
        .isEqualTo("059f36b4-87a3-44ab-83d2-661975830a7d");
  }

  @Test
  void aDeploymentsViewsAreThoseOfThePackage() throws Exception {
    try (TestingDynamoDb athena =
            new TestingDynamoDb(
                Map.of(
                    "StartQueryExecution",
                    List.of("{\"QueryExecutionId\":\"1\"}"),
                    "BatchGetQueryExecution",
                    List.of(
                        "{\"QueryExecutions\":[{\"QueryExecutionId\":\"1\","
                            + "\"Status\":{\"State\":\"SUCCEEDED\"}}]}")));
        TestingRuntimeApi cloudFormation = new TestingRuntimeApi("")) {
      String event =
          """
          {"RequestType":"Create","ResponseURL":"http://%s/answer","StackId":"stack",
           "RequestId":"request","LogicalResourceId":"LakeViews",
           "ResourceProperties":{"ServiceToken":"arn","Views":[]}}
          """
              .formatted(cloudFormation.address());
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID", "key",
              "AWS_SECRET_ACCESS_KEY", "secret",
              "AWS_REGION", "eu-west-1",
              "AWS_ENDPOINT_URL_ATHENA", athena.endpoint(),
              "ATHENA_WORKGROUP", "analysts",
              "GLUE_DATABASE", "lake");

      answer(analyticsTask, "io.plotpalette.analytics.ViewsHandler", event, environment);

      assertThat(cloudFormation.answers())
          .singleElement()
          .satisfies(
              answer ->
                  assertThat(new ObjectMapper().readTree(answer).path("Status").asText())
                      .isEqualTo("SUCCESS"));
      assertThat(athena.operations())
          .filteredOn("StartQueryExecution"::equals)
          .hasSameSizeAs(SqlFiles.VIEWS.statements().keySet());
    }
  }

  private static JsonNode answer(String handlerClass, String event, Map<String, String> more)
      throws Exception {
    return answer(task, handlerClass, event, more);
  }

  /** Starts the runtime client as Lambda does and gives what it answers to the event. */
  private static JsonNode answer(
      Path task, String handlerClass, String event, Map<String, String> more) throws Exception {
    Map<String, String> environment =
        new HashMap<>(
            HandlerEnvironment.of(devStage(), "bucket", "https://sqs.example.com/task-writes"));
    environment.putAll(more);
    try (TestingRuntimeApi runtimeApi = new TestingRuntimeApi(event)) {
      environment.put("AWS_LAMBDA_RUNTIME_API", runtimeApi.address());
      environment.put("AWS_LAMBDA_FUNCTION_NAME", "under-test");
      environment.put("AWS_LAMBDA_LOG_FORMAT", "TEXT");
      try (ChildJvm lambda =
          ChildJvm.start(
              task,
              environment,
              List.of(Path.of("target/lambda-runtime").toAbsolutePath() + "/*"),
              // The service's own start script sets it: its implementation of the checkpoint hooks.
              "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
              "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
              handlerClass + "::handleRequest")) {
        await()
            .atMost(FIRST_ANSWER)
            .until(() -> !runtimeApi.answers().isEmpty() || !lambda.isAlive());
        assertThat(runtimeApi.calls())
            .as(lambda.output())
            .anyMatch(call -> call.endsWith("/response"))
            .noneMatch(call -> call.endsWith("error"));
        if (environment.containsKey("AWS_LAMBDA_INITIALIZATION_TYPE")) {
          assertThat(runtimeApi.calls()).startsWith("restore/next", "invocation/next");
        }
        return new ObjectMapper().readTree(runtimeApi.answers().get(0));
      }
    }
  }

  private static Stage devStage() {
    return Stage.read(Map.of("stage", "dev")::get);
  }
}
