package io.plotpalette.generator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.run.IndexRanges.Range;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IndexRangesTest {

  @Test
  void splitsAndJoins() {
    IndexRanges all = IndexRanges.upTo(10);

    IndexRanges gap = all.without(4);
    assertThat(gap.ranges()).containsExactly(new Range(0, 4), new Range(5, 10));
    assertThat(gap.contains(4)).isFalse();
    assertThat(gap.with(4)).isEqualTo(all);
    assertThat(all.without(0).ranges()).isEqualTo(List.of(new Range(1, 10)));
    assertThat(IndexRanges.upTo(1).without(0).isEmpty()).isTrue();
  }

  @Test
  void isASet() {
    Random random = new Random(3);
    IndexRanges ranges = IndexRanges.upTo(50);
    TreeSet<Long> expected = new TreeSet<>();
    for (long i = 0; i < 50; i++) {
      expected.add(i);
    }
    for (int i = 0; i < 5_000; i++) {
      long index = random.nextInt(50);
      if (expected.remove(index)) {
        ranges = ranges.without(index);
      } else {
        expected.add(index);
        ranges = ranges.with(index);
      }
      assertThat(ranges.size()).isEqualTo(expected.size());
      assertThat(ranges.contains(index)).isEqualTo(expected.contains(index));
      for (int at = 1; at < ranges.ranges().size(); at++) {
        assertThat(ranges.ranges().get(at).from()).isGreaterThan(ranges.ranges().get(at - 1).to());
      }
    }
  }

  @Test
  void takesNothingTwice() {
    assertThatThrownBy(() -> IndexRanges.upTo(5).with(3)).hasMessageContaining("already");
    assertThatThrownBy(() -> IndexRanges.upTo(5).without(3).without(3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
