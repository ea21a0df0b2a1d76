package io.plotpalette.generator.export;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * An empty folder on the local disk for one export of a job. What an export of the job that was
 * killed has left there goes first; one that is still alive is not disturbed.
 */
final class ScratchLease implements AutoCloseable {
  private final Path folder;
  private final Path lockFile;
  private final FileChannel channel;

  private ScratchLease(Path folder, Path lockFile, FileChannel channel) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.channel = channel;
  }

  static ScratchLease take(Path scratch, String jobId) throws IOException {
    Path folder = scratch.resolve("export-" + jobId);
    Path lockFile = scratch.resolve("export-" + jobId + ".lock");
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!isLocked(channel)) {
        throw new IOException("another export of job " + jobId + " works in " + scratch);
      }
      delete(folder);
      Files.createDirectories(folder);
      return new ScratchLease(folder, lockFile, channel);
    } catch (IOException | RuntimeException e) {
      try (channel) {
        throw e;
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // This process has it.
      return false;
    }
  }

  Path folder() {
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException problem)
              throws IOException {
            if (problem != null) {
              throw problem;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      delete(folder);
      Files.deleteIfExists(lockFile);
    }
  }
}
