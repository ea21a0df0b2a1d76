package io.plotpalette.infra;

import io.plotpalette.model.table.Tables;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.aws_apigatewayv2_authorizers.HttpUserPoolAuthorizer;
import software.amazon.awscdk.aws_apigatewayv2_integrations.HttpLambdaIntegration;
import software.amazon.awscdk.services.apigateway.AccessLogFormat;
import software.amazon.awscdk.services.apigatewayv2.AddRoutesOptions;
import software.amazon.awscdk.services.apigatewayv2.CfnStage;
import software.amazon.awscdk.services.apigatewayv2.CorsHttpMethod;
import software.amazon.awscdk.services.apigatewayv2.CorsPreflightOptions;
import software.amazon.awscdk.services.apigatewayv2.HttpApi;
import software.amazon.awscdk.services.apigatewayv2.HttpMethod;
import software.amazon.awscdk.services.apigatewayv2.HttpNoneAuthorizer;
import software.amazon.awscdk.services.apigatewayv2.HttpRoute;
import software.amazon.awscdk.services.apigatewayv2.HttpRouteKey;
import software.amazon.awscdk.services.apigatewayv2.HttpStage;
import software.amazon.awscdk.services.apigatewayv2.IAccessLogSettings;
import software.amazon.awscdk.services.apigatewayv2.LogGroupLogDestination;
import software.amazon.awscdk.services.apigatewayv2.ThrottleSettings;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.EventSourceMapping;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * The HTTP API: every route of the contract and one for all that is none, one function a tag of the
 * contract, and the one behind the queue.
 */
public final class ApiStack extends Stack {
  private static final String CONSUMER = "io.plotpalette.api.tasks.TaskWritesHandler";

  /** Enough for 1,000 writes a second; more would take capacity from the requests that wait. */
  private static final int CONSUMERS = 10;

  private static final String TRANSFERS_BY_FOLDER =
      "A file's name holds its user and its request, so rights are by folder: the one of transfers.";

  private static final String DATASETS_BY_FOLDER =
      "A file's name holds its user or its job, so rights are by folder: seed data, and what jobs"
          + " make.";

  /** Routes whose calls cost many times what others do; they get a share of the stage's rate. */
  private static final Set<String> COSTLY_ROUTES =
      Set.of(
          "DELETE /v1/jobs/{job_id}",
          "DELETE /v1/users/me",
          "GET /v1/tasks/export",
          "POST /v1/jobs",
          "POST /v1/seed-data/{seed_data_id}/validate",
          "POST /v1/tasks/batch",
          "POST /v1/tasks/exports",
          "POST /v1/tasks/import",
          "POST /v1/tasks/imports",
          "POST /v1/tasks/imports/{import_id}/start");

  private static final int SHARE_OF_COSTLY_ROUTES = 10;

  /** The gateway gives up after 30 s; the function gives up first, so that it can still log. */
  private static final Duration TIMEOUT = Duration.seconds(29);

  private static final String ACCESS_LOG =
      """
      {"request_id":"$context.requestId","time":"$context.requestTime",\
      "route":"$context.routeKey","status":"$context.status",\
      "user_id":"$context.authorizer.claims.sub","latency_ms":"$context.responseLatency",\
      "integration_latency_ms":"$context.integrationLatency","bytes":"$context.responseLength",\
      "source_ip":"$context.identity.sourceIp","error":"$context.error.messageString",\
      "authorizer_error":"$context.authorizer.error"}""";

  /** What lies outside this stack. */
  record Surroundings(
      StorageStack storage, DatabaseStack database, QueueStack queue, AuthStack auth) {}

  private final Surroundings surroundings;

  ApiStack(
      Construct scope, Stage stage, HandlerFunction.Template template, Surroundings surroundings) {
    super(scope, stage.physicalName("api"));
    this.surroundings = surroundings;
    HttpApi.Builder builder =
        HttpApi.Builder.create(this, "Api")
            .apiName(stage.physicalName("api"))
            .description("Tasks whose changes become queryable insight, stage " + stage.name())
            .createDefaultStage(false);
    if (!stage.corsOrigins().isEmpty()) {
      builder.corsPreflight(cors(stage.corsOrigins()));
    }
    HttpApi api = builder.build();
    Map<String, HttpRoute> routes = addRoutes(api, functions(template));
    addStage(api, stage, routes);
    addConsumer(template);
    CfnOutput.Builder.create(this, "Url").value(api.getApiEndpoint()).build();
  }

  /** By tag of the contract, each with the access its handler needs. */
  private SortedMap<String, HandlerFunction> functions(HandlerFunction.Template template) {
    DatabaseStack database = surroundings.database();
    SortedMap<String, List<PolicyStatement>> access = new TreeMap<>();
    access.put("meta", List.of());
    access.put(
        "tasks",
        all(
            List.of(
                database.access(
                    Tables.TASKS,
                    "dynamodb:DeleteItem",
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:Query"),
                database.indexAccess(Tables.TASKS, "dynamodb:Query"),
                database.access(Tables.TASK_TOMBSTONES, "dynamodb:PutItem", "dynamodb:Query"),
                database.access(
                    Tables.IDEMPOTENCY,
                    "dynamodb:BatchGetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem"),
                surroundings.queue().sendAccess(),
                surroundings.storage().transferAccess())));
    access.put(
        "users",
        all(
            List.of(
                database.access(
                    Tables.USERS, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
                database.indexAccess(Tables.USERS, "dynamodb:Query"),
                // Who deletes their account takes all of it along, and what is still in the queue.
                database.access(Tables.TASKS, "dynamodb:BatchWriteItem", "dynamodb:Query"),
                database.access(
                    Tables.TASK_TOMBSTONES, "dynamodb:BatchWriteItem", "dynamodb:Query"),
                database.access(Tables.IDEMPOTENCY, "dynamodb:PutItem"),
                database.access(Tables.TEMPLATES, "dynamodb:DeleteItem", "dynamodb:Query"),
                database.indexAccess(Tables.TEMPLATES, "dynamodb:Query"),
                database.access(Tables.SEED_DATA, "dynamodb:DeleteItem", "dynamodb:Query"),
                database.access(
                    Tables.JOBS,
                    "dynamodb:BatchGetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:UpdateItem"),
                database.indexAccess(Tables.JOBS, "dynamodb:Query"),
                database.access(Tables.CALL_JOURNAL, "dynamodb:DeleteItem", "dynamodb:Query"),
                database.access(Tables.COST_TRACKING, "dynamodb:DeleteItem", "dynamodb:Query"),
                surroundings.storage().erasureAccess())));
    addDatasets(access);
    SortedMap<String, HandlerFunction> functions = new TreeMap<>();
    access.forEach(
        (tag, statements) ->
            functions.put(
                tag,
                new HandlerFunction(
                    this,
                    capitalised(tag),
                    template,
                    new HandlerFunction.Options(
                        "api-" + tag, handlerClass(tag), TIMEOUT, statements))));
    functions.get("tasks").acceptWildcards(TRANSFERS_BY_FOLDER);
    for (String tag : List.of("seeddata", "jobs", "dashboard", "users")) {
      functions.get(tag).acceptWildcards(DATASETS_BY_FOLDER);
    }
    return functions;
  }

  /** The resources of the dataset half. */
  private void addDatasets(SortedMap<String, List<PolicyStatement>> access) {
    DatabaseStack database = surroundings.database();
    StorageStack storage = surroundings.storage();
    List<PolicyStatement> idempotency = database.access(Tables.IDEMPOTENCY, "dynamodb:PutItem");
    access.put(
        "templates",
        all(
            List.of(
                database.access(
                    Tables.TEMPLATES,
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:Query",
                    "dynamodb:UpdateItem"),
                database.indexAccess(Tables.TEMPLATES, "dynamodb:Query"),
                idempotency)));
    access.put(
        "seeddata",
        all(
            List.of(
                database.access(
                    Tables.SEED_DATA,
                    "dynamodb:DeleteItem",
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:Query"),
                database.access(Tables.TEMPLATES, "dynamodb:GetItem", "dynamodb:Query"),
                idempotency,
                storage.seedDataAccess())));
    access.put(
        "jobs",
        all(
            List.of(
                database.access(
                    Tables.JOBS,
                    "dynamodb:BatchGetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:PutItem",
                    "dynamodb:Query",
                    "dynamodb:UpdateItem"),
                database.indexAccess(Tables.JOBS, "dynamodb:Query"),
                database.access(Tables.CALL_JOURNAL, "dynamodb:DeleteItem", "dynamodb:Query"),
                database.access(Tables.COST_TRACKING, "dynamodb:DeleteItem", "dynamodb:Query"),
                database.access(Tables.TEMPLATES, "dynamodb:GetItem", "dynamodb:Query"),
                database.access(Tables.SEED_DATA, "dynamodb:GetItem"),
                idempotency,
                storage.jobFilesAccess())));
    access.put(
        "dashboard",
        all(List.of(database.access(Tables.JOBS, "dynamodb:Query"), storage.jobFilesSight())));
  }

  /** Works on what the tasks function has put into the queue, and goes on with it there. */
  private void addConsumer(HandlerFunction.Template template) {
    DatabaseStack database = surroundings.database();
    HandlerFunction consumer =
        new HandlerFunction(
            this,
            "TaskWrites",
            template,
            new HandlerFunction.Options(
                "task-writes",
                CONSUMER,
                QueueStack.CONSUMER_TIMEOUT,
                all(
                    List.of(
                        database.access(
                            Tables.TASKS,
                            "dynamodb:DeleteItem",
                            "dynamodb:GetItem",
                            "dynamodb:PutItem",
                            "dynamodb:Query"),
                        database.access(Tables.TASK_TOMBSTONES, "dynamodb:PutItem"),
                        database.access(
                            Tables.IDEMPOTENCY,
                            "dynamodb:BatchGetItem",
                            "dynamodb:GetItem",
                            "dynamodb:PutItem",
                            "dynamodb:UpdateItem"),
                        surroundings.queue().consumeAccess(),
                        surroundings.queue().sendAccess(),
                        surroundings.storage().transferAccess()))));
    consumer.acceptWildcards(TRANSFERS_BY_FOLDER);
    EventSourceMapping.Builder.create(this, "TaskWritesFromQueue")
        .target(consumer.live())
        .eventSourceArn(surroundings.queue().taskWrites().getQueueArn())
        .batchSize(10)
        .maxBatchingWindow(Duration.seconds(1))
        .reportBatchItemFailures(true)
        .maxConcurrency(CONSUMERS)
        .build();
  }

  private static List<PolicyStatement> all(List<List<PolicyStatement>> parts) {
    return parts.stream().flatMap(List::stream).toList();
  }

  /** Handlers are named after the tag they serve: a package and a class a resource. */
  private static String handlerClass(String tag) {
    return "io.plotpalette.api.%s.%sHandler".formatted(tag, capitalised(tag));
  }

  private static String capitalised(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /** Adds every route; returns those of the contract, by key. */
  private Map<String, HttpRoute> addRoutes(HttpApi api, Map<String, HandlerFunction> functions) {
    AuthStack auth = surroundings.auth();
    HttpUserPoolAuthorizer tokens =
        HttpUserPoolAuthorizer.Builder.create("UserPoolTokens", auth.userPool())
            .userPoolClients(List.of(auth.client()))
            .build();
    Map<String, HttpLambdaIntegration> integrations = new TreeMap<>();
    functions.forEach(
        (tag, function) ->
            integrations.put(
                tag, new HttpLambdaIntegration("To" + capitalised(tag), function.live())));
    Map<String, HttpRoute> routes = new TreeMap<>();
    for (ContractRoute route : ContractRoute.all()) {
      HttpLambdaIntegration integration = integrations.get(route.tag());
      if (integration == null) {
        throw new IllegalStateException(
            "no function serves tag '%s' of %s".formatted(route.tag(), route.key()));
      }
      HttpRoute added =
          api.addRoutes(
                  AddRoutesOptions.builder()
                      .path(route.path())
                      .methods(List.of(HttpMethod.valueOf(route.method())))
                      .integration(integration)
                      .authorizer(route.requiresToken() ? tokens : new HttpNoneAuthorizer())
                      .build())
              .get(0);
      routes.put(route.key(), added);
      if (!route.requiresToken()) {
        Suppressions.accept(
            added,
            "AwsSolutions-APIG4",
            "Public by contract: security is empty for %s in openapi.yaml.".formatted(route.key()));
      }
    }
    HttpRoute otherwise =
        HttpRoute.Builder.create(this, "Default")
            .httpApi(api)
            .routeKey(HttpRouteKey.DEFAULT)
            .integration(integrations.get("meta"))
            .authorizer(new HttpNoneAuthorizer())
            .build();
    Suppressions.accept(
        otherwise,
        "AwsSolutions-APIG4",
        "Answers what the contract does not have, with 404 or 405 and no data; a token would only"
            + " hide that.");
    return routes;
  }

  private void addStage(HttpApi api, Stage stage, Map<String, HttpRoute> routes) {
    LogGroup accessLog =
        LogGroup.Builder.create(this, "AccessLog")
            // The prefix keeps the account's policy for log delivery from growing with each API.
            .logGroupName("/aws/vendedlogs/" + stage.physicalName("api"))
            .retention(stage.logRetention())
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    HttpStage gatewayStage =
        HttpStage.Builder.create(this, "Stage")
            .httpApi(api)
            .stageName("$default")
            .autoDeploy(true)
            .detailedMetricsEnabled(true)
            .throttle(
                ThrottleSettings.builder()
                    .rateLimit(stage.requestsPerSecond())
                    .burstLimit(stage.requestBurst())
                    .build())
            .accessLogSettings(
                new IAccessLogSettings() {
                  @Override
                  public LogGroupLogDestination getDestination() {
                    return new LogGroupLogDestination(accessLog);
                  }

                  @Override
                  public AccessLogFormat getFormat() {
                    return AccessLogFormat.custom(ACCESS_LOG);
                  }
                })
            .build();
    Map<String, Object> settings = new TreeMap<>();
    for (String key : COSTLY_ROUTES) {
      HttpRoute route = routes.get(key);
      if (route == null) {
        throw new IllegalStateException("the contract has no route " + key + " to throttle");
      }
      // The gateway refuses settings of a route it does not have yet.
      gatewayStage.getNode().addDependency(route);
      settings.put(
          key,
          Map.of(
              "DetailedMetricsEnabled", true,
              "ThrottlingRateLimit", stage.requestsPerSecond() / SHARE_OF_COSTLY_ROUTES,
              "ThrottlingBurstLimit", stage.requestBurst() / SHARE_OF_COSTLY_ROUTES));
    }
    CfnStage resource = (CfnStage) gatewayStage.getNode().getDefaultChild();
    Objects.requireNonNull(resource).addPropertyOverride("RouteSettings", settings);
  }

  private static CorsPreflightOptions cors(List<String> origins) {
    return CorsPreflightOptions.builder()
        .allowOrigins(origins)
        .allowMethods(
            List.of(
                CorsHttpMethod.DELETE,
                CorsHttpMethod.GET,
                CorsHttpMethod.PATCH,
                CorsHttpMethod.POST,
                CorsHttpMethod.PUT))
        .allowHeaders(
            List.of(
                "authorization",
                "content-type",
                "idempotency-key",
                "if-match",
                "if-none-match",
                "prefer"))
        .exposeHeaders(
            List.of(
                "allow",
                "etag",
                "link",
                "location",
                "preference-applied",
                "retry-after",
                "x-request-id"))
        .maxAge(Duration.minutes(10))
        .build();
  }
}
