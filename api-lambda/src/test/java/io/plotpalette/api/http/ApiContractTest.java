package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.UnreachableDynamoDbClient;
import io.plotpalette.api.dashboard.DashboardHandler;
import io.plotpalette.api.jobs.JobsHandler;
import io.plotpalette.api.meta.MetaHandler;
import io.plotpalette.api.seeddata.SeeddataHandler;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.api.users.UsersHandler;
import io.plotpalette.model.task.TaskLimits;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.io.File;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiContractTest {
  private static final String SMALL_CONTRACT =
      """
      security: [{jwt: []}]
      paths:
        /v1/notes:
          get: {tags: [notes], operationId: listNotes}
          post: {tags: [notes], operationId: createNote, security: []}
        /v1/other:
          get: {tags: [other], operationId: listOthers}
      """;

  private final ApiContract contract = ApiContract.packaged();

  @Test
  void whatIsPackagedIsTheFile() throws IOException {
    assertThat(contract.root())
        .isEqualTo(new YAMLMapper().readTree(new File("../docs/openapi.yaml")));
  }

  @Test
  void everyTagIsServedByAHandlerWithExactlyItsOperations() {
    // Each constructor fails when an operation is in only one of contract and code.
    Object tasks =
        new TasksHandler(
            TestingDynamoDb.CONFIG,
            TestingClients.of(new UnreachableDynamoDbClient()),
            InstantSource.system(),
            () -> "");
    Object users =
        new UsersHandler(
            TestingDynamoDb.CONFIG,
            TestingClients.of(new UnreachableDynamoDbClient()),
            InstantSource.system());
    Object meta = new MetaHandler();
    ApiClients clients = TestingClients.of(new UnreachableDynamoDbClient());
    InstantSource clock = InstantSource.system();
    Object templates = new TemplatesHandler(TestingDynamoDb.CONFIG, clients, clock, () -> "");
    Object seedData = new SeeddataHandler(TestingDynamoDb.CONFIG, clients, clock, () -> "");
    Object jobs = new JobsHandler(TestingDynamoDb.CONFIG, clients, clock, () -> "");
    Object dashboard = new DashboardHandler(TestingDynamoDb.CONFIG, clients);

    assertThat(contract.operations())
        .extracting(ApiOperation::tag)
        .containsOnly(
            packageName(tasks),
            packageName(users),
            packageName(templates),
            packageName(seedData),
            packageName(jobs),
            packageName(dashboard),
            packageName(meta));
  }

  @Test
  void anOperationOnlyInTheContractIsRefused() throws IOException {
    ApiContract small = smallContract();

    assertThatThrownBy(() -> Router.of(small, "notes", actions("listNotes")))
        .hasMessage(
            "operations of 'notes' differ: [createNote, listNotes] in the contract, [listNotes] in"
                + " code");
  }

  @Test
  void anOperationOnlyInCodeIsRefused() throws IOException {
    ApiContract small = smallContract();

    assertThatThrownBy(() -> Router.of(small, "other", actions("listOthers", "readOther")))
        .hasMessageContainingAll("[listOthers] in the contract", "[listOthers, readOther] in code");
  }

  @Test
  void operationsAreReadWithTheirRouteAndSecurity() throws IOException {
    assertThat(smallContract().operations("notes"))
        .extracting(ApiOperation::routeKey, ApiOperation::requiresAuth)
        .containsExactly(tuple("GET /v1/notes", true), tuple("POST /v1/notes", false));
  }

  @Test
  void onlyTheMetaOperationsAreOpenToAll() {
    assertThat(contract.operations())
        .allSatisfy(
            operation ->
                assertThat(operation.requiresAuth())
                    .as(operation.routeKey())
                    .isEqualTo(!operation.tag().equals("meta")));
  }

  @Test
  void pathsKeepTheGrammarOfTheGatewayAndTheVersion() {
    assertThat(contract.operations())
        .extracting(ApiOperation::path)
        .allMatch(path -> path.matches("/v1(/([A-Za-z0-9._-]+|\\{[a-z_]+}))+"));
  }

  @Test
  void operationIdsAreUnique() {
    assertThat(contract.operations()).extracting(ApiOperation::operationId).doesNotHaveDuplicates();
  }

  @Test
  void limitsAndChoicesAreThoseOfTheModel() {
    JsonNode schemas = contract.root().at("/components/schemas");

    assertThat(schemas.at("/Title/maxLength").intValue())
        .isEqualTo(TaskLimits.TITLE_MAX_CHARACTERS);
    assertThat(schemas.at("/Description/maxLength").intValue())
        .isEqualTo(TaskLimits.DESCRIPTION_MAX_CHARACTERS);
    assertThat(schemas.at("/Labels/maxItems").intValue()).isEqualTo(TaskLimits.LABELS_MAX);
    assertThat(schemas.at("/Metadata/maxProperties").intValue())
        .isEqualTo(TaskLimits.METADATA_MAX_PAIRS);
    assertThat(texts(schemas.at("/Status/enum")))
        .containsExactlyElementsOf(
            Arrays.stream(TaskStatus.values()).map(TaskStatus::wireName).toList());
    assertThat(texts(schemas.at("/Priority/enum")))
        .containsExactlyElementsOf(
            Arrays.stream(TaskPriority.values()).map(TaskPriority::wireName).toList());
  }

  @Test
  void everyExampleKeepsItsSchema() {
    List<JsonNode> contents =
        Stream.of("examples", "example")
            .flatMap(name -> contract.root().findParents(name).stream())
            .filter(node -> node.has("schema"))
            .toList();

    assertThat(contents).hasSizeGreaterThan(15);
    for (JsonNode content : contents) {
      for (JsonNode value : examples(content)) {
        assertThat(contract.check(content.get("schema")).violations(value))
            .as(value.toString())
            .isEmpty();
      }
    }
  }

  @Test
  void everyOperationShowsAnExampleOfItsSuccessAndItsBody() {
    for (ApiOperation operation : contract.operations()) {
      JsonNode node =
          contract
              .root()
              .path("paths")
              .path(operation.path())
              .path(operation.method().toLowerCase(Locale.ROOT));
      JsonNode body = contract.resolve(node.path("requestBody"));
      assertThat(body.path("content"))
          .as(operation.routeKey())
          .allMatch(content -> content.has("examples"));
      node.path("responses")
          .properties()
          .forEach(
              response ->
                  assertThat(contract.resolve(response.getValue()).path("content"))
                      .as(operation.routeKey() + " " + response.getKey())
                      .satisfiesAnyOf(
                          content -> assertThat(content).isEmpty(),
                          content -> assertThat(content).anyMatch(type -> type.has("examples"))));
    }
  }

  private static ApiContract smallContract() throws IOException {
    return ApiContract.of(new YAMLMapper().readTree(SMALL_CONTRACT));
  }

  private List<JsonNode> examples(JsonNode content) {
    if (content.has("example")) {
      return List.of(content.get("example"));
    }
    List<JsonNode> values = new ArrayList<>();
    for (JsonNode example : content.get("examples")) {
      values.add(contract.resolve(example).get("value"));
    }
    return values;
  }

  private static Map<String, Function<ApiRequest, ApiResponse>> actions(String... operationIds) {
    return Stream.of(operationIds)
        .collect(Collectors.toMap(id -> id, id -> request -> ApiResponse.noContent()));
  }

  private static String packageName(Object handler) {
    String name = handler.getClass().getPackageName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::textValue).toList();
  }
}
