package io.plotpalette.local.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plotpalette.generator.call.BedrockModelClient;
import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelCallException;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.local.bedrock.BedrockStandIn.Options;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Through the generator's own client. */
class BedrockStandInTest {
  private static final ModelCatalogue CATALOGUE = ModelCatalogue.builtIn();
  private static final CatalogueModel MODEL = CATALOGUE.named("nova-micro");
  private static final Duration FAST = Duration.ofMillis(5);
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final String SCHEMA =
      """
      {"type":"object","required":["title","mood","lines","rating"],"properties":{
       "title":{"type":"string","maxLength":40},"mood":{"enum":["calm","wild"]},
       "lines":{"type":"array","minItems":3,"maxItems":3,"items":{"type":"string","minLength":5}},
       "rating":{"type":"integer","minimum":1,"maximum":5},"rhymes":{"type":"boolean"}}}""";

  private static BedrockStandIn standIn;
  private static ModelClient client;
  private static ModelClient hasty;

  @BeforeAll
  static void start() {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    standIn =
        new BedrockStandIn(
            new Options(0, 7, StandInBehaviour.answering(FAST, FAST), true),
            PriceList.of(CATALOGUE));
    client = client(standIn.endpoint(), Duration.ofSeconds(30));
    hasty = client(standIn.endpoint(), Duration.ofMillis(400));
  }

  private static ModelClient client(URI endpoint, Duration timeout) {
    return new BedrockModelClient(
        new BedrockModelClient.Settings("us-east-1", endpoint, timeout, 2_000));
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    hasty.close();
    standIn.close();
  }

  @BeforeEach
  void forget() {
    await().until(() -> standIn.bill().totals().inProgress() == 0);
    standIn.bill().clear();
    standIn.behave(StandInBehaviour.answering(FAST, FAST));
  }

  @Test
  void samePromptSameTextAndBilledByTheCatalogue() throws Exception {
    ModelAnswer first = answer(request("Write a haiku.", null));
    ModelAnswer second = answer(request("Write a haiku.", null));
    ModelAnswer other = answer(request("Write a sonnet.", null));

    assertThat(second).isEqualTo(first);
    assertThat(other.text()).isNotEqualTo(first.text());
    Bill.Totals totals = standIn.bill().totals();
    assertThat(totals.served()).isEqualTo(3);
    assertThat(totals.repeated()).isEqualTo(1);
    assertThat(totals.nanoUsd())
        .isEqualTo(
            List.of(first, second, other).stream()
                .mapToLong(a -> MODEL.cost(a.tokensIn(), a.tokensOut()).nanoUsd())
                .sum());
  }

  @Test
  void jsonFitsTheSchema() throws Exception {
    for (int i = 0; i < 50; i++) {
      JsonNode json = JSON.readTree(answer(request("Poem " + i, SCHEMA)).text());

      assertThat(json.get("title").textValue()).hasSizeBetween(1, 40);
      assertThat(json.get("mood").textValue()).isIn("calm", "wild");
      assertThat(json.get("lines")).hasSize(3);
      assertThat(json.get("lines").get(0).textValue()).hasSizeGreaterThanOrEqualTo(5);
      assertThat(json.get("rating").intValue()).isBetween(1, 5);
      assertThat(json.get("rhymes").isBoolean()).isTrue();
    }
  }

  @Test
  void usageStaysWithinTheBoundWithTheWorstTokenizer() throws Exception {
    patch("{\"bytes_per_token\":1,\"overhead_tokens\":1024,\"output_share\":1}");
    for (String schema : new String[] {null, SCHEMA}) {
      ModelRequest request = request("Größe und Maß", schema);

      ModelAnswer answer = answer(request);

      assertThat(answer.tokensIn()).isEqualTo(request.inputTokenBound());
      assertThat(answer.tokensOut()).isLessThanOrEqualTo(request.maxTokens());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "throttled, THROTTLED, 0",
    "server_error, SERVER_ERROR, 0",
    "cut, CONNECTION_CUT, 1",
    "malformed, MALFORMED_BODY, 1",
    "time_out, TIME_OUT, 1"
  })
  void failsOnRequestAndBillsWhatWasServed(String share, FailureClass expected, int billedPerCall)
      throws Exception {
    patch("{\"" + share + "\":1}");

    for (int i = 0; i < 6; i++) {
      ModelRequest request = request("Poem " + i, null);
      assertThat(failure(share.equals("time_out") ? hasty : client, request)).isEqualTo(expected);
    }

    await().until(() -> standIn.bill().totals().inProgress() == 0);
    assertThat(standIn.bill().totals().received()).isEqualTo(6);
    assertThat(standIn.bill().totals().served()).isEqualTo(6L * billedPerCall);
  }

  @Test
  void refusesWhatTheServiceWould() {
    assertThat(failure(client, ModelRequest.of("nova-micro", turns("a"), 10, 0, null)))
        .isEqualTo(FailureClass.VALIDATION);
  }

  @Test
  void answersNobodyReadAreBilled() {
    standIn.behave(StandInBehaviour.answering(Duration.ofMillis(600), Duration.ofMillis(600)));

    assertThat(failure(hasty, request("a", null))).isEqualTo(FailureClass.TIME_OUT);

    await().until(() -> standIn.bill().totals().served() == 1);
    assertThat(standIn.bill().totals().nanoUsd()).isPositive();
  }

  @Test
  void noThreadWaitsForAnAnswer() throws Exception {
    Duration never = Duration.ofMinutes(10);
    int threads;
    try (BedrockStandIn slow =
            new BedrockStandIn(
                new Options(0, 7, StandInBehaviour.answering(never, never), false),
                PriceList.of(CATALOGUE));
        ModelClient many = client(slow.endpoint(), never)) {
      for (int i = 0; i < 1_000; i++) {
        var unused = many.call(request("Poem " + i, null));
      }
      await().atMost(Duration.ofMinutes(2)).until(() -> slow.bill().totals().inProgress() == 1_000);
      threads =
          (int)
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().startsWith("the Bedrock stand-in"))
                  .count();
    }

    // Of two stand-ins.
    assertThat(threads).isBetween(2, 20);
  }

  @Test
  void theBillIsReadOverHttp() throws Exception {
    for (int i = 0; i < 20; i++) {
      answer(request("Poem " + i, null));
    }

    JsonNode bill = JSON.readTree(send("GET", "/stand-in/bill", "").body());

    assertThat(bill.get("calls_served").longValue()).isEqualTo(20);
    assertThat(bill.get("billed_nano_usd").longValue())
        .isPositive()
        .isEqualTo(standIn.bill().totals().nanoUsd())
        .isEqualTo(standIn.bill().billedFor(MODEL.id()));
    assertThat(bill.get("by_model").get(MODEL.id()).get("calls").longValue()).isEqualTo(20);
    assertThat(send("DELETE", "/stand-in/bill", "").statusCode()).isEqualTo(200);
    assertThat(standIn.bill().totals().served()).isZero();
  }

  @Test
  void behaviourThatCannotBeIsRefused() throws Exception {
    assertThat(send("PATCH", "/stand-in/behaviour", "{\"cut\":0.7,\"throttled\":0.7}"))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(400))
        .satisfies(answer -> assertThat(answer.body()).contains("more than 1"));
    assertThat(send("PATCH", "/stand-in/behaviour", "{\"cuts\":0.7}").body())
        .contains("cuts is not a number among");
    assertThat(send("PATCH", "/stand-in/behaviour", "{\"bytes_per_token\":0.5}").body())
        .contains("bytes_per_token");
    assertThat(send("GET", "/nothing", "").statusCode()).isEqualTo(404);
  }

  private static ModelRequest request(String prompt, String schema) {
    return ModelRequest.of(MODEL.id(), turns(prompt), 300, 0.7, schema);
  }

  private static List<Turn> turns(String prompt) {
    return List.of(Turn.ofUser(prompt));
  }

  private static ModelAnswer answer(ModelRequest request) throws Exception {
    return client.call(request).get(30, TimeUnit.SECONDS);
  }

  private static FailureClass failure(ModelClient client, ModelRequest request) {
    try {
      throw new AssertionError("there is an answer: " + client.call(request).get());
    } catch (ExecutionException e) {
      return ((ModelCallException) e.getCause()).failure();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void patch(String changes) throws Exception {
    assertThat(send("PATCH", "/stand-in/behaviour", changes).statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(standIn.endpoint().resolve(path))
            .method(method, BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
