package io.plotpalette.api.seeddata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.model.template.Samples;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SeeddataHandlerIT {
  private static final String NAME_TEMPLATE =
      """
      {"name": "n", "steps": [{"id": "a", "prompt": "{{ author.name }} {{ title }}"}]}
      """;

  @TempDir private static Path folder;
  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;

  private final String user = UUID.randomUUID().toString();
  private final String stranger = UUID.randomUUID().toString();
  private final TestingApi api =
      new TestingApi(
          new SeeddataHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client(), new TestingQueue(), objects.bucket()),
              InstantSource.system(),
              TaskIds.timeOrdered()));
  private final TestingApi templates =
      new TestingApi(
          new TemplatesHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client()),
              InstantSource.system(),
              TaskIds.timeOrdered()));
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  @ParameterizedTest
  @CsvSource({
    "sample-datasets/poetry/poems.json, sample-templates/story.json",
    "sample-datasets/literature/passages.json, sample-templates/question-answer.json",
  })
  void samplesFitTheirTemplates(String seeds, String template) throws Exception {
    byte[] file = Samples.read(seeds);
    Answer created = upload("json", file);

    Answer validated = validate(created, forTemplate(new String(Samples.read(template), UTF_8)));

    assertThat(validated.status()).isEqualTo(200);
    assertThat(validated.json().get("problems")).isEmpty();
    assertThat(validated.json().get("usable").booleanValue()).isTrue();
    JsonNode known = validated.json().get("seed_data");
    assertThat(known.get("status").textValue()).isEqualTo("valid");
    assertThat(known.get("entries").intValue()).isEqualTo(Json.MAPPER.readTree(file).size());
    assertThat(known.get("sha256").textValue()).isEqualTo(sha256(file));
    assertThat(get(user, created).json()).isEqualTo(known);
    assertThat(validated.etag()).isEqualTo("\"2\"").isEqualTo(get(user, created).etag());
  }

  @Test
  void theAddressIsInTheUsersOwnFolderAndForAQuarterOfAnHour() {
    Answer created = create("json", 10);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().get("status").textValue()).isEqualTo("open");
    assertThat(created.headers().get("Location")).isEqualTo("/v1/seed-data/" + id(created));
    assertThat(created.json().get("upload_url").textValue())
        .contains("/seed-data/%s/%s.json?".formatted(user, id(created)))
        .contains("X-Amz-Expires=900", "content-length");
  }

  @Test
  void aFileOfAnotherSizeIsNotTaken() throws Exception {
    Answer created = create("json", 10);

    assertThat(put(created, "[{\"a\":1}]".getBytes(UTF_8))).isEqualTo(403);
    assertThat(validate(created, "{}").status()).isEqualTo(409);
  }

  @Test
  void nothingUploadedIsNothingToValidate() {
    Answer created = create("csv", 10);

    Answer answer = validate(created, "{}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().get("type").textValue()).endsWith(":upload-missing");
    assertThat(get(user, created).json().get("status").textValue()).isEqualTo("open");
  }

  @ParameterizedTest
  @CsvSource({"json, 0, /size", "json, 524288001, /size", "xml, 5, /format"})
  void whatIsTooLargeOrOfAnotherKindIsRefused(String format, long size, String pointer) {
    Answer refused = create(format, size);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("errors").findValuesAsText("pointer")).containsExactly(pointer);
  }

  @Test
  void fieldsThatEntriesLackAreNamed() throws Exception {
    Answer created =
        upload("json", "[{\"title\":1,\"author\":{\"name\":2}},{\"author\":{}}]".getBytes(UTF_8));

    Answer validated = validate(created, forTemplate(NAME_TEMPLATE));

    assertThat(validated.json().get("usable").booleanValue()).isFalse();
    assertThat(validated.json().at("/seed_data/status").textValue()).isEqualTo("valid");
    assertThat(validated.json().get("problems"))
        .hasToString(
            "[{\"entry\":1,\"detail\":\"lacks what the template needs: author.name, title\"}]");
  }

  @Test
  void noMoreThanTwentyProblemsAreTold() throws Exception {
    String entries = IntStream.range(0, 30).mapToObj(i -> "{}").collect(Collectors.joining(","));
    Answer created = upload("json", ("[" + entries + ", 7]").getBytes(UTF_8));

    JsonNode problems = validate(created, forTemplate(NAME_TEMPLATE)).json().get("problems");

    assertThat(problems).hasSize(20);
    // What makes the file unusable for any template is never left out.
    assertThat(problems.get(19).get("detail").textValue()).isEqualTo("must be an object");
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        Arguments.of("json", "[{\"a\":1},\n{\"a\":]", UTF_8, 1, 2),
        Arguments.of("json", "[{\"a\":1},\n{\"a\":1,\"a\":2}]", UTF_8, 1, 2),
        Arguments.of("json", "[" + "{\"a\":".repeat(40) + "1" + "}".repeat(40) + "]", UTF_8, 0, 1),
        Arguments.of("json", "\uFEFF[{\"a\":1}]", UTF_8, 0, 1),
        Arguments.of("json", "[{\"a\":1}]", StandardCharsets.UTF_16, 0, 1),
        Arguments.of("json", "[{\"a\":\"ü\"}]", StandardCharsets.ISO_8859_1, 0, 1),
        Arguments.of("json", "[]", UTF_8, 0, 1),
        Arguments.of("json", " ", UTF_8, 0, 1),
        Arguments.of("csv", "a,a\n1,2\n", UTF_8, 0, 1),
        Arguments.of("csv", "a,b\n1,2\n1,2,3\n", UTF_8, 1, 3));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void whatCannotBeReadIsToldWithItsPlace(
      String format, String text, Charset charset, int entry, int line) throws Exception {
    Answer created = upload(format, text.getBytes(charset));

    Answer validated = validate(created, "{}");

    JsonNode json = validated.json();
    assertThat(json.get("usable").booleanValue()).isFalse();
    assertThat(json.get("problems")).hasSize(1);
    assertThat(json.at("/problems/0/entry").intValue()).isEqualTo(entry);
    assertThat(json.at("/problems/0/line").intValue()).isEqualTo(line);
    assertThat(json.at("/problems/0/column").isInt()).isTrue();
    assertThat(json.at("/seed_data/status").textValue()).isEqualTo("invalid");
    assertThat(json.at("/seed_data").has("sha256")).isFalse();
  }

  @Test
  void jobsReadTheEntriesOfACsvAsJson() throws Exception {
    Answer created =
        upload(
            "csv", "title,note\r\nThe sea,\"salt, and\n\"\"more\"\"\"\r\nü,\r\n".getBytes(UTF_8));

    JsonNode known = validate(created, "{}").json().get("seed_data");

    byte[] written = Files.readAllBytes(file(created, "json"));
    assertThat(new String(written, UTF_8))
        .isEqualTo(
            "[{\"title\":\"The sea\",\"note\":\"salt, and\\n\\\"more\\\"\"},"
                + "{\"title\":\"ü\",\"note\":\"\"}]");
    assertThat(known.get("entries").intValue()).isEqualTo(2);
    assertThat(known.get("sha256").textValue()).isEqualTo(sha256(written));
  }

  @Test
  void aLargeCsvIsConvertedInParts() throws Exception {
    String line = "x".repeat(1_000) + "\n";
    byte[] csv = ("text\n" + line.repeat(20_000)).getBytes(UTF_8);
    Answer created = upload("csv", csv);

    JsonNode known = validate(created, "{}").json().get("seed_data");

    byte[] written = Files.readAllBytes(file(created, "json"));
    assertThat(written.length).isGreaterThan(csv.length);
    assertThat(Json.MAPPER.readTree(written)).hasSize(20_000);
    assertThat(known.get("sha256").textValue()).isEqualTo(sha256(written));
  }

  @Test
  void aCsvThatCannotBeReadLeavesNoEntries() throws Exception {
    Answer created = upload("csv", "a,b\n1,2\n1,2,3\n".getBytes(UTF_8));

    validate(created, "{}");

    assertThat(file(created, "json")).doesNotExist();
  }

  @Test
  void aFileThatIsPutAgainIsLookedAtAgain() throws Exception {
    Answer created = upload("json", "[{\"a\":1},{\"a\" 2}]".getBytes(UTF_8));
    assertThat(validate(created, "{}").json().at("/seed_data/status").textValue())
        .isEqualTo("invalid");

    assertThat(put(created, "[{\"a\":1},{\"a\":2}]".getBytes(UTF_8))).isEqualTo(200);

    Answer again = validate(created, "{}");
    assertThat(again.json().at("/seed_data/status").textValue()).isEqualTo("valid");
    assertThat(again.etag()).isEqualTo("\"3\"");
  }

  @Test
  void validationAgainstATemplateOfSomebodyElseIsRefused() throws Exception {
    Answer created = upload("json", "[{\"a\":1}]".getBytes(UTF_8));
    Answer theirs = templates.call("POST", "/v1/templates").as(stranger).json(NAME_TEMPLATE).send();

    Answer answer =
        validate(
            created,
            "{\"template_id\":\"%s\"}".formatted(theirs.json().get("template_id").textValue()));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").textValue()).isEqualTo("/template_id");
    assertThat(get(user, created).json().get("status").textValue()).isEqualTo("open");
  }

  @Test
  void anOlderVersionOfTheTemplateCanBeNamed() throws Exception {
    Answer created = upload("json", "[{\"topic\":1}]".getBytes(UTF_8));
    Answer first =
        template("{\"name\":\"n\",\"steps\":[{\"id\":\"a\",\"prompt\":\"{{ topic }}\"}]}");
    String id = first.json().get("template_id").textValue();
    templates.call("PUT", "/v1/templates/" + id).as(user).ifMatch("*").json(NAME_TEMPLATE).send();

    String newest = "{\"template_id\":\"%s\"}".formatted(id);
    String older = "{\"template_id\":\"%s\",\"template_version\":1}".formatted(id);
    String missing = "{\"template_id\":\"%s\",\"template_version\":3}".formatted(id);

    assertThat(validate(created, newest).json().get("usable").booleanValue()).isFalse();
    assertThat(validate(created, older).json().get("usable").booleanValue()).isTrue();
    assertThat(validate(created, missing).status()).isEqualTo(422);
    assertThat(validate(created, "{\"template_version\":1}").status()).isEqualTo(422);
  }

  @Test
  void seedDataOfSomebodyElseDoesNotExist() throws Exception {
    Answer created = upload("json", "[{\"a\":1}]".getBytes(UTF_8));
    String path = path(created);

    assertThat(get(stranger, created).status()).isEqualTo(404);
    assertThat(api.call("DELETE", path).as(stranger).ifMatch("*").send().status()).isEqualTo(404);
    assertThat(api.call("POST", path + "/validate").as(stranger).json("{}").send().status())
        .isEqualTo(404);
    assertThat(api.call("GET", "/v1/seed-data").as(stranger).send().json().get("items")).isEmpty();
    assertThat(file(created, "json")).exists();
  }

  @Test
  void deletedSeedDataTakesItsFilesAlong() throws Exception {
    Answer created = upload("csv", "a\n1\n".getBytes(UTF_8));
    Answer validated = validate(created, "{}");

    assertThat(api.call("DELETE", path(created)).as(user).send().status()).isEqualTo(428);
    assertThat(delete(created, created.etag()).status()).isEqualTo(412);
    assertThat(file(created, "csv")).exists();
    assertThat(delete(created, validated.etag()).status()).isEqualTo(204);

    assertThat(get(user, created).status()).isEqualTo(404);
    assertThat(file(created, "csv")).doesNotExist();
    assertThat(file(created, "json")).doesNotExist();
    assertThat(delete(created, "*").status()).isEqualTo(404);
  }

  @Test
  void theListIsInPagesNewestFirst() {
    List<String> ids = Stream.of(1, 2, 3).map(i -> id(create("json", i))).toList();

    Answer first = api.call("GET", "/v1/seed-data").as(user).query("limit", "2").send();
    Answer second =
        api.call("GET", "/v1/seed-data")
            .as(user)
            .query("limit", "2")
            .query("cursor", first.json().get("next_cursor").textValue())
            .send();

    assertThat(first.json().get("items").findValuesAsText("seed_data_id"))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(second.json().get("items").findValuesAsText("seed_data_id"))
        .containsExactly(ids.get(0));
    assertThat(second.json().has("next_cursor")).isFalse();
  }

  @Test
  void aRepeatedRequestMakesNothingTwice() {
    String body = "{\"name\":\"n\",\"format\":\"json\",\"size\":9}";
    Answer first =
        api.call("POST", "/v1/seed-data").as(user).header("idempotency-key", "k").json(body).send();
    Answer again =
        api.call("POST", "/v1/seed-data").as(user).header("idempotency-key", "k").json(body).send();

    assertThat(id(again)).isEqualTo(id(first));
    assertThat(api.call("GET", "/v1/seed-data").as(user).send().json().get("items")).hasSize(1);
  }

  @Test
  void whatIsKnownAlreadyIsNotSentAgain() {
    Answer created = create("json", 5);

    Answer unchanged =
        api.call("GET", path(created)).as(user).header("if-none-match", created.etag()).send();

    assertThat(unchanged.status()).isEqualTo(304);
  }

  private Answer create(String format, long size) {
    return api.call("POST", "/v1/seed-data")
        .as(user)
        .json("{\"name\":\"n\",\"format\":\"%s\",\"size\":%d}".formatted(format, size))
        .send();
  }

  private Answer upload(String format, byte[] file) throws Exception {
    Answer created = create(format, file.length);
    assertThat(put(created, file)).isEqualTo(200);
    return created;
  }

  private int put(Answer created, byte[] file) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(created.json().get("upload_url").textValue()))
                .PUT(BodyPublishers.ofByteArray(file))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  private Answer validate(Answer created, String body) {
    return api.call("POST", path(created) + "/validate").as(user).json(body).send();
  }

  private Answer get(String caller, Answer created) {
    return api.call("GET", path(created)).as(caller).send();
  }

  private Answer delete(Answer created, String etag) {
    return api.call("DELETE", path(created)).as(user).ifMatch(etag).send();
  }

  private Answer template(String body) {
    return templates.call("POST", "/v1/templates").as(user).json(body).send();
  }

  /** The body of a validation for a new template. */
  private String forTemplate(String body) {
    return "{\"template_id\":\"%s\"}"
        .formatted(template(body).json().get("template_id").textValue());
  }

  private Path file(Answer created, String extension) {
    return folder.resolve(
        "%s/seed-data/%s/%s.%s"
            .formatted(TestingDynamoDb.CONFIG.dataBucket(), user, id(created), extension));
  }

  private static String id(Answer seedData) {
    return seedData.json().get("seed_data_id").textValue();
  }

  private static String path(Answer seedData) {
    return "/v1/seed-data/" + id(seedData);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
