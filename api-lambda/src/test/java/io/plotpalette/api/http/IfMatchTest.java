package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IfMatchTest {
  @Test
  void matchesTheVersionItNames() {
    assertThat(IfMatch.parse("\"3\"").matches(3)).isTrue();
    assertThat(IfMatch.parse("\"3\"").matches(4)).isFalse();
  }

  @Test
  void matchesEachVersionOfAList() {
    IfMatch list = IfMatch.parse("\"3\", \"a,b\" ,\"5\"");

    assertThat(list.matches(3)).isTrue();
    assertThat(list.matches(4)).isFalse();
    assertThat(list.matches(5)).isTrue();
  }

  @Test
  void anAsteriskMatchesEveryVersion() {
    assertThat(IfMatch.parse(" * ").matches(17)).isTrue();
  }

  @Test
  void aWeakTagMatchesNothing() {
    assertThat(IfMatch.parse("W/\"3\"").matches(3)).isFalse();
  }

  @Test
  void withoutTheHeaderTheVersionIsAskedFor() {
    assertThatThrownBy(() -> IfMatch.parse(null)).hasMessageStartingWith("VERSION_REQUIRED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "\"3", "\"3\" x", "*, \"3\"", "\"3\" \"4\""})
  void whatIsNoListOfTagsIsRefused(String header) {
    assertThatThrownBy(() -> IfMatch.parse(header)).hasMessageStartingWith("INVALID_PARAMETER");
  }
}
