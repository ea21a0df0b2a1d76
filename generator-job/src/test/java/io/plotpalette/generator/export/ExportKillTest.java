package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.export.DatasetExport.Moment;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobPaths;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ended in the middle as {@code kill -9} ends it, and begun again: the same keys, the same bytes.
 */
class ExportKillTest {
  private static final int COUNT = 2_000;
  private static final List<DatasetRecord> RECORDS = TestingOutputs.records(COUNT);
  private static final JobDefinition JOB = KilledExport.job(COUNT);

  private static Map<String, String> undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void exportOnce(@TempDir Path other) throws Exception {
    TestingOutputs.write(other, RECORDS, 5);
    DatasetExport.write(TestingOutputs.request(JOB, RECORDS, other));
    undisturbed = ExportedFiles.bytes(other);
  }

  @ParameterizedTest
  @EnumSource
  void anExportThatWasKilledGivesTheSameBytesTheNextTime(Moment moment) throws Exception {
    TestingOutputs.write(folder, RECORDS, 6);
    killAt(moment);
    // Nothing under a final name is ever half of it.
    assertThat(finalFiles())
        .allSatisfy((name, sha) -> assertThat(undisturbed).containsEntry(name, sha));

    DatasetExport.write(TestingOutputs.request(JOB, RECORDS, folder));

    assertThat(ExportedFiles.bytes(folder)).isEqualTo(undisturbed);
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void whileOneExportWorksAnotherOfTheJobDoesNot() throws Exception {
    TestingOutputs.write(folder, RECORDS, 6);
    Process process = startUntil(Moment.HALF_READ);
    try {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> DatasetExport.write(TestingOutputs.request(JOB, RECORDS, folder))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another export of job " + TestingOutputs.JOB_ID);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private Map<String, String> finalFiles() throws IOException {
    if (!Files.exists(folder.resolve(JobPaths.exports(TestingOutputs.JOB_ID)))) {
      return Map.of();
    }
    Map<String, String> files = ExportedFiles.bytes(folder);
    files.keySet().removeIf(name -> name.startsWith("."));
    return files;
  }

  private void killAt(Moment moment) throws Exception {
    Process process = startUntil(moment);
    process.destroyForcibly().waitFor();
    try (Stream<Path> scratch = Files.list(folder.resolve("scratch"))) {
      assertThat(scratch).as("it was killed in the middle").isNotEmpty();
    }
  }

  private Process startUntil(Moment moment) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledExport.class.getName(),
                folder.toString(),
                String.valueOf(COUNT),
                moment.name())
            .redirectErrorStream(true)
            .start();
    StringBuilder output = new StringBuilder();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(KilledExport.AT + moment)) {
        return process;
      }
      output.append(line).append(File.pathSeparatorChar);
    }
    throw new AssertionError("the process ended before " + moment + ": " + output);
  }
}
