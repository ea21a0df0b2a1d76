package io.plotpalette.local;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.dashboard.DashboardHandler;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiOperation;
import io.plotpalette.api.jobs.JobsHandler;
import io.plotpalette.api.meta.MetaHandler;
import io.plotpalette.api.seeddata.SeeddataHandler;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.tasks.TaskWritesHandler;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.api.users.PostConfirmationHandler;
import io.plotpalette.api.users.UsersHandler;
import io.plotpalette.local.gateway.HttpApiGateway;
import io.plotpalette.local.gateway.JwtAuthorizer;
import io.plotpalette.local.gateway.LambdaFunction;
import io.plotpalette.local.gateway.LambdaRuntime;
import io.plotpalette.local.gateway.Route;
import io.plotpalette.local.identity.MailFolder;
import io.plotpalette.local.identity.TokenServer;
import io.plotpalette.local.objectstore.ObjectStoreServer;
import io.plotpalette.local.queue.QueueDefinition;
import io.plotpalette.local.queue.QueueDefinition.Redrive;
import io.plotpalette.local.queue.QueueFile;
import io.plotpalette.local.queue.QueuePoller;
import io.plotpalette.local.queue.QueueServer;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Log-in, queue and API in this process, in front of a database and an object store that run. */
public final class ApiServer implements AutoCloseable {
  /** What Cognito gives a trigger. */
  private static final Duration TRIGGER_LIMIT = Duration.ofSeconds(5);

  /**
   * Of one batch out of the queue. Shorter than in the cloud, as is the time after which a failed
   * message comes again: nobody here is away from the screen for minutes.
   */
  private static final Duration QUEUE_LIMIT = Duration.ofSeconds(25);

  private static final QueueDefinition DEAD_TASK_WRITES =
      new QueueDefinition(
          "task-writes-dead", Duration.ofSeconds(30), Duration.ofDays(14), Optional.empty());
  private static final QueueDefinition TASK_WRITES =
      new QueueDefinition(
          "task-writes",
          Duration.ofSeconds(30),
          Duration.ofDays(4),
          Optional.of(new Redrive(DEAD_TASK_WRITES.name(), 5)));

  /** A burst of a second at a hundred requests; more would pile up in the heap. */
  private static final int MAX_INVOCATIONS = 160;

  private static final int MAX_QUEUE_INVOCATIONS = 2;

  private final Parts parts = new Parts();
  private final Options options;
  private final StaticCredentialsProvider credentials =
      StaticCredentialsProvider.create(
          AwsBasicCredentials.create(
              ObjectStoreServer.ACCESS_KEY_ID, ObjectStoreServer.SECRET_ACCESS_KEY));
  private final DynamoDbClient dynamoDb;
  private final TokenServer tokens;
  private final QueueServer queue;
  private final HttpApiGateway gateway;

  /** Known before anybody can sign up, though the token server is older. */
  private volatile LambdaFunction<
          CognitoUserPoolPostConfirmationEvent, CognitoUserPoolPostConfirmationEvent>
      postConfirmation;

  /**
   * What lies outside, and where it listens itself.
   *
   * @param apiPort 0 for any free one, as the others
   * @param data where accounts and queues are kept
   * @param dynamoDb has the tables of the stage already
   * @param objectStore may be down: then only what needs files fails
   */
  public record Options(
      int apiPort, int tokenPort, int queuePort, DataFolder data, URI dynamoDb, URI objectStore) {}

  private ApiServer(Options options) {
    this.options = options;
    try {
      Clock clock = Clock.systemUTC();
      dynamoDb = parts.closeLater(dynamoDbClient());
      LambdaRuntime lambda =
          parts.closeLater(
              new LambdaRuntime(MAX_INVOCATIONS, clock, () -> UUID.randomUUID().toString()));
      tokens =
          parts.closeLater(
              new TokenServer(
                  options.tokenPort(),
                  options.data().identity(),
                  new MailFolder(options.data().mail()),
                  event -> postConfirmation.invoke(event, TRIGGER_LIMIT),
                  clock));
      QueueFile queues =
          parts.closeLater(new QueueFile(options.data().queues(), clock, UUID::randomUUID));
      queue =
          parts.closeLater(
              new QueueServer(options.queuePort(), List.of(TASK_WRITES, DEAD_TASK_WRITES), queues));
      ApiConfig config = ApiConfig.read(environment()::get);
      ApiClients clients = clients();
      postConfirmation =
          lambda.function(
              "post-confirmation",
              new PostConfirmationHandler(config, dynamoDb, clock),
              CognitoUserPoolPostConfirmationEvent.class,
              CognitoUserPoolPostConfirmationEvent.class);
      gateway =
          parts.closeLater(
              new HttpApiGateway(
                  options.apiPort(),
                  routes(lambda, config, clients, clock),
                  new JwtAuthorizer(tokens.keys(), tokens.issuer(), TokenServer.CLIENT_ID, clock),
                  HttpApiGateway.Options.local(clock)));
      parts.closeLater(
          new QueuePoller(
              queues,
              TASK_WRITES,
              lambda.function(
                  "task-writes",
                  new TaskWritesHandler(config, clients, clock),
                  SQSEvent.class,
                  SQSBatchResponse.class),
              QUEUE_LIMIT,
              MAX_QUEUE_INVOCATIONS));
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /**
   * Starts, and goes on with the accounts and the messages in the data folder.
   *
   * @throws io.plotpalette.local.loopback.PortInUseException if something else listens on a port
   */
  public static ApiServer start(Options options) {
    return new ApiServer(options);
  }

  /** The settings of the functions that name the tables. */
  public static Map<String, String> tableNames() {
    Map<String, String> environment = new HashMap<>();
    for (TableDefinition table : Tables.all()) {
      environment.put(
          table.name().toUpperCase(Locale.ROOT).replace('-', '_') + "_TABLE",
          table.physicalName(PaletteServer.STAGE));
    }
    return environment;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = tableNames();
    environment.put("TASK_WRITES_QUEUE_URL", queue.url(TASK_WRITES.name()).toString());
    environment.put("DATA_BUCKET", DataFolder.BUCKET);
    environment.put("USER_POOL_ENDPOINT", tokens.endpoint().toString());
    environment.put("AWS_REGION", PaletteServer.REGION);
    return environment;
  }

  private List<Route> routes(
      LambdaRuntime lambda, ApiConfig config, ApiClients clients, Clock clock) {
    Map<String, LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>> functions =
        Map.of(
            "tasks",
            httpFunction(
                lambda, "tasks", new TasksHandler(config, clients, clock, TaskIds.timeOrdered())),
            "users",
            httpFunction(lambda, "users", new UsersHandler(config, clients, clock)),
            "templates",
            httpFunction(
                lambda,
                "templates",
                new TemplatesHandler(config, clients, clock, TaskIds.timeOrdered())),
            "seeddata",
            httpFunction(
                lambda,
                "seeddata",
                new SeeddataHandler(config, clients, clock, TaskIds.timeOrdered())),
            "jobs",
            httpFunction(
                lambda, "jobs", new JobsHandler(config, clients, clock, TaskIds.timeOrdered())),
            "dashboard",
            httpFunction(lambda, "dashboard", new DashboardHandler(config, clients)),
            "meta",
            httpFunction(lambda, "meta", new MetaHandler()));
    return Stream.concat(
            ApiContract.packaged().operations().stream()
                .map(operation -> route(operation, functions.get(operation.tag()))),
            Stream.of(Route.otherwise(functions.get("meta"))))
        .toList();
  }

  private static LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> httpFunction(
      LambdaRuntime lambda,
      String name,
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler) {
    return lambda.function(
        name, handler, APIGatewayV2HTTPEvent.class, APIGatewayV2HTTPResponse.class);
  }

  private static Route route(
      ApiOperation operation,
      LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function) {
    return new Route(
        operation.method(),
        operation.path(),
        operation.requiresAuth() ? Route.Authorization.JWT : Route.Authorization.NONE,
        function);
  }

  private ApiClients clients() {
    Region region = Region.of(PaletteServer.REGION);
    SqsClient sqs =
        parts.closeLater(
            SqsClient.builder()
                .endpointOverride(queue.endpoint())
                .region(region)
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build());
    TransferBucket files =
        parts.closeLater(
            new TransferBucket(
                DataFolder.BUCKET,
                region,
                credentials,
                Optional.of(options.objectStore()),
                parts.closeLater(UrlConnectionHttpClient.create())));
    return new ApiClients(dynamoDb, () -> sqs, () -> files);
  }

  private DynamoDbClient dynamoDbClient() {
    return DynamoDbClient.builder()
        .endpointOverride(options.dynamoDb())
        .region(Region.of(PaletteServer.REGION))
        .credentialsProvider(credentials)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  public URI api() {
    return gateway.endpoint();
  }

  /** Speaks Cognito's protocol. */
  public URI tokens() {
    return tokens.endpoint();
  }

  /** Speaks SQS's protocol. */
  public URI queue() {
    return queue.endpoint();
  }

  /** Puts a user in a group, which the next tokens carry. */
  public void addToGroup(String email, String group) {
    tokens.addToGroup(email, group);
  }

  /** A new user's access token; {@code name} begins the user's address. */
  public String signUpAndLogIn(HttpClient http, String name) throws Exception {
    return new SignUp(http, tokens(), options.data().mail()).accessTokenOf(name);
  }

  @Override
  public void close() throws Exception {
    parts.close();
  }
}
