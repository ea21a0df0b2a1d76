package io.plotpalette.local.queue;

import com.almworks.sqlite4java.SQLiteConnection;
import com.almworks.sqlite4java.SQLiteException;
import com.almworks.sqlite4java.SQLiteJob;
import com.almworks.sqlite4java.SQLiteQueue;
import com.almworks.sqlite4java.SQLiteStatement;
import com.amazonaws.services.dynamodbv2.local.shared.access.sqlite.SQLiteLibraryLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Standard queues of SQS in one SQLite file. A message whose {@link #send} has returned survives a
 * kill of the process and a loss of power, until it is deleted or too old; it comes at least once,
 * and roughly in the order it was sent. One process has the file: what an earlier one had received
 * and not deleted comes again at once.
 */
public final class QueueFile implements AutoCloseable {
  private static final int MAX_RECEIVED = 10;

  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final SQLiteQueue database;

  /**
   * Opens the queues in {@code folder}, which is made if absent.
   *
   * @param ids unique each time
   */
  public QueueFile(Path folder, InstantSource clock, Supplier<UUID> ids) {
    this.clock = clock;
    this.ids = ids;
    try {
      Files.createDirectories(folder);
      SQLiteLibraryLoader.initialize();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot open the queues in " + folder, e);
    }
    database = new SQLiteQueue(folder.resolve("queues.db").toFile(), QueueFile::daemon);
    database.start();
    try {
      run(this::prepare);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "queues");
    thread.setDaemon(true);
    return thread;
  }

  private Void prepare(SQLiteConnection connection) throws SQLiteException {
    connection.exec("PRAGMA journal_mode=WAL");
    // A commit waits for the disk: what was accepted may have been promised to somebody.
    connection.exec("PRAGMA synchronous=FULL");
    connection.exec(
        """
        CREATE TABLE IF NOT EXISTS messages (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          queue TEXT NOT NULL,
          id TEXT NOT NULL,
          body TEXT NOT NULL,
          sent_at INTEGER NOT NULL,
          visible_at INTEGER NOT NULL,
          first_received_at INTEGER,
          receive_count INTEGER NOT NULL,
          receipt TEXT)""");
    connection.exec("CREATE INDEX IF NOT EXISTS visible ON messages (queue, visible_at)");
    connection.exec("CREATE INDEX IF NOT EXISTS received ON messages (receipt)");
    // Their receiver is gone with its process.
    write(
        connection,
        "UPDATE messages SET visible_at = ?1, receipt = NULL WHERE receipt IS NOT NULL",
        now());
    return null;
  }

  /**
   * Adds messages, all or none.
   *
   * @param delays before which each is not handed out
   * @return their ids, in the same order
   */
  List<String> send(String queue, List<String> bodies, List<Duration> delays) {
    List<String> sent = bodies.stream().map(body -> ids.get().toString()).toList();
    return run(
        connection -> {
          connection.exec("BEGIN");
          for (int i = 0; i < bodies.size(); i++) {
            write(
                connection,
                """
                INSERT INTO messages (queue, id, body, sent_at, visible_at, receive_count)
                VALUES (?1, ?2, ?3, ?4, ?5, 0)""",
                queue,
                sent.get(i),
                bodies.get(i),
                now(),
                now() + delays.get(i).toMillis());
          }
          connection.exec("COMMIT");
          return sent;
        });
  }

  /**
   * Hands out messages and hides them for a while. What was handed out too often goes to the
   * dead-letter queue instead.
   *
   * @param count the most that are wanted; 10 are the most there are
   */
  List<QueueMessage> receive(QueueDefinition queue, int count) {
    return run(connection -> receive(connection, queue, Math.min(count, MAX_RECEIVED)));
  }

  private List<QueueMessage> receive(SQLiteConnection connection, QueueDefinition queue, int count)
      throws SQLiteException {
    List<QueueMessage> received = new ArrayList<>();
    if (!hasVisible(connection, queue.name())) {
      return received;
    }
    connection.exec("BEGIN");
    long now = now();
    write(
        connection,
        "DELETE FROM messages WHERE queue = ?1 AND sent_at <= ?2",
        queue.name(),
        now - queue.retention().toMillis());
    if (queue.redrive().isPresent()) {
      write(
          connection,
          """
          UPDATE messages SET queue = ?1, receipt = NULL
          WHERE queue = ?2 AND visible_at <= ?3 AND receive_count >= ?4""",
          queue.redrive().get().deadLetterQueue(),
          queue.name(),
          now,
          queue.redrive().get().maxReceiveCount());
    }
    List<Long> numbers = new ArrayList<>();
    SQLiteStatement visible =
        connection.prepare(
            """
            SELECT number, id, body, sent_at, coalesce(first_received_at, ?3), receive_count + 1
            FROM messages WHERE queue = ?1 AND visible_at <= ?3 ORDER BY number LIMIT ?2""");
    try {
      bind(visible, queue.name(), count, now);
      while (visible.step()) {
        numbers.add(visible.columnLong(0));
        received.add(
            new QueueMessage(
                visible.columnString(1),
                ids.get().toString(),
                visible.columnString(2),
                Instant.ofEpochMilli(visible.columnLong(3)),
                Instant.ofEpochMilli(visible.columnLong(4)),
                visible.columnInt(5)));
      }
    } finally {
      visible.dispose();
    }
    for (int i = 0; i < received.size(); i++) {
      write(
          connection,
          """
          UPDATE messages SET visible_at = ?1, first_received_at = ?2, receive_count = ?3,
          receipt = ?4 WHERE number = ?5""",
          now + queue.visibilityTimeout().toMillis(),
          received.get(i).firstReceivedAt().toEpochMilli(),
          received.get(i).receiveCount(),
          received.get(i).receipt(),
          numbers.get(i));
    }
    connection.exec("COMMIT");
    return received;
  }

  /** Asked before anything is written, because most looks find an empty queue. */
  private boolean hasVisible(SQLiteConnection connection, String queue) throws SQLiteException {
    return count(connection, "queue = ?1 AND visible_at <= ?2", queue, now()) > 0;
  }

  /** Ends a message; does nothing if it has been received again since. */
  void delete(String queue, String receipt) {
    run(
        connection -> {
          write(
              connection, "DELETE FROM messages WHERE queue = ?1 AND receipt = ?2", queue, receipt);
          return null;
        });
  }

  /**
   * How many messages a queue has.
   *
   * @param visible which would be handed out now
   * @param inFlight which are with a receiver
   * @param delayed which have not been handed out and will be later
   */
  public record Counts(int visible, int inFlight, int delayed) {
    public int all() {
      return visible + inFlight + delayed;
    }
  }

  /** What is in a queue now. */
  public Counts counts(String queue) {
    return run(
        connection -> {
          long now = now();
          return new Counts(
              count(connection, "queue = ?1 AND visible_at <= ?2", queue, now),
              count(connection, "queue = ?1 AND visible_at > ?2 AND receive_count > 0", queue, now),
              count(
                  connection, "queue = ?1 AND visible_at > ?2 AND receive_count = 0", queue, now));
        });
  }

  private static int count(SQLiteConnection connection, String where, Object... values)
      throws SQLiteException {
    SQLiteStatement statement = connection.prepare("SELECT count(*) FROM messages WHERE " + where);
    try {
      bind(statement, values);
      statement.step();
      return statement.columnInt(0);
    } finally {
      statement.dispose();
    }
  }

  private static void write(SQLiteConnection connection, String sql, Object... values)
      throws SQLiteException {
    SQLiteStatement statement = connection.prepare(sql);
    try {
      bind(statement, values);
      statement.stepThrough();
    } finally {
      statement.dispose();
    }
  }

  private static void bind(SQLiteStatement statement, Object... values) throws SQLiteException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Number number) {
        statement.bind(i + 1, number.longValue());
      } else {
        statement.bind(i + 1, (String) values[i]);
      }
    }
  }

  private long now() {
    return clock.millis();
  }

  /** Work on the one thread that has the connection. */
  @FunctionalInterface
  private interface Work<T> {
    T on(SQLiteConnection connection) throws SQLiteException;
  }

  private <T> T run(Work<T> work) {
    try {
      return database
          .execute(
              new SQLiteJob<T>() {
                @Override
                protected T job(SQLiteConnection connection) throws SQLiteException {
                  boolean isDone = false;
                  try {
                    T result = work.on(connection);
                    isDone = true;
                    return result;
                  } finally {
                    if (!isDone && !connection.getAutoCommit()) {
                      connection.exec("ROLLBACK");
                    }
                  }
                }
              })
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The queues in their file cannot be used", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while using the queues", e);
    }
  }

  /** Returns when what was asked for before is done. */
  @Override
  public void close() {
    try {
      database.stop(true).join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
