package io.plotpalette.api.users;

import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** What can be done with users. */
final class Users {
  /** Each failed attempt means that another write of the same user succeeded. */
  private static final int MAX_ATTEMPTS = 10;

  /** The function has 29 s; what is left then is done by the next call. */
  private static final Duration ERASING = Duration.ofSeconds(20);

  private final UserStore store;
  private final List<UserData> data;
  private final UserPoolClient userPool;
  private final InstantSource clock;

  Users(UserStore store, List<UserData> data, UserPoolClient userPool, InstantSource clock) {
    this.store = store;
    this.data = List.copyOf(data);
    this.userPool = userPool;
    this.clock = clock;
  }

  User get(String userId) {
    return store.find(userId).orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
  }

  UserStore.Page list(int limit, Map<String, String> startAfter) {
    return store.list(limit, startAfter);
  }

  /** Writes what {@code edit} makes of the current version as the next one. */
  User change(String userId, IfMatch ifMatch, UnaryOperator<User> edit) {
    for (int attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      User current = current(userId, ifMatch);
      User edited = edit.apply(current);
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      User next =
          new User(
              current.userId(),
              current.email(),
              edited.displayName(),
              edited.timeZone(),
              current.createdAt(),
              now.isBefore(current.updatedAt()) ? current.updatedAt() : now,
              current.version() + 1);
      if (store.replace(current, next)) {
        return next;
      }
    }
    throw ProblemException.unavailable();
  }

  /**
   * Deletes the user's data first, then the profile and the account last, so that a call that ends
   * early is repeated with the same token.
   *
   * @throws ProblemException 404 when neither profile nor account is left
   */
  void delete(String userId, IfMatch ifMatch, String accessToken) {
    if (store.find(userId).isPresent()) {
      deleteData(userId, ifMatch);
      userPool.deleteAccount(accessToken);
    } else if (!userPool.deleteAccount(accessToken)) {
      throw ProblemException.of(ProblemType.NOT_FOUND);
    }
  }

  private void deleteData(String userId, IfMatch ifMatch) {
    current(userId, ifMatch);
    Instant deadline = clock.instant().plus(ERASING);
    BooleanSupplier goOn = () -> clock.instant().isBefore(deadline);
    // Each once, so that a job is asked to stop even if the tasks take all the time there is.
    long left = data.stream().filter(each -> !each.erase(userId, goOn)).count();
    if (left > 0) {
      throw ProblemException.unavailable();
    }
    for (int attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      if (store.delete(current(userId, ifMatch))) {
        return;
      }
    }
    throw ProblemException.unavailable();
  }

  private User current(String userId, IfMatch ifMatch) {
    User current = get(userId);
    if (!ifMatch.matches(current.version())) {
      throw ProblemException.versionMismatch(current.version());
    }
    return current;
  }
}
