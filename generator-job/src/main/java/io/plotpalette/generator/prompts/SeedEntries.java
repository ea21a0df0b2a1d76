package io.plotpalette.generator.prompts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The entries of a job's seed data, on local disk; in memory is only where each of them begins and
 * ends. Thread-safe.
 */
public final class SeedEntries implements AutoCloseable {
  /** Sixteen bytes each stay in memory. */
  static final int MAX_ENTRIES = 5_000_000;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonFactory JSON = MAPPER.getFactory();

  private final Path file;
  private final FileChannel channel;

  /** Beginning and end of each entry, one after the other. */
  private final long[] bounds;

  private SeedEntries(Path file, FileChannel channel, long[] bounds) {
    this.file = file;
    this.channel = channel;
    this.bounds = bounds;
  }

  /**
   * Copies a list of entries to local disk and looks where they are.
   *
   * @param sha256 of the bytes, in hex, as the job was created with
   * @param scratch a folder
   * @throws SeedDataException if the bytes are others or no list of objects
   * @throws IOException if reading or writing failed; it may be tried again
   */
  public static SeedEntries copy(InputStream bytes, String sha256, Path scratch)
      throws IOException, SeedDataException {
    Files.createDirectories(scratch);
    Path file = Files.createTempFile(scratch, "seed-data", ".json");
    boolean done = false;
    try {
      String copied = copy(bytes, file);
      if (!copied.equalsIgnoreCase(sha256)) {
        throw new SeedDataException(
            "the seed data was changed after the job was created: its SHA-256 is %s, not %s. Create"
                    .formatted(copied, sha256)
                + " the job again");
      }
      long[] bounds = bounds(file);
      if (bounds.length == 0) {
        throw new SeedDataException("the seed data has no entries");
      }
      SeedEntries entries =
          new SeedEntries(file, FileChannel.open(file, StandardOpenOption.READ), bounds);
      done = true;
      return entries;
    } finally {
      if (!done) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String copy(InputStream bytes, Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    try (DigestInputStream in = new DigestInputStream(bytes, digest);
        OutputStream out = Files.newOutputStream(file)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static long[] bounds(Path file) throws IOException, SeedDataException {
    long[] bounds = new long[64];
    int used = 0;
    try (InputStream in = Files.newInputStream(file);
        JsonParser parser = JSON.createParser(in)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new SeedDataException("the seed data is no list of entries");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new SeedDataException("entry %d of the seed data is no object".formatted(used / 2));
        }
        if (used == 2 * MAX_ENTRIES) {
          throw new SeedDataException("the seed data has more than " + MAX_ENTRIES + " entries");
        }
        if (used == bounds.length) {
          bounds = Arrays.copyOf(bounds, 2 * used);
        }
        bounds[used++] = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        bounds[used++] = parser.currentLocation().getByteOffset();
      }
    } catch (JsonProcessingException e) {
      throw new SeedDataException("the seed data is no JSON: " + e.getOriginalMessage(), e);
    }
    if (used > 0 && bounds[0] < 0) {
      throw new SeedDataException("the seed data is not UTF-8");
    }
    return Arrays.copyOf(bounds, used);
  }

  public int size() {
    return bounds.length / 2;
  }

  /** An entry, an object, parsed anew. */
  public JsonNode entry(int number) throws IOException {
    long from = bounds[2 * number];
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(bounds[2 * number + 1] - from));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("the copy of the seed data was cut: " + file);
      }
    }
    return MAPPER.readTree(bytes.array());
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
