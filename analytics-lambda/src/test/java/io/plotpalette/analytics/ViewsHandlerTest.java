package io.plotpalette.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsHandlerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ENOUGH_TIME = 60_000;

  @TempDir private Path folder;

  private final List<JsonNode> answers = new CopyOnWriteArrayList<>();
  private final Deque<Integer> statuses = new ArrayDeque<>(List.of(200));
  private HttpServer cloudFormation;
  private TestingAthena athena;

  @BeforeEach
  void start() throws IOException {
    athena = new TestingAthena(folder);
    cloudFormation =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cloudFormation.createContext("/", this::take);
    cloudFormation.start();
  }

  @AfterEach
  void stop() {
    cloudFormation.stop(0);
    athena.close();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      assertThat(exchange.getRequestMethod()).isEqualTo("PUT");
      assertThat(exchange.getRequestHeaders()).doesNotContainKey("Content-Type");
      answers.add(JSON.readTree(exchange.getRequestBody()));
      exchange.sendResponseHeaders(
          statuses.size() > 1 ? statuses.remove() : statuses.element(), -1);
    }
  }

  @Test
  void eachViewIsCreatedWhenThoseItReadsAre() throws Exception {
    handle(event("Create"), ENOUGH_TIME);

    List<String> expected = new ArrayList<>();
    for (String view : ViewOrder.of(SqlFiles.VIEWS.statements())) {
      expected.add("start CREATE OR REPLACE VIEW " + view + " AS");
      expected.add("end CREATE OR REPLACE VIEW " + view + " AS");
    }
    assertThat(athena.log()).hasSizeGreaterThan(10).isEqualTo(expected);
    assertThat(answers)
        .singleElement()
        .satisfies(answer -> assertThat(answer).isEqualTo(answer("SUCCESS", "")));
  }

  @Test
  void aViewThatIsGoneIsDroppedAtTheEnd() throws Exception {
    ObjectNode event = event("Update");
    event.putObject("OldResourceProperties").putArray("Views").add("tasks_current").add("retired");
    event.putObject("ResourceProperties").putArray("Views").add("tasks_current");

    handle(event, ENOUGH_TIME);

    assertThat(athena.log()).filteredOn(line -> line.contains("DROP")).hasSize(2);
    assertThat(athena.statements()).last().isEqualTo("DROP VIEW IF EXISTS retired");
  }

  @Test
  void aFailureIsToldToWhoeverDeploysAndEndsTheRest() throws Exception {
    athena.fail(statement -> statement.contains("VIEW task_transitions "));

    handle(event("Create"), ENOUGH_TIME);

    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.path("Status").asText()).isEqualTo("FAILED");
              assertThat(answer.path("Reason").asText())
                  .contains("view task_transitions FAILED", "SYNTAX_ERROR: by the test");
            });
    assertThat(athena.statements()).last().asString().contains("VIEW task_transitions ");
  }

  @Test
  void aStatementThatTakesTooLongIsStoppedWhileThereIsTimeToAnswer() throws Exception {
    athena.neverEnd(statement -> true);

    handle(event("Create"), 20_050);

    assertThat(athena.states()).containsExactly("CANCELLED");
    assertThat(answers)
        .singleElement()
        .satisfies(
            answer ->
                assertThat(answer.path("Reason").asText())
                    .contains("longer than the function may run"));
  }

  @Test
  void aDeletionLeavesTheViewsToTheirDatabase() throws Exception {
    handle(event("Delete"), ENOUGH_TIME);

    assertThat(athena.statements()).isEmpty();
    assertThat(answers)
        .singleElement()
        .satisfies(answer -> assertThat(answer).isEqualTo(answer("SUCCESS", "")));
  }

  @Test
  void anUnknownRequestIsAnsweredToo() throws Exception {
    handle(event("Replace"), ENOUGH_TIME);

    assertThat(answers.get(0).path("Reason").asText()).contains("RequestType", "Replace");
  }

  @Test
  void anAnswerThatIsNotTakenIsSentAgain() throws Exception {
    statuses.addFirst(503);

    handle(event("Delete"), ENOUGH_TIME);

    assertThat(answers).hasSize(2);
  }

  @Test
  void anAnswerThatIsNeverTakenFailsTheFunction() {
    statuses.addFirst(403);
    statuses.removeLast();

    assertThatThrownBy(() -> handle(event("Delete"), ENOUGH_TIME)).hasMessageContaining("403");
    assertThat(answers).hasSize(4);
  }

  private void handle(JsonNode event, int remainingMillis) throws IOException {
    new ViewsHandler(
            new AnalyticsConfig("workgroup", "database", "bucket"),
            athena.client(),
            InstantSource.system(),
            Duration.ofMillis(2))
        .handleRequest(
            new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8)),
            OutputStream.nullOutputStream(),
            new TestingContext(() -> remainingMillis));
  }

  private ObjectNode event(String type) {
    return JSON.createObjectNode()
        .put("RequestType", type)
        .put("ResponseURL", "http://127.0.0.1:" + cloudFormation.getAddress().getPort() + "/a?b=c")
        .put("StackId", "the stack")
        .put("RequestId", "the request")
        .put("LogicalResourceId", "the resource");
  }

  private static JsonNode answer(String status, String reason) {
    return JSON.createObjectNode()
        .put("Status", status)
        .put("Reason", reason)
        .put("PhysicalResourceId", "lake-views")
        .put("StackId", "the stack")
        .put("RequestId", "the request")
        .put("LogicalResourceId", "the resource");
  }
}
