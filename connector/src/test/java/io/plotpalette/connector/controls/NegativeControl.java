package io.plotpalette.connector.controls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One safeguard, taken out of the source, and the test that must notice.
 *
 * @param name what the safeguard is for
 * @param source file below the module's main sources
 * @param original the safeguard, found exactly once in the file
 * @param broken what stands in its place
 * @param test {@code Class#method}, the class without the root package
 */
record NegativeControl(String name, String source, String original, String broken, String test) {
  static final Path SOURCES = Path.of("src/main/java/io/plotpalette/connector");

  private static final Path LIST =
      Path.of("src/test/resources/io/plotpalette/connector/controls/negative-controls.txt");

  /** Blocks of five fields, each a line that starts with the field's name, apart by empty lines. */
  static List<NegativeControl> all() throws IOException {
    List<NegativeControl> controls = new ArrayList<>();
    for (String block : Files.readString(LIST).split("\n\n+")) {
      if (block.isBlank() || block.startsWith("#")) {
        continue;
      }
      controls.add(
          new NegativeControl(
              field(block, "case"),
              field(block, "file"),
              field(block, "safeguard"),
              field(block, "without"),
              field(block, "test")));
    }
    return controls;
  }

  private static String field(String block, String name) {
    return block
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No " + name + " in\n" + block));
  }

  /** The source without its safeguard. */
  String brokenSource() throws IOException {
    String text = Files.readString(SOURCES.resolve(source));
    int at = text.indexOf(original);
    if (at < 0 || text.indexOf(original, at + 1) >= 0) {
      throw new IllegalStateException(
          "Control '%s' is out of date: %s must have exactly once: %s"
              .formatted(name, source, original));
    }
    return text.replace(original, broken);
  }
}
