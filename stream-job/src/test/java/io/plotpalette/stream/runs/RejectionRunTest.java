package io.plotpalette.stream.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.sink.DynamoDbWrite;
import io.plotpalette.model.table.RunAttribute;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class RejectionRunTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @Test
  void saysWhatBrokeWhichRuleAndExpires() {
    assertThat(RejectionRun.write(rejected(NOON)))
        .isEqualTo(
            DynamoDbWrite.put(
                Map.of(
                    RunAttribute.RUN_KIND, AttributeValue.fromS("task-change-rejected"),
                    RunAttribute.RUN_KEY, AttributeValue.fromS("2026-11-20T12:00:00.000Z#e1"),
                    RunAttribute.FINISHED_AT, AttributeValue.fromS("2026-11-20T12:00:00.000Z"),
                    RunAttribute.ID, AttributeValue.fromS("e1"),
                    RunAttribute.RULE, AttributeValue.fromS("field-value"),
                    RunAttribute.REASON, AttributeValue.fromS("status is not a status"),
                    // 2027-05-19T12:00:00Z, 180 days later.
                    RunAttribute.EXPIRES_AT, AttributeValue.fromN("1810728000"))));
  }

  @Test
  void isTheSameAtEveryReading() {
    assertThat(RejectionRun.write(rejected(NOON.plusSeconds(7))))
        .isEqualTo(RejectionRun.write(rejected(NOON.plusSeconds(9))));
  }

  private static Rejection rejected(Instant at) {
    return new Rejection("e1", QualityRule.FIELD_VALUE, "status is not a status", "{…}", NOON, at);
  }
}
