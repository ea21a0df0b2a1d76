package io.plotpalette.stream.runs;

import io.plotpalette.connector.sink.DynamoDbWrite;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.table.RunAttribute;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A rejection as an item of the table {@code runs}. It says nothing of when it was written: read
 * again after a crash, the same record overwrites its item with the same content.
 */
public final class RejectionRun {
  public static final String KIND = "task-change-rejected";

  static final Duration KEPT = Duration.ofDays(180);

  private RejectionRun() {}

  /** The whole item. */
  public static DynamoDbWrite write(Rejection rejection) {
    String time = IsoMillis.format(rejection.partitionTime());
    long expiresAt = rejection.partitionTime().plus(KEPT).getEpochSecond();
    return DynamoDbWrite.put(
        Map.of(
            RunAttribute.RUN_KIND, text(KIND),
            RunAttribute.RUN_KEY, text(time + "#" + rejection.id()),
            RunAttribute.FINISHED_AT, text(time),
            RunAttribute.ID, text(rejection.id()),
            RunAttribute.RULE, text(rejection.rule().id()),
            RunAttribute.REASON, text(rejection.reason()),
            RunAttribute.EXPIRES_AT, AttributeValue.fromN(Long.toString(expiresAt))));
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }
}
