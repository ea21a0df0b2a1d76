package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamRecordJsonTest {
  private final StreamRecordJson json = new StreamRecordJson();

  @Test
  void writesTheShapeOfDynamoDbStreams() {
    StreamRecord record =
        new StreamRecord(
            "e1",
            "MODIFY",
            "1.1",
            1_790_000_000_000L,
            "000017",
            42L,
            "NEW_AND_OLD_IMAGES",
            Map.of("id", AttributeValue.string("x")),
            Map.of("n", AttributeValue.number("1.50")),
            Map.of("n", AttributeValue.number("1")));

    assertThat(text(record))
        .isEqualTo(
            "{\"eventID\":\"e1\",\"eventName\":\"MODIFY\",\"eventVersion\":\"1.1\",\"dynamodb\":{"
                + "\"ApproximateCreationDateTime\":1790000000000,"
                + "\"Keys\":{\"id\":{\"S\":\"x\"}},"
                + "\"NewImage\":{\"n\":{\"N\":\"1.50\"}},"
                + "\"OldImage\":{\"n\":{\"N\":\"1\"}},"
                + "\"SequenceNumber\":\"000017\",\"SizeBytes\":42,"
                + "\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"}}");
  }

  @Test
  void writesEveryAttributeTypeSortedByName() {
    Map<String, AttributeValue> image = new LinkedHashMap<>();
    image.put("l_unknown", AttributeValue.unknown());
    image.put("k_binaries", AttributeValue.binaries(List.of(new byte[] {1}, new byte[] {2})));
    image.put("j_binary", AttributeValue.binary(new byte[] {-1, 0}));
    image.put("i_numbers", AttributeValue.numbers(List.of("2", "1")));
    image.put("h_strings", AttributeValue.strings(List.of("b", "a")));
    image.put(
        "g_map",
        AttributeValue.map(Map.of("z", AttributeValue.bool(false), "y", AttributeValue.nul())));
    image.put(
        "f_list",
        AttributeValue.list(List.of(AttributeValue.number("7"), AttributeValue.list(List.of()))));
    image.put("e_null", AttributeValue.nul());
    image.put("d_bool", AttributeValue.bool(true));
    image.put("c_number", AttributeValue.number("12345678901234567890123456789012345678"));
    image.put("b_string", AttributeValue.string("line\n\"quoted\" \u00e4\ud83d\ude00"));

    assertThat(text(withImage(image)))
        .isEqualTo(
            "{\"dynamodb\":{\"ApproximateCreationDateTime\":0,\"NewImage\":{"
                + "\"b_string\":{\"S\":\"line\\n\\\"quoted\\\" \u00e4\ud83d\ude00\"},"
                + "\"c_number\":{\"N\":\"12345678901234567890123456789012345678\"},"
                + "\"d_bool\":{\"BOOL\":true},"
                + "\"e_null\":{\"NULL\":true},"
                + "\"f_list\":{\"L\":[{\"N\":\"7\"},{\"L\":[]}]},"
                + "\"g_map\":{\"M\":{\"y\":{\"NULL\":true},\"z\":{\"BOOL\":false}}},"
                + "\"h_strings\":{\"SS\":[\"b\",\"a\"]},"
                + "\"i_numbers\":{\"NS\":[\"2\",\"1\"]},"
                + "\"j_binary\":{\"B\":\"/wA=\"},"
                + "\"k_binaries\":{\"BS\":[\"AQ==\",\"Ag==\"]},"
                + "\"l_unknown\":{}}}}");
  }

  @Test
  void oddTextDoesNotThrow() {
    String loneSurrogate = "\ud83d";

    assertThat(text(withImage(Map.of("", AttributeValue.string(loneSurrogate)))))
        .contains("\"NewImage\":{\"\":{\"S\":\"");
  }

  private String text(StreamRecord record) {
    return new String(json.deserialize(record), StandardCharsets.UTF_8);
  }

  private static StreamRecord withImage(Map<String, AttributeValue> image) {
    return new StreamRecord(null, null, null, 0, null, null, null, null, image, null);
  }
}
