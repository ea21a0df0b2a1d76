package io.plotpalette.stream;

import static io.plotpalette.stream.StreamRecords.done;
import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static io.plotpalette.stream.StreamRecords.modify;
import static io.plotpalette.stream.StreamRecords.number;
import static io.plotpalette.stream.StreamRecords.remove;
import static io.plotpalette.stream.StreamRecords.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a hand, a bug or an attacker can put into the table, through the whole job: nothing stops
 * it, and every record is in bronze or in quarantine, under the rule it breaks.
 */
class HostileItemsTest {
  private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

  @RegisterExtension
  private static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          () ->
              new MiniClusterResourceConfiguration.Builder()
                  .setConfiguration(METRICS.addToConfiguration(new Configuration()))
                  .setNumberSlotsPerTaskManager(1)
                  .build());

  private static final String BRONZE = "bronze";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  /** Record to where it must go, by id. */
  private final Map<String, String> records = new LinkedHashMap<>();

  private final Map<String, String> expected = new TreeMap<>();

  @TempDir private Path lake;

  @Test
  void nothingInTheTableStopsTheJob() throws Exception {
    everyAttributeOfAWrongType();
    missingAndEmpty();
    badNumbers();
    badTimes();
    tooMuch();
    strangeTexts();
    strangeStructure();
    histories();
    envelopes();
    assertThat(records).hasSizeGreaterThanOrEqualTo(100);

    JobID job = BoundedJob.run(List.copyOf(records.values()), lake);

    Map<String, String> found = new TreeMap<>();
    for (String id :
        Parquet.query("select change_id from " + Parquet.files(lake, LakeTable.TASK_CHANGES))) {
      found.merge(id, BRONZE, (a, b) -> a + ", " + b);
    }
    Map<String, String> ids = new HashMap<>();
    records.forEach((id, record) -> ids.put(wellFormed(record), id));
    for (JsonNode line : quarantine()) {
      String id = ids.get(line.get("record").asText());
      assertThat(id).as("a record as it came: %s", line.get("reason")).isNotNull();
      found.merge(id, line.get("rule").asText(), (a, b) -> a + ", " + b);
      assertThat(line.get("reason").asText()).as("reason of %s", id).isNotBlank();
      assertThat(line.get("reason").asText().length()).as("reason of %s", id).isLessThan(400);
    }
    assertThat(found).isEqualTo(expected);
    assertThat(counted(job))
        .isEqualTo(
            expected.values().stream()
                .filter(where -> !where.equals(BRONZE))
                .collect(Collectors.groupingBy(rule -> rule, TreeMap::new, Collectors.counting())));
  }

  private void everyAttributeOfAWrongType() {
    for (String name :
        List.of(
            "task_id",
            "user_id",
            "title",
            "description",
            "status",
            "priority",
            "created_at",
            "updated_at",
            "due_date",
            "due_at",
            "time_zone",
            "parent_id",
            "completed_at")) {
      item("number as " + name, "field-type", image -> number(image, name, "7"));
      item("binary as " + name, "field-type", image -> image.putObject(name).put("B", "AAEC"));
    }
    for (String name : List.of("version", "estimate_minutes")) {
      item("text as " + name, "field-type", image -> text(image, name, "7"));
      item("set as " + name, "field-type", image -> image.putObject(name).putArray("NS").add("7"));
    }
    for (String name : List.of("labels", "metadata")) {
      item("text as " + name, "field-type", image -> text(image, name, "docs"));
      item(
          "set as " + name,
          "field-type",
          image -> image.putObject(name).putArray("SS").add("docs"));
    }
    item(
        "label that is a number",
        "field-type",
        image -> image.putObject("labels").putArray("L").addObject().put("N", "1"));
    item(
        "label without a tag",
        "field-type",
        image -> image.putObject("labels").putArray("L").add("docs"));
    item(
        "metadata that is a map",
        "field-type",
        image -> image.putObject("metadata").putObject("M").putObject("k").putObject("M"));
    item("list that is no list", "field-type", image -> image.putObject("labels").put("L", "docs"));
    item("map that is no map", "field-type", image -> image.putObject("metadata").put("M", 7));
    item("bare text", "field-type", image -> image.put("title", "bare"));
    item("bare array", "field-type", image -> image.putArray("title"));
    item("two tags", "field-type", image -> image.putObject("title").put("S", "a").put("N", "1"));
    item("unknown tag", "field-type", image -> image.putObject("title").put("X", "a"));
    item("no tag", "field-type", image -> image.putObject("title"));
    item("tag with a number", "field-type", image -> image.putObject("title").put("S", 7));
  }

  private void missingAndEmpty() {
    for (String name :
        List.of(
            "task_id",
            "user_id",
            "title",
            "description",
            "status",
            "priority",
            "created_at",
            "updated_at",
            "version")) {
      item("without " + name, "required-field", image -> image.remove(name));
    }
    item("title NULL", "required-field", image -> image.putObject("title").put("NULL", true));
    item("title null", "required-field", image -> image.putNull("title"));
    item("empty user_id", "field-value", image -> text(image, "user_id", ""));
    item("empty title", "field-size", image -> text(image, "title", ""));
    item("empty status", "field-value", image -> text(image, "status", ""));
    item("empty time zone", "field-value", image -> text(image, "time_zone", ""));
    item("empty due date", "field-value", image -> text(image, "due_date", ""));
    item(
        "empty label",
        BRONZE,
        image -> image.withObject("labels").putArray("L").addObject().put("S", ""));
    item("empty metadata", BRONZE, image -> image.putObject("metadata").putObject("M"));
    item("labels NULL", BRONZE, image -> image.putObject("labels").put("NULL", true));
    item("empty parent", BRONZE, image -> text(image, "parent_id", ""));
  }

  private void badNumbers() {
    for (String number :
        List.of(
            "9".repeat(38),
            "1E125",
            "-1E-130",
            "NaN",
            "Infinity",
            "1.0",
            "",
            " 1",
            "0x1",
            "-1",
            "0",
            "١")) {
      item("version " + number, "field-value", image -> number(image, "version", number));
      item(
          "estimate " + number,
          number.equals("0") ? BRONZE : "field-value",
          image -> number(image, "estimate_minutes", number));
    }
    item(
        "estimate 2147483648",
        "field-value",
        image -> number(image, "estimate_minutes", "2147483648"));
  }

  private void badTimes() {
    for (String time :
        List.of(
            "2099-01-01T00:00:00.000Z",
            "0001-01-01T00:00:00.000Z",
            "2026-11-20T12:05:00.001Z",
            "2026-11-20T11:54:59.999Z")) {
      item(
          "updated at " + time,
          time.compareTo("2026-11-20T12") < 0 ? "time-order" : "clock-skew",
          image -> text(image, "updated_at", time));
    }
    for (String time :
        List.of(
            "yesterday",
            "2026-02-30T12:00:00.000Z",
            "2026-11-20T24:00:00.000Z",
            "2026-11-20T12:00:00Z",
            "2026-11-20T12:00:00.000+01:00",
            "+12026-11-20T12:00:00.000Z",
            "-0001-11-20T12:00:00.000Z",
            "1700000000000")) {
      item("created at " + time, "field-value", image -> text(image, "created_at", time));
    }
    item(
        "created in the year 1",
        BRONZE,
        image -> text(image, "created_at", "0001-01-01T00:00:00.000Z"));
    item("due 0000-01-01", "field-value", image -> text(image, "due_date", "0000-01-01"));
    item("due 2026-13-01", "field-value", image -> text(image, "due_date", "2026-13-01"));
    item("zone of Mars", "field-value", image -> text(image, "time_zone", "Mars/Olympus"));
    item("zone +99:00", "field-value", image -> text(image, "time_zone", "+99:00"));
  }

  private void tooMuch() {
    item("long title", "field-size", image -> text(image, "title", "x".repeat(201)));
    item(
        "huge description", "field-size", image -> text(image, "description", "ö".repeat(200_000)));
    item("huge status", "field-value", image -> text(image, "status", "s".repeat(390_000)));
    item("huge foreign attribute", BRONZE, image -> text(image, "foreign", "f".repeat(390_000)));
    item("huge user", BRONZE, image -> text(image, "user_id", "u".repeat(2_048)));
    item(
        "many labels",
        "field-size",
        image -> {
          var labels = image.putObject("labels").putArray("L");
          for (int i = 0; i < 30_000; i++) {
            labels.addObject().put("S", "l");
          }
        });
    item(
        "many pairs",
        "field-size",
        image -> {
          ObjectNode pairs = image.putObject("metadata").putObject("M");
          for (int i = 0; i < 20_000; i++) {
            pairs.putObject("k" + i).put("S", "v");
          }
        });
    item(
        "many attributes",
        BRONZE,
        image -> {
          for (int i = 0; i < 10_000; i++) {
            text(image, "foreign" + i, "v");
          }
        });
    item(
        "a thousand years of work",
        BRONZE,
        image -> {
          text(image, "created_at", "0001-01-01T00:00:00.000Z");
          image.setAll(done(image, NOON));
        });
  }

  private void strangeTexts() {
    item("half a pair in the title", BRONZE, image -> text(image, "title", "\uD83D"));
    item("half a pair as user", BRONZE, image -> text(image, "user_id", "u\uDC00"));
    item("half a pair as status", "field-value", image -> text(image, "status", "\uDC00"));
    item("zero byte", BRONZE, image -> text(image, "title", "a\u0000b"));
    item("quotes and newlines", BRONZE, image -> text(image, "user_id", "\"},\n{\""));
    item("path as user", BRONZE, image -> text(image, "user_id", "../../year=2026"));
    item("emoji title", BRONZE, image -> text(image, "title", "🎨".repeat(200)));
    item("right to left", BRONZE, image -> text(image, "title", "\u202Eeltit"));
  }

  private void strangeStructure() {
    item("nested 32 levels", BRONZE, image -> image.set("foreign", nested(32)));
    item("nested 32 levels in metadata", "field-type", image -> image.set("metadata", nested(32)));
    item("nested 32 levels as title", "field-type", image -> image.set("title", nested(32)));
    ObjectNode image = image("u1", "t1", NOON, NOON);
    raw("nested 2000 levels", "readable", deep(insert("{id}", NOON, image), 2_000));
    raw(
        "duplicate title",
        "readable",
        insert("{id}", NOON, image).replace("\"title\":", "\"title\":{\"N\":\"1\"},\"title\":"));
    raw(
        "duplicate foreign attribute",
        BRONZE,
        insert("{id}", NOON, image)
            .replace("\"title\":", "\"foreign\":{\"S\":\"1\"},\"foreign\":{},\"title\":"));
    raw(
        "duplicate image",
        "readable",
        insert("{id}", NOON, image).replace("\"NewImage\":", "\"NewImage\":{},\"NewImage\":"));
  }

  private void histories() {
    ObjectNode before = image("u1", "t1", NOON, NOON);
    ObjectNode after = image("u1", "t1", NOON, NOON);
    raw("same version again", "version-step", modify("{id}", NOON, before, after));
    number(after, "version", "2");
    raw("a normal change", BRONZE, modify("{id}", NOON, before, after));
    number(after, "version", "9");
    raw("version ahead", "version-step", modify("{id}", NOON, before, after));
    ObjectNode broken = image("u1", "t1", NOON, NOON);
    broken.put("status", "bare").put("version", "bare");
    raw("correction of a broken item", BRONZE, modify("{id}", NOON, broken, after));
    raw("deletion of a broken item", "field-type", remove("{id}", NOON, broken));
    raw("correction of nothing", BRONZE, modify("{id}", NOON, JSON.createObjectNode(), after));
    item(
        "open but completed",
        "field-value",
        image -> text(image, "completed_at", "2026-11-20T12:00:00.000Z"));
    item("done but not completed", "field-value", image -> text(image, "status", "done"));
    item("born at version 2", "version-step", image -> number(image, "version", "2"));
  }

  private void envelopes() {
    String good = insert("{id}", NOON, image("u1", "t1", NOON, NOON));
    raw("no JSON", "readable", "hello {id}");
    raw("half a record", "readable", good.substring(0, good.length() / 2));
    raw("two records", "readable", good + good);
    raw("trailing text", "readable", good + " x");
    raw("array", "readable", "[" + good + "]");
    raw("unknown change", "readable", good.replace("INSERT", "TRUNCATE"));
    raw("no image", "readable", good.replace("NewImage", "Image"));
    raw(
        "image of null",
        "readable",
        good.replaceFirst("\"NewImage\":\\{.*\\}\\}\\}", "\"NewImage\":null}}"));
    raw("no sequence number", "readable", good.replace("SequenceNumber", "Sequence"));
    raw("time as text", "readable", good.replace("Time\":1", "Time\":\"1\",\"x\":1"));
    raw("time of the year 300000", "readable", good.replace("Time\":1", "Time\":94151471111111"));
    raw("negative time", "readable", good.replace("Time\":1", "Time\":-1"));
    raw("fraction of a time", "readable", good.replace("Time\":1", "Time\":1.5E3,\"x\":1"));
    raw(
        "number with a thousand digits",
        "readable",
        good.replace("Time\":1", "Time\":" + "9".repeat(1_001)));
  }

  private void item(String id, String where, Consumer<ObjectNode> damage) {
    ObjectNode image = image("u1", "t1", NOON, NOON);
    damage.accept(image);
    raw(id, where, insert("{id}", NOON, image));
  }

  private void raw(String id, String where, String record) {
    assertThat(records.put(id, record.replace("{id}", id))).as(id).isNull();
    expected.put(id, where);
  }

  private static ObjectNode nested(int levels) {
    ObjectNode value = JSON.createObjectNode().put("S", "deep");
    for (int i = 1; i < levels; i++) {
      ObjectNode outer = JSON.createObjectNode();
      outer.putObject("M").set("m", value);
      value = outer;
    }
    return value;
  }

  private static String deep(String record, int levels) {
    return record.replace(
        "\"title\":",
        "\"foreign\":" + "{\"M\":".repeat(levels) + "1" + "}".repeat(levels) + ",\"title\":");
  }

  private List<JsonNode> quarantine() throws Exception {
    try (Stream<Path> files = Files.walk(lake.resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH))) {
      return files
          .filter(Files::isRegularFile)
          .flatMap(HostileItemsTest::lines)
          .map(HostileItemsTest::parsed)
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Long> counted(JobID job) {
    Map<String, Long> counts = new TreeMap<>();
    METRICS
        .getMetricsByIdentifiers(job)
        .forEach(
            (name, metric) -> {
              int at = name.indexOf(".parse.0.kinesisanalytics.rejected.");
              if (at >= 0 && ((Counter) metric).getCount() > 0) {
                counts.put(
                    name.substring(name.lastIndexOf('.') + 1), ((Counter) metric).getCount());
              }
            });
    return counts;
  }

  /** Quarantine files are UTF-8, in which half a pair has no form. */
  private static String wellFormed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
