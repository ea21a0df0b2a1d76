package io.plotpalette.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where each part keeps its state below one folder, and which process owns it. */
public final class DataFolder {
  /** One bucket a stage; locally it is a folder below {@link #objects}. */
  static final String BUCKET = "plot-palette-local";

  private static final String MARKER = ".plot-palette";

  private final Path root;

  public DataFolder(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  Path dynamoDb() {
    return root.resolve("dynamodb");
  }

  Path identity() {
    return root.resolve("identity");
  }

  Path mail() {
    return root.resolve("mail");
  }

  Path queues() {
    return root.resolve("queues");
  }

  Path objects() {
    return root.resolve("objects");
  }

  /** The bucket as a folder: the same place whether files or the S3 endpoint write it. */
  public Path bucket() {
    return objects().resolve(BUCKET);
  }

  /** State of the Flink jobs. */
  public Path flink() {
    return root.resolve("flink");
  }

  public Path log() {
    return root.resolve("palette.log");
  }

  private Path owner() {
    return root.resolve("owner");
  }

  /** A process that holds the folder. */
  public record Owner(long pid, Instant startedAt) {
    /** The process, if it is still the one that wrote the entry and not another with its number. */
    public Optional<ProcessHandle> process() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(process -> process.info().startInstant().map(startedAt::equals).orElse(false));
    }

    private static Owner self() {
      ProcessHandle self = ProcessHandle.current();
      return new Owner(self.pid(), self.info().startInstant().orElse(Instant.EPOCH));
    }
  }

  /** The process that owns the folder now, if one does. */
  public Optional<Owner> currentOwner() {
    try {
      List<String> lines = Files.readAllLines(owner());
      return Optional.of(new Owner(Long.parseLong(lines.get(0)), Instant.parse(lines.get(1))))
          .filter(owner -> owner.process().isPresent());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + owner(), e);
    }
  }

  /**
   * Takes the folder for this process until the lock is closed; a killed process leaves none
   * behind.
   *
   * @throws UsageException if another process has it
   */
  public FileLock lock() throws IOException {
    Files.createDirectories(root);
    FileLock lock = tryLock();
    Owner self = Owner.self();
    Path written = root.resolve("owner.new");
    Files.writeString(written, self.pid() + "\n" + self.startedAt() + "\n");
    Files.move(written, owner(), StandardCopyOption.ATOMIC_MOVE);
    return lock;
  }

  private FileLock tryLock() throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve(MARKER), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new UsageException(
          "%s is in use%s. Stop it with `./palette down`, or give this one its own folder with %s."
              .formatted(
                  root,
                  currentOwner().map(owner -> " by process " + owner.pid()).orElse(""),
                  LocalConfig.DATA_FOLDER.key()));
    }
    return lock;
  }

  /**
   * Deletes the folder and all state in it.
   *
   * @return whether there was anything to delete
   * @throws UsageException if it is not a folder this product made, or a process has it
   */
  public boolean wipe() throws IOException {
    if (!Files.exists(root)) {
      return false;
    }
    if (!Files.exists(root.resolve(MARKER))) {
      throw new UsageException(
          root + " has no file " + MARKER + ", so it was not made by Plot Palette; not deleted.");
    }
    try (FileChannel held = tryLock().channel()) {
      delete();
    }
    return true;
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
