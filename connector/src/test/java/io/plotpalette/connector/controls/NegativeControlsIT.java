package io.plotpalette.connector.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the safeguards of the connector out, one at a time, and expects the named test to fail.
 * Each control compiles one source into a folder of its own and runs one test in a process of its
 * own; nothing of the module is changed. Runs with {@code -Pnegative-controls}; {@code
 * -Dcontrol=watermark} takes only those with that in their name.
 */
@Tag("negative-controls")
class NegativeControlsIT {
  private static final long LONGEST_TEST_MINUTES = 4;

  @TempDir private static Path work;

  /** Or a control would prove nothing. */
  @Test
  void everyNamedTestPassesWithItsSafeguard() throws Exception {
    List<String> tests = chosen().map(NegativeControl::test).distinct().toList();

    assertThat(run(null, tests, work.resolve("intact.log")))
        .as("see %s", work.resolve("intact.log"))
        .isEqualTo(NamedTests.PASSED);
  }

  @TestFactory
  Stream<DynamicTest> testFailsWithoutItsSafeguard() throws Exception {
    return chosen().map(control -> DynamicTest.dynamicTest(control.name(), () -> check(control)));
  }

  private static Stream<NegativeControl> chosen() throws IOException {
    String part = System.getProperty("control", "");
    return NegativeControl.all().stream().filter(control -> control.name().contains(part));
  }

  private static void check(NegativeControl control) throws Exception {
    Path folder = Files.createTempDirectory(work, "control");
    Path source = folder.resolve(control.source());
    Files.createDirectories(source.getParent());
    Files.writeString(source, control.brokenSource());
    Path classes = Files.createDirectory(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int compiled =
        compiler.run(
            null,
            null,
            null,
            "-nowarn",
            "--release",
            "17",
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            source.toString());
    assertThat(compiled).as("%s compiles without its safeguard", control.source()).isZero();

    int outcome = run(classes, List.of(control.test()), folder.resolve("test.log"));

    assertThat(outcome)
        .as("%s without: %s", control.test(), control.original())
        .isEqualTo(NamedTests.FAILED);
    System.out.printf("CONTROL | %s | %s | fails as it must%n", control.name(), control.test());
  }

  private static int run(Path firstOnClassPath, List<String> tests, Path log)
      throws IOException, InterruptedException {
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + work,
                "-cp",
                firstOnClassPath == null
                    ? classPath
                    : firstOnClassPath + File.pathSeparator + classPath,
                NamedTests.class.getName()));
    command.addAll(tests);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long minutes = LONGEST_TEST_MINUTES * tests.size();
    if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      // A test that hangs without the safeguard has noticed; one that hangs with it has not passed.
      return NamedTests.FAILED;
    }
    return process.exitValue();
  }
}
