package io.plotpalette.api.tasks;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What a warm request costs from event to answer, with DynamoDB answering at once: our code and the
 * SDK's, and no network. The bar is 1 ms at p99.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 3, time = 5)
@Fork(1)
public class TasksHandlerBenchmark {
  private static final String ITEM =
      """
      {"user_id":{"S":"u"},"task_id":{"S":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01"},
       "title":{"S":"Call the printer"},"description":{"S":"Ask for matt paper."},
       "status":{"S":"todo"},"priority":{"S":"high"},"labels":{"L":[{"S":"print"}]},
       "metadata":{"M":{"supplier":{"S":"Ink & Co"}}},"due_date":{"S":"2026-12-01"},
       "created_at":{"S":"2026-11-20T09:00:00.000Z"},
       "updated_at":{"S":"2026-11-20T09:00:00.000Z"},"version":{"N":"1"}}""";

  private static final String BODY =
      """
      {"title":"Order the proofs","description":"Two sets, matt paper.","status":"in_progress",
       "priority":"high","labels":["print","spring"],"due_at":"2026-12-01T17:00:00+01:00",
       "time_zone":"Europe/Berlin","estimate_minutes":30,"metadata":{"supplier":"Ink & Co"}}""";

  private TasksHandler handler;

  @Setup
  public void start() {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("TASKS_TABLE", "tasks"),
            Map.entry("TASK_TOMBSTONES_TABLE", "task-tombstones"),
            Map.entry("USERS_TABLE", "users"),
            Map.entry("IDEMPOTENCY_TABLE", "idempotency"),
            Map.entry("TASK_WRITES_QUEUE_URL", "https://sqs.example.com/1/task-writes"),
            Map.entry("DATA_BUCKET", "data"),
            Map.entry("TEMPLATES_TABLE", "templates"),
            Map.entry("SEED_DATA_TABLE", "seed-data"),
            Map.entry("JOBS_TABLE", "jobs"),
            Map.entry("CALL_JOURNAL_TABLE", "call-journal"),
            Map.entry("COST_TRACKING_TABLE", "cost-tracking"),
            Map.entry("AWS_REGION", "us-east-1"));
    DynamoDbClient dynamoDb =
        DynamoDbClient.builder()
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClient(new CannedHttpClient())
            .build();
    handler =
        new TasksHandler(
            ApiConfig.read(environment::get),
            new ApiClients(
                dynamoDb,
                () -> {
                  throw new IllegalStateException("nothing is queued here");
                },
                () -> {
                  throw new IllegalStateException("there are no files here");
                }),
            InstantSource.system(),
            TaskIds.timeOrdered());
  }

  @Benchmark
  public APIGatewayV2HTTPResponse create() {
    return answer(event("POST", "/v1/tasks", BODY), 201);
  }

  /** A page of 20 tasks. */
  @Benchmark
  public APIGatewayV2HTTPResponse list() {
    return answer(event("GET", "/v1/tasks", null), 200);
  }

  private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, int expected) {
    APIGatewayV2HTTPResponse response = handler.handleRequest(event, null);
    if (response.getStatusCode() != expected) {
      throw new IllegalStateException(response.getStatusCode() + " " + response.getBody());
    }
    return response;
  }

  private static APIGatewayV2HTTPEvent event(String method, String path, String body) {
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey(method + " " + path)
        .withRawPath(path)
        .withHeaders(Map.of("content-type", "application/json"))
        .withBody(body)
        .withIsBase64Encoded(false)
        .withRequestContext(
            RequestContext.builder()
                .withRequestId("JKJaXmPLvHcESHA=")
                .withHttp(RequestContext.Http.builder().withMethod(method).withPath(path).build())
                .withAuthorizer(
                    RequestContext.Authorizer.builder()
                        .withJwt(
                            RequestContext.Authorizer.JWT
                                .builder()
                                .withClaims(Map.of("sub", "u"))
                                .build())
                        .build())
                .build())
        .build();
  }

  /** Answers a query with 20 tasks and everything else with nothing, at once. */
  private static final class CannedHttpClient implements SdkHttpClient {
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PAGE =
        "{\"Count\":20,\"Items\":[%s]}"
            .formatted(String.join(",", Collections.nCopies(20, ITEM)))
            .getBytes(StandardCharsets.UTF_8);

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      boolean isQuery =
          request
              .httpRequest()
              .firstMatchingHeader("X-Amz-Target")
              .orElseThrow()
              .endsWith(".Query");
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          return HttpExecuteResponse.builder()
              .response(
                  SdkHttpResponse.builder()
                      .statusCode(200)
                      .putHeader("Content-Type", "application/x-amz-json-1.0")
                      .build())
              .responseBody(
                  AbortableInputStream.create(
                      new ByteArrayInputStream(isQuery ? PAGE : NOTHING)))
              .build();
        }

        @Override
        public void abort() {
          // The answer is there before anybody can give up.
        }
      };
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
