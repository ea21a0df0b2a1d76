package io.plotpalette.local.queue;

import java.time.Duration;
import java.util.Optional;

/**
 * One queue and its rules.
 *
 * @param visibilityTimeout how long a received message is hidden before it comes again
 * @param retention after which a message is gone, received or not
 * @param redrive empty for a queue whose messages come again until they are too old
 */
public record QueueDefinition(
    String name, Duration visibilityTimeout, Duration retention, Optional<Redrive> redrive) {

  /**
   * Where messages go that nobody could do anything with.
   *
   * @param deadLetterQueue name of a queue of the same file
   * @param maxReceiveCount how often a message is handed out before that
   */
  public record Redrive(String deadLetterQueue, int maxReceiveCount) {}
}
