package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
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
  void fewAndFewAreAllOfThemUpToTwoHundred() {
    double[] hundred = upTo(100).exact();

    assertThat(LeadTimes.few(null, new double[] {7})).containsExactly(7);
    assertThat(LeadTimes.few(new double[] {40, 10}, new double[] {30})).containsExactly(40, 10, 30);
    assertThat(LeadTimes.few(hundred, hundred)).hasSize(200);
    assertThat(LeadTimes.few(upTo(101).exact(), hundred)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 19, 20, 21, 39, 40, 41, 199, 200})
  void fewValuesAndASketchOfThemSayTheSame(int count) {
    double[] values = new Random(count).doubles(count, 0, 1_000_000).toArray();

    assertThat(LeadTimes.summary(values, 5_000))
        .isEqualTo(LeadTimes.summary(LeadTimes.merge(null, values, null, null), 5_000));
  }

  @Test
  void quantilesOfFewValuesAreValues() {
    TaskInsight.LeadTime summary = LeadTimes.summary(new double[] {40, 10, 30, 20}, 100_000);

    assertThat(summary).isEqualTo(new TaskInsight.LeadTime(4, 25, 10, 20, 40, 40));
  }

  @Test
  void whatIsMergedIsAllInTheSketch() {
    byte[] sketch = LeadTimes.merge(null, new double[] {40}, new double[] {10, 30}, null);
    byte[] both = LeadTimes.merge(sketch, null, new double[] {20}, upTo(201).sketched());

    assertThat(LeadTimes.summary(both, 0).count()).isEqualTo(205);
  }

  @Test
  void mergedQuantilesOfManyAreWithinTheSketchsError() {
    byte[] merged = LeadTimes.merge(null, null, new double[] {0.5}, null);
    for (int i = 0; i < 10; i++) {
      merged = LeadTimes.merge(merged, null, null, upTo(1_000).sketched());
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
