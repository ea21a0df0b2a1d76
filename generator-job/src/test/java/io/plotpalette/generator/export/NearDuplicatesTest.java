package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.plotpalette.generator.export.NearDuplicates.Match;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearDuplicatesTest {
  @TempDir private Path scratch;

  /**
   * Precision and recall against the exact Jaccard similarity. What lies closer to the threshold
   * than the estimate can tell may fall on either side, so the bar is below 1.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.6, 0.8, 0.9})
  void findsWhatIsAlikeAndLittleElse(double threshold) throws Exception {
    DuplicateSample sample = DuplicateSample.of(2_000, threshold, 7);

    DuplicateSample.Figures figures = sample.measure(scratch.resolve("state"));

    System.out.printf(
        Locale.ROOT,
        "near-duplicates at %.1f: %d known among %d, precision %.4f, recall %.4f%n",
        threshold,
        figures.known(),
        figures.records(),
        figures.precision(),
        figures.recall());
    assertThat(figures.known()).isGreaterThan(300);
    assertThat(figures.precision()).isGreaterThan(0.9);
    assertThat(figures.recall()).isGreaterThan(0.9);
  }

  @Test
  void reportsTheMostLikeAndOfThoseTheEarliest() throws Exception {
    List<String> words = new ArrayList<>(DuplicateSample.words(60, 1));
    String original = String.join(" ", words);
    words.set(30, "changed");
    String changed = String.join(" ", words);

    // Above what the two have in common, so that both are kept.
    try (NearDuplicates found = new NearDuplicates(0.97, 10, scratch.resolve("state"))) {
      assertThat(found.findOrKeep(4, List.of(original))).isEmpty();
      assertThat(found.findOrKeep(5, List.of(changed))).isEmpty();

      assertThat(found.findOrKeep(6, List.of(changed))).contains(new Match(5, 1));
      assertThat(found.findOrKeep(7, List.of(original))).contains(new Match(4, 1));
    }
  }

  @Test
  void theEstimateIsNearTheSimilarity() throws Exception {
    List<String> words = new ArrayList<>(DuplicateSample.words(400, 1));
    String original = String.join(" ", words);
    for (int i = 0; i < 30; i++) {
      words.set(13 * i, "other" + i);
    }
    String changed = String.join(" ", words);

    try (NearDuplicates found = new NearDuplicates(0.5, 10, scratch.resolve("state"))) {
      found.findOrKeep(0, List.of(original));
      Optional<Match> match = found.findOrKeep(1, List.of(changed));

      assertThat(match.orElseThrow().similarity())
          .isCloseTo(DuplicateSample.jaccard(original, changed), within(0.13));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "One two, three four.       | one TWO (three) — four       | true",
        "short                      | Short!                       | true",
        "猫が屋根の上で寝ています        | 猫が、屋根の上で寝ています！      | true",
        "one two three four         | four three two one           | false"
      })
  void punctuationCaseAndLinesDoNotCountButOrderDoes(String first, String second, boolean alike)
      throws Exception {
    try (NearDuplicates found = new NearDuplicates(0.9, 10, scratch.resolve("state"))) {
      found.findOrKeep(0, List.of(first));

      assertThat(found.findOrKeep(1, List.of(second)).isPresent()).isEqualTo(alike);
    }
  }

  @Test
  void aRecordWithoutAWordIsNotCompared() throws Exception {
    try (NearDuplicates found = new NearDuplicates(0.9, 10, scratch.resolve("state"))) {
      assertThat(found.findOrKeep(0, List.of("", "...", "\n"))).isEmpty();
      assertThat(found.findOrKeep(1, List.of("", "...", "\n"))).isEmpty();
    }
  }

  @Test
  void aPairAtTheThresholdIsHardlyEverMissed() {
    for (double threshold = 0.3; threshold <= 1; threshold += 0.05) {
      int rows = NearDuplicates.rows(threshold);
      double missed =
          Math.pow(1 - Math.pow(threshold, rows), Math.floorDiv(NearDuplicates.HASHES, rows));

      assertThat(missed).as("at %.2f with %d rows", threshold, rows).isLessThan(0.01);
    }
    assertThat(NearDuplicates.bytesPerRecord(0.8)).isBetween(400L, 550L);
    assertThat(NearDuplicates.bytesPerRecord(0.01)).isLessThan(1_900);
  }

  @Test
  void theStateIsGoneAfterwards() throws Exception {
    try (NearDuplicates found = new NearDuplicates(0.9, 10, scratch.resolve("state"))) {
      found.findOrKeep(0, List.of("text"));
    }

    assertThat(scratch).isEmptyDirectory();
  }
}
