package io.plotpalette.local.dynamodb;

import com.almworks.sqlite4java.SQLiteConnection;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import com.amazonaws.services.dynamodbv2.local.shared.access.sqlite.SQLiteLibraryLoader;
import io.plotpalette.local.loopback.Loopback;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * DynamoDB with streams in this process, one database for every region and credential, kept in a
 * folder or in memory. Uses none of the product's own launcher, which listens on every interface
 * and reports its use.
 */
public final class DynamoDbLocalServer implements AutoCloseable {
  private static final String WHAT = "DynamoDB";
  // The name the database gives to its file when all regions share it.
  private static final String DATABASE_FILE = "shared-local-instance.db";
  // SQLite takes one statement at a time, so more would only wait there instead of here.
  private static final int MAX_THREADS = 32;

  private static final long CLOSE_DEADLINE_MS = 10_000;
  // Held, because the logging system forgets the level of a logger nobody refers to.
  private static final List<Logger> QUIET_LOGGERS =
      List.of(
          Logger.getLogger("com.almworks.sqlite4java"),
          // Warns that it does without JAXB, which costs nothing here.
          Logger.getLogger("com.amazonaws.util.Base64"));

  static {
    QUIET_LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  private final ThreadGroup threads = new ThreadGroup(WHAT);
  private final LocalDynamoDBRequestHandler database;
  private final Server server;
  private final int port;

  private DynamoDbLocalServer(LocalDynamoDBRequestHandler database, int port) {
    this.database = database;
    server = new Server(Loopback.threadPool(WHAT, MAX_THREADS, threads));
    server.setHandler(new LocalDynamoDBServerHandler(database, null));
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost(Loopback.HOST);
    connector.setPort(port);
    server.addConnector(connector);
    try {
      Loopback.start(WHAT, port, server::start);
    } catch (RuntimeException e) {
      database.shutdown();
      throw e;
    }
    this.port = connector.getLocalPort();
  }

  /**
   * Keeps tables, items and stream records in {@code folder}, which is made if absent.
   *
   * @param port 0 for any free one
   */
  public static DynamoDbLocalServer onDisk(Path folder, int port) {
    try {
      Files.createDirectories(folder);
      useWriteAheadLog(folder.resolve(DATABASE_FILE));
    } catch (Exception e) {
      throw new IllegalStateException("Cannot open the database in " + folder, e);
    }
    return new DynamoDbLocalServer(
        new LocalDynamoDBRequestHandler(0, false, folder.toString(), true, false), port);
  }

  /** A client of a server like this one, whichever process it is in. */
  public static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /** Forgets everything when it is closed. */
  public static DynamoDbLocalServer inMemory(int port) {
    return new DynamoDbLocalServer(
        new LocalDynamoDBRequestHandler(0, true, null, true, false), port);
  }

  public URI endpoint() {
    return Loopback.endpoint(port);
  }

  @Override
  public void close() throws Exception {
    server.stop();
    database.shutdown();
    endBackgroundThreads();
  }

  /**
   * After its shutdown the database still writes on one thread and sleeps on others, none of them
   * daemons. All were started by the server's threads and so are in their group.
   */
  private void endBackgroundThreads() throws InterruptedException {
    Thread[] left = new Thread[threads.activeCount()];
    int count = threads.enumerate(left);
    for (Thread thread : Arrays.asList(left).subList(0, count)) {
      if (thread.getName().startsWith("SQLite")) {
        thread.join(CLOSE_DEADLINE_MS);
      } else {
        thread.interrupt();
      }
    }
  }

  /** Doubles the writes a second on disk. The file remembers the mode. */
  private static void useWriteAheadLog(Path file) throws Exception {
    SQLiteLibraryLoader.initialize();
    SQLiteConnection connection = new SQLiteConnection(file.toFile());
    try {
      connection.open().exec("PRAGMA journal_mode=WAL");
    } finally {
      connection.dispose();
    }
  }
}
