package io.plotpalette.local.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordPolicyTest {
  @Test
  void acceptsTwelveCharactersOfAllClasses() {
    assertThatCode(() -> PasswordPolicy.check("Palette-2026")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "Palette-202, not long enough",
    "palette-2026, uppercase",
    "PALETTE-2026, lowercase",
    "Palette-twenty, numeric",
    "Palette02026, symbol"
  })
  void namesTheRuleBroken(String password, String rule) {
    assertThatThrownBy(() -> PasswordPolicy.check(password))
        .isInstanceOfSatisfying(
            CognitoException.class, e -> assertThat(e.type()).isEqualTo("InvalidPasswordException"))
        .hasMessageStartingWith("Password did not conform with policy: ")
        .hasMessageContaining(rule);
  }
}
