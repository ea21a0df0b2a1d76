package io.plotpalette.api.users;

import java.util.function.BooleanSupplier;

/** One kind of what is kept of a user. */
@FunctionalInterface
public interface UserData {
  /**
   * Deletes all of it; what is done stays done when it ends before its time.
   *
   * @param goOn asked before each piece
   * @return whether nothing is left
   */
  boolean erase(String userId, BooleanSupplier goOn);
}
