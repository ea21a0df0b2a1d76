package io.plotpalette.infra;

import io.plotpalette.model.table.Tables;
import java.util.List;
import java.util.Map;
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
import software.amazon.awscdk.services.apigatewayv2.CorsHttpMethod;
import software.amazon.awscdk.services.apigatewayv2.CorsPreflightOptions;
import software.amazon.awscdk.services.apigatewayv2.HttpApi;
import software.amazon.awscdk.services.apigatewayv2.HttpMethod;
import software.amazon.awscdk.services.apigatewayv2.HttpNoneAuthorizer;
import software.amazon.awscdk.services.apigatewayv2.HttpRoute;
import software.amazon.awscdk.services.apigatewayv2.HttpStage;
import software.amazon.awscdk.services.apigatewayv2.IAccessLogSettings;
import software.amazon.awscdk.services.apigatewayv2.LogGroupLogDestination;
import software.amazon.awscdk.services.apigatewayv2.ThrottleSettings;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/** The HTTP API: every route of the contract, one function a tag of it. */
public final class ApiStack extends Stack {
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

  ApiStack(
      Construct scope, Stage stage, Artifacts artifacts, DatabaseStack database, AuthStack auth) {
    super(scope, stage.physicalName("api"));
    HttpApi.Builder builder =
        HttpApi.Builder.create(this, "Api")
            .apiName(stage.physicalName("api"))
            .description("Tasks whose changes become queryable insight, stage " + stage.name())
            .createDefaultStage(false);
    if (!stage.corsOrigins().isEmpty()) {
      builder.corsPreflight(cors(stage.corsOrigins()));
    }
    HttpApi api = builder.build();
    addStage(api, stage);
    addRoutes(api, functions(stage, artifacts, database), auth);
    CfnOutput.Builder.create(this, "Url").value(api.getApiEndpoint()).build();
  }

  /** By tag of the contract, each with the access its handler needs. */
  private SortedMap<String, HandlerFunction> functions(
      Stage stage, Artifacts artifacts, DatabaseStack database) {
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
                database.access(Tables.IDEMPOTENCY, "dynamodb:PutItem"))));
    access.put(
        "users",
        all(
            List.of(
                database.access(
                    Tables.USERS, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
                database.indexAccess(Tables.USERS, "dynamodb:Query"),
                // Who deletes their account takes all of it along.
                database.access(Tables.TASKS, "dynamodb:BatchWriteItem", "dynamodb:Query"),
                database.access(
                    Tables.TASK_TOMBSTONES, "dynamodb:BatchWriteItem", "dynamodb:Query"))));
    SortedMap<String, HandlerFunction> functions = new TreeMap<>();
    access.forEach(
        (tag, statements) ->
            functions.put(
                tag,
                new HandlerFunction(
                    this,
                    capitalised(tag),
                    stage,
                    artifacts,
                    new HandlerFunction.Options(
                        "api-" + tag,
                        handlerClass(tag),
                        TIMEOUT,
                        HandlerEnvironment.of(stage),
                        statements))));
    return functions;
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

  private static void addRoutes(
      HttpApi api, Map<String, HandlerFunction> functions, AuthStack auth) {
    HttpUserPoolAuthorizer tokens =
        HttpUserPoolAuthorizer.Builder.create("UserPoolTokens", auth.userPool())
            .userPoolClients(List.of(auth.client()))
            .build();
    Map<String, HttpLambdaIntegration> integrations = new TreeMap<>();
    functions.forEach(
        (tag, function) ->
            integrations.put(
                tag, new HttpLambdaIntegration("To" + capitalised(tag), function.live())));
    for (ContractRoute route : ContractRoute.all()) {
      HttpLambdaIntegration integration = integrations.get(route.tag());
      if (integration == null) {
        throw new IllegalStateException(
            "no function serves tag '%s' of %s".formatted(route.tag(), route.key()));
      }
      List<HttpRoute> added =
          api.addRoutes(
              AddRoutesOptions.builder()
                  .path(route.path())
                  .methods(List.of(HttpMethod.valueOf(route.method())))
                  .integration(integration)
                  .authorizer(route.requiresToken() ? tokens : new HttpNoneAuthorizer())
                  .build());
      if (!route.requiresToken()) {
        Suppressions.accept(
            added.get(0),
            "AwsSolutions-APIG4",
            "Public by contract: security is empty for %s in openapi.yaml.".formatted(route.key()));
      }
    }
  }

  private void addStage(HttpApi api, Stage stage) {
    LogGroup accessLog =
        LogGroup.Builder.create(this, "AccessLog")
            // The prefix keeps the account's policy for log delivery from growing with each API.
            .logGroupName("/aws/vendedlogs/" + stage.physicalName("api"))
            .retention(stage.logRetention())
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
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
                "authorization", "content-type", "idempotency-key", "if-match", "if-none-match"))
        .exposeHeaders(List.of("etag", "link", "location", "x-request-id"))
        .maxAge(Duration.minutes(10))
        .build();
  }
}
