package io.plotpalette.api.users;

import java.time.Instant;

/**
 * A person with an account.
 *
 * @param displayName may be null
 * @param timeZone IANA id; may be null
 * @param version starts at 1, grows by 1 with every write
 */
record User(
    String userId,
    String email,
    String displayName,
    String timeZone,
    Instant createdAt,
    Instant updatedAt,
    long version) {}
