package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeadTimesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 199, 200})
  void valuesStayAsTheyAreWhileTheyAreFew(int count) {
    LeadTimes times = new LeadTimes();
    double[] values = IntStream.rangeClosed(1, count).asDoubleStream().toArray();
    Arrays.stream(values).forEach(times::add);

    assertThat(times.exact()).isEqualTo(values);
    assertThat(times.sketched()).isNull();
  }

  @Test
  void moreThanASketchKeepsExactlyBecomeASketch() {
    LeadTimes times = upTo(201);

    assertThat(times.exact()).isNull();
    assertThat(LeadTimes.summary(times.sketched(), 0).count()).isEqualTo(201);
  }

  @Test
  void nothingAddedLeavesASketchAsItIs() {
    assertThat(LeadTimes.merge(null, null, null)).isNull();
    byte[] sketch = LeadTimes.merge(null, new double[] {1}, null);
    assertThat(LeadTimes.merge(sketch, null, null)).isSameAs(sketch);
  }

  @Test
  void mergedQuantilesAreExactWhileTheyAreFew() {
    byte[] merged = LeadTimes.merge(null, new double[] {40, 10}, null);
    merged = LeadTimes.merge(merged, new double[] {30}, null);
    merged = LeadTimes.merge(merged, new double[] {20}, null);

    TaskInsight.LeadTime summary = LeadTimes.summary(merged, 100_000);

    assertThat(summary).isEqualTo(new TaskInsight.LeadTime(4, 25, 10, 20, 40, 40));
  }

  @Test
  void mergedQuantilesOfManyAreWithinTheSketchsError() {
    byte[] merged = LeadTimes.merge(null, new double[] {0.5}, null);
    for (int i = 0; i < 10; i++) {
      merged = LeadTimes.merge(merged, null, upTo(1_000).sketched());
    }

    TaskInsight.LeadTime summary = LeadTimes.summary(merged, 0);

    assertThat(summary.count()).isEqualTo(10_001);
    assertThat(summary.min()).isEqualTo(0.5);
    assertThat(summary.max()).isEqualTo(1_000);
    // Three times the published error: a chance of one in many millions to be outside.
    assertThat(summary.p50()).isCloseTo(500, within(50.0));
    assertThat(summary.p95()).isCloseTo(950, within(50.0));
  }

  private static LeadTimes upTo(int count) {
    LeadTimes times = new LeadTimes();
    for (int i = 1; i <= count; i++) {
      times.add(i);
    }
    return times;
  }
}
