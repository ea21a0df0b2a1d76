package io.plotpalette.generator.export;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.RecoverableFsDataOutputStream;

/**
 * A file that is there in full or not at all: it gets its name when it is committed, and replaces
 * one of that name at once. Closed without that, it never was.
 */
final class CommittedFile extends OutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path path;
  private final FileSystem fileSystem;
  private final RecoverableFsDataOutputStream stream;
  private final MessageDigest digest;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private long bytes;
  private boolean committed;

  /** What was written. */
  record Written(long bytes, String sha256) {}

  private CommittedFile(Path path) throws IOException {
    this.path = path;
    this.fileSystem = path.getFileSystem();
    this.stream = fileSystem.createRecoverableWriter().open(path);
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  static CommittedFile create(Path path) throws IOException {
    return new CommittedFile(path);
  }

  /** Deletes what an attempt that was cut off has left in a folder, where that can be seen. */
  static void deleteUncommitted(FileSystem fileSystem, Path folder) throws IOException {
    if (!fileSystem.exists(folder)) {
      return;
    }
    for (var file : fileSystem.listStatus(folder)) {
      if (file.isDir()) {
        deleteUncommitted(fileSystem, file.getPath());
      } else if (file.getPath().getName().startsWith(".")
          && file.getPath().getName().contains(".inprogress.")) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }

  /** Bytes written so far. */
  long position() {
    return bytes + buffered;
  }

  @Override
  public void write(int b) throws IOException {
    if (buffered == buffer.length) {
      flushBuffer();
    }
    buffer[buffered++] = (byte) b;
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (length > buffer.length - buffered) {
      flushBuffer();
    }
    if (length > buffer.length) {
      put(from, offset, length);
    } else {
      System.arraycopy(from, offset, buffer, buffered, length);
      buffered += length;
    }
  }

  private void flushBuffer() throws IOException {
    put(buffer, 0, buffered);
    buffered = 0;
  }

  private void put(byte[] from, int offset, int length) throws IOException {
    digest.update(from, offset, length);
    stream.write(from, offset, length);
    bytes += length;
  }

  /** Gives the file its name. */
  Written commit() throws IOException {
    flushBuffer();
    if (bytes == 0) {
      // The writer for S3 commits nothing where nothing was written.
      stream.close();
      fileSystem.create(path, FileSystem.WriteMode.OVERWRITE).close();
    } else {
      stream.closeForCommit().commit();
    }
    committed = true;
    return new Written(bytes, HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public void close() throws IOException {
    if (!committed) {
      stream.close();
    }
  }
}
