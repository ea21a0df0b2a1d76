package io.plotpalette.stream.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  @Test
  void whatIsBeyondTheLimitIsLeftOutUntilThePeriodIsOver() throws Exception {
    try (OneInputStreamOperatorTestHarness<String, String> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new RateLimit<>(2, Duration.ofSeconds(10))))) {
      harness.open();
      for (String element : new String[] {"a", "b", "c"}) {
        harness.processElement(new StreamRecord<>(element));
      }
      harness.setProcessingTime(9_999);
      harness.processElement(new StreamRecord<>("d"));
      harness.setProcessingTime(10_000);
      harness.processElement(new StreamRecord<>("e"));

      assertThat(harness.extractOutputValues()).containsExactly("a", "b", "e");
    }
  }
}
