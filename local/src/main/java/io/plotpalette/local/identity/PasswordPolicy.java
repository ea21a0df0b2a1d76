package io.plotpalette.local.identity;

import java.util.function.IntPredicate;

/** At least 12 characters, among them all four classes. */
final class PasswordPolicy {
  private static final int MIN_LENGTH = 12;
  private static final int MAX_LENGTH = 256;
  // The set Cognito counts as symbols.
  private static final String SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

  private PasswordPolicy() {}

  /**
   * @throws CognitoException naming the first rule broken
   */
  static void check(String password) {
    if (password.length() > MAX_LENGTH) {
      throw CognitoException.invalidParameter(
          "1 validation error detected: Value at 'password' failed to satisfy constraint: "
              + "Member must have length less than or equal to "
              + MAX_LENGTH);
    }
    require(password.length() >= MIN_LENGTH, "Password not long enough");
    require(has(password, c -> c >= 'A' && c <= 'Z'), "Password must have uppercase characters");
    require(has(password, c -> c >= 'a' && c <= 'z'), "Password must have lowercase characters");
    require(has(password, c -> c >= '0' && c <= '9'), "Password must have numeric characters");
    require(has(password, c -> SYMBOLS.indexOf(c) >= 0), "Password must have symbol characters");
  }

  private static boolean has(String password, IntPredicate characterClass) {
    return password.chars().anyMatch(characterClass);
  }

  private static void require(boolean holds, String reason) {
    if (!holds) {
      throw new CognitoException(
          "InvalidPasswordException", "Password did not conform with policy: " + reason);
    }
  }
}
