package io.plotpalette.stream.parse;

import static io.plotpalette.stream.StreamRecords.done;
import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static io.plotpalette.stream.StreamRecords.modify;
import static io.plotpalette.stream.StreamRecords.number;
import static io.plotpalette.stream.StreamRecords.remove;
import static io.plotpalette.stream.StreamRecords.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskChangeParserTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant INGESTED = NOON.plusSeconds(3);

  private final TaskChangeParser parser = new TaskChangeParser();

  /** A number that is not whole makes the parser read a record token by token, with Jackson. */
  @Test
  void damagedRecordsAreJudgedAsTheyAreWithoutShortCuts() {
    ObjectNode before = image("u1", "t1", NOON, NOON);
    number(before, "estimate_minutes", "90");
    text(before, "due_at", "2026-12-01T12:00:00.000Z");
    text(before, "title", "Ein \"Titel\" für 確");
    ObjectNode after = done(before, NOON);
    number(after, "version", "2");
    String record = modify("e1", NOON, before, after);
    Random random = new Random(11);
    String damage = "{}[]\",:\\ \n0123456789aetfnNSLM-.é\u0001";
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(record);
      int at = 2 + random.nextInt(text.length() - 2);
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, damage.charAt(random.nextInt(damage.length())));
        case 1 -> text.deleteCharAt(at);
        default -> text.insert(at, text.charAt(at));
      }
      String outcome = outcome(text.toString());
      assertThat(outcome).as("%s", text).isEqualTo(outcome("{\"x\":1.5," + text.substring(1)));
      outcomes.merge(outcome.split("[:\\[]", 2)[0], 1, Integer::sum);
    }
    assertThat(outcomes)
        .containsKeys("TaskChange", "FIELD_TYPE", "FIELD_VALUE", "REQUIRED_FIELD", "TIME_ORDER");
  }

  @Test
  void aDueDateIsJudgedAlikeWhicheverWayItIsRead() {
    Set<String> outcomes = new HashSet<>();
    for (String date :
        List.of(
            "2028-02-29",
            "2026-12-31",
            "1970-01-01",
            "2026-02-29",
            "2026-00-10",
            "2026-13-01",
            "2026-04-31",
            "2026-04-00",
            "2026/04/01",
            "2026-4-001",
            "20260-4-01",
            "2026-04-0é",
            "0000-01-01",
            "9999-12-31",
            "+2026-04-1")) {
      ObjectNode image = image("u1", "t1", NOON, NOON);
      text(image, "due_date", date);
      String record = insert("e1", NOON, image);

      String outcome = outcome(record);

      assertThat(outcome).as(date).isEqualTo(outcome("{\"x\":1.5," + record.substring(1)));
      outcomes.add(outcome.replaceAll(" a date.*|\\[.*", ""));
    }
    assertThat(outcomes).contains("TaskChange", "FIELD_VALUE: due_date is not");
  }

  private TaskChange parse(String record, Instant ingestedAt) throws BrokenRuleException {
    return parser.parse(record.getBytes(StandardCharsets.UTF_8), ingestedAt);
  }

  private String outcome(String record) {
    try {
      return parse(record, INGESTED).toString();
    } catch (BrokenRuleException e) {
      // Jackson says where it is when it meets what is no JSON.
      return e.rule() == QualityRule.READABLE ? "READABLE" : e.rule() + ": " + e.getMessage();
    }
  }

  @Test
  void anInsertIsACreatedChangeAtTheTasksOwnTime() throws Exception {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    text(image, "due_date", "2026-12-01");
    text(image, "time_zone", "Europe/Berlin");
    number(image, "estimate_minutes", "90");

    TaskChange change = parse(insert("e1", NOON.plusSeconds(1), image), INGESTED);

    assertThat(change.changeId()).isEqualTo("e1");
    assertThat(change.changeType()).isEqualTo(ChangeType.CREATED);
    assertThat(change.changedAt()).isEqualTo(NOON);
    assertThat(change.streamTime()).isEqualTo(NOON.plusSeconds(1));
    assertThat(change.sequenceNumber()).isEqualTo("1e1");
    assertThat(change.ingestedAt()).isEqualTo(INGESTED);
    assertThat(change.previousStatus()).isNull();
    assertThat(change.previousVersion()).isNull();
    assertThat(change.task().title()).isEqualTo("Write the runbook");
    assertThat(change.task().labels()).isEqualTo(List.of("docs"));
    assertThat(change.task().metadata()).isEqualTo(Map.of("source", "mail"));
    assertThat(change.task().dueDate()).isEqualTo(LocalDate.of(2026, 12, 1));
    assertThat(change.task().estimateMinutes()).isEqualTo(90);
  }

  @Test
  void aModifyCarriesWhatWasBefore() throws Exception {
    ObjectNode before = image("u1", "t1", NOON, NOON);
    ObjectNode after = done(before, NOON.plusSeconds(60));
    number(after, "version", "2");

    TaskChange change = parse(modify("e2", NOON.plusSeconds(61), before, after), INGESTED);

    assertThat(change.changeType()).isEqualTo(ChangeType.UPDATED);
    assertThat(change.previousStatus()).isEqualTo(TaskStatus.TODO);
    assertThat(change.previousVersion()).isEqualTo(1);
    assertThat(change.task().status()).isEqualTo(TaskStatus.DONE);
    assertThat(change.task().version()).isEqualTo(2);
  }

  @Test
  void aRemoveHoldsTheOldImageAndHappensAtTheStreamsTime() throws Exception {
    TaskChange change =
        parse(remove("e3", NOON.plus(Duration.ofDays(3)), image("u1", "t1", NOON, NOON)), INGESTED);

    assertThat(change.changeType()).isEqualTo(ChangeType.DELETED);
    assertThat(change.changedAt()).isEqualTo(NOON.plus(Duration.ofDays(3)));
    assertThat(change.previousStatus()).isEqualTo(TaskStatus.TODO);
    assertThat(change.task().taskId()).isEqualTo("t1");
  }

  @Test
  void attributesTheContractDoesNotKnowAreLeftAside() throws Exception {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    image.putObject("from_next_year").putObject("M");

    assertThat(parse(insert("e1", NOON, image), INGESTED).task().taskId()).isEqualTo("t1");
  }

  @Test
  void aBrokenOldImageDoesNotKeepItsCorrectionOut() throws Exception {
    ObjectNode broken = image("u1", "t1", NOON, NOON);
    text(broken, "status", "half-way");
    broken.remove("version");

    TaskChange change =
        parse(modify("e2", NOON, broken, image("u1", "t1", NOON, NOON.plusSeconds(1))), INGESTED);

    assertThat(change.previousStatus()).isNull();
    assertThat(change.previousVersion()).isNull();
  }

  @Test
  void aTitleIsMeasuredInCodePoints() throws Exception {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    text(image, "title", "🎨".repeat(200));

    assertThat(parse(insert("e1", NOON, image), INGESTED).task().title()).hasSize(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"})
  void everyDueTimeTheApiAcceptsIsAccepted(String dueAt) throws Exception {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    text(image, "due_at", dueAt);

    assertThat(parse(insert("e1", NOON, image), INGESTED).task().dueAt()).isEqualTo(dueAt);
  }

  static Stream<Arguments> brokenImages() {
    return Stream.of(
        broken(QualityRule.REQUIRED_FIELD, "title", image -> image.remove("title")),
        broken(
            QualityRule.REQUIRED_FIELD,
            "status",
            image -> image.putObject("status").put("NULL", true)),
        broken(QualityRule.FIELD_TYPE, "title", image -> number(image, "title", "7")),
        broken(QualityRule.FIELD_TYPE, "title", image -> image.put("title", "bare text")),
        broken(QualityRule.FIELD_TYPE, "labels", image -> text(image, "labels", "docs")),
        broken(QualityRule.FIELD_TYPE, "metadata", image -> text(image, "metadata", "docs")),
        broken(QualityRule.FIELD_VALUE, "task_id", image -> text(image, "task_id", "")),
        broken(QualityRule.FIELD_VALUE, "status", image -> text(image, "status", "half-way")),
        broken(QualityRule.FIELD_VALUE, "priority", image -> text(image, "priority", "p0")),
        broken(QualityRule.FIELD_VALUE, "version", image -> number(image, "version", "0")),
        broken(QualityRule.FIELD_VALUE, "version", image -> number(image, "version", "1.5")),
        broken(QualityRule.FIELD_VALUE, "version", image -> number(image, "version", "9e99")),
        broken(
            QualityRule.FIELD_VALUE,
            "estimate_minutes",
            image -> number(image, "estimate_minutes", "-1")),
        broken(QualityRule.FIELD_VALUE, "due_date", image -> text(image, "due_date", "tomorrow")),
        broken(
            QualityRule.FIELD_VALUE,
            "due_date",
            image -> text(image, "due_date", "+999999999-12-31")),
        broken(QualityRule.FIELD_VALUE, "due_date", image -> text(image, "due_date", "9999-12-31")),
        broken(
            QualityRule.FIELD_VALUE,
            "due_at",
            image -> text(image, "due_at", "0000-12-31T23:59:59.999Z")),
        broken(
            QualityRule.FIELD_VALUE,
            "due_at",
            image -> text(image, "due_at", "+300000-12-31T00:00:00.000Z")),
        broken(
            QualityRule.FIELD_VALUE,
            "created_at",
            image -> text(image, "created_at", "-999999999-01-01T00:00:00.000Z")),
        broken(
            QualityRule.FIELD_VALUE, "time_zone", image -> text(image, "time_zone", "Mars/Hill")),
        broken(
            QualityRule.FIELD_VALUE,
            "updated_at",
            image -> text(image, "updated_at", "2026-11-20T12:00:00Z")),
        broken(QualityRule.FIELD_VALUE, "completed_at", image -> text(image, "status", "done")),
        broken(
            QualityRule.FIELD_VALUE,
            "completed_at",
            image -> text(image, "completed_at", "2026-11-20T12:00:00.000Z")),
        broken(
            QualityRule.FIELD_VALUE,
            "due_at",
            image -> {
              text(image, "due_date", "2026-12-01");
              text(image, "due_at", "2026-12-01T00:00:00.000Z");
            }),
        broken(QualityRule.FIELD_SIZE, "title", image -> text(image, "title", "")),
        broken(QualityRule.FIELD_SIZE, "title", image -> text(image, "title", "x".repeat(201))),
        broken(
            QualityRule.FIELD_SIZE,
            "description",
            image -> text(image, "description", "x".repeat(10_001))),
        broken(
            QualityRule.TIME_ORDER,
            "created_at",
            image -> text(image, "created_at", "2026-11-20T12:00:00.001Z")),
        broken(QualityRule.VERSION_STEP, "not 1", image -> number(image, "version", "2")),
        broken(
            QualityRule.CLOCK_SKEW,
            "2099",
            image -> text(image, "updated_at", "2099-01-01T00:00:00.000Z")));
  }

  private static Arguments broken(QualityRule rule, String named, Consumer<ObjectNode> damage) {
    return arguments(rule, named, damage);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("brokenImages")
  void aBrokenImageIsRefusedWithRuleFieldAndStreamTime(
      QualityRule rule, String named, Consumer<ObjectNode> damage) {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    damage.accept(image);

    assertThatThrownBy(() -> parse(insert("e1", NOON, image), INGESTED))
        .asInstanceOf(InstanceOfAssertFactories.type(BrokenRuleException.class))
        .satisfies(
            e -> {
              assertThat(e.rule()).isEqualTo(rule);
              assertThat(e.getMessage()).contains(named);
              assertThat(e.streamTime()).isEqualTo(NOON);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "4", "9"})
  void aVersionThatDoesNotGoUpByOneIsRefused(String version) {
    ObjectNode before = image("u1", "t1", NOON, NOON);
    number(before, "version", "2");
    ObjectNode after = image("u1", "t1", NOON, NOON);
    number(after, "version", version);

    assertThatThrownBy(() -> parse(modify("e1", NOON, before, after), INGESTED))
        .asInstanceOf(InstanceOfAssertFactories.type(BrokenRuleException.class))
        .satisfies(
            e -> {
              assertThat(e.rule()).isEqualTo(QualityRule.VERSION_STEP);
              assertThat(e.getMessage()).contains("from 2 to " + version);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "7",
        "null",
        "{\"eventID\":\"e\"}",
        "{\"eventID\":\"e\",\"eventName\":\"INSERT\",\"dynamodb\":7}",
        "{\"eventID\":\"e\",\"eventName\":\"INSERT\","
            + "\"dynamodb\":{\"ApproximateCreationDateTime\":9e18}}",
        "{\"eventID\":\"e\",\"eventName\":\"INSERT\","
            + "\"dynamodb\":{\"ApproximateCreationDateTime\":99999999999999999999}}",
        "{\"eventID\":\"e\",\"eventName\":\"INSERT\","
            + "\"dynamodb\":{\"ApproximateCreationDateTime\":1}}",
        "{\"eventID\":\"e\",\"eventName\":\"TRUNCATE\","
            + "\"dynamodb\":{\"ApproximateCreationDateTime\":1}}",
      })
  void whatIsNoStreamRecordIsUnreadable(String record) {
    assertThatThrownBy(() -> parse(record, INGESTED))
        .asInstanceOf(InstanceOfAssertFactories.type(BrokenRuleException.class))
        .extracting(BrokenRuleException::rule)
        .isEqualTo(QualityRule.READABLE);
  }

  @Test
  void aRecordNestedTooDeepIsUnreadable() {
    String deep = "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);

    assertThatThrownBy(() -> parse(deep, INGESTED))
        .isInstanceOf(BrokenRuleException.class)
        .hasMessageContaining("nesting depth");
  }
}
