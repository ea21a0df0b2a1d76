package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedChoiceTest {
  private static int[] round(long seed, long round, int entries) {
    return LongStream.range(round * entries, (round + 1) * entries)
        .mapToInt(index -> SeedChoice.entryOf(seed, index, entries))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 1000})
  void everyRoundUsesEveryEntryOnce(int entries) {
    for (long round = 0; round < 3; round++) {
      int[] chosen = round(7, round, entries);
      assertThat(IntStream.of(chosen).sorted().toArray())
          .isEqualTo(IntStream.range(0, entries).toArray());
    }
  }

  @Test
  void roundsAndSeedsHaveTheirOwnOrder() {
    assertThat(round(7, 0, 100)).isNotEqualTo(round(7, 1, 100)).isNotEqualTo(round(8, 0, 100));
    assertThat(round(7, 0, 100)).isNotEqualTo(IntStream.range(0, 100).toArray());
  }

  @Test
  void theChoiceIsTheSameForever() {
    assertThat(LongStream.range(0, 8).map(i -> SeedChoice.entryOf(42, i, 1_000_000)).toArray())
        .containsExactly(19_717, 271_609, 589_414, 759_492, 652_702, 591_612, 222_916, 746_982);
    assertThat(SeedChoice.entryOf(42, Long.MAX_VALUE, Integer.MAX_VALUE)).isNotNegative();
  }

  @Test
  void thereMustBeAnEntry() {
    assertThatThrownBy(() -> SeedChoice.entryOf(1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SeedChoice.entryOf(1, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
