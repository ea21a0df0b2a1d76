package io.plotpalette.generator.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WellFormedTextTest {
  private static final String FIRST_HALF = "\uD83D";
  private static final String SECOND_HALF = "\uDE00";
  private static final String WHOLE = FIRST_HALF + SECOND_HALF;

  @Test
  void everyHalfCharacterIsReplaced() {
    assertThat(WellFormedText.of(FIRST_HALF)).isEqualTo("\uFFFD");
    assertThat(WellFormedText.of("a" + FIRST_HALF)).isEqualTo("a\uFFFD");
    assertThat(WellFormedText.of(SECOND_HALF + "b")).isEqualTo("\uFFFDb");
    assertThat(WellFormedText.of(SECOND_HALF + FIRST_HALF)).isEqualTo("\uFFFD\uFFFD");
    assertThat(WellFormedText.of(FIRST_HALF + WHOLE)).isEqualTo("\uFFFD" + WHOLE);
    assertThat(WellFormedText.of(WHOLE + SECOND_HALF + WHOLE)).isEqualTo(WHOLE + "\uFFFD" + WHOLE);
  }

  @Test
  void whatIsWholeStaysTheSameObject() {
    String text = "Zoë " + WHOLE + " 漢字 \uFFFD";

    assertThat(WellFormedText.of(text)).isSameAs(text);
  }
}
