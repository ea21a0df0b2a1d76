package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A request that is answered before it is done.
 *
 * @param id a UUIDv7, from which the ids of all it creates follow
 * @param operations how many writes it has; 0 for the other kinds
 * @param progress of an export or import, what is known after its last step; empty before the first
 * @param step how many steps are done
 */
record AsyncRequest(
    String userId,
    String id,
    RequestKind kind,
    RequestState state,
    Instant createdAt,
    int operations,
    ObjectNode progress,
    long step) {

  /** As it is after a step. */
  AsyncRequest after(ObjectNode nextProgress, RequestState nextState) {
    return new AsyncRequest(
        userId, id, kind, nextState, createdAt, operations, nextProgress, step + 1);
  }
}
