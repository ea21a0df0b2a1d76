package io.plotpalette.local.queue;

import java.time.Instant;

/**
 * A message as one receiver got it.
 *
 * @param id the same each time it is received
 * @param receipt another one each time; what the message is deleted by
 * @param receiveCount this time included
 */
record QueueMessage(
    String id,
    String receipt,
    String body,
    Instant sentAt,
    Instant firstReceivedAt,
    int receiveCount) {}
