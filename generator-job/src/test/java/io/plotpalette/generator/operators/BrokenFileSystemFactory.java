package io.plotpalette.generator.operators;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;

/** A file system of which a class is missing: what no code can handle. */
public final class BrokenFileSystemFactory implements FileSystemFactory {
  static final URI ROOT = URI.create("broken://bucket/");

  @Override
  public String getScheme() {
    return ROOT.getScheme();
  }

  @Override
  public FileSystem create(URI uri) {
    throw new NoClassDefFoundError("a library that was not packaged");
  }
}
