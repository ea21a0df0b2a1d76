package io.plotpalette.model.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingTest {
  private enum Shape {
    ROUND,
    HALF_ROUND
  }

  private static final Setting<Integer> PORT =
      Setting.wholeNumber("port", 8080, 1, 65_535, "TCP port", "Where it listens");

  @Test
  void anAbsentOrBlankKeyHasItsDefault() {
    assertThat(PORT.read(key -> null)).isEqualTo(8080);
    assertThat(PORT.read(key -> " ")).isEqualTo(8080);
  }

  @Test
  void aGivenValueWins() {
    assertThat(PORT.read(Map.of("port", " 99 ")::get)).isEqualTo(99);
  }

  @Test
  void aValueOutOfBoundsNamesKeyValueAndBounds() {
    assertThatThrownBy(() -> PORT.read(key -> "70000"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("port", "70000", "1 to 65535");
  }

  @Test
  void aValueOfAnotherTypeNamesTheTypeWanted() {
    assertThatThrownBy(() -> PORT.read(key -> "many"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("port", "many", "whole number");
  }

  @Test
  void aRequiredKeyThatIsAbsentSaysWhatItIsFor() {
    Setting<String> stage = Setting.text("stage", null, "name", "Which deployment this is");

    assertThatThrownBy(() -> stage.read(key -> null))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("stage is required", "Which deployment");
  }

  @Test
  void choicesAreWrittenInLowerCaseWithDashes() {
    Setting<Shape> shape = Setting.choice("shape", Shape.class, "round", "Its outline");

    assertThat(shape.read(key -> "half-round")).isEqualTo(Shape.HALF_ROUND);
    assertThatThrownBy(() -> shape.read(key -> "square"))
        .hasMessageContainingAll("shape", "square", "round or half-round");
  }

  @Test
  void durationsAreTypedAndBounded() {
    Setting<Duration> wait =
        Setting.duration(
            "wait",
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            "How long");

    assertThat(wait.read(key -> "PT1.5S")).isEqualTo(Duration.ofMillis(1500));
    assertThatThrownBy(() -> wait.read(key -> "5")).hasMessageContaining("ISO-8601");
    assertThatThrownBy(() -> wait.read(key -> "PT2M")).hasMessageContaining("PT1S to PT1M");
  }
}
