package io.plotpalette.model.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SeedReaderTest {

  @Test
  void jsonGivesTheObjectsOfAnArray() throws Exception {
    assertThat(read("[{\"a\":1},\n {\"a\":\"ü\"}]", SeedFormat.JSON))
        .extracting(entry -> entry.get("a").asText())
        .containsExactly("1", "ü");
  }

  @Test
  void csvGivesTextsByTheNamesOfTheFirstLine() throws Exception {
    assertThat(
            read("title,year\n\"Of, \"\"quotes\"\"\nand lines\",1999\n\nplain,\n", SeedFormat.CSV))
        .extracting(entry -> entry.get("title").textValue() + "|" + entry.get("year").textValue())
        .containsExactly("Of, \"quotes\"\nand lines|1999", "plain|");
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        arguments("", SeedFormat.JSON, "entry 0 (line 1, column 1): the file is empty"),
        arguments("[{\"a\":1}", SeedFormat.JSON, "(start marker at line: 1, column: 1)"),
        arguments("[{\"a\":1}\n,{\"a\":}]", SeedFormat.JSON, "entry 1 (line 2, column 7): "),
        arguments(
            "[{\"a\":1},\n 7]", SeedFormat.JSON, "entry 1 (line 2, column 2): must be an object"),
        arguments("{\"a\":1}\n[]", SeedFormat.JSON, "the file must be an array of objects"),
        arguments("[{\"a\":1}] x", SeedFormat.JSON, "entry 1 (line 1, column 11): "),
        arguments("[{\"a\":1}] {}", SeedFormat.JSON, "follows after the end of the array"),
        arguments("[{\"a\":1,\"a\":2}]", SeedFormat.JSON, "names a field twice"),
        arguments("[" + nested(33) + "]", SeedFormat.JSON, "is nested deeper than 32"),
        arguments(
            "[{\"a\":\"" + "x".repeat(SeedLimits.MAX_ENTRY_BYTES + 1) + "\"}]",
            SeedFormat.JSON,
            "longer than"),
        arguments(
            "[{\"c\":[" + "0,".repeat(700_000) + "0]}]",
            SeedFormat.JSON,
            "is longer than 1048576 bytes"),
        arguments("", SeedFormat.CSV, "entry 0"),
        arguments("a,a\n1,2\n", SeedFormat.CSV, "the column 'a' is in the first line twice"),
        arguments("a,,b\n1,2,3\n", SeedFormat.CSV, "has no name"),
        arguments("a,b\n1\n", SeedFormat.CSV, "entry 0 (line "),
        arguments("a,b\n1,2\n1,2,3\n", SeedFormat.CSV, "entry 1 (line 3"),
        arguments("a,b\n\"1,2\n", SeedFormat.CSV, "entry 0 (line "));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void whatCannotBeUsedIsRefusedWithItsPlace(String text, SeedFormat format, String message) {
    assertThatThrownBy(() -> read(text, format))
        .isInstanceOf(InvalidSeedException.class)
        .hasMessageContaining(message);
  }

  static Stream<Arguments> otherEncodings() {
    return Stream.of(
        arguments("\uFEFF[{\"a\":1}]", StandardCharsets.UTF_8, "byte-order mark"),
        arguments("[{\"a\":1}]", StandardCharsets.UTF_16, "looks like UTF-16"),
        arguments("[{\"a\":1}]", StandardCharsets.UTF_16LE, "looks like UTF-16"),
        arguments("[{\"a\":1}]", Charset.forName("UTF-32BE"), "looks like UTF-16"),
        arguments("[{\"a\":1},\n{\"a\":\"ü\"}]", StandardCharsets.ISO_8859_1, "entry 1 (line 2"));
  }

  @ParameterizedTest
  @MethodSource("otherEncodings")
  void otherEncodingsAreRefused(String text, Charset charset, String message) {
    for (SeedFormat format : SeedFormat.values()) {
      String written = format == SeedFormat.CSV ? text.replace("[{\"a\":1},", "a") : text;

      assertThatThrownBy(() -> read(new ByteArrayInputStream(written.getBytes(charset)), format))
          .as(format.wireName())
          .isInstanceOf(InvalidSeedException.class)
          .hasMessageContaining(
              format == SeedFormat.CSV && message.startsWith("entry 1") ? "UTF-8" : message);
    }
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
  }

  private static List<ObjectNode> read(String text, SeedFormat format)
      throws IOException, InvalidSeedException {
    return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), format);
  }

  private static List<ObjectNode> read(InputStream in, SeedFormat format)
      throws IOException, InvalidSeedException {
    List<ObjectNode> entries = new ArrayList<>();
    try (SeedReader reader = SeedReader.open(in, format)) {
      for (ObjectNode entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }
}
