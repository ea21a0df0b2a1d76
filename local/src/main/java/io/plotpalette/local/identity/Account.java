package io.plotpalette.local.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One user.
 *
 * @param email in lower case; what users log in with
 * @param confirmation what the user still has to prove; null once confirmed
 */
record Account(
    String sub,
    String email,
    PasswordHash password,
    Confirmation confirmation,
    List<String> groups,
    List<Session> sessions) {

  /** A code sent to the address, worth nothing from {@code expiresAt} on. */
  record Confirmation(String code, Instant expiresAt) {}

  /**
   * One log-in, which lasts as long as its refresh token.
   *
   * @param id the claim {@code origin_jti} of all its tokens
   */
  record Session(String id, String refreshTokenHash, Instant authTime, Instant expiresAt) {}

  boolean isConfirmed() {
    return confirmation == null;
  }

  Optional<Session> sessionOfRefreshToken(String hash) {
    return sessions.stream().filter(s -> s.refreshTokenHash().equals(hash)).findFirst();
  }

  boolean hasSession(String id) {
    return sessions.stream().anyMatch(session -> session.id().equals(id));
  }

  Account awaiting(Confirmation newConfirmation) {
    return new Account(sub, email, password, newConfirmation, groups, sessions);
  }

  Account confirmed() {
    return awaiting(null);
  }

  Account inGroup(String group) {
    List<String> all = Stream.concat(groups.stream(), Stream.of(group)).distinct().toList();
    return new Account(sub, email, password, confirmation, all, sessions);
  }

  /** Adds a log-in and forgets those that ended before {@code now}. */
  Account loggedIn(Session session, Instant now) {
    Stream<Session> live = sessions.stream().filter(s -> s.expiresAt().isAfter(now));
    return withSessions(Stream.concat(live, Stream.of(session)).toList());
  }

  Account signedOut() {
    return withSessions(List.of());
  }

  private Account withSessions(List<Session> newSessions) {
    return new Account(sub, email, password, confirmation, groups, newSessions);
  }
}
