package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds what only some commands need. */
final class Maven {
  private Maven() {}

  /**
   * Runs {@code mvn -B arguments…} to its end.
   *
   * @throws UsageException if it fails, or is not there
   */
  static void run(Path root, String... arguments) throws InterruptedException {
    List<String> line = new ArrayList<>(List.of("mvn", "-B"));
    line.addAll(List.of(arguments));
    int exitCode;
    try {
      exitCode = new ProcessBuilder(line).directory(root.toFile()).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UsageException(
          "mvn cannot be run: %s. This command needs Maven.".formatted(e.getMessage()), e);
    }
    if (exitCode != 0) {
      throw new UsageException(
          "`%s` failed in %s; what it printed says why.".formatted(String.join(" ", line), root));
    }
  }
}
