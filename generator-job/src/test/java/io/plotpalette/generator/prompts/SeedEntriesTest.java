package io.plotpalette.generator.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.TestingJobs;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedEntriesTest {
  @TempDir Path scratch;

  private SeedEntries copy(String json) throws IOException, SeedDataException {
    return copy(json, StandardCharsets.UTF_8);
  }

  private SeedEntries copy(String json, Charset charset) throws IOException, SeedDataException {
    byte[] bytes = json.getBytes(charset);
    return SeedEntries.copy(new ByteArrayInputStream(bytes), TestingJobs.sha256(bytes), scratch);
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(scratch)) {
      return files.count();
    }
  }

  @Test
  void entriesAreFoundWhereverTheyStandAndHoweverTheyAreWritten() throws Exception {
    String json =
        " [ {\"a\": \"Zürich 漢字 \uD83C\uDFAD\"} ,\n{},\t{\"b\":{\"c\":[1,{\"d\":\"]}\"}]}}\r\n ,{\"e\":1.50}]\n";

    try (SeedEntries entries = copy(json)) {
      assertThat(entries.size()).isEqualTo(4);
      assertThat(entries.entry(2).toString()).isEqualTo("{\"b\":{\"c\":[1,{\"d\":\"]}\"}]}}");
      assertThat(entries.entry(0).get("a").textValue()).isEqualTo("Zürich 漢字 \uD83C\uDFAD");
      assertThat(entries.entry(1).toString()).isEqualTo("{}");
      assertThat(entries.entry(3).get("e").doubleValue()).isEqualTo(1.5);
    }
  }

  /** Longer than any buffer of the parser, with letters of several bytes over its edges. */
  @Test
  void entriesOfALongFileAreReadAsTheyWereWritten() throws Exception {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < 5_000; i++) {
      json.append(i == 0 ? "" : ",").append("{\"n\":").append(i).append(",\"t\":\"");
      json.append("漢ö\uD83D\uDE00".repeat(i % 7)).append("\"}");
    }

    try (SeedEntries entries = copy(json.append("]").toString())) {
      assertThat(entries.size()).isEqualTo(5_000);
      IntStream.range(0, 5_000)
          .parallel()
          .forEach(
              i -> {
                try {
                  assertThat(entries.entry(i).get("n").intValue()).isEqualTo(i);
                  assertThat(entries.entry(i).get("t").textValue())
                      .isEqualTo("漢ö\uD83D\uDE00".repeat(i % 7));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
    }
  }

  @Test
  void aMarkOfTheByteOrderMovesNoEntry() throws Exception {
    try (SeedEntries entries = copy("\uFEFF[{\"a\":1},{\"a\":2}]")) {
      assertThat(entries.entry(0).get("a").intValue()).isEqualTo(1);
      assertThat(entries.entry(1).get("a").intValue()).isEqualTo(2);
    }
  }

  @Test
  void theCopyIsDeletedWhenItIsClosed() throws Exception {
    SeedEntries entries = copy("[{}]");
    assertThat(files()).isEqualTo(1);

    entries.close();

    assertThat(files()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1}      | is no list of entries",
        "''             | is no list of entries",
        "[]             | has no entries",
        "[{}, 1]        | entry 1 of the seed data is no object",
        "[[{}]]         | entry 0 of the seed data is no object",
        "[{\"a\": 1}     | is no JSON",
        "[{\"a\": tru}]  | is no JSON"
      })
  void whatIsNoListOfObjectsIsRefusedAndLeavesNoFile(String json, String reason)
      throws IOException {
    assertThatThrownBy(() -> copy(json))
        .isInstanceOf(SeedDataException.class)
        .hasMessageContaining(reason);
    assertThat(files()).isZero();
  }

  @Test
  void anotherEncodingIsRefusedSinceEntriesAreFoundByTheirBytes() throws IOException {
    assertThatThrownBy(() -> copy("[{\"a\":1}]", StandardCharsets.UTF_16))
        .isInstanceOf(SeedDataException.class)
        .hasMessageContaining("not UTF-8");
    assertThat(files()).isZero();
  }

  @Test
  void otherBytesThanTheJobWasCreatedWithAreRefused() throws IOException {
    assertThatThrownBy(
            () ->
                SeedEntries.copy(
                    new ByteArrayInputStream("[{}]".getBytes(StandardCharsets.UTF_8)),
                    TestingJobs.sha256(TestingJobs.SEED_BYTES),
                    scratch))
        .isInstanceOf(SeedDataException.class)
        .hasMessageContaining("was changed after the job was created");
    assertThat(files()).isZero();
  }

  @Test
  void theHashMayBeInUpperCase() throws Exception {
    byte[] bytes = TestingJobs.SEED_BYTES;
    String upperCase = TestingJobs.sha256(bytes).toUpperCase(Locale.ROOT);

    try (SeedEntries entries =
        SeedEntries.copy(new ByteArrayInputStream(bytes), upperCase, scratch)) {
      assertThat(entries.size()).isEqualTo(3);
    }
  }

  @Test
  void aBrokenConnectionMayBeTriedAgainAndLeavesNoFile() throws IOException {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(TestingJobs.SEED_BYTES)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("broken");
          }
        };

    assertThatThrownBy(
            () -> SeedEntries.copy(broken, TestingJobs.sha256(TestingJobs.SEED_BYTES), scratch))
        .isInstanceOf(IOException.class);
    assertThat(files()).isZero();
  }

  @Test
  void aCopyThatWasCutIsSaidSo() throws Exception {
    try (SeedEntries entries = copy("[{\"a\":1},{\"a\":2}]")) {
      try (Stream<Path> files = Files.list(scratch)) {
        Files.write(files.findFirst().orElseThrow(), new byte[12]);
      }

      assertThatThrownBy(() -> entries.entry(1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was cut");
    }
  }
}
