package io.plotpalette.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.sink.DynamoDbSinkOptions;
import io.plotpalette.connector.streams.StreamsSourceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The README says what the code says. */
class ReadmeTest {
  private static final Path SOURCES = Path.of("src/main/java/io/plotpalette/connector");

  private final String readme = read(Path.of("README.md"));

  @Test
  void examplesAreTheOnesThatCompile() {
    String compiled = read(Path.of("src/test/java/io/plotpalette/connector/UsageExample.java"));

    assertThat(matches(readme, "(?s)```java\n(.*?)\n```"))
        .isEqualTo(
            matches(compiled, "(?s)// README: \\w+\n(.*?)\n *// README: end").stream()
                .map(String::stripIndent)
                .toList());
  }

  static Stream<ConfigOption<?>> options() {
    return Stream.of(StreamsSourceOptions.class, DynamoDbSinkOptions.class)
        .flatMap(type -> Arrays.stream(type.getFields()))
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType() == ConfigOption.class)
        .map(ReadmeTest::option);
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyOptionIsListedWithItsDefault(ConfigOption<?> option) {
    assertThat(readme).contains("| `%s` | %s |".formatted(option.key(), shown(option)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"streams/ReaderMetrics", "sink/SinkMetrics", "failure/OutageMeter"})
  void everyMetricIsListed(String source) {
    List<String> names =
        matches(read(SOURCES.resolve(source + ".java")), "static final String \\w+ = \"(\\w+)\"");

    assertThat(names).isNotEmpty();
    assertThat(names).allSatisfy(name -> assertThat(readme).contains("| `" + name + "` |"));
  }

  private static String shown(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (!(value instanceof Duration duration)) {
      return String.valueOf(value);
    }
    long millis = duration.toMillis();
    if (millis % 60_000 == 0) {
      return millis / 60_000 + " min";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }

  private static ConfigOption<?> option(Field field) {
    try {
      return (ConfigOption<?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> matches(String text, String pattern) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
