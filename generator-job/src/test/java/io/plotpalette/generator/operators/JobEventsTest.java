package io.plotpalette.generator.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobEventsTest {
  private static final Map<String, AttributeValue> KEYS =
      Map.of("job_id", AttributeValue.string("job-1"), "part", AttributeValue.string("PROGRESS"));

  private static String seen(
      Map<String, AttributeValue> before, Map<String, AttributeValue> after) {
    return seen(KEYS, before, after);
  }

  private static String seen(
      Map<String, AttributeValue> keys,
      Map<String, AttributeValue> before,
      Map<String, AttributeValue> after) {
    return new JobEvents()
        .deserialize(
            new StreamRecord(
                "e1",
                before == null ? "INSERT" : after == null ? "REMOVE" : "MODIFY",
                "1.1",
                0,
                "1",
                1L,
                "NEW_AND_OLD_IMAGES",
                keys,
                after,
                before));
  }

  private static Map<String, AttributeValue> item(String... namesAndTexts) {
    Map<String, AttributeValue> item = new HashMap<>(KEYS);
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      item.put(namesAndTexts[i], AttributeValue.string(namesAndTexts[i + 1]));
    }
    return item;
  }

  @Test
  void aNewJobIsToBeLookedAt() {
    assertThat(seen(null, item("state", "QUEUED"))).isEqualTo("job-1");
  }

  @Test
  void aJobThatIsGoneIsToBeLookedAt() {
    assertThat(seen(item("state", "RUNNING"), null)).isEqualTo("job-1");
  }

  @Test
  void anotherStateIsToBeLookedAt() {
    assertThat(seen(item("state", "QUEUED"), item("state", "RUNNING"))).isEqualTo("job-1");
    assertThat(seen(item("state", "EXPORTING"), item("state", "FAILED"))).isEqualTo("job-1");
  }

  @Test
  void aRequestToStopIsToBeLookedAt() {
    assertThat(seen(item(), item("cancel_requested_at", "2026-11-20T12:00:00.000Z")))
        .isEqualTo("job-1");
  }

  @Test
  void theProgressOfEverySecondIsNothing() {
    assertThat(
            seen(
                item("state", "RUNNING", "cost_usd", "1"),
                item("state", "RUNNING", "cost_usd", "2")))
        .isEqualTo(JobEvents.NOTHING);
    assertThat(seen(item("name", "a"), item("name", "b"))).isEqualTo(JobEvents.NOTHING);
  }

  @Test
  void whatNamesNoJobIsNothing() {
    assertThat(seen(null, null, item("state", "QUEUED"))).isEqualTo(JobEvents.NOTHING);
    assertThat(seen(Map.of(), null, item("state", "QUEUED"))).isEqualTo(JobEvents.NOTHING);
  }

  @Test
  void aStateOfAnotherTypeIsNoneAndStopsNothing() {
    Map<String, AttributeValue> broken = new HashMap<>(KEYS);
    broken.put("state", AttributeValue.nul());

    assertThat(seen(broken, item("state", "QUEUED"))).isEqualTo("job-1");
    assertThat(seen(broken, broken)).isEqualTo(JobEvents.NOTHING);
  }
}
