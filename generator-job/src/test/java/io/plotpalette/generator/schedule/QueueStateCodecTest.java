package io.plotpalette.generator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.job.JobPriority;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueStateCodecTest {
  private static final JobQueue.State STATE =
      new JobQueue.State(
          List.of(
              new QueuedJob("j1", "u1", JobPriority.HIGH, 5),
              new QueuedJob("j2", "Zoë", JobPriority.LOW, 4)),
          Map.of("j3", "u1", "j4", "u2"),
          Map.of("Zoë", 3));

  @Test
  void comesBackAsItWas() {
    assertThat(QueueStateCodec.decode(QueueStateCodec.encode(STATE))).isEqualTo(STATE);
  }

  @Test
  void saysWhichVersionItIsWhenItIsNotItsOwn() {
    byte[] bytes = QueueStateCodec.encode(STATE);
    bytes[0] = 9;

    assertThatThrownBy(() -> QueueStateCodec.decode(bytes))
        .hasMessageContaining("version 9")
        .hasMessageContaining("a later one");
  }
}
