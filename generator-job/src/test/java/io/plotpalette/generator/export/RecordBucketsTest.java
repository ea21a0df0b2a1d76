package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.export.CommittedLines.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBucketsTest {
  private static final int BUCKET_BYTES = 4_096;

  private static final RecordBuckets.Choice NONE =
      (index, bytes, one, another) -> {
        throw new AssertionError("record " + index + " is there once");
      };

  @TempDir private Path scratch;

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 5_000})
  void recordsComeOutInOrderHoweverTheyWereAdded(int count) throws Exception {
    List<Long> indexes = new ArrayList<>(LongStream.range(0, count).boxed().toList());
    Collections.shuffle(indexes, new Random(1));

    assertThat(sorted(indexes, count, count)).containsExactlyElementsOf(texts(count));
  }

  /** All in a hundredth of the range, though nobody said so: the range is cut until it fits. */
  @Test
  void recordsThatCrowdInOneRangeDoNotNeedMoreMemory() throws Exception {
    List<Long> indexes = new ArrayList<>(LongStream.range(0, 5_000).boxed().toList());
    Collections.shuffle(indexes, new Random(1));

    assertThat(sorted(indexes, 500_000, 500_000)).containsExactlyElementsOf(texts(5_000));
  }

  @Test
  void oneRecordLongerThanABucketIsTakenWhole() throws Exception {
    byte[] large = new byte[3 * BUCKET_BYTES];
    List<Integer> lengths = new ArrayList<>();
    try (RecordBuckets buckets =
        new RecordBuckets(scratch.resolve("b"), 0, 10, 10, large.length, BUCKET_BYTES)) {
      buckets.add(3, new Place(0, 1), large, 0, large.length);
      buckets.add(2, new Place(0, 2), large, 0, 5);
      buckets.drain(NONE, (index, place, bytes, offset, length) -> lengths.add(length));
    }

    assertThat(lengths).containsExactly(5, large.length);
  }

  /** Enough of them that the range is cut, in which they must stay together. */
  @Test
  void ofEveryRecordTheChosenLineComesOut() throws Exception {
    List<String> seen = new ArrayList<>();
    long repeated;
    try (RecordBuckets buckets =
        new RecordBuckets(scratch.resolve("b"), 0, 500_000, 500_000, 1_000, BUCKET_BYTES)) {
      int line = 1;
      for (int version : List.of(2, 3, 3, 1)) {
        for (int index = 0; index < 300; index++) {
          byte[] text = (version + " of " + index).getBytes(StandardCharsets.UTF_8);
          buckets.add(index, new Place(0, line++), text, 0, text.length);
        }
      }
      repeated =
          buckets.drain(
              (index, all, one, another) ->
                  text(all, one).compareTo(text(all, another)) > 0 ? one : another,
              (index, place, bytes, offset, length) ->
                  seen.add(new String(bytes, offset, length, StandardCharsets.UTF_8)));
    }

    assertThat(seen)
        .containsExactlyElementsOf(
            LongStream.range(0, 300).mapToObj(index -> "3 of " + index).toList());
    assertThat(repeated).isEqualTo(900);
  }

  private static String text(byte[] bytes, RecordBuckets.Line line) {
    return new String(bytes, line.offset(), line.length(), StandardCharsets.UTF_8);
  }

  @Test
  void nothingStaysOnTheDisk() throws Exception {
    try (RecordBuckets buckets =
        new RecordBuckets(scratch.resolve("b"), 0, 10, 10, 1, BUCKET_BYTES)) {
      buckets.add(3, new Place(0, 1), new byte[10], 0, 10);
    }

    assertThat(scratch).isEmptyDirectory();
  }

  private List<String> sorted(List<Long> indexes, long to, long likely) throws IOException {
    List<String> seen = new ArrayList<>();
    try (RecordBuckets buckets =
        new RecordBuckets(
            scratch.resolve("b"), 0, to, likely, 40L * indexes.size(), BUCKET_BYTES)) {
      for (long index : indexes) {
        byte[] text = ("##record " + index).getBytes(StandardCharsets.UTF_8);
        buckets.add(index, new Place(0, (int) index), text, 2, text.length - 2);
      }
      buckets.drain(
          NONE,
          (index, place, bytes, offset, length) -> {
            assertThat(place.line()).isEqualTo((int) index);
            // A range that was read at once fits.
            assertThat(bytes.length).isLessThanOrEqualTo(BUCKET_BYTES);
            seen.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
          });
    }
    assertThat(Files.exists(scratch.resolve("b"))).isFalse();
    return seen;
  }

  private static List<String> texts(int count) {
    return LongStream.range(0, count).mapToObj(i -> "record " + i).toList();
  }
}
